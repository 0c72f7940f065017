//! README, docs/releasing.md and the pages of docs with commands tell the truth: every command in their `console` blocks
//! runs, and what is below a command is what it prints. `NETLINT_REWRITE=1 cargo test --test it docs` writes the output
//! anew.

#![cfg(unix)]

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use super::assert_generated;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Commands that need the network or another program, and what does the same in `.ci/run`.
const ELSEWHERE: &[(&str, &str)] = &[
    ("cargo install --locked --path .", "cargo install --locked --path ."),
    ("cargo test", "cargo test --locked"),
    ("podman build -t netlint .", "hadolint Containerfile"),
    ("podman run --rm -v \"$PWD:/work:ro\" netlint k8s", "chroot \"$work/container\" /netlint k8s"),
];

/// The same for what docs/releasing.md says of a release.
const RELEASED: &[(&str, &str)] = &[
    ("cargo binstall netlint", "cargo-binstall asks for"),
    ("cargo install --locked netlint", "cargo package --locked"),
    ("pip install netlint-k8s", "--no-index --find-links dist netlint-k8s"),
    ("brew install netlint/tap/netlint", "ruby -wc"),
    ("kubectl krew install netlint", "krew\" install --manifest"),
    ("nix run github:netlint/netlint", "nix-instantiate"),
    ("pre-commit try-repo https://github.com/netlint/netlint netlint --all-files", "pre-commit try-repo \"$project\""),
];

#[test]
fn commands_print_what_readme_says() {
    assert_generated("README.md", retold);
    assert_generated("docs/releasing.md", retold);
    assert_generated("docs/admin-policies.md", retold);
    assert_generated("docs/calico.md", retold);
    assert_generated("docs/cilium.md", retold);
}

/// A document with the output of every command as it is now. A command without output below it only has to run.
fn retold(document: &str) -> String {
    let mut told = String::new();
    let mut lines = document.lines().peekable();
    let mut block = None;
    while let Some(line) = lines.next() {
        told.push_str(&format!("{line}\n"));
        if let Some(language) = line.strip_prefix("```") {
            block = Some(language).filter(|_| block.is_none());
        }
        let command = match block {
            Some("console") => line.strip_prefix("$ "),
            // An item of a script, unlike one with keys.
            Some("yaml") => line.trim().strip_prefix("- ").filter(|item| item.contains(' ') && !item.contains(": ")),
            _ => None,
        };
        let Some(command) = command else { continue };
        let command = command.split("  #").next().unwrap().trim_end();
        if ELSEWHERE.iter().chain(RELEASED).any(|(known, _)| *known == command) {
            continue;
        }
        let printed = run(command);
        let mut is_shown = false;
        while lines.next_if(|next| block == Some("console") && *next != "```" && !next.starts_with("$ ")).is_some() {
            is_shown = true;
        }
        if is_shown {
            told.push_str(&printed);
        }
    }
    told
}

/// What a command prints in a project like those of README's readers: manifests in `k8s`, and the demo. Where cargo
/// would build and run the program, it is the one that the tests have built.
fn run(command: &str) -> String {
    let command = &command.replacen("cargo run --release --", "netlint", 1);
    let project = tempfile::tempdir().unwrap();
    let shown = ["secure-app", "expectations", "admin-tiers", "calico", "cilium", "cilium-fixed"];
    for directory in shown.map(|name| format!("testdata/{name}")) {
        let directory = directory.as_str();
        copy(Path::new(directory), &project.path().join(directory));
    }
    copy(Path::new("testdata/secure-app-fixed"), &project.path().join("k8s"));
    let binaries = Path::new(env!("CARGO_BIN_EXE_netlint")).parent().unwrap();
    let path = format!("{}:{}", binaries.display(), env::var("PATH").unwrap());
    let output = Command::new("bash")
        .args(["-o", "pipefail", "-c", command])
        .current_dir(project.path())
        .envs([("PATH", path.as_str()), ("COLUMNS", "80"), ("NO_COLOR", "1"), ("LANG", "C.UTF-8")])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "`{command}` complains");
    assert!(matches!(output.status.code(), Some(0 | 1)), "`{command}` ends with {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(Path::new(ROOT).join(from)).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn commands_that_need_more_run_in_continuous_integration() {
    let checks = fs::read_to_string(Path::new(ROOT).join(".ci/run")).unwrap();
    for (document, commands) in [("README.md", ELSEWHERE), ("docs/releasing.md", RELEASED)] {
        let text = fs::read_to_string(Path::new(ROOT).join(document)).unwrap();
        for (command, check) in commands {
            assert!(text.contains(command), "{document} no longer has `{command}`");
            assert!(checks.contains(check), "`{command}` is in {document}, but `{check}` not in .ci/run");
        }
    }
}
