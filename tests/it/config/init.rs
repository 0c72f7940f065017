//! `netlint init`: what it proposes is valid, runs, and replaces nothing unasked.

use std::fs;
use std::path::Path;

use netlint::config::{Base, Config};

use super::demo::REPOSITORY;
use super::schema::is_valid;
use crate::support::{DENY_ALL, POD, netlint, run, status, tree};

/// The manifests of a directory of the repository, in `k8s`.
fn copy(directory: &str) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("k8s")).unwrap();
    for entry in fs::read_dir(Path::new(REPOSITORY).join(directory)).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), root.path().join("k8s").join(entry.file_name())).unwrap();
    }
    root
}

/// The text of the proposal, which netlint and its schema take.
fn proposal(root: &Path) -> String {
    let text = fs::read_to_string(root.join("netlint.yaml")).unwrap();
    assert!(Config::parse("netlint.yaml", &text, Base::new(root, root)).is_ok(), "{text}");
    assert!(is_valid(&text), "{text}");
    text
}

#[test]
fn the_tutorial_gets_its_tiers_and_expectations() {
    let root = copy("testdata/secure-app");
    insta::assert_snapshot!("tutorial", run(root.path(), &["init", "k8s"]));
    insta::assert_snapshot!("file", proposal(root.path()));
    let tested = run(root.path(), &["test"]);
    assert!(tested.starts_with("exit status: 1\n") && tested.contains("2 passed, 2 failed"), "{tested}");
    // Tiers that are only confirmed change no finding.
    let checked = run(root.path(), &["--format", "concise", "--ignore", "failed-expectation"]);
    assert_eq!(checked, run(root.path(), &["--format", "concise", "--isolated", "k8s"]));
    let fixed = copy("testdata/secure-app-fixed");
    assert_eq!(status(fixed.path(), &["init"]), Some(0));
    assert_eq!([&["test"][..], &[]].map(|args| status(fixed.path(), args)), [Some(0), Some(0)]);
    assert!(!proposal(fixed.path()).contains("Fails today"));
}

#[test]
fn nothing_is_replaced_unasked() {
    let root = tree(&[("netlint.yaml", "rules: {}\n"), ("pod.yaml", POD)]);
    insta::assert_snapshot!("there", run(root.path(), &["init"]));
    assert_eq!(proposal(root.path()), "rules: {}\n");
    assert_eq!(status(root.path(), &["init", "--force", "-q"]), Some(0));
    let first = proposal(root.path());
    assert!(first.contains("from 1 file (1 workload, 0 policies)"), "{first}");
    assert_eq!(run(root.path(), &["init", "--force", "-q"]), "exit status: 0\n");
    assert_eq!(proposal(root.path()), first);
}

#[test]
fn standard_input_and_what_cannot_be_read_are_no_paths() {
    let root = tree(&[]);
    let output = netlint(root.path(), &["init", "-"]).write_stdin(POD).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(!proposal(root.path()).contains("\npaths:"));
    fs::write(root.path().join("netlint.yaml"), "rules: {}\n").unwrap();
    assert_eq!(status(root.path(), &["init", "--force", "missing"]), Some(2));
    assert_eq!(proposal(root.path()), "rules: {}\n");
}

#[test]
fn what_is_not_recognised_is_an_example() {
    let root = tree(&[("deny.yaml", DENY_ALL)]);
    assert_eq!(status(root.path(), &["init"]), Some(0));
    insta::assert_snapshot!("unrecognised", proposal(root.path()));
    assert_eq!(status(root.path(), &[]), Some(0));
    let empty = tree(&[("readme.md", "")]);
    insta::assert_snapshot!("empty", run(empty.path(), &["init"]));
    assert!(!empty.path().join("netlint.yaml").exists());
}

#[test]
fn the_recipes_get_valid_proposals() {
    for entry in fs::read_dir(Path::new(REPOSITORY).join("testdata/recipes")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let root = copy(&format!("testdata/recipes/{name}"));
        assert_eq!(status(root.path(), &["init"]), Some(0), "{name}");
        proposal(root.path());
        assert_ne!(status(root.path(), &[]), Some(2), "{name}");
    }
}

#[test]
fn text_of_manifests_stays_text() {
    let hostile = r#"
{apiVersion: v1, kind: Service, metadata: {name: "s\n- {evil: 1}", namespace: shop}, spec: {selector: {app: "a: b #"}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: "db\nrules: {}\u2028x", namespace: "off", labels: {"app": "off", "a\nb": "c"}}, spec: {containers: [{name: c, image: "postgres:16\n# x"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: "web, [x]", namespace: "off", labels: {app: "1e3", tier: frontend}}, spec: {containers: [{name: c, image: nginx, env: [{name: "DB\n_HOST", value: "s:80"}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: "*", namespace: "a=b", labels: {tier: database}}, spec: {containers: [{name: c, image: "mysql*"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: cache, namespace: shop, labels: {app: "a b"}}, spec: {containers: [{name: c, image: "redis:7"}]}}
"#;
    let root = tree(&[("a.yaml", hostile)]);
    let shown = run(root.path(), &["init"]);
    assert!(shown.starts_with("exit status: 0\n"), "{shown}");
    let text = proposal(root.path());
    assert!(!text.contains("evil: 1}\n") && text.contains("\"off\""), "{text}");
    assert_ne!(status(root.path(), &["."]), Some(2));
}
