//! `--render`, with stand-ins for the programs that render, and with the real one where it is on PATH.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::WEB;
use crate::support::{netlint, run, shown, tree};

/// Puts a program that prints a text, or fails with it, into `bin`.
fn program(root: &Path, name: &str, script: &str) {
    let bin = root.join("bin");
    fs::create_dir_all(&bin).unwrap();
    fs::write(bin.join(name), format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
}

/// netlint with no other program on PATH than those.
fn with_programs(root: &Path, args: &[&str]) -> String {
    shown(&netlint(root, args).env("PATH", root.join("bin")).output().unwrap())
}

const POLICY: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: open
  annotations:
    config.kubernetes.io/origin: |
      path: ../generated/policy.yaml
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
  - {}
";

#[test]
fn what_kustomize_prints_is_traced_to_its_files() {
    let root = tree(&[
        (".git/HEAD", ""),
        ("app/kustomization.yaml", "resources: [web.yaml]\nlabels: [{pairs: {team: a}}]\ngenerators: [made.yaml]\n"),
        ("app/web.yaml", WEB),
        ("app/made.yaml", "apiVersion: example.org/v1\nkind: Program\nmetadata: {name: made}\n"),
        ("generated/policy.yaml", "spec:\n    # all of it\n    egress:\n    - {}\n"),
        (
            "rendered.yaml.txt",
            &format!(
                "{POLICY}---\n{}---\n{}",
                WEB.replace("example.org/shop", "example.org/shop\n        env: [{name: A, value: b}]"),
                POLICY.replace("open", "elsewhere").replace("path: ", "repo: x\n      path: ")
            ),
        ),
    ]);
    program(
        root.path(),
        "kustomize",
        "test \"$1\" = build && while IFS= read -r l; do echo \"$l\"; done < rendered.yaml.txt",
    );
    let args = [
        "app",
        "--render",
        "--format",
        "concise",
        "--select",
        "missing-default-deny",
        "--select",
        "unrestricted-egress",
    ];
    insta::assert_snapshot!(with_programs(root.path(), &args), @"
    exit status: 1
    --- stdout
    <kustomize build app>:42:3: warning[unrestricted-egress] `elsewhere` and `open` permit egress to everything
    app/web.yaml:4:9: warning[missing-default-deny] no policy isolates all pods of namespace `default` for ingress or egress
    2 warnings in 4 files (1 workload, 2 policies)
    1 may be fixed with `--fix --unsafe-fixes`
    ");
}

#[test]
fn what_helm_prints_is_traced_to_templates_line_by_line() {
    let root = tree(&[
        ("chart/Chart.yaml", "name: shop\nversion: 1.0.0\n"),
        (
            "chart/templates/policy.yaml",
            "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .Release.Name }}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
  - to:
    - ipBlock: {cidr: 0.0.0.0/0}
",
        ),
        ("chart/charts/part/templates/x.yaml", "{{ x }}\n"),
        ("chart/charts/part/Chart.yaml", "name: part\n"),
    ]);
    let rendered = "\
---
# Source: shop/templates/policy.yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: release-name
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
  - to:
    - ipBlock: {cidr: 0.0.0.0/0}
";
    program(root.path(), "helm", &format!("test \"$1\" = template || exit 1\nprintf '%s' '{rendered}'"));
    insta::assert_snapshot!(with_programs(root.path(), &["--render", "--format", "concise"]), @"
    exit status: 1
    --- stdout
    chart/templates/policy.yaml:10:23: warning[unrestricted-egress] `release-name` permits egress to `0.0.0.0/0`
    1 warning in 3 files (0 workloads, 1 policy)
    ");
}

#[test]
fn nothing_is_run_unasked() {
    let root = tree(&[("kustomization.yaml", "resources: [web.yaml]\n"), ("web.yaml", WEB)]);
    program(root.path(), "kustomize", "echo run > ran; exit 1");
    with_programs(root.path(), &["check"]);
    assert!(!root.path().join("ran").exists());
    with_programs(root.path(), &["check", "--render"]);
    assert!(root.path().join("ran").exists());
}

#[test]
fn the_configuration_cannot_ask_for_it() {
    let root = tree(&[
        ("netlint.yaml", "render: true\n"),
        ("kustomization.yaml", "resources: [web.yaml]\n"),
        ("web.yaml", WEB),
    ]);
    program(root.path(), "kustomize", "echo run > ran; exit 1");
    for command in ["check", "connections", "test"] {
        let said = with_programs(root.path(), &[command]);
        let advice = "note: `render: true` in `netlint.yaml` runs nothing; `--render` on the command line does";
        assert_eq!(said.matches(advice).count(), 1, "{said}");
        assert!(!root.path().join("ran").exists(), "{said}");
    }
}

#[test]
fn a_program_that_fails_is_an_error_and_netlint_builds_what_it_can() {
    let root = tree(&[
        ("app/kustomization.yaml", "resources: [web.yaml]\n"),
        ("app/web.yaml", WEB),
        ("chart/Chart.yaml", "name: shop\n"),
        ("chart/templates/a.yaml", "a: {{ b }}\n"),
    ]);
    program(
        root.path(),
        "kubectl",
        "echo 'E1125 22:41:08.371571 1 run.go:72] \"command failed\" err=\"no such thing\"' >&2; exit 1",
    );
    program(root.path(), "helm", "echo 'Error: chart requires more' >&2; echo 'and this' >&2; exit 3");
    insta::assert_snapshot!(with_programs(root.path(), &["--render", "--format", "concise"]), @"
    exit status: 3
    --- stdout
    app/web.yaml:4:9: warning[missing-default-deny] no policy isolates all pods of namespace `default` for ingress or egress
    chart/Chart.yaml:1:7: note[unrendered-template] 1 template of the chart `chart` is not rendered, and not checked
    not read: `kubectl kustomize app` fails: no such thing
    not read: `helm template chart` fails: chart requires more and this
    1 warning, 1 note in 3 files (1 workload, 0 policies)
    1 may be fixed with `--fix --unsafe-fixes`
    --- stderr
    error: `kubectl kustomize app` fails: no such thing
      help: run `kubectl kustomize app` until it succeeds, or leave `--render` out
    error: `helm template chart` fails: chart requires more and this
      help: run `helm template chart` until it succeeds, or leave `--render` out
    ");
}

#[test]
fn the_real_kustomize_agrees() {
    if super::real::renderer().is_none() {
        eprintln!("skipped: neither kustomize nor kubectl is on PATH");
        return;
    }
    // Where several Ingresses share a cause, the first of the input is named, and kustomize sorts its output.
    let layers = super::real::LAYERS.iter().filter(|(path, _)| !path.starts_with("more/"));
    let layers: Vec<(&str, String)> = layers.map(|(path, text)| (*path, text.replace(", more/]", "]"))).collect();
    let root = tree(&layers.iter().map(|(path, text)| (*path, text.as_str())).collect::<Vec<_>>());
    let args = ["--format", "concise", "--ignore", "invalid-field"];
    assert_eq!(run(root.path(), &args), run(root.path(), &[&args[..], &["--render"]].concat()));
}
