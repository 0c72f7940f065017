//! Lists of ports that hold nothing, ports on which the two sides differ, and Services with a closed port.

use crate::support::lint::{of, only};

const PODS: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec: {containers: [{name: api, image: example/api, ports: [{containerPort: 8080}, {containerPort: 9090}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: example/web}]}
---
";

/// A policy of `api` that admits `web`, with this as the ports of its rule.
fn ingress(ports: &str) -> String {
    format!(
        "{PODS}apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: api, namespace: shop}}\n\
         spec:\n  podSelector: {{matchLabels: {{app: api}}}}\n  policyTypes: [Ingress]\n  ingress:\n\
         \x20 - from: [{{podSelector: {{matchLabels: {{app: web}}}}}}]\n{ports}---\n"
    )
}

/// A policy of `web` that permits `api` on a port.
fn egress(port: u16) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: web, namespace: shop}}\n\
         spec:\n  podSelector: {{matchLabels: {{app: web}}}}\n  policyTypes: [Egress]\n  egress:\n\
         \x20 - to: [{{podSelector: {{matchLabels: {{app: api}}}}}}]\n    ports: [{{port: {port}}}]\n---\n"
    )
}

#[test]
fn a_list_or_port_without_a_value_opens_every_port() {
    for (ports, at) in [
        ("    ports: []\n", "ports: []"),
        ("    ports:\n", "ports:"),
        ("    ports: null\n", "ports: null"),
        ("    ports:\n    - protocol: TCP\n      port:\n    - port: 8080\n", "port:"),
        ("    ports: [{port: 8080}, {port: ~}]\n", "port: ~"),
    ] {
        let found = only("empty-port-list", &ingress(ports));
        assert_eq!((found.severity.as_str(), found.at.trim_end()), ("error", at), "{ports}");
    }
}

#[test]
fn ports_that_are_left_out_are_meant() {
    for ports in ["", "    ports: [{protocol: TCP}]\n", "    ports: [{port: 8080}]\n", "    ports: [{}]\n"] {
        assert_eq!(of("empty-port-list", &ingress(ports)), [], "{ports}");
    }
    // Where the direction is not enforced, `ignored-rules` reports it.
    let ignored = ingress("    ports: []\n").replace("policyTypes: [Ingress]", "policyTypes: [Egress]");
    assert_eq!(of("empty-port-list", &ignored), []);
}

#[test]
fn two_sides_that_differ_in_ports_are_one_finding() {
    let found = only("one-sided-allow", &format!("{}{}", ingress("    ports: [{port: 9090}]\n"), egress(8080)));
    assert!(found.message.starts_with("no port in common"), "{}", found.message);
    assert!(found.message.contains("TCP 9090") && found.message.contains("TCP 8080"), "{}", found.message);
    assert_eq!(found.at, "ports: [{port: 9090}]");
    let same = format!("{}{}", ingress("    ports: [{port: 8080}]\n"), egress(8080));
    assert_eq!(of("one-sided-allow", &same), []);
}

#[test]
fn a_service_with_one_closed_port_is_told_with_the_port() {
    let service = |ports: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: api, namespace: shop}}\nspec: {{selector: {{app: api}}, ports: [{ports}]}}\n"
        )
    };
    let both = "{name: http, port: 80, targetPort: 8080}, {name: rpc, port: 90, targetPort: 9090}";
    let open = |ports: &str| format!("{}{}", ingress("    ports: [{port: 8080}]\n"), service(ports));
    let found = only("unreachable-service", &open(both));
    assert_eq!(found.severity, "warning");
    assert!(found.message.contains("TCP 9090") && !found.message.contains("8080"), "{}", found.message);
    assert_eq!(of("unreachable-service", &open("{port: 80, targetPort: 8080}")), []);
    // What is scraped need not be open to others.
    assert_eq!(of("unreachable-service", &open(&both.replace("rpc", "metrics"))), []);
}
