//! The command: where it writes, what it refuses, and what the world makes of its output.

use std::fs;
use std::path::Path;

use crate::support::{netlint, run, status, tree};

/// The shop of the documentation, in a directory of its own.
fn shop() -> tempfile::TempDir {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/shop");
    let files: Vec<(String, String)> = ["api.yaml", "db.yaml", "web.yaml"]
        .map(|name| (format!("k8s/{name}"), fs::read_to_string(source.join(name)).unwrap()))
        .into();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    tree(&files)
}

#[test]
fn policies_go_to_standard_output_a_directory_or_a_file() {
    let root = shop();
    let stdout = netlint(root.path(), &["generate", "-q", "k8s"]).output().unwrap();
    assert_eq!((stdout.status.code(), stdout.stderr.as_slice()), (Some(0), &b""[..]));
    let text = String::from_utf8(stdout.stdout).unwrap();
    assert!(text.contains("name: default-deny"));
    assert_eq!(status(root.path(), &["generate", "k8s", "--output", "policies"]), Some(0));
    assert_eq!(status(root.path(), &["generate", "k8s", "--output", "all.yaml"]), Some(0));
    for file in ["policies/shop.yaml", "all.yaml"] {
        assert_eq!(fs::read_to_string(root.path().join(file)).unwrap(), text, "{file}");
    }
    let names: Vec<_> = fs::read_dir(root.path().join("policies")).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(names, ["shop.yaml"], "no temporary file is left");
    assert_eq!(status(root.path(), &["check", "k8s", "policies"]), Some(0));
}

#[test]
fn a_dry_run_writes_nothing() {
    let root = shop();
    let shown = run(root.path(), &["generate", "k8s", "--output", "policies", "--dry-run"]);
    assert!(shown.contains("name: default-deny") && !root.path().join("policies").exists(), "{shown}");
}

#[test]
fn what_is_there_is_not_written_over_without_force() {
    let root = shop();
    fs::create_dir(root.path().join("policies")).unwrap();
    fs::write(root.path().join("policies/notes.txt"), "mine").unwrap();
    let refused = run(root.path(), &["generate", "k8s", "--output", "policies"]);
    assert!(
        refused.starts_with("exit status: 2") && refused.contains("the directory `policies` is not empty"),
        "{refused}"
    );
    assert!(!root.path().join("policies/shop.yaml").exists());
    assert_eq!(status(root.path(), &["generate", "k8s", "--output", "policies", "--force"]), Some(0));
    assert_eq!(fs::read_to_string(root.path().join("policies/notes.txt")).unwrap(), "mine");
    fs::write(root.path().join("all.yaml"), "mine").unwrap();
    assert_eq!(status(root.path(), &["generate", "k8s", "--output", "all.yaml"]), Some(2));
    assert_eq!(fs::read_to_string(root.path().join("all.yaml")).unwrap(), "mine");
}

#[test]
fn what_was_written_before_is_not_input() {
    let root = shop();
    let generate = ["generate", ".", "--output", "policies", "--force"];
    assert_eq!(status(root.path(), &generate), Some(0));
    let first = fs::read_to_string(root.path().join("policies/shop.yaml")).unwrap();
    assert_eq!(status(root.path(), &generate), Some(0));
    assert_eq!(fs::read_to_string(root.path().join("policies/shop.yaml")).unwrap(), first);
}

#[cfg(unix)]
#[test]
fn links_are_replaced_and_not_followed() {
    let root = shop();
    fs::create_dir(root.path().join("policies")).unwrap();
    fs::write(root.path().join("victim"), "untouched").unwrap();
    std::os::unix::fs::symlink("../victim", root.path().join("policies/shop.yaml")).unwrap();
    assert_eq!(status(root.path(), &["generate", "k8s", "--output", "policies", "--force"]), Some(0));
    assert_eq!(fs::read_to_string(root.path().join("victim")).unwrap(), "untouched");
    assert!(root.path().join("policies/shop.yaml").symlink_metadata().unwrap().is_file());
}

#[test]
fn a_component_builds_into_the_cluster_that_it_was_made_for() {
    let root = shop();
    let write = |file: &str, text: &str| fs::write(root.path().join(file), text).unwrap();
    write("k8s/kustomization.yaml", "resources: [api.yaml, db.yaml, web.yaml]\n");
    assert_eq!(status(root.path(), &["generate", "k8s", "--output", "component:k8s/policies"]), Some(0));
    let kustomization = fs::read_to_string(root.path().join("k8s/policies/kustomization.yaml")).unwrap();
    assert!(kustomization.contains("kind: Component\nresources:\n  - shop.yaml\n"), "{kustomization}");
    write("k8s/kustomization.yaml", "resources: [api.yaml, db.yaml, web.yaml]\ncomponents: [policies]\n");
    let connections = run(root.path(), &["connections", "k8s"]);
    assert!(connections.contains("4 connections (4 workloads, 8 policies)"), "{connections}");
    assert_eq!(status(root.path(), &["check", "k8s", "--profile", "strict"]), Some(0));
}

#[test]
fn json_has_everything_that_people_are_told() {
    let root = shop();
    let output =
        netlint(root.path(), &["generate", "k8s", "--format", "json", "--output", "policies"]).output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&json["schemaVersion"], &json["policies"], &json["marked"]), (&1.into(), &8.into(), &2.into()));
    assert_eq!(json["files"][0]["path"], "policies/shop.yaml");
    assert!(json["review"][0].as_str().unwrap().contains("payments.example.com"), "{json}");
    assert!(output.stderr.is_empty());
}

#[test]
fn unclear_input_is_an_error_and_nothing_is_written() {
    let root = shop();
    for arguments in [&["generate", "absent", "--output", "policies"][..], &["generate", "k8s", "--output", ""]] {
        assert_ne!(status(root.path(), arguments), Some(0), "{arguments:?}");
    }
    assert_eq!(status(root.path(), &["generate", "k8s", "--replace", "--only-missing"]), Some(2));
    assert!(!root.path().join("policies").exists());
}

#[test]
fn hostile_names_do_no_harm() {
    let pod = |namespace: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: \"a\\n# b: c\\e[31m\"\n  namespace: \"{namespace}\"\n  labels: \
             {{app: \"{{{{x}}}}\", \"a b\": c, ok: \"yes\"}}\nspec:\n  containers:\n    - {{name: a, image: example/a, env: \
             [{{name: \"URL\\n  - x: y\", value: \"https://203.0.113.7\"}}]}}\n"
        )
    };
    let root = tree(&[("pods/a.yaml", &pod("../../x")), ("pods/b.yaml", &pod("shop"))]);
    let shown = run(root.path(), &["generate", "pods", "--output", "out"]);
    assert!(shown.starts_with("exit status: 0"), "{shown}");
    assert!(shown.contains("nothing is written for namespaces without a valid name: `../../x`"), "{shown}");
    let names =
        |directory: &Path| fs::read_dir(directory).unwrap().map(|it| it.unwrap().file_name()).collect::<Vec<_>>();
    assert_eq!((names(root.path()).len(), names(&root.path().join("out"))), (2, vec!["shop.yaml".into()]));
    let text = fs::read_to_string(root.path().join("out/shop.yaml")).unwrap();
    assert!(!text.contains('\u{1b}') && !text.lines().any(|line| line.starts_with("# b")), "{text}");
    assert!(text.contains("ok: \"yes\"") && text.contains("  name: a---b--c--31m-egress\n"), "{text}");
}
