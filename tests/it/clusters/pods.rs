//! Dumps of a cluster: pods of one controller are one workload.

use serde_json::Value;

use crate::support::{netlint, run, status, tree};

/// A pod of a controller.
fn pod(name: &str, labels: &str, owner: &str) -> String {
    format!(
        "\
apiVersion: v1
kind: Pod
metadata:
  name: {name}
  namespace: shop
  labels: {{{labels}}}
  ownerReferences: [{{apiVersion: example.org/v1, {owner}, uid: x, controller: true}}]
spec: {{containers: [{{name: c, image: example}}]}}
---
"
    )
}

/// A policy that selects pods and closes them.
fn closes(label: &str) -> String {
    format!(
        "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: closed, namespace: shop}}
spec: {{podSelector: {{matchLabels: {{{label}}}}}, policyTypes: [Ingress]}}
---
"
    )
}

fn connections(text: &str) -> Value {
    let root = tree(&[("dump.yaml", text)]);
    let output = netlint(root.path(), &["connections", "--format", "json"]).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The workloads as `Kind/name` or `Kind/name/replica`.
fn workloads(text: &str) -> Vec<String> {
    let found = connections(text);
    let name = |it: &Value| {
        let parts = ["kind", "name", "replica"].map(|key| it[key].as_str().map(str::to_owned));
        parts.into_iter().flatten().collect::<Vec<_>>().join("/")
    };
    found["workloads"].as_array().unwrap().iter().map(name).collect()
}

#[test]
fn pods_of_one_controller_are_one_workload_whatever_labels_differ() {
    let text = pod("agent-a", "app: agent, node: a", "kind: DaemonSet, name: agent")
        + &pod("agent-b", "app: agent, node: b", "kind: DaemonSet, name: agent")
        + &pod("pg-1", "app: pg, role: primary", "kind: Cluster, name: pg")
        + &pod("pg-2", "app: pg, role: replica", "kind: Cluster, name: pg")
        + &closes("app: pg");
    assert_eq!(workloads(&text), ["Cluster/pg", "DaemonSet/agent"]);
}

#[test]
fn pods_are_told_apart_by_labels_that_a_selector_asks_for() {
    let text = pod("pg-1", "app: pg, role: replica", "kind: Cluster, name: pg")
        + &pod("pg-2", "app: pg, role: primary", "kind: Cluster, name: pg")
        + &pod("pg-3", "app: pg, role: replica", "kind: Cluster, name: pg")
        + &closes("role: primary");
    assert_eq!(workloads(&text), ["Cluster/pg", "Cluster/pg/pg-2"]);
    let root = tree(&[("dump.yaml", &(text + &pod("web", "app: web", "kind: Thing, name: web")))]);
    let ask = |to: &str| status(root.path(), &["query", "shop/web", to]);
    assert_eq!([ask("shop/pg-2:1"), ask("shop/Cluster/pg:1")], [Some(1), Some(1)]);
}

#[test]
fn pods_of_replica_sets_are_the_deployment_and_marked_inferred() {
    let text = pod("web-7d9f-abcde", "app: web, pod-template-hash: 7d9f", "kind: ReplicaSet, name: web-7d9f")
        + &pod("web-5c8b-fghij", "app: web, pod-template-hash: 5c8b", "kind: ReplicaSet, name: web-5c8b");
    let found = connections(&text);
    let listed = found["workloads"].as_array().unwrap();
    assert_eq!(workloads(&text), ["Deployment/web"]);
    assert_eq!(listed[0]["inferred"], true);
    assert!(found["notes"].to_string().contains("Deployment `web`"), "{found}");
    // A ReplicaSet by itself sets no hash.
    let bare = pod("web-7d9f-abcde", "app: web", "kind: ReplicaSet, name: web-7d9f");
    assert_eq!(workloads(&bare), ["ReplicaSet/web-7d9f"]);
}

#[test]
fn replicas_of_a_stateful_set_that_is_not_in_the_input() {
    let owner = "kind: StatefulSet, name: store";
    let pod = |number: u8| {
        let labels = format!("app: store, statefulset.kubernetes.io/pod-name: store-{number}");
        pod(&format!("store-{number}"), &labels, owner)
    };
    let pods = pod(0) + &pod(1) + &pod(2);
    assert_eq!(workloads(&pods), ["StatefulSet/store"]);
    let by_name = closes("statefulset.kubernetes.io/pod-name: store-1");
    assert_eq!(workloads(&(pods.clone() + &by_name)), ["StatefulSet/store", "StatefulSet/store/store-1"]);
    let by_index = closes("apps.kubernetes.io/pod-index: '2'");
    assert_eq!(workloads(&(pods + &by_index)), ["StatefulSet/store", "StatefulSet/store/store-2"]);
}

#[test]
fn workloads_of_one_custom_resource_stay_apart() {
    let deployment = |name: &str| {
        format!(
            "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: shop
  ownerReferences: [{{apiVersion: example.org/v1, kind: Shop, name: shop, uid: x, controller: true}}]
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{containers: [{{name: c, image: example}}]}}
---
"
        )
    };
    let text = deployment("api") + &deployment("web") + &closes("app: web");
    assert_eq!(workloads(&text), ["Deployment/api", "Deployment/web"]);
    let root = tree(&[("dump.yaml", &text)]);
    let shown = run(root.path(), &["--select", "selector-matches-nothing", "--format", "concise"]);
    assert!(shown.contains("no findings"), "{shown}");
}
