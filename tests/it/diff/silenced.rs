//! What a change silences, and the gates that it must pass.

#![cfg(unix)]

use serde_json::Value;

use crate::file_trees::repository::Repository;
use crate::support::{DENY_ALL, POD, netlint, run, status};

fn silenced(repository: &Repository) -> Vec<String> {
    let output = netlint(&repository.root(), &["diff", "--format", "json"]).output().unwrap();
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    let listed = value["silenced"].as_array().unwrap().iter();
    listed.map(|it| format!("{}: {}", it["by"].as_str().unwrap(), it["message"].as_str().unwrap())).collect()
}

#[test]
fn a_change_cannot_silence_its_own_findings_unseen() {
    let repository = Repository::new(&[("pod.yaml", POD)]);
    let known = POD.replace("name: web\n  ", "name: web # netlint: ignore[missing-default-deny] later\n  ");
    repository.write("pod.yaml", &known);
    let found = silenced(&repository);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("suppression: a comment or annotation hides `missing-default-deny` (later)"),
        "{found:?}"
    );
    repository.write("pod.yaml", POD);
    repository.write(
        "netlint.yaml",
        "rules: {missing-default-deny: off, internet-ingress: note}\nexclude: [vendor]\n\
         ignore: [{rule: one-sided-allow, path: x.yaml, reason: known}]\n",
    );
    let expected = [
        "suppression: `ignore` now hides `one-sided-allow` of `x.yaml`: known",
        "configuration: the rule `missing-default-deny` is now off",
        "configuration: findings of `internet-ingress` are now of severity `note`",
        "configuration: `exclude` now leaves out `vendor`",
    ];
    assert_eq!(silenced(&repository), expected);
}

#[test]
fn what_becomes_unreadable_is_listed() {
    let repository = Repository::new(&[("pod.yaml", POD), ("deny.yaml", DENY_ALL)]);
    repository.write("deny.yaml", "kind: [\n");
    repository.write(
        "egress.yaml",
        "apiVersion: k8s.ovn.org/v1\nkind: EgressFirewall\nmetadata: {name: default, namespace: shop}\nspec: {}\n",
    );
    let found = silenced(&repository);
    assert!(found.iter().any(|it| it.starts_with("unreadable: `deny.yaml` cannot be read")), "{found:?}");
    assert!(found.contains(&"unreadable: EgressFirewall `shop/default` is not evaluated".to_owned()), "{found:?}");
}

#[test]
fn a_baseline_that_grows_is_listed() {
    let repository = Repository::new(&[
        ("pod.yaml", POD),
        ("netlint.yaml", "baseline: known.json\n"),
        ("known.json", "{\"schemaVersion\":1,\"findings\":[]}\n"),
    ]);
    assert_eq!(status(&repository.root(), &["--write-baseline", "known.json"]), Some(0));
    let found = silenced(&repository);
    assert!(found.iter().any(|it| it.starts_with("baseline: the baseline now lists ")), "{found:?}");
}

#[test]
fn gates_are_those_of_both_states() {
    let gates = "diff: {failOn: [isolation-lost, suppressions-added]}\n";
    let repository = Repository::new(&[("pod.yaml", POD), ("deny.yaml", DENY_ALL), ("netlint.yaml", gates)]);
    assert_eq!(status(&repository.root(), &["diff"]), Some(0));
    repository.write("deny.yaml", &DENY_ALL.replace("Ingress, Egress", "Egress"));
    repository.write("netlint.yaml", "rules: {}\n");
    let shown = run(&repository.root(), &["diff"]);
    assert!(shown.starts_with("exit status: 1\n") && shown.contains("failed: `isolation-lost`"), "{shown}");
    assert!(shown.contains("silenced: `diff.failOn` no longer has `isolation-lost`"), "{shown}");
    repository.write("netlint.yaml", "diff: {failOn: [opened-to-internet, any, rules-disabled]}\n");
    let shown = run(&repository.root(), &["diff"]);
    for gate in ["any", "isolation-lost", "opened-to-internet", "rules-disabled"] {
        assert!(shown.contains(&format!("failed: `{gate}`")), "{gate}: {shown}");
    }
    assert!(!shown.contains("failed: `suppressions-added`"), "{shown}");
}

#[test]
fn new_findings_fail_only_on_request() {
    let repository = Repository::new(&[("pod.yaml", POD), ("deny.yaml", DENY_ALL)]);
    repository.write("deny.yaml", "# nothing\n");
    assert_eq!(status(&repository.root(), &["diff"]), Some(0));
    assert_eq!(status(&repository.root(), &["diff", "--fail-on", "warning"]), Some(1));
    assert_eq!(status(&repository.root(), &["diff", "--fail-on", "error"]), Some(0));
}

#[test]
fn a_database_that_opens_is_a_gate_of_its_own() {
    let database = POD.replace("image: nginx", "image: postgres").replace("name: web", "name: db");
    let repository = Repository::new(&[
        ("db.yaml", &database),
        ("web.yaml", POD),
        ("deny.yaml", DENY_ALL),
        ("netlint.yaml", "diff: {failOn: [opened-to-database]}\n"),
    ]);
    repository.write("deny.yaml", &DENY_ALL.replace("{}", "{matchLabels: {app: none}}"));
    let shown = run(&repository.root(), &["diff"]);
    assert!(shown.starts_with("exit status: 1\n") && shown.contains("failed: `opened-to-database`"), "{shown}");
}
