//! Policies for the overlays of a base: what all of them need goes to the base, and the rest to each overlay.

use std::fs;
use std::path::Path;

use crate::support::{netlint, run, status, tree};

const API: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - {name: api, image: \"example/api:1\", ports: [{containerPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec: {selector: {app: api}, ports: [{port: 8080}]}
";

/// A Deployment that names the API.
fn client(name: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n  selector: {{matchLabels: {{app: \
         {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n    spec:\n      containers:\n        - {{name: \
         {name}, image: \"example/{name}:1\", env: [{{name: API_URL, value: \"http://api:8080\"}}]}}\n"
    )
}

const BASE: &str = "# What every stage has.\nresources:\n- api.yaml   # the API\n- web.yaml\n";
const DEV: &str = "namespace: dev\nresources: [../../base]\n";
const PROD: &str = "namespace: prod\nresources:\n  - ../../base\n  - audit.yaml\n";

/// A base with an API and its pages, and a `prod` that adds a client.
fn shop(dev: &str, prod: &str) -> tempfile::TempDir {
    tree(&[
        ("k8s/base/kustomization.yaml", BASE),
        ("k8s/base/api.yaml", API),
        ("k8s/base/web.yaml", &client("web")),
        ("k8s/overlays/dev/kustomization.yaml", dev),
        ("k8s/overlays/prod/kustomization.yaml", prod),
        ("k8s/overlays/prod/audit.yaml", &client("audit")),
    ])
}

fn read(root: &Path, file: &str) -> String {
    fs::read_to_string(root.join("k8s").join(file)).unwrap()
}

/// The names of the policies of a file, in order.
fn names(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("  name: ")).collect()
}

#[test]
fn what_all_overlays_need_goes_to_the_base_and_the_rest_to_the_overlay() {
    let root = shop(DEV, PROD);
    let told = run(root.path(), &["generate", "k8s", "--output", "kustomize"]);
    assert!(told.starts_with("exit status: 0"), "{told}");
    assert!(
        told.contains("to 2 files, listed in `k8s/base/kustomization.yaml` and `k8s/overlays/prod/kustomization.yaml`"),
        "{told}"
    );
    let base = read(root.path(), "base/network-policies.yaml");
    assert_eq!(names(&base), ["default-deny", "allow-dns", "api-ingress", "web-egress"]);
    assert!(!base.contains("namespace: dev") && base.contains("# web reads API_URL (k8s/base/web.yaml:10)"), "{base}");
    let prod = read(root.path(), "overlays/prod/network-policies.yaml");
    assert_eq!(names(&prod), ["api-deployment-ingress", "audit-egress"]);
    assert!(prod.contains("# audit reads API_URL (k8s/overlays/prod/audit.yaml:10)"), "{prod}");
    assert_eq!(
        read(root.path(), "base/kustomization.yaml"),
        "# What every stage has.\nresources:\n- api.yaml   # the API\n- web.yaml\n- network-policies.yaml\n"
    );
    assert_eq!(read(root.path(), "overlays/dev/kustomization.yaml"), DEV);
    assert!(!root.path().join("k8s/overlays/dev/network-policies.yaml").exists());
    // Each build permits what it asks for, and the strictest check has nothing to say.
    let connections = |overlay: &str| {
        let output = netlint(root.path(), &["connections", &format!("k8s/overlays/{overlay}")]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(connections("dev").starts_with("web -> api  TCP 8080\n\n1 connection"), "{}", connections("dev"));
    let prod = connections("prod");
    assert!(prod.contains("2 connections") && prod.contains("audit -> api  TCP 8080\n"), "{prod}");
    assert_eq!(status(root.path(), &["check", "k8s", "--profile", "strict"]), Some(0));
    let again = run(root.path(), &["generate", "k8s", "--output", "kustomize"]);
    assert!(again.contains("nothing is missing, and nothing was written"), "{again}");
}

#[test]
fn what_kustomize_adds_to_names_and_labels_is_not_written() {
    let dev = "namespace: dev\nnamePrefix: dev-\nresources: [../../base]\n";
    let prod = "namespace: prod\ncommonLabels: {stage: prod}\nresources: [../../base, audit.yaml]\n";
    let root = shop(dev, prod);
    let told = run(root.path(), &["generate", "k8s", "--output", "kustomize"]);
    assert!(told.starts_with("exit status: 0"), "{told}");
    let base = read(root.path(), "base/network-policies.yaml");
    // `api` is `dev-api` in one of them, so that what names it there finds nothing.
    assert_eq!(names(&base), ["default-deny", "allow-dns"]);
    assert!(base.contains("podSelector:\n            matchExpressions:\n              - key: k8s-app\n"), "{base}");
    let prod = read(root.path(), "overlays/prod/network-policies.yaml");
    assert_eq!(names(&prod), ["api-ingress", "audit-egress", "web-egress"]);
    // The labels that `prod` adds are not those of the DNS servers, and the strictest check would say so.
    assert_eq!(status(root.path(), &["query", "web", "api:8080", "k8s/overlays/prod"]), Some(0));
    assert_eq!(status(root.path(), &["check", "k8s/overlays/prod", "--profile", "strict"]), Some(0));
}

#[test]
fn without_an_output_nothing_is_written() {
    let root = shop(DEV, PROD);
    for arguments in [&["generate", "k8s"][..], &["generate", "k8s", "--output", "kustomize", "--dry-run"]] {
        let told = run(root.path(), arguments);
        assert!(told.contains("# k8s/base/network-policies.yaml\n# The NetworkPolicies that all overlays"), "{told}");
        assert!(told.contains("---\n# k8s/overlays/prod/network-policies.yaml\n"), "{told}");
        assert!(!root.path().join("k8s/base/network-policies.yaml").exists());
        assert_eq!(read(root.path(), "base/kustomization.yaml"), BASE);
    }
    let json = netlint(root.path(), &["generate", "k8s", "--format", "json"]).output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["files"][0]["path"], "k8s/base/network-policies.yaml");
}

#[test]
fn one_overlay_leaves_its_base_alone() {
    let root = shop(DEV, PROD);
    let arguments = ["generate", "k8s", "--cluster", "prod", "--output", "kustomize"];
    assert_eq!(status(root.path(), &arguments), Some(0));
    let prod = read(root.path(), "overlays/prod/network-policies.yaml");
    assert_eq!(names(&prod), ["default-deny", "allow-dns", "api-ingress", "audit-egress", "web-egress"]);
    assert_eq!(read(root.path(), "base/kustomization.yaml"), BASE);
    assert_eq!(status(root.path(), &["check", "k8s/overlays/prod", "--profile", "strict"]), Some(0));
}

#[test]
fn what_is_in_the_way_is_said_and_nothing_is_written() {
    let root = shop(DEV, PROD);
    fs::write(root.path().join("k8s/base/network-policies.yaml"), "# mine\n").unwrap();
    let told = run(root.path(), &["generate", "k8s", "--output", "kustomize"]);
    assert!(
        told.starts_with("exit status: 2") && told.contains("`k8s/base/network-policies.yaml` is there already"),
        "{told}"
    );
    assert_eq!(read(root.path(), "base/kustomization.yaml"), BASE);
    let root = shop(DEV, PROD);
    let told = run(root.path(), &["generate", "k8s", "--output", "policies"]);
    assert!(told.starts_with("exit status: 2") && told.contains("--cluster"), "{told}");
    let told = run(root.path(), &["generate", "k8s", "--output", "kustomize", "--replace"]);
    assert!(told.starts_with("exit status: 2") && told.contains("`--replace` starts over in one cluster"), "{told}");
}

#[test]
fn force_writes_anew_what_an_earlier_run_wrote() {
    let root = shop(DEV, PROD);
    let write = ["generate", "k8s", "--output", "kustomize", "--force"];
    assert_eq!(status(root.path(), &write), Some(0));
    let first = read(root.path(), "base/network-policies.yaml");
    fs::write(root.path().join("k8s/base/network-policies.yaml"), first.replace("port: 8080", "port: 8081")).unwrap();
    assert_eq!(status(root.path(), &write), Some(0));
    assert_eq!(read(root.path(), "base/network-policies.yaml"), first);
    assert_eq!(read(root.path(), "base/kustomization.yaml").matches("network-policies.yaml").count(), 1);
}
