//! What makes a database of a workload, and a client of another one.

use crate::support::lint::of;

fn pod(name: &str, label: &str, image: &str, port: u16) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop, labels: {{app: {label}}}}}\n\
         spec: {{containers: [{{name: c, image: \"{image}\", ports: [{{containerPort: {port}}}]}}]}}\n---\n"
    )
}

#[test]
fn shared_ports_and_generic_words_make_no_database() {
    let is_database = |text: &str| !of("database-reachable", text).is_empty();
    assert!(!is_database(&pod("web-cache", "x", "example/cache:1", 8080)));
    assert!(!is_database(&pod("data", "x", "example/data:1", 9000)));
    assert!(!is_database(&pod("oauth2-redis", "x", "quay.io/oauth2-proxy/oauth2-proxy:v7", 6379)));
    assert!(is_database(&pod("cache", "x", "redis:7", 6379)));
    assert!(is_database(&pod("orders-redis", "x", "example/store:1", 6379)));
}

const ADMITS_WEB: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: clients, namespace: shop}
spec:
  podSelector: {matchLabels: {app: redis}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {matchLabels: {app: frontend}}}]}]
---
";

#[test]
fn the_client_that_a_policy_names_is_meant_where_there_is_no_backend() {
    let redis = pod("redis", "redis", "redis:7", 6379);
    let frontend = pod("frontend", "frontend", "nginx:1", 80);
    let named = format!("{redis}{frontend}{ADMITS_WEB}");
    assert_eq!(of("database-reachable", &named), []);
    let backend = pod("backend", "backend", "python:3", 8080);
    assert_eq!(of("database-reachable", &format!("{named}{backend}")).len(), 1);
    // All pods of the namespace are nobody in particular.
    let anyone = format!("{redis}{frontend}{}", ADMITS_WEB.replace("matchLabels: {app: frontend}", ""));
    assert_eq!(of("database-reachable", &anyone).len(), 1);
}
