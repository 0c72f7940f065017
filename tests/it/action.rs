//! The scripts of the GitHub Action, run as the runner runs them: its variables, its files, and in front of PATH
//! programs that answer for GitHub.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::file_trees::repository::git;
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
            ("INPUT_WORKING_DIRECTORY", "."),
            ("INPUT_VERSION", ""),
            ("INPUT_FAIL_ON", "warning"),
            ("INPUT_CONFIG", ""),
            ("INPUT_PROFILE", ""),
            ("INPUT_BASELINE", ""),
            ("INPUT_ARGS", ""),
            ("INPUT_DIFF", "true"),
            ("INPUT_BASE", ""),
            ("INPUT_SARIF", ""),
            ("INPUT_SUMMARY", "true"),
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
    let report = runner.path("temp/netlint-report/summary.md");
    assert_eq!(runner.read("output"), format!("status=1\nreport={}\n", report.display()));
    let summary = runner.read("summary");
    assert!(summary.starts_with("### netlint: ") && summary.contains("missing-default-deny"), "{summary}");
}

#[test]
fn the_summary_links_to_the_lines() {
    let mut runner = Runner::new(&[("apps/k8s/web.yaml", POD)]);
    runner.set("GITHUB_SERVER_URL", "https://github.example.com");
    runner.set("GITHUB_SHA", "0123abc");
    runner.set("INPUT_WORKING_DIRECTORY", "./apps");
    runner.run("run.sh");
    let link = "](https://github.example.com/shop/manifests/blob/0123abc/apps/k8s/web.yaml#L4)";
    assert!(runner.read("summary").contains(link), "{}", runner.read("summary"));
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
    assert!(shown.contains("`--format=json` does not exist"), "paths are not options: {shown}");
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
    assert!(runner.read("output").contains("\nsarif=out.sarif\n"), "{}", runner.read("output"));
}

/// A pull request: the merge commit of a branch that adds files to `main` is checked out.
fn pull_request(added: &[(&str, &str)]) -> Runner {
    let mut runner = Runner::new(&[("web.yaml", POD), ("deny.yaml", DENY_ALL)]);
    let root = runner.path("repository");
    git(&root, &["init", "--quiet", "--initial-branch=main"]);
    git(&root, &["add", "--all"]);
    git(&root, &["commit", "--quiet", "--message=base"]);
    git(&root, &["checkout", "--quiet", "-b", "change"]);
    for (file, text) in added {
        fs::write(root.join(file), text).unwrap();
    }
    git(&root, &["add", "--all"]);
    git(&root, &["commit", "--quiet", "--allow-empty", "--message=change"]);
    git(&root, &["checkout", "--quiet", "main"]);
    git(&root, &["merge", "--quiet", "--no-ff", "change"]);
    runner.set("GITHUB_REF", "refs/pull/7/merge");
    runner.set("GITHUB_SERVER_URL", "https://github.com");
    runner
}

const ALLOW: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: open
  namespace: shop
spec:
  podSelector: {}
  ingress:
    - {}
";

#[test]
fn a_pull_request_is_compared_with_its_base() {
    let runner = pull_request(&[("open.yaml", ALLOW)]);
    let shown = runner.run("diff.sh");
    assert!(shown.starts_with("exit status: 0\n--- stdout\n::error file=open.yaml,line="), "{shown}");
    assert!(shown.contains("title=opened::any-pod and external -> shop/web on all ports"), "{shown}");
    let report = runner.path("temp/netlint-report/diff.md");
    assert_eq!(runner.read("output"), format!("report={}\n", report.display()));
    let text = fs::read_to_string(&report).unwrap();
    assert!(text.starts_with("### netlint: this change opens 2 connections"), "{text}");
    let commit = git(&runner.path("repository"), &["rev-parse", "HEAD"]);
    assert!(text.contains(&format!("https://github.com/shop/manifests/blob/{commit}/open.yaml#L9")), "{text}");
    assert_eq!(runner.read("summary"), text);
}

#[test]
fn gates_fail_the_step_and_the_report_stays() {
    let gate = "diff: {failOn: [opened-to-internet]}\n";
    let runner = pull_request(&[("open.yaml", ALLOW), ("netlint.yaml", gate)]);
    assert!(runner.run("diff.sh").starts_with("exit status: 1\n"));
    assert!(runner.read("output").starts_with("report="));
}

#[test]
fn without_a_base_nothing_is_compared() {
    let mut runner = Runner::new(&[("web.yaml", POD)]);
    assert_eq!(runner.run("diff.sh"), "exit status: 0\n");
    runner.set("GITHUB_REF", "refs/pull/7/merge");
    let root = runner.path("repository");
    git(&root, &["init", "--quiet", "--initial-branch=main"]);
    git(&root, &["add", "--all"]);
    git(&root, &["commit", "--quiet", "--message=only"]);
    let shown = runner.run("diff.sh");
    assert!(shown.starts_with("exit status: 0\n") && shown.contains("fetch-depth: 2"), "{shown}");
    runner.set("INPUT_BASE", "no-such-branch");
    assert!(runner.run("diff.sh").starts_with("exit status: 2\n"));
    runner.set("INPUT_BASE", "x\nreport=forged");
    assert!(runner.run("diff.sh").starts_with("exit status: 2\n"));
    runner.set("INPUT_DIFF", "false");
    assert_eq!(runner.run("diff.sh"), "exit status: 0\n");
    assert!(!runner.read("output").contains("forged"));
}

#[test]
fn inputs_become_arguments() {
    let mut runner = Runner::new(&[("a b/web.yaml", POD), ("a b/known.json", "{\"schemaVersion\":1,\"findings\":[]}")]);
    runner.set("INPUT_WORKING_DIRECTORY", "a b");
    runner.set("INPUT_PROFILE", "security-only");
    runner.set("INPUT_BASELINE", "known.json");
    runner.set("INPUT_ARGS", "--namespace\nx y\n\n--select=missing-default-deny");
    let shown = runner.run("run.sh");
    assert!(shown.contains("::warning file=web.yaml,"), "{shown}");
    runner.program("echo-arguments", r#"printf '<%s>' "$@" >"$log""#);
    let program = runner.path("bin/echo-arguments").display().to_string();
    runner.set("NETLINT", &program);
    runner.run("run.sh");
    let arguments =
        "<--profile><security-only><--baseline><known.json><--namespace><x y><--select=missing-default-deny><-->";
    assert!(runner.read("log").ends_with(arguments), "{}", runner.read("log"));
}

/// Answers for `gh api`: lists these comments, and writes down what is sent.
fn with_comments(runner: &mut Runner, report: &str, comments: &str) {
    runner.set("GITHUB_REF", "refs/pull/7/merge");
    fs::write(runner.path("report.md"), report).unwrap();
    let path = runner.path("report.md").display().to_string();
    runner.set("DIFF_REPORT", &path);
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
    let mut runner = Runner::new(&[]);
    with_comments(&mut runner, "### netlint: this change opens 1 connection\n", "");
    assert_eq!(runner.run("comment.sh"), "exit status: 0\n");
    let log = runner.read("log");
    assert!(log.starts_with("--paginate repos/shop/manifests/issues/7/comments --jq "), "{log}");
    let written = "--silent --method POST repos/shop/manifests/issues/7/comments\n<!-- netlint -->\n### netlint: this";
    assert!(log.contains(written), "{log}");
}

#[test]
fn a_comment_is_written_anew_when_the_findings_change() {
    let mut runner = Runner::new(&[]);
    with_comments(&mut runner, "### netlint: no connection and no finding changes\n", "11\\n12\\n");
    assert_eq!(runner.run("comment.sh"), "exit status: 0\n");
    let log = runner.read("log");
    assert!(log.contains("--method PATCH repos/shop/manifests/issues/comments/11\n<!-- netlint -->\n"), "{log}");
}

#[test]
fn a_pull_request_without_changes_gets_no_comment_and_a_push_none_either() {
    let mut runner = Runner::new(&[]);
    with_comments(&mut runner, "### netlint: no findings\n", "");
    runner.run("comment.sh");
    assert_eq!(runner.read("log").matches("repos/").count(), 1, "it only looks for comments");
    runner.set("GITHUB_REF", "refs/heads/main");
    runner.run("comment.sh");
    assert_eq!(runner.read("log").matches("repos/").count(), 1);
}

#[test]
fn a_missing_permission_is_said_and_fails_nothing() {
    let mut runner = Runner::new(&[]);
    with_comments(&mut runner, "### netlint: 1 warning\n", "");
    runner.program("gh", "exit 1");
    let shown = runner.run("comment.sh");
    assert!(shown.starts_with("exit status: 0\n") && shown.contains("permission pull-requests: write"), "{shown}");
}

#[test]
fn only_the_comment_has_the_token() {
    let action = fs::read_to_string(Path::new(ROOT).join("action.yml")).unwrap();
    let steps: Vec<&str> = action.split("\n    - ").collect();
    let with_token: Vec<&&str> = steps.iter().filter(|step| step.contains("github.token")).collect();
    assert!(matches!(with_token.as_slice(), [step] if step.contains("comment.sh") && !step.contains("NETLINT")));
    let script = fs::read_to_string(Path::new(ROOT).join("action/comment.sh")).unwrap();
    assert!(!script.contains("NETLINT") && !script.contains("git "));
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

/// A release whose archive holds a script, recorded by the commit of the action, and a `curl` that fetches from it.
fn with_release(runner: &mut Runner, version: &str) -> PathBuf {
    let release = runner.path("releases/netlint/netlint/releases/download").join(format!("v{version}"));
    fs::create_dir_all(&release).unwrap();
    let script = format!(
        r#"cd "{}" && printf '#!/bin/sh\necho released\n' >netlint && chmod +x netlint
        name=netlint-{version}-x86_64-unknown-linux-musl.tar.gz
        tar -czf "$name" netlint && sha256sum "$name" >digest"#,
        release.display()
    );
    assert!(Command::new("bash").args(["-c", &script]).status().unwrap().success());
    let action = runner.path("action-commit");
    fs::create_dir_all(action.join("action")).unwrap();
    fs::copy(Path::new(ROOT).join("Cargo.toml"), action.join("Cargo.toml")).unwrap();
    let recorded = fs::read_to_string(Path::new(ROOT).join("action/digests")).unwrap();
    let digest = fs::read_to_string(release.join("digest")).unwrap();
    fs::write(action.join("action/digests"), recorded + &digest).unwrap();
    runner.set("GITHUB_ACTION_PATH", &action.display().to_string());
    release.join(format!("netlint-{version}-x86_64-unknown-linux-musl.tar.gz"))
}

fn with_curl(runner: &Runner) {
    let releases = runner.path("releases").display().to_string();
    let script = format!(
        r#"arguments=("${{@/#=https/=file}}")
        rest=${{PATH#*:}}
        PATH=$rest exec curl "${{arguments[@]/#"https://github.com"/"file://{releases}"}}" --proto =file"#
    );
    runner.program("curl", &script);
    runner.program("cargo", r#"echo "$*" >>"$log"; exit 1"#);
}

#[test]
fn the_binary_of_the_release_is_installed() {
    let mut runner = Runner::new(&[]);
    with_release(&mut runner, VERSION);
    with_curl(&runner);
    let shown = runner.run("install.sh");
    assert_eq!(shown, "exit status: 0\n--- stdout\nreleased\n");
    let binary = runner.path(&format!("temp/netlint-{VERSION}/bin/netlint"));
    assert_eq!(runner.read("output"), format!("netlint={}\n", binary.display()));
}

#[test]
fn another_file_than_the_recorded_one_is_not_installed() {
    let mut runner = Runner::new(&[]);
    let archive = with_release(&mut runner, VERSION);
    with_curl(&runner);
    let mut bytes = fs::read(&archive).unwrap();
    bytes.push(0);
    fs::write(&archive, bytes).unwrap();
    let shown = runner.run("install.sh");
    assert!(shown.starts_with("exit status: 1\n") && shown.contains("is not the file whose digest"), "{shown}");
    assert!(!runner.path(&format!("temp/netlint-{VERSION}/bin")).exists());
    assert_eq!(runner.read("output"), "");
}

#[test]
fn what_cannot_be_verified_or_fetched_is_an_error_and_never_built() {
    let mut runner = Runner::new(&[]);
    let archive = with_release(&mut runner, VERSION);
    with_curl(&runner);
    fs::remove_file(archive).unwrap();
    let shown = runner.run("install.sh");
    assert!(shown.starts_with("exit status: 1\n") && shown.contains("cannot be downloaded"), "{shown}");
    runner.set("INPUT_VERSION", "v9.8.7");
    let shown = runner.run("install.sh");
    assert!(shown.starts_with("exit status: 1\n") && shown.contains("records no digest of netlint-9.8.7-"), "{shown}");
    runner.set("RUNNER_ARCH", "RISCV64");
    let shown = runner.run("install.sh");
    assert!(shown.starts_with("exit status: 1\n") && shown.contains("no binary of netlint is released"), "{shown}");
    assert!(!runner.path("log").exists() || runner.read("log").is_empty(), "cargo builds nothing");
    assert_eq!(runner.read("output"), "");
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
