//! What belongs to which cluster, and how commands are about several.

use super::{OPEN, WEB};
use crate::support::{DENY_ALL, POD, run, status, tree};

const KUSTOMIZATION: &str = "resources: [../base]\n";

#[test]
fn a_finding_common_to_overlays_is_reported_once_and_names_them() {
    let root = tree(&[
        ("base/kustomization.yaml", "resources: [web.yaml, policy.yaml]\n"),
        ("base/web.yaml", WEB),
        ("base/policy.yaml", OPEN),
        ("dev/kustomization.yaml", KUSTOMIZATION),
        ("prod/kustomization.yaml", KUSTOMIZATION),
    ]);
    insta::assert_snapshot!(run(root.path(), &[]));
    insta::assert_snapshot!(run(root.path(), &["--cluster", "prod", "--format", "concise"]), @"
    exit status: 1
    --- stdout
    base/policy.yaml:9:3: warning[unrestricted-egress] `open` permits egress to everything
    base/web.yaml:4:9: note[missing-default-deny] no policy isolates all pods of namespace `default` for egress, only each workload by itself
    1 warning, 1 note in 5 files (1 workload, 1 policy)
    1 may be fixed with `--fix --unsafe-fixes`
    ");
}

#[test]
fn clusters_of_the_configuration_do_not_see_one_another() {
    let alone = POD.replace("web", "api");
    let files = [("netlint.yaml", "clusters: {dev: [k8s/dev], prod: [k8s/prod]}\n"), ("k8s/dev/api.yaml", &alone)];
    let root = tree(&[&files[..], &[("k8s/prod/web.yaml", POD), ("k8s/prod/deny.yaml", DENY_ALL)]].concat());
    insta::assert_snapshot!(run(root.path(), &["--format", "concise"]), @"
    exit status: 1
    --- stdout
    k8s/dev/api.yaml:4:9: warning[missing-default-deny] no policy isolates all pods of namespace `shop` for ingress or egress
    clusters: dev, prod
    1 warning in 3 files, 2 clusters (2 workloads, 1 policy)
    1 may be fixed with `--fix --unsafe-fixes`
    ");
    assert_eq!(status(root.path(), &["k8s/prod"]), Some(0), "prod is closed");
    assert_eq!(status(root.path(), &["--cluster", "prod"]), Some(0));
    assert_eq!(status(root.path(), &["--cluster", "dev"]), Some(1));
}

#[test]
fn what_no_kustomization_holds_is_one_more() {
    let root = tree(&[
        ("app/kustomization.yaml", "resources: [deny.yaml]\ncomponents: [../used]\n"),
        ("app/deny.yaml", DENY_ALL),
        ("used/kustomization.yaml", "kind: Component\nresources: [web.yaml]\n"),
        ("used/web.yaml", POD),
        ("stray/kustomization.yaml", "kind: Component\nresources: [deny.yaml]\npatches: [path: patch.yaml]\n"),
        ("stray/deny.yaml", &DENY_ALL.replace("shop", "other")),
        ("stray/patch.yaml", "kind: Pod\nmetadata: {name: elsewhere}\n"),
        ("plain.yaml", &POD.replace("shop", "other")),
    ]);
    insta::assert_snapshot!(run(root.path(), &["--format", "concise"]), @"
    exit status: 1
    --- stdout
    plain.yaml:4:9: warning[missing-default-deny] no policy isolates all pods of namespace `other` for ingress or egress
    clusters: app, other
    1 warning in 8 files, 2 clusters (2 workloads, 1 policy)
    1 may be fixed with `--fix --unsafe-fixes`
    ");
    for (cluster, workload) in [("app", "shop/web"), ("other", "other/web")] {
        let listed = run(root.path(), &["connections", "--cluster", cluster, "--format", "json"]);
        let (namespace, name) = workload.split_once('/').unwrap();
        let json: serde_json::Value = serde_json::from_str(listed.split_once("stdout\n").unwrap().1).unwrap();
        let expected = serde_json::json!([{"namespace": namespace, "kind": "Pod", "name": name, "hostNetwork": false}]);
        assert_eq!(json["workloads"], expected);
    }
}

#[test]
fn one_kustomization_needs_no_choice() {
    let root =
        tree(&[("kustomization.yaml", "resources: [pod.yaml]\n"), ("pod.yaml", POD), ("ci/jobs.yaml", "a: b\n")]);
    insta::assert_snapshot!(run(root.path(), &["query", "web", "web"]), @"
    exit status: 0
    --- stdout
    allowed: web -> web on all ports

    a pod may always connect to itself
    ");
}

#[test]
fn commands_that_speak_of_one_cluster_ask_which() {
    let files = [("a/x/kustomization.yaml", "resources: [pod.yaml]\n"), ("a/x/pod.yaml", POD)];
    let root =
        tree(&[&files[..], &[("b/kustomization.yaml", "resources: [pod.yaml]\n"), ("b/pod.yaml", POD)]].concat());
    insta::assert_snapshot!(run(root.path(), &["connections"]), @"
    exit status: 2
    --- stderr
    error: the input holds 2 clusters: `a/x`, `b`
      help: choose one, for example with `--cluster a/x`
    ");
    insta::assert_snapshot!(run(root.path(), &["query", "--cluster", "c", "web", "internet"]), @"
    exit status: 2
    --- stderr
    error: no cluster is named `c`
      help: the input holds `a/x`, `b`
    ");
    assert_eq!(status(root.path(), &["connections", "--cluster", "x"]), Some(0), "the last part of a path will do");
    assert_eq!(status(root.path(), &["connections", "--cluster", "a/x"]), Some(0));
}

#[test]
fn kustomizations_in_a_circle_are_not_lost() {
    let root = tree(&[
        ("a/kustomization.yaml", "resources: [../b, pod.yaml]\n"),
        ("a/pod.yaml", POD),
        ("b/kustomization.yaml", "resources: [../a]\n"),
    ]);
    let found = run(root.path(), &["--format", "concise"]);
    let circle = "b/kustomization.yaml:1:13: error[kustomize-build] `../a` leads back to where it is used";
    assert!(found.contains(circle), "{found}");
}

#[test]
fn a_base_outside_of_the_paths_is_read() {
    let root = tree(&[
        ("base/Kustomization", "resources: [pod.yaml]\n"),
        ("base/pod.yaml", POD),
        ("prod/kustomization.yml", "resources: [../base]\n"),
    ]);
    let found = run(root.path(), &["prod", "--format", "concise"]);
    assert!(found.contains("base/pod.yaml:4:9: warning[missing-default-deny]"), "{found}");
    let excluded = run(root.path(), &["prod", "--exclude", "base"]);
    assert!(excluded.contains("no Kubernetes manifests in `prod`"), "{excluded}");
}

#[test]
fn an_expectation_counts_in_the_clusters_that_hold_its_ends() {
    let root = tree(&[
        ("netlint.yaml", "clusters: {a: [a], b: [b]}\nexpect: [{from: internet, to: shop/web, allow: true}]\n"),
        ("a/pod.yaml", POD),
        ("a/deny.yaml", DENY_ALL),
        ("b/pod.yaml", &POD.replace("shop", "other")),
        ("b/deny.yaml", &DENY_ALL.replace("shop", "other")),
    ]);
    let found = run(root.path(), &[]);
    assert!(found.contains("expected `internet` to reach `shop/web`, but ingress denies it"), "{found}");
    assert!(found.contains("seen in: a") && found.contains("1 error in 4 files"), "{found}");
}

/// A base with `web` and `kv`, and policies for either; `dev` and `prod` are built from it.
fn with_overlays(dev: &str, prod: &str) -> tempfile::TempDir {
    let web = POD.replace("  namespace: shop\n", "  namespace: shop\n  labels: {app: web}\n");
    let pods = format!("{web}---\n{}", web.replace("web", "kv"));
    let policy = "apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: kv, namespace: shop}
spec:
  podSelector: {matchLabels: {app: kv}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {}}]}]
";
    tree(&[
        ("base/kustomization.yaml", "resources: [pods.yaml, kv.yaml]\n"),
        ("base/pods.yaml", &pods),
        ("base/kv.yaml", policy),
        ("all/kustomization.yaml", "resources: [all.yaml]\n"),
        ("all/all.yaml", &policy.replace("name: kv", "name: all").replace("{matchLabels: {app: kv}}", "{}")),
        ("dev/kustomization.yaml", dev),
        ("prod/kustomization.yaml", prod),
    ])
}

const WITHOUT_KV: &str = "resources: [../base]\npatches: [{patch: '{apiVersion: v1, kind: Pod, metadata: {name: kv, namespace: shop}, $patch: delete}'}]\n";

#[test]
fn what_matches_in_one_cluster_does_not_match_nothing() {
    let found = |dev, prod| {
        let root = with_overlays(dev, prod);
        run(root.path(), &["--select", "selector-matches-nothing", "--format", "concise"])
    };
    let one = found(KUSTOMIZATION, WITHOUT_KV);
    assert!(!one.contains("selector-matches-nothing"), "{one}");
    assert!(found(WITHOUT_KV, WITHOUT_KV).contains("base/kv.yaml:5:3: warning[selector-matches-nothing]"));
}

#[test]
fn what_is_of_use_in_one_cluster_is_not_redundant() {
    const WITH_ALL: &str = "resources: [../base, ../all]\n";
    let found = |dev, prod| {
        let root = with_overlays(dev, prod);
        run(root.path(), &["dev", "prod", "--select", "redundant-rule", "--format", "concise"])
    };
    assert!(!found(WITH_ALL, KUSTOMIZATION).contains("redundant-rule"));
    let both = found(WITH_ALL, WITH_ALL);
    assert!(both.contains("base/kv.yaml:3:18: note[redundant-rule]"), "{both}");
}
