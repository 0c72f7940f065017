//! Policies that do not do what they say.

use super::{Manifests, of, pod, policy};

#[test]
fn ignored_rules_in_the_demo() {
    let demo = Manifests::demo();
    let changed = demo.with("egress", "policyTypes", "- Egress", "- Ingress");
    demo.assert_one(&changed, "ignored-rules", "error", "egress", &[]);
    let changed = demo.with("backend", "policyTypes", "- Ingress", "- Egress");
    demo.assert_one(&changed, "ignored-rules", "error", "ingress", &["one-sided-allow"]);
}

#[test]
fn ignored_rules_in_an_estate() {
    let estate = Manifests::estate();
    let changed = estate.with("shop-0001/policies.yaml", "name: egress-api-to-cache", "[Egress]", "[Ingress]");
    estate.assert_one(&changed, "ignored-rules", "error", "egress", &["one-sided-allow"]);
}

#[test]
fn implicit_policy_types_in_the_demo() {
    let demo = Manifests::demo();
    let changed = demo.with("egress", "spec:", "  policyTypes:\n    - Egress\n", "");
    demo.assert_one(&changed, "implicit-policy-types", "note", "spec", &[]);
    let changed = demo.with("deny-all", "spec:", "policyTypes:\n    - Ingress\n    - Egress", "ingress: []");
    let found = demo.assert_one(&changed, "implicit-policy-types", "note", "spec", &[]);
    assert!(found.message.contains("`[Ingress]`"), "{found:#?}");
}

#[test]
fn an_empty_egress_that_nothing_else_closes_is_an_error() {
    let pods = pod("api", "app: api", "");
    let open = policy("deny", "{podSelector: {}, egress: []}");
    let found = of("implicit-policy-types", &(pods.clone() + &open));
    assert_eq!((found.len(), found[0].severity.as_str(), found[0].at.as_str()), (1, "error", "egress"));
    let closed = policy("closed", "{podSelector: {}, policyTypes: [Egress]}");
    let found = of("implicit-policy-types", &(pods + &open + &closed));
    assert_eq!((found.len(), found[0].severity.as_str()), (1, "note"));
}

#[test]
fn ingress_that_is_closed_by_surprise_is_a_warning() {
    let pods = pod("api", "app: api", "") + &pod("web", "app: web", "");
    let egress = policy("egress", "{podSelector: {}, egress: [{to: [{podSelector: {}}]}]}");
    let severity = |other: &str| of("implicit-policy-types", &(pods.clone() + &egress + other))[0].severity.clone();
    assert_eq!(severity(""), "warning");
    // One of the two pods is closed anyway, and then both are.
    assert_eq!(severity(&policy("api", "{podSelector: {matchLabels: {app: api}}, policyTypes: [Ingress]}")), "warning");
    assert_eq!(severity(&policy("all", "{podSelector: {}, policyTypes: [Ingress]}")), "note");
    let both = egress.replace("egress: [", "ingress: [], egress: [");
    let found = of("implicit-policy-types", &(pods + &both));
    assert_eq!((found[0].severity.as_str(), found[0].message.contains("[Ingress, Egress]")), ("note", true));
}
