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
    note: not known: `https://example.org/base.yaml`; what hangs on it is a note at most, and `--render` may tell more
    1 note in 3 files (1 workload, 1 policy)
    ");
}

#[test]
fn a_patch_that_cannot_be_applied_makes_its_object_unknown() {
    for patch in [
        "- {op: remove, path: /spec/nothing}",
        "- {op: replace, path: /spec/template/spec/containers/3, value: {}}",
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {$retainKeys: [template]}}",
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: none}}",
    ] {
        let kustomization =
            format!("resources: [web.yaml, deny.yaml]\npatches:\n- target: {{name: web}}\n  patch: |-\n    {patch}\n");
        let root = tree(&[("kustomization.yaml", &kustomization), ("web.yaml", WEB), ("deny.yaml", DENY_ALL)]);
        let found = run(root.path(), &["--format", "concise"]);
        assert!(found.contains("not known: Deployment `web`"), "{patch}: {found}");
        assert!(found.contains("0 workloads, 1 policy"), "{patch}: {found}");
    }
}

#[test]
fn replacements_make_unknown_what_decides_on_connections() {
    let kustomization = |path: &str| {
        format!(
            "\
resources: [web.yaml]
replacements:
- source: {{kind: Deployment, name: web, fieldPath: metadata.name}}
  targets:
  - select: {{kind: Deployment}}
    fieldPaths: [{path}]
"
        )
    };
    for (path, known) in [("spec.template.metadata.labels.app", 0), ("spec.template.spec.containers.0.env.0.value", 1)]
    {
        let root = tree(&[("kustomization.yaml", &kustomization(path)), ("web.yaml", WEB)]);
        let found = run(root.path(), &["--format", "concise"]);
        assert!(found.contains(&format!("({known} workload")), "{path}: {found}");
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
    let copies = "    - {op: copy, from: /spec, path: /metadata/x}\n    - {op: copy, from: /metadata, path: /spec/x}\n";
    let copies = copies.repeat(60);
    let doubling = format!("resources: [web.yaml]\npatches:\n- target: {{kind: Deployment}}\n  patch: |\n{copies}");
    files.push(("copies/kustomization.yaml".to_owned(), doubling));
    files.push(("copies/web.yaml".to_owned(), WEB.to_owned()));
    let root = tree(&files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>());
    let start = std::time::Instant::now();
    let found = run(root.path(), &["--format", "concise"]);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    assert!(found.contains("which leads too far") && found.contains("Deployment `web`"), "{found}");
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
    let found = run(root.path(), &["--format", "concise", "--select", "missing-default-deny"]);
    for told in [
        "not known: `kustomization.yaml`, which cannot be read;",
        "not known: `../empty`, `nope.yaml`, which does not exist and the patch `gone.yaml` of `app/kustomization.yaml`;",
        "app/web.yaml:4:9: note[missing-default-deny]",
        "\nweb.yaml:4:9: warning[missing-default-deny]",
    ] {
        assert!(found.contains(told), "{told}: {found}");
    }
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
