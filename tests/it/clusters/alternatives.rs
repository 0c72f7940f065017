//! Files that define the same objects: alternatives, each a cluster of its own.

use super::{OPEN, WEB};
use crate::support::{DENY_ALL, POD, run, status, tree};

/// A Service, by name.
fn service(name: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {{selector: {{app: {name}}}, ports: [{{port: 80}}]}}\n"
    )
}

#[test]
fn what_alternatives_have_in_common_is_reported_once() {
    let install = [WEB, "---\n", OPEN].concat();
    let root = tree(&[("install.yaml", &install), ("ha/install.yaml", &format!("# Two replicas.\n{install}"))]);
    insta::assert_snapshot!(run(root.path(), &["--format", "concise"]), @"
    exit status: 1
    --- stdout
    install.yaml:4:9: note[missing-default-deny] no policy isolates all pods of namespace `default` for egress, only each workload by itself (seen in: install.yaml, ha/install.yaml)
    install.yaml:24:3: warning[unrestricted-egress] `open` permits egress to everything (seen in: install.yaml, ha/install.yaml)
    clusters: install.yaml, ha/install.yaml
    1 warning, 1 note in 2 files, 2 clusters (2 workloads, 2 policies)
    1 may be fixed with `--fix --unsafe-fixes`
    ");
}

#[test]
fn what_is_wrong_with_one_alternative_only_is_said_of_that_one() {
    let install = [POD, "---\n", DENY_ALL].concat();
    let root = tree(&[("install.yaml", install.as_str()), ("minimal/install.yaml", POD)]);
    insta::assert_snapshot!(run(root.path(), &["--format", "concise"]), @"
    exit status: 1
    --- stdout
    minimal/install.yaml:4:9: warning[missing-default-deny] no policy isolates all pods of namespace `shop` for ingress or egress
    clusters: install.yaml, minimal/install.yaml
    1 warning in 2 files, 2 clusters (2 workloads, 1 policy)
    1 may be fixed with `--fix --unsafe-fixes`
    ");
}

#[test]
fn policies_beside_alternatives_are_for_all_and_those_in_their_directories_for_one() {
    let policy = |name: &str| DENY_ALL.replace("name: deny-all", &format!("name: {name}"));
    let root = tree(&[
        ("dev/web.yaml", POD),
        ("dev/deny.yaml", &policy("dev-only")),
        ("prod/web.yaml", POD),
        ("namespace.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"),
    ]);
    insta::assert_snapshot!(run(root.path(), &["--format", "concise"]), @"
    exit status: 1
    --- stdout
    namespace.yaml:3:18: warning[missing-default-deny] no policy isolates all pods of namespace `shop` for ingress or egress (seen in: prod/web.yaml)
    clusters: dev/web.yaml, prod/web.yaml
    1 warning in 4 files, 2 clusters (2 workloads, 1 policy)
    1 may be fixed with `--fix --unsafe-fixes`
    ");
    assert_eq!(status(root.path(), &["--cluster", "dev/web.yaml"]), Some(0), "dev has a policy");
    assert_eq!(status(root.path(), &["--cluster", "prod/web.yaml"]), Some(1), "prod has none");
    let shared = tree(&[("dev/web.yaml", POD), ("prod/web.yaml", POD), ("policies/deny.yaml", DENY_ALL)]);
    assert_eq!(status(shared.path(), &[]), Some(0), "the policy is for both");
}

#[test]
fn directories_hold_together() {
    let root = tree(&[
        ("v1/web.yaml", POD),
        ("v1/api.yaml", &POD.replace("web", "api")),
        ("v2/web.yaml", POD),
        ("v2/api.yaml", &POD.replace("web", "api")),
    ]);
    let listed = run(root.path(), &["connections", "--cluster", "v2", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(listed.split_once("stdout\n").unwrap().1).unwrap();
    assert_eq!(json["workloads"].as_array().unwrap().len(), 2, "{json}");
    insta::assert_snapshot!(run(root.path(), &["--format", "concise"]), @"
    exit status: 1
    --- stdout
    v1/api.yaml:4:9: warning[missing-default-deny] no policy isolates all pods of namespace `shop` for ingress or egress (seen in: v1, v2)
    clusters: v1, v2
    1 warning in 4 files, 2 clusters (4 workloads, 0 policies)
    1 may be fixed with `--fix --unsafe-fixes`
    ");
}

#[test]
fn one_object_in_common_may_be_a_mistake() {
    let root = tree(&[("a/service.yaml", &service("web")), ("b/service.yaml", &service("web")), ("web.yaml", WEB)]);
    insta::assert_snapshot!(run(root.path(), &["--select", "duplicate-resource", "--format", "concise"]), @"
    exit status: 0
    --- stdout
    b/service.yaml:3:18: note[duplicate-resource] Service `web` is defined twice, and this one replaces the other
    1 note in 3 files (1 workload, 0 policies)
    ");
    let twice = tree(&[("web.yaml", &[POD, "---\n", POD].concat()), ("deny.yaml", DENY_ALL)]);
    insta::assert_snapshot!(run(twice.path(), &["--format", "concise"]), @"
    exit status: 1
    --- stdout
    web.yaml:14:9: warning[duplicate-resource] Pod `web` is defined twice, and this one replaces the other
    1 warning in 2 files (1 workload, 1 policy)
    ");
}

#[test]
fn a_file_may_be_an_alternative_to_a_directory() {
    let services = [service("web"), service("api")].join("---\n");
    let root = tree(&[
        ("app/web.yaml", &service("web")),
        ("app/api.yaml", &service("api")),
        ("app/pod.yaml", WEB),
        ("remote/services.yaml", &services),
    ]);
    assert!(!run(root.path(), &["--format", "concise"]).contains("duplicate-resource"));
}

#[test]
fn a_copy_of_what_a_kustomization_builds_says_nothing_new() {
    let root = tree(&[
        ("app/kustomization.yaml", "resources: [web.yaml]\n"),
        ("app/web.yaml", WEB),
        ("release.yaml", &format!("# Rendered.\n{WEB}")),
    ]);
    insta::assert_snapshot!(run(root.path(), &["--format", "concise"]), @"
    exit status: 1
    --- stdout
    app/web.yaml:4:9: warning[missing-default-deny] no policy isolates all pods of namespace `default` for ingress or egress (seen in: app, other)
    clusters: app, other
    1 warning in 3 files, 2 clusters (2 workloads, 0 policies)
    1 may be fixed with `--fix --unsafe-fixes`
    ");
}

#[test]
fn very_many_alternatives_end() {
    let files: Vec<(String, String)> =
        (0..100).map(|number| (format!("{number:03}/web.yaml"), [POD, "---\n", DENY_ALL].concat())).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let output = run(tree(&files).path(), &["--format", "concise"]);
    assert!(output.contains("100 files, 64 clusters"), "{output}");
}

#[test]
fn a_diff_compares_alternatives_by_their_names() {
    let both = [("install.yaml", WEB), ("ha/install.yaml", WEB)];
    let closed = [WEB, "---\n", &DENY_ALL.replace("  namespace: shop\n", "")].concat();
    let head: Vec<(&str, &str)> = vec![("install.yaml", WEB), ("ha/install.yaml", &closed)];
    let files = |prefix: &str, files: &[(&str, &str)]| -> Vec<(String, String)> {
        files.iter().map(|(name, text)| (format!("{prefix}/{name}"), (*text).to_owned())).collect()
    };
    let all = [files("base", &both), files("head", &head)].concat();
    let all: Vec<(&str, &str)> = all.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let root = tree(&all);
    let changed = run(root.path(), &["diff", "base", "head"]);
    assert!(changed.contains("ha/install.yaml"), "{changed}");
    let one = run(root.path(), &["diff", "base", "head", "--cluster", "install.yaml"]);
    assert!(one.contains("no connection and no finding changes"), "{one}");
}
