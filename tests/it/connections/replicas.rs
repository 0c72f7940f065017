//! Replicas that policies distinguish, through the real binary.

use serde_json::{Value, json};

use crate::support::{netlint, run, status, tree};

/// A StatefulSet `store`, with more of its `spec`, and a Deployment `reader`.
fn workloads(spec: &str) -> String {
    format!(
        "\
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: store, namespace: shop}}
spec:
  serviceName: store
{spec}
  selector: {{matchLabels: {{app: store}}}}
  template:
    metadata: {{labels: {{app: store}}}}
    spec: {{containers: [{{name: store, image: example, ports: [{{name: client, containerPort: 7000}}]}}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: reader, namespace: shop}}
spec:
  selector: {{matchLabels: {{app: reader}}}}
  template:
    metadata: {{labels: {{app: reader}}}}
    spec: {{containers: [{{name: reader, image: example}}]}}
---
"
    )
}

/// A policy that closes the store but for a replica, which the reader may connect to.
fn admits(label: &str) -> String {
    format!(
        "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: closed, namespace: shop}}
spec: {{podSelector: {{matchLabels: {{app: store}}}}, policyTypes: [Ingress]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: primary, namespace: shop}}
spec:
  podSelector: {{matchLabels: {{{label}}}}}
  policyTypes: [Ingress]
  ingress: [{{from: [{{podSelector: {{matchLabels: {{app: reader}}}}}}], ports: [{{port: client}}]}}]
---
"
    )
}

const BY_NAME: &str = "statefulset.kubernetes.io/pod-name: store-0";

fn connections(text: &str) -> Value {
    let root = tree(&[("all.yaml", text)]);
    let output = netlint(root.path(), &["connections", "--format", "json"]).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn to_store(found: &Value) -> Vec<(&Value, &Value)> {
    let connections = found["connections"].as_array().unwrap().iter();
    let from_reader = connections.filter(|it| it["from"]["workload"]["name"] == "reader");
    let to_store = from_reader.filter(|it| it["to"]["workload"]["name"] == "store");
    to_store.map(|it| (&it["to"]["workload"]["replica"], &it["ports"])).collect()
}

#[test]
fn a_replica_that_a_selector_distinguishes_is_an_end_of_its_own() {
    for label in [BY_NAME, "app: store, apps.kubernetes.io/pod-index: '0'"] {
        let found = connections(&(workloads("  replicas: 3") + &admits(label)));
        let ports = json!([{"protocol": "TCP", "from": 7000, "to": 7000}]);
        assert_eq!(to_store(&found), [(&json!("store-0"), &ports)], "{label}");
        let listed: Vec<_> =
            found["workloads"].as_array().unwrap().iter().map(|it| (&it["name"], &it["replica"])).collect();
        let expected = [("reader", Value::Null), ("store", Value::Null), ("store", json!("store-0"))];
        assert_eq!(listed.len(), expected.len());
        for ((name, replica), (expected_name, expected_replica)) in listed.into_iter().zip(expected) {
            assert_eq!((name, replica), (&json!(expected_name), &expected_replica));
        }
    }
}

#[test]
fn replicas_are_counted_from_the_first_ordinal() {
    let text = workloads("  replicas: 2\n  ordinals: {start: 5}") + &admits("apps.kubernetes.io/pod-index: '6'");
    assert_eq!(to_store(&connections(&text))[0].0, &json!("store-6"));
    let text = workloads("  replicas: 2\n  ordinals: {start: 5}") + &admits("apps.kubernetes.io/pod-index: '0'");
    assert!(to_store(&connections(&text)).is_empty());
}

#[test]
fn query_takes_replicas_as_ends() {
    let root = tree(&[("all.yaml", &(workloads("  replicas: 3") + &admits(BY_NAME)))]);
    let ask = |to: &str| status(root.path(), &["query", "shop/reader", to]);
    assert_eq!(ask("shop/store-0:client"), Some(0));
    assert_eq!(ask("shop/store-1:client"), Some(1), "no policy distinguishes it from the rest");
    assert_eq!(ask("shop/store:client"), Some(1), "the name of the workload stands for all its replicas");
    assert_eq!(ask("shop/store-3:client"), Some(2), "there is no such pod");
    let shown = run(root.path(), &["query", "shop/reader", "shop/store-1:client"]);
    assert!(shown.contains("no policy distinguishes `shop/store-1:client` from the other replicas"), "{shown}");
}

#[test]
fn replicas_beyond_the_count_may_exist_only_where_it_may_change() {
    let beyond = admits("statefulset.kubernetes.io/pod-name: store-4");
    let scaler = "\
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: store, namespace: shop}
spec: {scaleTargetRef: {kind: StatefulSet, name: store}}
";
    let of = |text: &str| {
        let root = tree(&[("all.yaml", text)]);
        let findings = run(root.path(), &["--select", "selector-matches-nothing", "--format", "concise"]);
        let query = status(root.path(), &["query", "shop/reader", "shop/store-4:client"]);
        (findings.contains("selector-matches-nothing"), query)
    };
    let three = workloads("  replicas: 3") + &beyond;
    assert_eq!(of(&three), (true, Some(2)), "no such pod");
    assert_eq!(of(&(workloads("") + &beyond)), (false, Some(0)), "the number is not written");
    assert_eq!(of(&(three + scaler)), (false, Some(0)), "an autoscaler changes the number");
}

#[test]
fn expectations_are_about_replicas_and_all_of_a_workload() {
    let configuration = "\
expect:
  - {from: shop/reader, to: 'shop/store-0:7000', allow: true}
  - {from: shop/reader, to: 'shop/store-1:7000', allow: false}
";
    let text = workloads("  replicas: 3") + &admits(BY_NAME);
    let root = tree(&[("all.yaml", &text), ("netlint.yaml", configuration)]);
    assert_eq!(status(root.path(), &["test"]), Some(0));
    let whole = "expect:\n  - {from: shop/reader, to: 'shop/store:7000', allow: false}\n";
    let root = tree(&[("all.yaml", &text), ("netlint.yaml", whole)]);
    assert_eq!(status(root.path(), &["test"]), Some(1), "a replica is open");
}

#[test]
fn labels_of_jobs_and_their_indexes() {
    let job = "\
apiVersion: batch/v1
kind: Job
metadata: {name: migrate, namespace: shop}
spec:
  completionMode: Indexed
  completions: 2
  template:
    spec: {restartPolicy: Never, containers: [{name: migrate, image: example}]}
---
";
    let rule = |label: &str| {
        format!(
            "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: store, namespace: shop}}
spec:
  podSelector: {{matchLabels: {{app: store}}}}
  policyTypes: [Ingress]
  ingress: [{{from: [{{podSelector: {{matchLabels: {{{label}}}}}}}]}}]
"
        )
    };
    for (label, admitted) in [
        ("job-name: migrate", vec![("migrate", Value::Null)]),
        ("batch.kubernetes.io/job-name: migrate", vec![("migrate", Value::Null)]),
        ("job-name: other", vec![]),
        ("batch.kubernetes.io/job-completion-index: '1'", vec![("migrate", json!("migrate-1"))]),
        ("batch.kubernetes.io/job-completion-index: '2'", vec![]),
        // Only one generated value is right, and nobody knows which: it is no match in what is shown.
        ("controller-uid: a1b2", vec![]),
    ] {
        let found = connections(&(workloads("  replicas: 1") + job + &rule(label)));
        let connections = found["connections"].as_array().unwrap().iter();
        let to_store = connections.filter(|it| it["to"]["workload"]["name"] == "store");
        let sources: Vec<_> = to_store.map(|it| &it["from"]["workload"]).collect();
        assert_eq!(sources.len(), admitted.len(), "{label}: {sources:?}");
        for (source, (name, replica)) in sources.into_iter().zip(admitted) {
            assert_eq!((&source["name"], &source["replica"]), (&json!(name), &replica), "{label}");
        }
    }
}

#[test]
fn an_open_replica_is_named_and_a_job_that_is_admitted_by_name_is_not_blocked() {
    let postgres = (workloads("  replicas: 2") + &admits(BY_NAME)).replace("example, ports", "postgres, ports");
    let open = postgres.replace("podSelector: {matchLabels: {app: reader}}", "ipBlock: {cidr: 0.0.0.0/0}");
    let root = tree(&[("all.yaml", &open.replace("7000", "5432"))]);
    let shown = run(root.path(), &["--select", "database-reachable", "--format", "concise"]);
    assert!(shown.contains("`primary` opens PostgreSQL `store-0` to any address outside"), "{shown}");
}

#[test]
fn a_service_of_one_replica_leads_to_it() {
    let service = "\
apiVersion: v1
kind: Service
metadata: {name: primary, namespace: shop}
spec: {selector: {statefulset.kubernetes.io/pod-name: store-0}, ports: [{port: 80, targetPort: client}]}
";
    let root = tree(&[("all.yaml", &(workloads("  replicas: 3") + &admits(BY_NAME) + service))]);
    assert_eq!(status(root.path(), &["query", "shop/reader", "shop/svc/primary:80"]), Some(0));
    let root = tree(&[("all.yaml", &(workloads("  replicas: 3") + service))]);
    assert_eq!(status(root.path(), &["query", "shop/reader", "shop/svc/primary:80"]), Some(0));
}
