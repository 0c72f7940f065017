//! The scripts of the GitHub Action, run as the runner runs them: its variables, its files, and in front of PATH
//! programs that answer for GitHub.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{DENY_ALL, POD, shown, tree};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A runner: a checked out repository, and what a step may read and write.
struct Runner {
    root: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

impl Runner {
    fn new(repository: &[(&str, &str)]) -> Self {
        let root = tree(&[("output", ""), ("summary", ""), ("log", ""), ("bin/.keep", ""), ("temp/.keep", "")]);
        for (file, text) in repository {
            let path = root.path().join("repository").join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let mut runner = Self { root, variables: Vec::new() };
        for (name, file) in [("WORKSPACE", "repository"), ("OUTPUT", "output"), ("STEP_SUMMARY", "summary")] {
            let value = runner.path(file).display().to_string();
            runner.set(&format!("GITHUB_{name}"), &value);
        }
        let temp = runner.path("temp").display().to_string();
        for (name, value) in [
            ("GITHUB_ACTION_PATH", ROOT),
            ("GITHUB_REPOSITORY", "shop/manifests"),
            ("GITHUB_REF", "refs/heads/main"),
            ("RUNNER_TEMP", &temp),
            ("RUNNER_OS", "Linux"),
            ("RUNNER_ARCH", "X64"),
            ("NETLINT", env!("CARGO_BIN_EXE_netlint")),
            // The defaults of the inputs.
            ("INPUT_PATHS", ""),
            ("INPUT_VERSION", ""),
            ("INPUT_FAIL_ON", "warning"),
            ("INPUT_CONFIG", ""),
            ("INPUT_SARIF", ""),
            ("INPUT_SUMMARY", "true"),
            ("INPUT_COMMENT", "false"),
        ] {
            runner.set(name, value);
        }
        runner
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Puts a program in front of PATH. It finds `$log` to write to.
    fn program(&self, name: &str, script: &str) {
        let file = self.path("bin").join(name);
        fs::write(&file, format!("#!/usr/bin/env bash\nlog={}\n{script}\n", self.path("log").display())).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Exit status, standard output and standard error of a script.
    fn run(&self, script: &str) -> String {
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("bash");
        command.arg(Path::new(ROOT).join("action").join(script)).current_dir(self.root.path());
        command.envs(self.variables.iter().map(|(name, value)| (name, value))).env("PATH", path);
        shown(&command.output().unwrap())
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }
}

#[test]
fn one_run_annotates_and_summarises() {
    let runner = Runner::new(&[("k8s/web.yaml", POD)]);
    let shown = runner.run("run.sh");
    assert!(shown.starts_with("exit status: 1\n--- stdout\n::warning file=k8s/web.yaml,line="), "{shown}");
    assert_eq!(runner.read("output"), "status=1\n");
    let summary = runner.read("summary");
    assert!(summary.starts_with("### netlint: ") && summary.contains("missing-default-deny"), "{summary}");
}

#[test]
fn inputs_reach_netlint_whole() {
    let other = POD.replace("shop", "mall");
    let mut runner = Runner::new(&[("a b/a.yaml", POD), ("$(touch forged)/b.yaml", &other), ("other/x.yaml", POD)]);
    runner.set("INPUT_PATHS", "a b\n\n$(touch forged)\n");
    runner.set("INPUT_FAIL_ON", "never");
    runner.set("INPUT_SUMMARY", "false");
    runner.set("INPUT_CONFIG", "ci config.yaml");
    fs::write(runner.path("repository/ci config.yaml"), "rules: {missing-default-deny: error}\n").unwrap();
    let shown = runner.run("run.sh");
    assert!(shown.starts_with("exit status: 0\n"), "{shown}");
    assert!(shown.contains("file=a b/a.yaml") && shown.contains("file=$(touch forged)/b.yaml"), "{shown}");
    assert!(shown.contains("\n::error file=") && !shown.contains("other/x.yaml"), "{shown}");
    assert_eq!(runner.read("summary"), "");
    assert!(!runner.path("repository/forged").exists());
}

#[test]
fn wrong_inputs_are_netlints_own_errors() {
    let mut runner = Runner::new(&[("web.yaml", POD)]);
    runner.set("INPUT_PATHS", "--format=json");
    runner.set("INPUT_SARIF", "out.sarif");
    let shown = runner.run("run.sh");
    assert!(shown.contains("`--format=json` does not exist"), "paths are no options: {shown}");
    runner.set("INPUT_FAIL_ON", "sometimes");
    let shown = runner.run("run.sh");
    assert!(shown.starts_with("exit status: 2\n") && shown.contains("'sometimes'"), "{shown}");
    runner.set("INPUT_SARIF", "a\nforged=1");
    assert!(runner.run("run.sh").starts_with("exit status: 2\n"));
    assert!(!runner.read("output").contains("forged"));
}

#[test]
#[ignore = "needs jq"]
fn sarif_for_code_scanning_has_no_suppressed_results() {
    let known = POD.replace("name: web\n  ", "name: web # netlint: ignore[missing-default-deny] known\n  ");
    let mut runner = Runner::new(&[("web.yaml", &known)]);
    runner.set("INPUT_SARIF", "out.sarif");
    let shown = runner.run("run.sh");
    assert!(shown.contains("1 suppressed"), "{shown}");
    let log: serde_json::Value = serde_json::from_str(&runner.read("repository/out.sarif")).unwrap();
    let results = log.pointer("/runs/0/results").and_then(serde_json::Value::as_array).unwrap();
    let rules: Vec<_> = results.iter().filter_map(|result| result.get("ruleId")).collect();
    assert!(!rules.is_empty() && !rules.contains(&&serde_json::json!("missing-default-deny")), "{rules:?}");
    assert!(runner.read("output").ends_with("sarif=out.sarif\n"));
}

/// Answers for `gh api`: lists these comments, and writes down what is sent.
fn with_comments(runner: &mut Runner, comments: &str) {
    runner.set("GITHUB_REF", "refs/pull/7/merge");
    runner.set("INPUT_COMMENT", "true");
    let script = r#"
        echo "${*:2:4}" >>"$log"
        body=${!#}
        case $2 in
            --paginate) printf "COMMENTS" ;;
            *) head -n 2 "${body#body=@}" >>"$log" ;;
        esac"#;
    runner.program("gh", &script.replace("COMMENTS", comments));
}

#[test]
fn a_pull_request_gets_one_comment() {
    let mut runner = Runner::new(&[("web.yaml", POD)]);
    with_comments(&mut runner, "");
    assert!(runner.run("run.sh").starts_with("exit status: 1\n"));
    let log = runner.read("log");
    assert!(log.starts_with("--paginate repos/shop/manifests/issues/7/comments --jq "), "{log}");
    let written = "--silent --method POST repos/shop/manifests/issues/7/comments\n<!-- netlint -->\n### netlint: ";
    assert!(log.contains(written), "{log}");
}

#[test]
fn a_comment_is_written_anew_when_the_findings_change() {
    let mut runner = Runner::new(&[("deny.yaml", DENY_ALL)]);
    with_comments(&mut runner, "11\\n12\\n");
    assert!(runner.run("run.sh").starts_with("exit status: 0\n"));
    let log = runner.read("log");
    assert!(log.contains("--method PATCH repos/shop/manifests/issues/comments/11\n<!-- netlint -->\n"), "{log}");
    assert!(log.contains("### netlint: no findings"), "{log}");
}

#[test]
fn a_clean_pull_request_gets_no_comment_and_a_push_none_either() {
    let mut runner = Runner::new(&[("deny.yaml", DENY_ALL)]);
    with_comments(&mut runner, "");
    runner.run("run.sh");
    assert_eq!(runner.read("log").matches("repos/").count(), 1, "it only looks for comments");
    runner.set("GITHUB_REF", "refs/heads/main");
    runner.run("run.sh");
    assert_eq!(runner.read("log").matches("repos/").count(), 1);
}

#[test]
fn a_missing_permission_does_not_hide_the_findings() {
    let mut runner = Runner::new(&[("web.yaml", POD)]);
    with_comments(&mut runner, "");
    runner.program("gh", "exit 1");
    let shown = runner.run("run.sh");
    assert!(shown.starts_with("exit status: 1\n") && shown.contains("needs the permission pull-requests: write"));
}

#[test]
fn a_summary_that_is_too_long_is_its_headline() {
    let mut runner = Runner::new(&[("web.yaml", POD)]);
    runner.program(
        "long",
        r#"for argument; do case $argument in markdown:*) summary=${argument#markdown:} ;; esac; done
        { echo '### netlint: 9 errors'; head -c 1100000 /dev/zero | tr '\0' x; } >"$summary"; exit 1"#,
    );
    let long = runner.path("bin/long").display().to_string();
    runner.set("NETLINT", &long);
    runner.run("run.sh");
    let summary = runner.read("summary");
    assert!(summary.starts_with("### netlint: 9 errors\n") && summary.len() < 200, "{}", summary.len());
}

/// A release whose archive holds a script, and a `curl` that fetches from it instead of GitHub.
fn with_release(runner: &Runner, version: &str) {
    let release = runner.path("releases/netlint/netlint/releases/download").join(format!("v{version}"));
    fs::create_dir_all(&release).unwrap();
    let script = format!(
        r#"cd "{}" && printf '#!/bin/sh\necho released\n' >netlint && chmod +x netlint
        name=netlint-{version}-x86_64-unknown-linux-musl.tar.gz
        tar -czf "$name" netlint && sha256sum "$name" >"$name.sha256""#,
        release.display()
    );
    assert!(Command::new("bash").args(["-c", &script]).status().unwrap().success());
}

fn with_curl(runner: &Runner) {
    let releases = runner.path("releases").display().to_string();
    let script = format!(
        r#"arguments=("${{@/#=https/=file}}")
        rest=${{PATH#*:}}
        PATH=$rest exec curl "${{arguments[@]/#"https://github.com"/"file://{releases}"}}" --proto =file"#
    );
    runner.program("curl", &script);
    runner.program(
        "cargo",
        r#"echo "$*" >>"$log"; mkdir -p bin; printf '#!/bin/sh\necho built\n' >bin/netlint; chmod +x bin/netlint"#,
    );
}

#[test]
fn the_binary_of_the_release_is_installed() {
    let runner = Runner::new(&[]);
    with_release(&runner, VERSION);
    with_curl(&runner);
    let shown = runner.run("install.sh");
    assert_eq!(shown, "exit status: 0\n--- stdout\nreleased\n");
    let binary = runner.path(&format!("temp/netlint-{VERSION}/bin/netlint"));
    assert_eq!(runner.read("output"), format!("netlint={}\n", binary.display()));
    assert_eq!(runner.read("log"), "");
}

#[test]
fn a_wrong_checksum_installs_nothing() {
    let runner = Runner::new(&[]);
    with_release(&runner, VERSION);
    with_curl(&runner);
    let archive = format!(
        "releases/netlint/netlint/releases/download/v{VERSION}/netlint-{VERSION}-x86_64-unknown-linux-musl.tar.gz"
    );
    let mut bytes = fs::read(runner.path(&archive)).unwrap();
    bytes.push(0);
    fs::write(runner.path(&archive), bytes).unwrap();
    let shown = runner.run("install.sh");
    assert!(
        shown.starts_with("exit status: 1\n") && shown.contains("::error title=netlint::the checksum of"),
        "{shown}"
    );
    assert!(!runner.path(&format!("temp/netlint-{VERSION}/bin")).exists());
    assert_eq!((runner.read("output"), runner.read("log")), (String::new(), String::new()));
}

#[test]
fn without_a_release_cargo_builds_it() {
    let mut runner = Runner::new(&[]);
    with_curl(&runner);
    let shown = runner.run("install.sh");
    assert!(shown.starts_with("exit status: 0\n") && shown.contains("\nbuilt\n"), "{shown}");
    runner.set("INPUT_VERSION", "v9.8.7");
    runner.set("RUNNER_ARCH", "RISCV64");
    runner.run("install.sh");
    let log = runner.read("log");
    let own = format!("install --locked --root . --path {ROOT}\n");
    assert_eq!(log, own + "install --locked --root . --version 9.8.7 netlint\n");
    assert!(runner.read("output").ends_with("/temp/netlint-9.8.7/bin/netlint\n"));
}

#[test]
fn a_version_is_a_version() {
    let mut runner = Runner::new(&[]);
    with_curl(&runner);
    for version in ["latest", "1.2", "../../x", "1.2.3 --git x", "1.2.3\nx=1"] {
        runner.set("INPUT_VERSION", version);
        let shown = runner.run("install.sh");
        assert!(shown.starts_with("exit status: 2\n"), "{version}: {shown}");
    }
    assert_eq!((runner.read("output"), runner.read("log")), (String::new(), String::new()));
}
