//! What one cluster of the input lacks and another one has.

use std::fs;

use crate::support::{POD, run, tree};

/// Two overlays of one base, and a directory that neither of them holds.
fn repository() -> tempfile::TempDir {
    let policy = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: tools}}
          podSelector: {matchLabels: {app: scraper}}
";
    tree(&[
        ("apps/base/kustomization.yaml", "resources: [web.yaml, policy.yaml]\n"),
        ("apps/base/web.yaml", POD),
        ("apps/base/policy.yaml", policy),
        ("apps/dev/kustomization.yaml", "resources: [../base]\n"),
        ("apps/prod/kustomization.yaml", "resources: [../base]\n"),
        ("platform/tools.yaml", &POD.replace("namespace: shop", "namespace: tools\n  labels: {app: scraper}")),
    ])
}

#[test]
fn a_namespace_of_another_cluster_is_named_with_its_file() {
    let root = repository();
    let output = run(root.path(), &["--select", "peer-matches-nothing", "--format", "concise"]);
    let told = "peers of namespace `tools` are not checked: not in this cluster; `platform/tools.yaml` has it";
    assert!(output.contains(told), "{output}");
    let whole = run(root.path(), &["--select", "peer-matches-nothing"]);
    assert!(whole.contains("under `clusters` in netlint.yaml"), "{whole}");
}

#[test]
fn init_proposes_the_clusters_and_then_nothing_is_missing() {
    let root = repository();
    run(root.path(), &["init"]);
    let text = fs::read_to_string(root.path().join("netlint.yaml")).unwrap();
    assert!(text.contains("\nclusters:\n  dev: [apps/dev, platform]\n  prod: [apps/prod, platform]\n"), "{text}");
    let output = run(root.path(), &["--select", "peer-matches-nothing"]);
    assert!(output.contains("no findings"), "{output}");
}

#[test]
fn init_proposes_no_clusters_without_overlays() {
    let root = tree(&[("web.yaml", POD)]);
    run(root.path(), &["init"]);
    let text = fs::read_to_string(root.path().join("netlint.yaml")).unwrap();
    assert!(!text.contains("\nclusters:"), "{text}");
}
