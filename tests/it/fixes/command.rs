//! What the command does with fixes.

use std::fs;
use std::path::Path;

use crate::support::{netlint, run, shown, status, tree};

/// A web pod that is closed in both directions but for an office, whose policy is written by `protocol`.
fn shop(protocol: &str) -> String {
    format!(
        "\
apiVersion: v1
kind: Pod
metadata: {{name: web, namespace: shop, labels: {{app: web}}}}
spec:
  containers:
    - {{name: web, image: example/web:1, ports: [{{containerPort: 8080}}]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: default, namespace: shop}}
spec:
  podSelector: {{}}
  policyTypes: [Ingress, Egress]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: office, namespace: shop}}
spec:
  podSelector: {{matchLabels: {{app: web}}}}
  policyTypes: [Ingress]
  ingress:
    - from: [{{ipBlock: {{cidr: 203.0.113.0/24}}}}]
      ports:
        - protocol: {protocol} # of the browser
          port: 8080
"
    )
}

fn read(directory: &Path, file: &str) -> String {
    fs::read_to_string(directory.join(file)).unwrap()
}

#[test]
fn safe_fixes_are_written_and_listed() {
    let root = tree(&[("web.yaml", &shop("tcp"))]);
    let output = netlint(root.path(), &["--fix"]).output().unwrap();
    assert_eq!(
        shown(&output),
        "\
exit status: 0
--- stdout
fixed web.yaml:24 [invalid-field]: write `TCP`
  opens `203.0.113.0/24` → `web`: TCP 8080

no findings in 1 file (1 workload, 2 policies)
1 fixed
"
    );
    assert_eq!(read(root.path(), "web.yaml"), shop("TCP"));
    assert_eq!(
        run(root.path(), &["--fix"]),
        "exit status: 0\n--- stdout\nno findings in 1 file (1 workload, 2 policies)\n"
    );
}

#[test]
fn a_diff_writes_nothing_and_can_be_applied() {
    let root = tree(&[("web.yaml", &shop("tcp"))]);
    let output = netlint(root.path(), &["--diff"]).output().unwrap();
    let diff = String::from_utf8(output.stdout).unwrap();
    assert_eq!((output.status.code(), read(root.path(), "web.yaml")), (Some(1), shop("tcp")));
    assert!(diff.contains("--- a/web.yaml\n+++ b/web.yaml\n@@ "), "{diff}");
    assert!(
        diff.contains("-        - protocol: tcp # of the browser\n+        - protocol: TCP # of the browser\n"),
        "{diff}"
    );
    fs::write(root.path().join("changes.diff"), &diff).unwrap();
    let git = |args: &[&str]| {
        let done = std::process::Command::new("git").current_dir(root.path()).args(args).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    git(&["init", "--quiet", "."]);
    git(&["apply", "changes.diff"]);
    assert_eq!(read(root.path(), "web.yaml"), shop("TCP"));
    assert_eq!(status(root.path(), &["--diff"]), Some(0), "nothing is left");
}

#[test]
fn unsafe_fixes_are_asked_for_by_name() {
    let root = tree(&[("web.yaml", &shop("TCP").replace("  policyTypes: [Ingress]\n", "  policyTypes: [Egress]\n"))]);
    let first = run(root.path(), &["--fix", "--ignore", "missing-dns-egress"]);
    assert!(
        first.starts_with("exit status: 1\n") && first.contains("0 fixed, 1 more to try with `--unsafe-fixes`"),
        "{first}"
    );
    let second = run(root.path(), &["--fix", "--unsafe-fixes", "--ignore", "missing-dns-egress"]);
    assert!(second.contains("fixed web.yaml:21 [ignored-rules]: add `Ingress` to `policyTypes`\n  opens `203.0.113.0/24` → `web`: TCP 8080\n"), "{second}");
    assert!(read(root.path(), "web.yaml").contains("policyTypes: [Egress, Ingress]"));
    let alone = run(root.path(), &["--unsafe-fixes"]);
    assert!(alone.starts_with("exit status: 2\n") && alone.contains("write `--fix --unsafe-fixes`"), "{alone}");
}

#[test]
fn a_report_for_programs_has_standard_output_to_itself() {
    let root = tree(&[("web.yaml", &shop("tcp"))]);
    let output = netlint(root.path(), &["--fix", "--format", "json"]).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["findings"], serde_json::json!([]));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("fixed web.yaml:24 [invalid-field]: write `TCP`"), "{told}");
    assert!(told.ends_with("1 fixed\n"), "{told}");
}

#[test]
fn what_is_not_a_source_is_refused_with_advice() {
    let root = tree(&[("web.yaml", &shop("tcp"))]);
    let output = netlint(root.path(), &["--fix", "-"]).write_stdin(shop("tcp")).output().unwrap();
    assert_eq!(
        shown(&output),
        "exit status: 2\n--- stderr\nerror: fixes change files, and standard input is not one\n  \
         help: name the files or directories that it comes from\n"
    );
    let rendered = run(root.path(), &["--fix", "--render"]);
    assert!(
        rendered.starts_with("exit status: 2\n") && rendered.contains("help: run without `--render`"),
        "{rendered}"
    );
    assert_eq!(read(root.path(), "web.yaml"), shop("tcp"));
}

#[test]
fn suppressed_findings_and_those_of_a_baseline_are_left_alone() {
    let ignored = shop("tcp").replace("# of the browser", "# netlint: ignore[invalid-field] for now");
    let root = tree(&[("web.yaml", &ignored)]);
    run(root.path(), &["--fix"]);
    assert_eq!(read(root.path(), "web.yaml"), ignored);
    let root = tree(&[("web.yaml", &shop("tcp"))]);
    run(root.path(), &["--write-baseline", "known.json"]);
    run(root.path(), &["--fix", "--baseline", "known.json"]);
    assert_eq!(read(root.path(), "web.yaml"), shop("tcp"));
}

#[test]
fn a_fix_in_a_base_says_which_overlays_it_changes() {
    let overlay = |name: &str| format!("resources: [../base]\nnamespace: {name}\n");
    let root = tree(&[
        ("base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("base/web.yaml", &shop("tcp").replace(", namespace: shop", "")),
        ("dev/kustomization.yaml", &overlay("dev")),
        ("prod/kustomization.yaml", &overlay("prod")),
    ]);
    let told = run(root.path(), &["--fix"]);
    assert!(told.contains("fixed base/web.yaml:24 [invalid-field]: write `TCP`\n"), "{told}");
    assert!(told.contains("  changes `dev` and `prod`\n"), "{told}");
    assert!(read(root.path(), "base/web.yaml").contains("protocol: TCP # of the browser"));
    assert_eq!(read(root.path(), "dev/kustomization.yaml"), overlay("dev"));
}

#[test]
fn what_a_kustomization_makes_is_not_changed_in_its_base() {
    let patch = "resources: [web.yaml]\npatches:\n  - target: {kind: NetworkPolicy, name: office}\n    patch: |-\n      \
                 - {op: replace, path: /spec/ingress/0/ports/0/protocol, value: tcp}\n";
    let root = tree(&[("kustomization.yaml", patch), ("web.yaml", &shop("TCP"))]);
    let told = run(root.path(), &["--fix"]);
    assert!(told.contains("[invalid-field]"), "{told}");
    assert_eq!(
        (read(root.path(), "web.yaml"), read(root.path(), "kustomization.yaml")),
        (shop("TCP"), patch.to_owned())
    );
    assert!(told.contains("not fixed ") && !told.contains("1 fixed"), "{told}");
}
