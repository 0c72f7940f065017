//! Commands on a directory that is a kustomization, and on one whose bases cannot be read.

use super::WEB;
use crate::support::{run, status, tree};

#[test]
fn connections_and_queries_take_the_kustomization_of_the_directory() {
    let root = tree(&[
        ("base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("base/web.yaml", WEB),
        ("dev/kustomization.yaml", "resources: [../base]\nnamespace: dev\nnamePrefix: my-\n"),
        ("prod/kustomization.yaml", "resources: [../base]\nnamespace: prod\n"),
        (".git/HEAD", "ref: refs/heads/main\n"),
    ]);
    let listed = run(root.path(), &["connections", "dev"]);
    assert!(listed.starts_with("exit status: 0") && listed.contains("my-web") && !listed.contains("prod"), "{listed}");
    let asked = run(root.path(), &["query", "my-web", "internet", "dev"]);
    assert!(asked.contains("allowed: my-web -> external on all ports"), "{asked}");
}

#[test]
fn what_is_not_known_fails_only_where_that_is_asked_for() {
    let root = tree(&[
        ("kustomization.yaml", "resources: [web.yaml, 'https://example.org/base.yaml']\n"),
        ("web.yaml", WEB),
        ("netlint.yaml", "{}\n"),
    ]);
    assert_eq!(status(root.path(), &["check", "."]), Some(0), "{}", run(root.path(), &["check", "."]));
    assert_eq!(status(root.path(), &["check", ".", "--fail-on-unknown"]), Some(1));
    let known = tree(&[("kustomization.yaml", "resources: [web.yaml]\n"), ("web.yaml", WEB)]);
    let only = ["check", ".", "--select", "invalid-field", "--fail-on-unknown"];
    assert_eq!(status(known.path(), &only), Some(0), "everything is known");
}

#[test]
fn nothing_is_said_of_what_kustomize_refuses_but_why() {
    let root = tree(&[
        ("refused/kustomization.yaml", "resources: [web.yaml, web.yaml]\n"),
        ("refused/web.yaml", WEB),
        ("unreadable/kustomization.yaml", "resources: [\n"),
        ("built/kustomization.yaml", "resources: [web.yaml]\n"),
        ("built/web.yaml", WEB),
    ]);
    for arguments in [&["connections", "refused"][..], &["query", "web", "internet", "refused"]] {
        let said = run(root.path(), arguments);
        assert!(said.starts_with("exit status: 3\n--- stderr\nerror[kustomize-build]"), "{said}");
        assert!(said.contains("refused/kustomization.yaml:1:23") && !said.contains("connection"), "{said}");
    }
    let said = run(root.path(), &["connections", "unreadable"]);
    assert!(said.starts_with("exit status: 3\n--- stderr\nerror[kustomize-build]"), "{said}");
    let listed = run(root.path(), &["connections", "."]);
    assert!(
        listed.starts_with("exit status: 3") && listed.contains("web") && listed.contains("kustomize-build"),
        "{listed}"
    );
}
