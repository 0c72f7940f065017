//! Each rule against the repaired demo: silence, then exactly one finding where exactly one mistake is put.

use crate::support::lint::{Found, Manifests, assert_found};

/// The findings after replacing, in a file of the demo, the first `from` after the first `mark` by `to`.
fn mutate(file: &str, mark: &str, from: &str, to: &str) -> Vec<Found> {
    Manifests::repaired_demo().replace(file, mark, from, to).lint()
}

#[test]
fn the_repaired_demo_is_clean() {
    assert_eq!(Manifests::repaired_demo().lint(), []);
}

#[test]
fn selector_matches_nothing() {
    let found = mutate("backend", "name: allow-frontend-to-backend", "app: backend", "app: bakcend");
    assert_found(&found, "selector-matches-nothing", "warning", "bakcend", &["one-sided-allow"]);
    assert_eq!(found.iter().find(|it| it.at == "bakcend").unwrap().remark, "did you mean `app: backend`?");
}

#[test]
fn peer_matches_nothing() {
    let found = mutate("backend", "from:", "app: frontend", "apps: frontend");
    assert_found(&found, "peer-matches-nothing", "warning", "apps", &["one-sided-allow"]);
}

#[test]
fn a_relabelled_pod_is_one_finding_with_the_selectors_that_lost_it() {
    let found = mutate("pods", "name: database", "app: database", "app: databases");
    assert_found(&found, "selector-matches-nothing", "warning", "database", &[]);
    assert!(!found.iter().any(|it| it.rule == "peer-matches-nothing"), "{found:#?}");
}

#[test]
fn unknown_namespace() {
    let found = mutate("database", "allow-backend-to-database", "secure-app", "secureapp");
    assert_found(&found, "unknown-namespace", "warning", "secureapp", &["one-sided-allow"]);
}

#[test]
fn split_peer() {
    let found = mutate("deny-all", "name: allow-dns", "  podSelector:\n            m", "- podSelector:\n            m");
    let at = "- podSelector:\n            matchLabels:\n              k8s-app: kube-dns";
    assert_found(&found, "split-peer", "warning", at, &[]);
}

#[test]
fn dns_sought_in_the_own_namespace_is_one_finding_of_the_dns_rule() {
    let selector = "namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: kube-system\n          ";
    let found = mutate("deny-all", "name: allow-dns", selector, "");
    let at = "podSelector:\n            matchLabels:\n              k8s-app: kube-dns";
    assert_found(&found, "missing-dns-egress", "error", at, &[]);
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn pod_ip_block() {
    let found = mutate("egress", "ipBlock", "203.0.113.0/24", "10.96.12.7/32");
    assert_found(&found, "pod-ip-block", "note", "10.96.12.7/32", &[]);
}

#[test]
fn empty_peer_list() {
    let peers = "to:\n        - ipBlock:\n            cidr: 203.0.113.0/24";
    for empty in ["to: []", "to:", "to: null"] {
        let found = mutate("egress", "egress:", peers, empty);
        assert_found(&found, "empty-peer-list", "error", empty, &[]);
        assert_eq!(found.len(), 1, "{found:#?}");
    }
}

#[test]
fn namespace_name_label() {
    let peer = "- podSelector:\n            matchLabels:\n              app: frontend";
    let own = format!("- namespaceSelector: {{matchLabels: {{name: secure-app}}}}\n  {peer}")
        .replace("\n  - ", "\n          ");
    let found = mutate("backend", "from:", peer, &own);
    assert_found(&found, "namespace-name-label", "error", "name: secure-app", &["one-sided-allow"]);
}

#[test]
fn namespace_name_label_of_an_unknown_namespace_is_a_note() {
    let found = mutate("deny-all", "name: allow-dns", "kubernetes.io/metadata.name", "name");
    assert_found(&found, "namespace-name-label", "note", "name: kube-system", &[]);
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn volatile_label() {
    let labels = "app: backend\n      app.kubernetes.io/version: 1.4.2";
    let found = mutate("backend", "name: allow-frontend-to-backend", "app: backend", labels);
    assert_found(&found, "volatile-label", "warning", "app.kubernetes.io/version: 1.4.2", &["one-sided-allow"]);
    assert!(!found.iter().any(|it| it.rule == "selector-matches-nothing"), "{found:#?}");
}

#[test]
fn reopened_except() {
    let block = "cidr: 203.0.113.0/24\n            except: [203.0.113.9/32]\n        - ipBlock:\n            cidr: 203.0.113.8/30";
    let found = mutate("egress", "ipBlock", "cidr: 203.0.113.0/24", block);
    assert_found(&found, "reopened-except", "warning", "203.0.113.9/32", &[]);
}

#[test]
fn ipv6_hole() {
    let blocks = "cidr: 0.0.0.0/0\n        - ipBlock:\n            cidr: 2001:db8:7::/48";
    let found = mutate("egress", "ipBlock", "cidr: 203.0.113.0/24", blocks);
    assert_found(&found, "ipv6-hole", "note", "0.0.0.0/0", &[]);
}

#[test]
fn missing_default_deny() {
    let found = mutate("deny-all", "name: deny-all", "podSelector: {}", "podSelector: {matchLabels: {app: backend}}");
    assert_found(&found, "missing-default-deny", "warning", "secure-app", &[]);
}

#[test]
fn unrestricted_egress() {
    let found = mutate(
        "egress",
        "ipBlock",
        "203.0.113.0/24\n      ports:\n        - protocol: TCP\n          port: 443",
        "0.0.0.0/0",
    );
    assert_found(&found, "unrestricted-egress", "warning", "0.0.0.0/0", &[]);
}

#[test]
fn one_sided_allow() {
    let peer = "- podSelector:\n            matchLabels:\n              app: ";
    let both = format!("{peer}frontend\n        {peer}database");
    let found = mutate("backend", "from:", &format!("{peer}frontend"), &both);
    assert_found(&found, "one-sided-allow", "error", &format!("{peer}database"), &[]);
}

#[test]
fn invalid_field() {
    let found = mutate("egress", "ports:", "443", "70000");
    assert_found(&found, "invalid-field", "error", "70000", &[]);
}

#[test]
fn unknown_field() {
    let found = mutate("egress", "ports:", "protocol", "protocl");
    assert_found(&found, "unknown-field", "error", "protocl", &[]);
}

#[test]
fn invalid_yaml() {
    let twice = "kind: NetworkPolicy\nkind: NetworkPolicy";
    let found = mutate("egress", "apiVersion", "kind: NetworkPolicy", twice);
    assert_found(&found, "invalid-yaml", "error", "kind", &[]);
}

#[test]
fn deprecated_api() {
    let found = mutate("egress", "apiVersion", "networking.k8s.io/v1", "extensions/v1beta1");
    assert_found(&found, "deprecated-api", "error", "extensions/v1beta1", &[]);
}
