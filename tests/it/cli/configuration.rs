//! Where the configuration is found, and what it and the environment say for the command line.

use std::process::Command;

use crate::support::{POD, netlint, run, status, tree};

/// What a lone pod is reported for.
const OFF: &str = "rules: {missing-default-deny: off, unrestricted-egress: off}\n";

#[test]
fn a_configuration_has_one_of_three_names() {
    for name in ["netlint.yaml", "netlint.yml", ".netlint.yaml"] {
        let root = tree(&[("k8s/pod.yaml", POD), (name, OFF)]);
        let said = run(root.path(), &["--format", "concise", "k8s"]);
        assert!(
            said.contains("no findings in 1 file") && said.contains(&format!("by `{name}`: 2 rules off")),
            "{said}"
        );
    }
    let root = tree(&[("pod.yaml", POD), ("netlint.yaml", ""), (".netlint.yaml", "")]);
    insta::assert_snapshot!(run(root.path(), &["."]), @"
    exit status: 2
    --- stderr
    error: there are several configurations: `netlint.yaml` and `.netlint.yaml`
      help: keep one of them, or name one: `--config FILE`
    ");
}

#[test]
fn the_order_of_paths_changes_nothing() {
    let pod = POD.replace("shop", "other");
    let root = tree(&[("a/pod.yaml", POD), ("a/netlint.yaml", OFF), ("b/pod.yaml", &pod)]);
    let both = |root: &tempfile::TempDir| {
        let [one, other] = [["a", "b"], ["b", "a"]].map(|[first, second]| run(root.path(), &[first, second]));
        assert_eq!(one, other);
        one
    };
    assert!(both(&root).contains("warning[missing-default-deny]"), "that of a neighbour does not count");
    std::fs::write(root.path().join("b/netlint.yaml"), "").unwrap();
    assert!(both(&root).contains("error: there are several configurations: `a/netlint.yaml` and `b/netlint.yaml`"));
    std::fs::write(root.path().join("netlint.yml"), "").unwrap();
    assert!(both(&root).contains("warning[missing-default-deny]"), "the one above both counts");
    assert!(run(root.path(), &["a"]).contains("no findings"), "a path alone has its own");
}

#[test]
fn format_and_fail_on_have_defaults_in_the_file_and_the_environment() {
    let root = tree(&[("pod.yaml", POD), ("netlint.yaml", "format: concise\nfailOn: never\n")]);
    let said = run(root.path(), &[]);
    assert!(said.starts_with("exit status: 0\n--- stdout\npod.yaml:4:9: warning"), "{said}");
    assert!(run(root.path(), &["--format", "json", "--fail-on", "note"]).contains("exit status: 1"));
    let with = |variable: &str, value: &str, arguments: &[&str]| {
        let mut command = netlint(root.path(), arguments);
        let output = command.env(variable, value).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, out, _) = with("NETLINT_FORMAT", "json", &[]);
    assert!(code == Some(0) && out.starts_with("{\"schemaVersion\":1"), "{out}");
    assert_eq!(with("NETLINT_FAIL_ON", "warning", &[]).0, Some(1));
    assert_eq!(with("NETLINT_FAIL_ON", "warning", &["--fail-on", "never"]).0, Some(0), "the command line wins");
    assert!(with("NETLINT_CONFIG", "missing.yaml", &[]).2.contains("`missing.yaml` does not exist"));
    assert!(with("NETLINT_PROFILE", "strictly", &[]).2.contains("strictly"));
    let root = tree(&[("pod.yaml", POD), ("netlint.yaml", "format: \"json:out.json\"\n")]);
    let said = run(root.path(), &[]);
    assert!(said.contains("error[configuration]") && !root.path().join("out.json").exists(), "{said}");
}

#[test]
fn an_entry_of_ignore_may_name_several_rules() {
    let ignore = "ignore:\n- {rule: [missing-default-deny, one-sided-allow], reason: known}\n";
    let root = tree(&[("pod.yaml", POD), ("netlint.yaml", ignore)]);
    let said = run(root.path(), &["--format", "concise"]);
    assert!(said.contains("1 suppressed"), "{said}");
    assert!(said.contains("netlint.yaml:2:33: warning[unused-suppression]"), "each rule is told by itself: {said}");
    let root = tree(&[("pod.yaml", POD), ("netlint.yaml", "ignore: [{rule: [missing-default-dney]}]\n")]);
    assert!(run(root.path(), &[]).contains("no rule is named `missing-default-dney`"));
}

#[test]
fn a_mistake_in_it_is_in_reports_for_programs_too() {
    let root = tree(&[("pod.yaml", POD), ("netlint.yaml", "rulse: {}\n")]);
    let report = |format: &str| {
        let output = netlint(root.path(), &["--format", format]).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8(output.stderr).unwrap().contains("rulse"), "people are told");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(
        report("github")
            .starts_with("::error file=netlint.yaml,line=1,endLine=1,col=1,endColumn=6,title=configuration::")
    );
    let sarif: serde_json::Value = serde_json::from_str(&report("sarif")).unwrap();
    let told = &sarif["runs"][0]["invocations"][0]["toolConfigurationNotifications"];
    assert_eq!(told[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "netlint.yaml");
    assert_eq!(sarif["runs"][0]["results"], serde_json::json!([]));
    assert!(report("markdown").contains("<code>rulse</code>"));
    assert_eq!(report("concise"), "", "standard error says it");
}

#[test]
fn a_build_that_git_ignores_is_told_where_it_holds_copies() {
    let files = [
        ("k8s/pod.yaml", POD),
        ("build/out/pod.yaml", POD),
        (".gitignore", "build/\nnotes/\n"),
        ("notes/n.yaml", "a: b\n"),
    ];
    let root = tree(&files);
    let told = "`build/` is ignored by git but was read: exclude it with `exclude: [build]` in netlint.yaml";
    assert!(!run(root.path(), &["."]).contains("ignored by git"), "there is no repository");
    assert!(Command::new("git").args(["init", "-q"]).current_dir(root.path()).status().unwrap().success());
    let said = run(root.path(), &["--format", "concise", "."]);
    assert_eq!(said.matches(told).count(), 1, "{said}");
    assert!(!run(root.path(), &["k8s", "notes"]).contains("ignored by git"));
    assert!(!run(root.path(), &["--exclude", "build", "."]).contains("ignored by git"));
}

#[test]
fn the_version_for_programs() {
    let root = tree(&[]);
    for arguments in
        [&["--version", "--format", "json"][..], &["-V", "--format=json"], &["--format", "json", "--version"]]
    {
        let output = netlint(root.path(), arguments).output().unwrap();
        let version: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(version["netlint"], env!("CARGO_PKG_VERSION"));
        assert!(version["features"].as_array().unwrap().contains(&serde_json::json!("cli")));
        assert!(version.get("commit").is_some());
    }
    assert_eq!(status(root.path(), &["--version"]), Some(0));
}

#[test]
fn details_name_the_files_of_each_cluster() {
    let root = tree(&[
        ("a/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("a/pod.yaml", POD),
        ("b/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("b/pod.yaml", POD),
    ]);
    let said = run(root.path(), &["-v", "."]);
    assert!(said.contains("cluster `a`: ") && said.contains("cluster `b`: "), "{said}");
}
