//! Where findings about kustomized objects point, and what is said where not everything is known.

use super::WEB;
use crate::support::{DENY_ALL, run, tree};

const POLICY: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
spec:
  podSelector:
    matchLabels: {app: web}
  policyTypes: [Ingress]
  ingress:
  - from:
    - podSelector:
        matchLabels: {app: api}
";

#[test]
fn a_label_that_a_kustomization_adds_stands_there() {
    let root = tree(&[
        ("kustomization.yaml", "resources: [web.yaml, policy.yaml]\ncommonLabels:\n  team: shop\n"),
        ("web.yaml", &WEB.replace("Deployment", "Rollout").replace("apps/v1", "argoproj.io/v1alpha1")),
        ("policy.yaml", POLICY),
    ]);
    insta::assert_snapshot!(run(root.path(), &["--select", "selector-matches-nothing"]));
}

#[test]
fn what_a_patch_says_stands_in_the_patch() {
    let root = tree(&[
        (
            "kustomization.yaml",
            "\
resources: [web.yaml, policy.yaml]
patches:
- path: open.yaml
- target: {kind: NetworkPolicy}
  patch: |
    - {op: add, path: /spec/ingress/-, value: {from: []}}
",
        ),
        ("web.yaml", WEB),
        ("policy.yaml", POLICY),
        (
            "open.yaml",
            "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector:
    matchLabels: {app: wbe}
",
        ),
    ]);
    insta::assert_snapshot!(run(root.path(), &["--select", "selector-matches-nothing", "--select", "empty-peer-list"]));
}

#[test]
fn what_is_not_there_makes_findings_notes_and_selectors_unknown() {
    let root = tree(&[
        (
            "kustomization.yaml",
            "namespace: shop\nresources:\n- https://example.org/base.yaml\n- web.yaml\n- policy.yaml\n",
        ),
        ("web.yaml", WEB),
        ("policy.yaml", &POLICY.replace("app: web", "app: remote")),
    ]);
    insta::assert_snapshot!(run(root.path(), &["--format", "concise"]), @"
    exit status: 0
    --- stdout
    web.yaml:4:9: note[missing-default-deny] no policy isolates all pods of namespace `shop` for ingress or egress
    note: not known: `https://example.org/base.yaml`, which has to be fetched; findings that depend on it are reported as notes, and `--render` may find out more
    note: 1 finding lowered to a note, because of what is not known
    1 note in 3 files (1 workload, 1 policy)
    1 may be fixed with `--fix --unsafe-fixes`
    ");
}

#[test]
fn a_patch_that_cannot_be_applied_is_an_error() {
    for (patch, reason) in [
        ("- {op: remove, path: /spec/nothing}", "there is no `nothing` to remove"),
        ("- {op: replace, path: /spec/template/spec/containers/3, value: {}}", "no item 3"),
        ("{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: none}}", "a scalar where"),
    ] {
        let kustomization =
            format!("resources: [web.yaml, deny.yaml]\npatches:\n- target: {{name: web}}\n  patch: |-\n    {patch}\n");
        let root = tree(&[("kustomization.yaml", &kustomization), ("web.yaml", WEB), ("deny.yaml", DENY_ALL)]);
        let found = run(root.path(), &["--format", "concise"]);
        assert!(found.contains("error[kustomize-build]") && found.contains(reason), "{patch}: {found}");
        assert!(found.contains("(0 workloads, 0 policies)"), "{patch}: {found}");
    }
}

#[test]
fn replacements_change_what_decides_on_connections() {
    let kustomization = |path: &str| {
        format!(
            "\
resources: [web.yaml, policy.yaml]
replacements:
- source: {{kind: Deployment, name: web, fieldPath: metadata.name}}
  targets:
  - select: {{kind: Deployment}}
    fieldPaths: [{path}]
"
        )
    };
    for (path, found) in [
        ("spec.template.metadata.labels.app", "(1 workload, 1 policy)"),
        ("spec.template.metadata.labels.tier", "error[kustomize-build]"),
        ("spec.template.spec.containers.0.env.0.value", "error[kustomize-build]"),
    ] {
        let root = tree(&[("kustomization.yaml", &kustomization(path)), ("web.yaml", WEB), ("policy.yaml", POLICY)]);
        let run = run(root.path(), &["--format", "concise"]);
        assert!(run.contains(found), "{path}: {run}");
    }
}

#[test]
fn annotations_and_comments_suppress_what_every_overlay_reports() {
    let ignored = WEB.replace("  name: web\nspec", "  name: web # netlint: ignore[missing-default-deny] known\nspec");
    let root = tree(&[
        ("base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("base/web.yaml", &ignored),
        ("dev/kustomization.yaml", "resources: [../base]\nnamespace: dev\n"),
        ("prod/kustomization.yaml", "resources: [../base]\nnamespace: prod\n"),
    ]);
    let found = run(root.path(), &["--select", "missing-default-deny", "--select", "unused-suppression"]);
    assert!(found.contains("no findings") && found.contains("1 suppressed"), "{found}");
    let every = run(root.path(), &["--select", "missing-default-deny", "--no-suppressions"]);
    assert_eq!(every.matches("warning[missing-default-deny]").count(), 1, "{every}");
    assert!(every.contains("namespace `dev`") && every.contains("seen in: dev, prod"), "{every}");
}

#[test]
fn hostile_kustomizations_end() {
    // Each level refers to the next one twice; one leads through a thousand; a patch doubles itself.
    let level = |next: usize| format!("resources: [../{next}, ../{next}/.]\nnamePrefix: {}\n", "x".repeat(300));
    let mut files: Vec<(String, String)> =
        (0..40).map(|index| (format!("bomb/{index}/kustomization.yaml"), level(index + 1))).collect();
    files.push(("bomb/40/kustomization.yaml".to_owned(), "resources: [web.yaml]\n".to_owned()));
    files.push(("bomb/40/web.yaml".to_owned(), WEB.to_owned()));
    let step = |index: usize| format!("resources: [../{}]\n", index + 1);
    files.extend((0..1_000).map(|index| (format!("chain/{index}/kustomization.yaml"), step(index))));
    let copies = "    - {op: copy, from: /spec, path: /metadata/x}\n    - {op: copy, from: /metadata, path: /spec/x}\n    \
                  - {op: copy, from: /metadata, path: /spec/y}\n";
    let copies = copies.repeat(60);
    let doubling = format!("resources: [web.yaml]\npatches:\n- target: {{kind: Deployment}}\n  patch: |\n{copies}");
    files.push(("copies/kustomization.yaml".to_owned(), doubling));
    files.push(("copies/web.yaml".to_owned(), WEB.to_owned()));
    let root = tree(&files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>());
    let start = std::time::Instant::now();
    let found = run(root.path(), &["--format", "concise"]);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    for told in [
        "bomb/39/kustomization.yaml:1:20: error[kustomize-build] kustomize refuses a second Deployment `web`",
        "error[kustomize-build] kustomizations lie too deep in one another",
        "error[kustomize-build] the kustomization produces more than netlint is willing to build",
    ] {
        assert!(found.contains(told), "{told}: {found}");
    }
}

#[test]
fn broken_kustomizations_are_told() {
    let root = tree(&[
        ("kustomization.yaml", "resources: [web.yaml\n"),
        ("web.yaml", WEB),
        ("app/kustomization.yaml", "resources: [nope.yaml, web.yaml, ../empty]\npatches: [{path: gone.yaml}]\n"),
        ("app/web.yaml", WEB),
        ("empty/README.md", ""),
    ]);
    insta::assert_snapshot!(run(root.path(), &["--format", "concise"]), @"
    exit status: 1
    --- stdout
    app/kustomization.yaml:1:13: error[kustomize-build] `nope.yaml` does not exist
    kustomization.yaml:1:12: error[kustomize-build] kustomize cannot read this kustomization: this `[` is never closed
    web.yaml:4:9: warning[missing-default-deny] no policy isolates all pods of namespace `default` for ingress or egress
    2 errors, 1 warning in 4 files (1 workload, 0 policies)
    1 may be fixed with `--fix --unsafe-fixes`
    ");
}

#[test]
fn config_maps_are_those_that_the_kustomization_makes() {
    let client = WEB
        .replace("image: example.org/shop", "image: example.org/shop\n        envFrom: [{configMapRef: {name: urls}}]");
    let urls = |service: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: urls}}\ndata: {{URL: \"http://{service}:80\"}}\n")
    };
    let database = "\
apiVersion: v1
kind: Service
metadata: {name: api}
spec: {selector: {app: api}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: api, labels: {app: api}}
spec: {containers: [{name: api, image: example.org/api}]}
";
    let patch = "patches:\n- patch: |\n    apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: urls}\n    data: {URL: \"http://api:80\"}\n";
    for (service, patch, found) in [("api", "", true), ("elsewhere", "", false), ("elsewhere", patch, true)] {
        let kustomization = format!("resources: [web.yaml, urls.yaml, api.yaml, deny.yaml]\nnamespace: shop\n{patch}");
        let root = tree(&[
            ("kustomization.yaml", &kustomization),
            ("web.yaml", &client),
            ("urls.yaml", &urls(service)),
            ("api.yaml", database),
            ("deny.yaml", DENY_ALL),
        ]);
        let told = run(root.path(), &["--format", "concise", "--select", "blocked-client"]);
        assert_eq!(told.contains("[blocked-client]"), found, "{service} {patch}: {told}");
    }
}
