//! What the real binary writes for terminals and shells: links, completions, manual pages, progress.

use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

const BINARY: &str = env!("CARGO_BIN_EXE_netlint");

/// netlint at 80 columns, in a terminal that says nothing of itself but these variables.
fn netlint(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(BINARY)
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .env("COLUMNS", "80")
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

fn stdout(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    String::from_utf8(netlint(arguments, variables).stdout).unwrap()
}

#[test]
fn rule_names_link_to_their_pages_where_the_terminal_can() {
    let links = [("FORCE_HYPERLINK", "1")];
    let start =
        "\u{1b}]8;;https://github.com/netlint/netlint/blob/main/rules/one-sided-allow.md\u{1b}\\one-sided-allow";
    for arguments in [["--color=always", "testdata/secure-app"], ["--color=always", "rules"]] {
        let linked = stdout(&arguments, &links);
        assert!(linked.contains(&format!("{start}\u{1b}]8;;\u{1b}\\")), "{linked:?}");
        let plain = stdout(&arguments, &[]);
        assert!(!plain.contains("\u{1b}]8"), "{plain:?}");
        assert_eq!(without_links(&linked), plain);
    }
    assert!(!stdout(&["--color=never", "testdata/secure-app"], &links).contains('\u{1b}'));
    assert!(!stdout(&["--format=concise", "--color=always", "testdata/secure-app"], &links).contains('\u{1b}'));
}

fn without_links(text: &str) -> String {
    let mut pieces = text.split("\u{1b}]8;;");
    let first = pieces.next().unwrap().to_owned();
    pieces.fold(first, |text, piece| text + piece.split_once("\u{1b}\\").unwrap().1)
}

#[test]
fn every_shell_has_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = netlint(&["completions", shell], &[]);
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && script.contains("fail-on") && script.contains("explain"),
            "{shell}: {script}"
        );
    }
    assert_eq!(netlint(&["completions", "tcsh"], &[]).status.code(), Some(2));
}

#[test]
#[cfg(unix)]
fn bash_completes_commands_options_and_rules() {
    let script = r#"
        eval "$("$0" completions bash)"
        complete_words() {
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
            _netlint netlint "${@: -1}" "${@: -2:1}"
            printf '%s\n' "${COMPREPLY[*]}"
        }
        complete_words netlint ch
        complete_words netlint --fail
        complete_words netlint check k8s --fail-on ''
        complete_words netlint explain one
    "#;
    let output = Command::new("bash").args(["-c", script, BINARY]).output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "check\n--fail-on --fail-on-unknown\nerror warning note never\none-sided-allow\n"
    );
}

#[test]
fn every_command_has_a_manual_page() {
    let page = stdout(&["man"], &[]);
    assert!(page.contains(concat!(".TH netlint 1  \"netlint ", env!("CARGO_PKG_VERSION"), "\"")), "{page}");
    let commands: Vec<_> =
        page.lines().filter_map(|line| line.strip_prefix("netlint\\-")?.strip_suffix("(1)")).collect();
    assert!(commands.contains(&"check") && commands.contains(&"explain"), "{commands:?}");
    for command in commands {
        let page = stdout(&["man", command], &[]);
        assert!(page.contains(&format!(".SH NAME\nnetlint\\-{command} \\- ")), "{page}");
    }
    let unknown = netlint(&["man", "chek"], &[]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8(unknown.stderr).unwrap().contains("no command is named `chek`"));
}

#[test]
fn a_slow_run_writes_no_progress_where_nobody_watches() {
    let mut child = Command::new(BINARY)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    child.stdin.take().unwrap().write_all(b"apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert!(output.status.success());
}

/// What is seen of a command line in a real terminal of 60 columns.
#[cfg(target_os = "linux")]
fn on_a_terminal(command: &str) -> String {
    let line = format!("stty rows 24 cols 60; {command}").replace("netlint", BINARY);
    let output = Command::new("script")
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .envs([("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("SHELL", "/bin/sh"), ("PATH", "/usr/bin:/bin")])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn a_terminal_gets_colours_and_its_own_width() {
    let seen = on_a_terminal("netlint testdata/secure-app");
    assert!(seen.contains("\u{1b}[31merror"), "{seen:?}");
    let plain = on_a_terminal("NO_COLOR=1 netlint testdata/secure-app");
    assert!(!plain.contains('\u{1b}'), "{plain:?}");
    let prose =
        plain.lines().filter(|line| line.starts_with("  ×") || line.starts_with("  │") || line.contains("help:"));
    let widths: Vec<_> = prose.map(|line| line.trim_end().chars().count()).collect();
    assert!(widths.len() > 3 && widths.iter().all(|width| (1..=60).contains(width)), "{widths:?}");
    assert!(widths.iter().any(|width| *width > 50), "{widths:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_slow_run_shows_a_line_that_goes_away() {
    let pod = "testdata/secure-app/1-deny-all.yaml";
    let seen = on_a_terminal(&format!("(sleep 1.5; cat {pod}) | netlint -"));
    assert_eq!(seen, "\rreading the input: 1 s\r\u{1b}[Kno findings in 1 file (0 workloads, 1 policy)\r\n");
    let quiet = on_a_terminal(&format!("(sleep 1.5; cat {pod}) | netlint --quiet -"));
    assert_eq!(quiet, "");
    let listed = on_a_terminal(&format!("(sleep 1.5; cat {pod}) | netlint connections -"));
    assert!(listed.starts_with("\rreading the input: 1 s\r\u{1b}[K"), "{listed:?}");
    let quick = on_a_terminal(&format!("cat {pod} | netlint -"));
    assert_eq!(quick, "no findings in 1 file (0 workloads, 1 policy)\r\n");
}
