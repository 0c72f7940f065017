//! `netlint connections --exposure`: who could connect beyond the workloads of the input.

use std::fs;

use assert_cmd::Command;
use serde_json::Value;

use super::matrix::run;

/// The output about these manifests.
fn exposure(manifests: &str, args: &[&str]) -> String {
    let command = ["connections", "--exposure", "--isolated", "-"];
    let output = Command::new(env!("CARGO_BIN_EXE_netlint")).args(command).args(args).write_stdin(manifests).unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn exposure_json(manifests: &str) -> Value {
    serde_json::from_str(&exposure(manifests, &["--format", "json"])).unwrap()
}

#[test]
fn the_demo_in_every_format() {
    for format in ["text", "json", "csv", "markdown"] {
        let name = format!("exposure_{format}");
        insta::assert_snapshot!(name, run(&["connections", "--exposure", "--format", format, "secure-app-fixed"]));
    }
    insta::assert_snapshot!("exposure_dot", run(&["connections", "--exposure", "--format", "dot", "secure-app"]));
}

#[test]
fn only_the_side_that_is_asked_for() {
    insta::assert_snapshot!(
        "exposure_to_database",
        run(&["connections", "--exposure", "-q", "--to", "database", "secure-app-fixed"])
    );
    insta::assert_snapshot!(
        "exposure_to_another_port",
        run(&["connections", "--exposure", "-q", "--to", "database:80", "secure-app-fixed"])
    );
    insta::assert_snapshot!(
        "exposure_from_backend",
        run(&["connections", "--exposure", "-q", "--from", "backend", "secure-app-fixed"])
    );
}

const SHOP: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: closed, labels: {team: ops}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny-all, namespace: closed}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: example/web}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
";

#[test]
fn namespaces_that_deny_egress_and_those_that_are_not_in_the_input() {
    // Pods of `closed` may not send, whatever `shop` admits.
    let everyone = format!("{SHOP}  - from: [{{namespaceSelector: {{}}}}]\n");
    insta::assert_snapshot!("exposure_everyone", exposure(&everyone, &["-q", "--to", "web"]));
    let by_label = format!(
        "{SHOP}  - from: [{{namespaceSelector: {{matchLabels: {{team: ops}}}}, podSelector: {{matchExpressions: [{{key: role, operator: Exists}}]}}}}]\n"
    );
    insta::assert_snapshot!("exposure_by_label", exposure(&by_label, &["-q", "--to", "web"]));
    let by_name = format!(
        "{SHOP}  - from: [{{namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: monitoring}}}}}}]\n    ports: [{{port: 9090}}]\n"
    );
    insta::assert_snapshot!("exposure_by_name", exposure(&by_name, &["-q", "--to", "web"]));
    let listed = format!(
        "{SHOP}  - from: [{{podSelector: {{matchExpressions: [{{key: app, operator: In, values: [a, b]}}, {{key: app, operator: NotIn, values: [b]}}, {{key: old, operator: DoesNotExist}}]}}}}]\n"
    );
    insta::assert_snapshot!("exposure_listed", exposure(&listed, &["-q", "--to", "web"]));
}

/// Each pod that the exposure of the demo lists, put into the input, has just these connections.
#[test]
fn a_listed_pod_that_is_added_has_exactly_the_listed_connections() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/secure-app-fixed");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let manifests: Vec<String> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let manifests = manifests.join("\n---\n");
    let mut compared = 0;
    for workload in exposure_json(&manifests)["workloads"].as_array().unwrap() {
        for (side, option, other) in [("sources", "--to", "--from"), ("destinations", "--from", "--to")] {
            for entry in workload[side].as_array().unwrap() {
                let Some(pods) = entry["end"].get("pods") else { continue };
                let labels =
                    pods["labels"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().replacen('=', ": ", 1));
                let (namespace, labels) = (&pods["namespaces"]["named"][0], labels.collect::<Vec<_>>().join(", "));
                let added = format!(
                    "{manifests}\n---\napiVersion: v1\nkind: Pod\nmetadata: {{name: added, namespace: {namespace}, labels: {{{labels}}}}}\n\
                     spec: {{containers: [{{name: main, image: example/main}}]}}\n"
                );
                let name =
                    format!("{}/{}", workload["namespace"].as_str().unwrap(), workload["name"].as_str().unwrap());
                let pod = format!("{}/added", namespace.as_str().unwrap());
                let args = ["connections", "--isolated", "--format", "json", option, &name, other, &pod, "-"];
                let output = Command::new(env!("CARGO_BIN_EXE_netlint")).args(args).write_stdin(added).unwrap();
                let found: Value = serde_json::from_slice(&output.stdout).unwrap();
                assert_eq!(found["connections"][0]["ports"], entry["ports"], "{name} {side} {entry}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 6, "{compared}");
}
