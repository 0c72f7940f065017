//! Suppressions that end, and their inventory.

use std::process::Command;

use crate::support::{POD, run, tree};

fn pod(comment: &str) -> String {
    let name = format!("name: web # netlint: ignore[missing-default-deny] {comment}\n  namespace: shop");
    POD.replace("name: web\n  namespace: shop", &name)
}

#[test]
fn a_suppression_holds_until_its_last_day() {
    let root = tree(&[("pod.yaml", &pod("until 9999-12-31: see #12"))]);
    let said = run(root.path(), &["--format", "concise", "."]);
    assert!(said.contains("no findings") && said.contains("1 suppressed"), "{said}");
    let root = tree(&[("pod.yaml", &pod("until 2001-01-31: see #12"))]);
    let said = run(root.path(), &["--format", "concise", "."]);
    assert!(said.contains("warning[missing-default-deny]"), "{said}");
    assert!(said.contains("`missing-default-deny` was to be ignored until 2001-01-31, which is over"), "{said}");
    for (until, is_over) in [("9999-12-31", false), ("2001-01-31", true)] {
        let ignore = format!("ignore: [{{rule: missing-default-deny, until: {until}}}]\n");
        let root = tree(&[("pod.yaml", POD), ("netlint.yaml", &ignore)]);
        let said = run(root.path(), &["--format", "concise"]);
        assert_eq!(said.contains("which is over"), is_over, "{said}");
        assert_eq!(said.contains("warning[missing-default-deny]"), is_over, "{said}");
    }
    let root = tree(&[("pod.yaml", POD), ("netlint.yaml", "ignore: [{rule: missing-default-deny, until: soon}]\n")]);
    assert!(run(root.path(), &[]).contains("`soon` is not a day"));
}

#[test]
fn the_inventory_lists_each_with_what_it_catches() {
    let root = tree(&[
        ("pod.yaml", &pod("until 2001-01-31: see #12")),
        ("netlint.yaml", "ignore:\n- rule: [one-sided-allow, missing-default-deny]\n  until: 9999-12-31\n"),
    ]);
    insta::assert_snapshot!(run(root.path(), &["suppressions"]), @"
    exit status: 0
    --- stdout
    netlint.yaml:2:10: one-sided-allow, catches nothing, until 9999-12-31, without a reason
    netlint.yaml:2:27: missing-default-deny, catches 1 finding, until 9999-12-31, without a reason
    pod.yaml:4:31: missing-default-deny, catches 1 finding, over since 2001-01-31: see #12
    3 suppressions, 1 idle, 1 over
    ");
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"];
        let mut command = Command::new("git");
        command.args(identity).args(arguments).current_dir(root.path()).env("GIT_AUTHOR_DATE", "2020-01-01T00:00:00Z");
        assert!(command.output().unwrap().status.success());
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "a"]);
    let listed = run(root.path(), &["suppressions", "--format", "json"]);
    let json = listed.split_once("stdout\n").unwrap().1;
    let listed: serde_json::Value = serde_json::from_str(json).unwrap();
    let listed = listed["suppressions"].as_array().unwrap();
    assert_eq!(listed.len(), 3);
    assert!(listed.iter().all(|it| it["days"].as_i64().unwrap() > 2_000), "{listed:?}");
}
