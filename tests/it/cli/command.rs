//! The command line, through the real binary.

use std::fs;
use std::path::Path;

use crate::support::{DENY_ALL, POD, netlint, run, shown, status, tree};

#[test]
fn a_clean_run_says_what_was_checked() {
    let root = tree(&[("k8s/deny.yaml", DENY_ALL)]);
    insta::assert_snapshot!(run(root.path(), &["k8s"]), @"
    exit status: 0
    --- stdout
    no findings in 1 file (0 workloads, 1 policy)
    ");
    assert_eq!(run(root.path(), &["k8s"]), run(root.path(), &["check", "k8s"]));
    assert_eq!(run(root.path(), &[]), run(root.path(), &["check", "."]));
}

#[test]
fn findings_are_drawn_and_counted() {
    let root = tree(&[("web.yaml", POD)]);
    let shown = run(root.path(), &["web.yaml"]);
    assert!(shown.starts_with("exit status: 1\n--- stdout\n"), "{shown}");
    assert!(shown.contains("─[web.yaml:4:9]") && shown.contains("  name: web"), "{shown}");
    let end = " in 1 file (1 workload, 0 policies)\n1 may be fixed with `--fix --unsafe-fixes`\n";
    assert!(shown.ends_with(end), "{shown}");
}

#[test]
fn colours_follow_flag_and_environment() {
    let root = tree(&[("web.yaml", POD)]);
    let colored = |args: &[&str], variable: &str| {
        let output = netlint(root.path(), args).env(variable, "1").output().unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(!colored(&["web.yaml"], "UNRELATED"));
    assert!(colored(&["web.yaml"], "FORCE_COLOR"));
    assert!(colored(&["--color", "always", "web.yaml"], "NO_COLOR"));
    assert!(colored(&["check", "--color=always", "web.yaml"], "NO_COLOR"));
    assert!(!colored(&["--color", "never", "web.yaml"], "CLICOLOR_FORCE"));
}

#[test]
fn a_mistyped_command_is_recognised() {
    let root = tree(&[]);
    insta::assert_snapshot!(run(root.path(), &["chekc"]), @"
    exit status: 2
    --- stderr
    error: `chekc` does not exist
      help: did you mean the command `netlint check`?
    ");
    insta::assert_snapshot!(run(root.path(), &["--format", "json", "rules"]), @r#"
    exit status: 2
    --- stderr
    error: `rules` does not exist
      help: the command comes first: `netlint rules`
    "#);
}

#[test]
fn a_directory_without_manifests_is_a_usage_error() {
    let root = tree(&[("docs/readme.md", "#"), ("ci/config.yaml", "jobs: []\n")]);
    insta::assert_snapshot!(run(root.path(), &["docs"]), @"
    exit status: 2
    --- stderr
    error: no Kubernetes manifests in `docs`
      help: manifests are files that end in `.yaml`, `.yml` or `.json`
    ");
    insta::assert_snapshot!(run(root.path(), &["ci"]), @"
    exit status: 2
    --- stderr
    error: no Kubernetes manifests in `ci`
      help: name the directory of the manifests, or render them first: `kustomize build . | netlint -`
    ");
}

#[test]
fn a_file_without_manifests_is_a_usage_error_too() {
    let root = tree(&[("config.yaml", "jobs: []\n"), ("pod.yaml", POD)]);
    insta::assert_snapshot!(run(root.path(), &["config.yaml"]), @"
    exit status: 2
    --- stderr
    error: no Kubernetes manifests in `config.yaml`
      help: name the directory of the manifests, or render them first: `kustomize build . | netlint -`
    ");
    assert!(run(root.path(), &["config.yaml", "pod.yaml"]).contains("in 2 files"));
}

#[test]
fn what_other_tools_call_a_command_is_recognised() {
    let root = tree(&[]);
    for (typed, meant) in [("lint", "check"), ("scan", "check"), ("why", "query"), ("docs", "explain")] {
        let said = run(root.path(), &[typed]);
        assert!(said.contains(&format!("did you mean the command `netlint {meant}`?")), "{said}");
        assert!(said.starts_with("exit status: 2"), "{said}");
    }
}

#[test]
fn a_missing_path_ends_the_run_before_anything_is_checked() {
    let root = tree(&[("k8s/pod.yaml", POD)]);
    insta::assert_snapshot!(run(root.path(), &["k8s", "k9s", "other"]), @"
    exit status: 2
    --- stderr
    error: `k9s` does not exist
      help: did you mean `k8s`?
    error: `other` does not exist
    ");
}

#[test]
fn formats_are_completed() {
    let root = tree(&[]);
    let script = run(root.path(), &["completions", "bash"]);
    for formats in [
        "human plain concise json sarif github gitlab azure rdjson junit markdown",
        "text json csv markdown dot mermaid",
        "human json junit",
    ] {
        assert!(script.contains(formats), "{formats}");
    }
}

#[test]
fn ends_that_are_no_objects_are_suggested() {
    let root = tree(&[("pod.yaml", POD)]);
    let help = |to: &str| run(root.path(), &["query", "web", to]);
    assert!(help("intternet").contains("did you mean `internet`?"), "{}", help("intternet"));
    assert!(help("ingres-controller").contains("did you mean `ingress-controller`?"));
    assert!(
        help("svc/api:80").contains("the input has no Services; name the workload behind it"),
        "{}",
        help("svc/api:80")
    );
}

#[test]
fn a_chart_that_is_not_rendered_is_told() {
    let root = tree(&[("web/Chart.yaml", "name: web\n"), ("web/templates/a.yaml", "{{ x }}")]);
    insta::assert_snapshot!(run(root.path(), &["web"]), @"
    exit status: 2
    --- stderr
    error: no Kubernetes manifests in `web`
      help: 1 template of the chart `web` is not rendered, and not checked: run `helm template web | netlint -`
    ");
    let files = [
        ("charts/web/Chart.yaml", "apiVersion: v2\nname: shop-web\n"),
        ("charts/web/templates/a.yaml", "{{ x }}"),
        ("charts/web/templates/b.yaml", "{{ x }}"),
        ("deny.yaml", DENY_ALL),
        ("raw/a.yaml", "kind: Pod\nmetadata: {name: {{ name }}}\n"),
        ("raw/b.yaml", "{{- if x }}\nkind: Pod\n{{- end }}\n"),
    ];
    let root = tree(&files);
    insta::assert_snapshot!(run(root.path(), &["--format", "concise", "."]), @"
    exit status: 0
    --- stdout
    charts/web/Chart.yaml:2:7: note[unrendered-template] 2 templates of the chart `charts/web` are not rendered, and not checked
    raw/a.yaml:2:18: note[unrendered-template] `raw/a.yaml` and `raw/b.yaml` are unrendered templates, and not checked
    2 notes in 4 files (0 workloads, 1 policy)
    ");
    insta::assert_snapshot!(run(root.path(), &["--format", "concise", "charts/web/templates/a.yaml", "deny.yaml"]), @"
    exit status: 0
    --- stdout
    charts/web/Chart.yaml:2:7: note[unrendered-template] 1 template of the chart `charts/web` is not rendered, and not checked
    1 note in 2 files (0 workloads, 1 policy)
    ");
    insta::assert_snapshot!(run(root.path(), &["connections", "."]), @"
    exit status: 0
    --- stdout
    note: `raw/a.yaml` and `raw/b.yaml` are unrendered templates, and not checked: render them and pipe the result to `netlint -`
    note: 2 templates of the chart `charts/web` are not rendered, and not checked: run `helm template charts/web | netlint -`
    no connection is permitted (0 workloads, 1 policy)
    ");
}

#[test]
fn unknown_flags_and_values_are_usage_errors() {
    let root = tree(&[]);
    insta::assert_snapshot!(run(root.path(), &["--frmat", "json"]), @"
    exit status: 2
    --- stderr
    error: unexpected argument '--frmat' found

      tip: a similar argument exists: '--format'

    Usage: netlint check --format <FORMAT[:FILE]> [PATH]...

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(run(root.path(), &["--format", "jsn"]), @"
    exit status: 2
    --- stderr
    error: invalid value 'jsn' for '--format <FORMAT[:FILE]>': unknown format; did you mean `json`?

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(run(root.path(), &["--format", "sarif:"]), @"
    exit status: 2
    --- stderr
    error: invalid value 'sarif:' for '--format <FORMAT[:FILE]>': no file after `sarif:`; write for example `sarif:report.txt`

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(run(root.path(), &["--fail-on", "errors"]), @"
    exit status: 2
    --- stderr
    error: invalid value 'errors' for '--fail-on <SEVERITY>'
      [possible values: error, warning, note, never]

      tip: a similar value exists: 'error'

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(run(root.path(), &["--exclude", "a/[b", "."]), @"
    exit status: 2
    --- stderr
    error: cannot read the glob `a/[b`: unclosed character class; missing ']'
      help: write a pattern such as `vendor`, `charts/*/templates` or `**/*.generated.yaml`
    ");
    insta::assert_snapshot!(run(root.path(), &["--format", "json", "--format", "sarif"]), @"
    exit status: 2
    --- stderr
    error: two formats cannot share standard output
      help: send all but one to a file: `--format sarif:FILE`
    ");
}

#[test]
fn fail_on_sets_the_least_severity_that_fails() {
    let root = tree(&[("web.yaml", POD)]);
    let of = |value| status(root.path(), &["--fail-on", value, "web.yaml"]);
    let severities = run(root.path(), &["--format", "concise", "-q", "web.yaml"]);
    let has = |severity: &str| severities.contains(&format!(": {severity}["));
    assert!(has("error") || has("warning"), "{severities}");
    assert_eq!(of("never"), Some(0));
    assert_eq!(of("note"), Some(1));
    assert_eq!(of("warning"), Some(1));
    assert_eq!(of("error"), Some(i32::from(has("error"))));
    assert_eq!(status(root.path(), &["web.yaml"]), of("warning"));
}

#[test]
fn standard_input_is_read() {
    let root = tree(&[]);
    let piped = |text: &str| shown(&netlint(root.path(), &["-"]).write_stdin(text).output().unwrap());
    insta::assert_snapshot!(piped(DENY_ALL), @"
    exit status: 0
    --- stdout
    no findings in 1 file (0 workloads, 1 policy)
    ");
    assert!(piped(POD).contains("[<stdin>:4:9]"), "{}", piped(POD));
    insta::assert_snapshot!(piped(""), @"
    exit status: 2
    --- stderr
    error: no Kubernetes manifests in `<stdin>`
      help: the command before `| netlint -` printed none; run it alone to see why
    ");
}

#[test]
fn quiet_and_verbose() {
    let root = tree(&[("a.yaml", DENY_ALL)]);
    insta::assert_snapshot!(run(root.path(), &["-q", "a.yaml"]), @"exit status: 0");
    insta::assert_snapshot!(run(root.path(), &["-v", "a.yaml"]), @"
    exit status: 0
    --- stdout
    no findings in 1 file (0 workloads, 1 policy)
    --- stderr
    reading a.yaml
    ");
}

#[test]
fn a_report_goes_to_a_file_and_another_to_standard_output() {
    let root = tree(&[("a.yaml", DENY_ALL)]);
    let printed = run(root.path(), &["--format", "json:out.json", "--format", "concise", "a.yaml"]);
    insta::assert_snapshot!(printed, @"
    exit status: 0
    --- stdout
    no findings in 1 file (0 workloads, 1 policy)
    ");
    let written = fs::read_to_string(root.path().join("out.json")).unwrap();
    assert!(written.starts_with("{\"schemaVersion\":1,"), "{written}");
    let names: Vec<_> = fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "nothing is left beside the report: {names:?}");
}

#[test]
fn a_report_that_cannot_be_written_is_a_clear_error() {
    let root = tree(&[("a.yaml", DENY_ALL), ("directory/b.yaml", DENY_ALL)]);
    insta::assert_snapshot!(run(root.path(), &["--format", "json:missing/out.json", "a.yaml"]), @"
    exit status: 2
    --- stderr
    error: cannot write the report to `missing/out.json`: No such file or directory (os error 2)
      help: create its directory first
    ");
    insta::assert_snapshot!(run(root.path(), &["--format", "json:directory", "a.yaml"]), @"
    exit status: 2
    --- stderr
    error: cannot write the report to `directory`: is a directory
      help: name a file in a directory that you may write to: `--format json:report.json`
    ");
}

#[test]
fn rules_are_listed_and_explained() {
    let root = tree(&[]);
    let listed = run(root.path(), &["rules"]);
    assert!(listed.starts_with("exit status: 0") && listed.contains("one-sided-allow"), "{listed}");
    let json = netlint(root.path(), &["rules", "--format", "json"]).output().unwrap().stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let rules = json.get("rules").and_then(serde_json::Value::as_array).unwrap();
    assert!(rules.iter().any(|rule| rule.get("name").is_some_and(|name| name == "one-sided-allow")));
    let page = run(root.path(), &["explain", "one-sided-allow"]);
    assert!(page.starts_with("exit status: 0\n--- stdout\none-sided-allow (error, "), "{page}");
    insta::assert_snapshot!(run(root.path(), &["explain", "one-sided-alow"]), @"
    exit status: 2
    --- stderr
    error: no rule is named `one-sided-alow`
      help: did you mean `netlint explain one-sided-allow`?
    ");
    insta::assert_snapshot!(run(root.path(), &["explain", "x"]), @"
    exit status: 2
    --- stderr
    error: no rule is named `x`
      help: `netlint rules` lists all rules
    ");
}

#[test]
fn every_rule_can_be_explained() {
    let root = tree(&[]);
    for rule in netlint::catalogue::rules() {
        assert_eq!(status(root.path(), &["explain", rule.name]), Some(0), "{}", rule.name);
    }
}

#[test]
fn help_fits_the_terminal() {
    let root = tree(&[]);
    insta::assert_snapshot!("help", run(root.path(), &["--help"]));
    insta::assert_snapshot!("help-check", run(root.path(), &["check", "-h"]));
    assert_eq!(status(root.path(), &["--version"]), Some(0));
    assert_eq!(status(root.path(), &["help", "check"]), Some(0));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Stdio;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_closed_standard_output_ends_quietly() {
        let root = tree(&[("web.yaml", POD)]);
        for args in [&["--format", "json", "web.yaml"][..], &["web.yaml"], &["rules"], &["explain", "one-sided-allow"]]
        {
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_netlint"));
            let child = command.current_dir(root.path()).args(args).stdout(writer).stderr(Stdio::piped()).spawn();
            let output = child.unwrap().wait_with_output().unwrap();
            assert_eq!(shown(&output), "exit status: 0\n", "{args:?}");
        }
    }

    #[test]
    fn a_full_disk_is_an_error() {
        let root = tree(&[("a.yaml", DENY_ALL)]);
        let full = Path::new("/dev/full");
        if full.exists() {
            let out = fs::File::options().write(true).open(full).unwrap();
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_netlint"));
            let output = command.current_dir(root.path()).arg("a.yaml").stdout(out).output().unwrap();
            insta::assert_snapshot!(shown(&output), @"
            exit status: 2
            --- stderr
            error: cannot write to standard output: No space left on device (os error 28)
            ");
        }
    }

    #[test]
    fn links_in_a_circle_end() {
        let root = tree(&[("k8s/deny.yaml", DENY_ALL), (".git/HEAD", "")]);
        symlink("..", root.path().join("k8s/up")).unwrap();
        symlink("loop.yaml", root.path().join("k8s/loop.yaml")).unwrap();
        insta::assert_snapshot!(run(root.path(), &["k8s"]), @"
        exit status: 3
        --- stdout
        no findings in 1 file (0 workloads, 1 policy)
        --- stderr
        error: cannot read `k8s/loop.yaml`: Too many levels of symbolic links (os error 40)
        ");
    }

    #[test]
    fn a_named_pipe_is_passed_over_below_a_directory_and_refused_when_named() {
        let root = tree(&[("deny.yaml", DENY_ALL)]);
        let made = std::process::Command::new("mkfifo").arg(root.path().join("pipe.yaml")).status().unwrap();
        assert!(made.success());
        let run = |args: &[&str]| shown(&netlint(root.path(), args).timeout(Duration::from_secs(20)).output().unwrap());
        insta::assert_snapshot!(run(&["."]), @"
        exit status: 0
        --- stdout
        no findings in 1 file (0 workloads, 1 policy)
        ");
        insta::assert_snapshot!(run(&["pipe.yaml"]), @"
        exit status: 3
        --- stdout
        nothing was checked
        --- stderr
        error: `pipe.yaml` is a named pipe, not a file or directory
          help: send its content to standard input: `netlint - < pipe.yaml`
        ");
    }

    #[test]
    fn an_unreadable_file_does_not_stop_the_others() {
        let root = tree(&[("a.yaml", DENY_ALL), ("b.yaml", POD)]);
        fs::set_permissions(root.path().join("b.yaml"), fs::Permissions::from_mode(0o000)).unwrap();
        // The superuser reads everything.
        if fs::read(root.path().join("b.yaml")).is_err() {
            insta::assert_snapshot!(run(root.path(), &["."]), @"
            exit status: 3
            --- stdout
            no findings in 1 file (0 workloads, 1 policy)
            --- stderr
            error: cannot read `b.yaml`: Permission denied (os error 13)
              help: make it readable, or leave it out with `--exclude`
            ");
        }
    }

    #[test]
    fn names_with_escape_sequences_are_shown_harmless() {
        let root = tree(&[("a\u{1b}[31m.yaml", "kind: [\n")]);
        for args in [&["."][..], &["-v", "."], &["no\u{1b}[31mwhere"]] {
            let output = netlint(root.path(), args).output().unwrap();
            assert!(!shown(&output).contains('\u{1b}'), "{args:?}: {}", shown(&output));
        }
    }
}

#[test]
fn rules_are_chosen_by_name_and_by_profile() {
    let root = tree(&[("web.yaml", POD), ("broken.yaml", "kind: Pod\n\tname: x\n")]);
    let rules = |args: &[&str]| -> Vec<String> {
        let args = [args, &["--format", "concise", "-q", "."]].concat();
        let output = netlint(root.path(), &args).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| line.split_once('[').unwrap().1.split_once(']').unwrap().0.to_owned()).collect()
    };
    let all = rules(&[]);
    assert_eq!(all, ["invalid-yaml", "missing-default-deny"]);
    assert_eq!(rules(&["--profile", "strict"]), all);
    assert_eq!(rules(&["--ignore", "invalid-yaml"]), ["missing-default-deny"]);
    assert_eq!(rules(&["--ignore", "invalid-yaml,missing-default-deny"]), ["unrestricted-egress"]);
    assert_eq!(rules(&["--select", "unrestricted-egress"]), ["invalid-yaml", "unrestricted-egress"]);
    assert_eq!(rules(&["--select=one-sided-allow", "--ignore=invalid-yaml"]), [""; 0]);
    insta::assert_snapshot!(run(root.path(), &["--select", "one-sided-alow"]));
    insta::assert_snapshot!(run(root.path(), &["--profile", "strickt"]));
}
