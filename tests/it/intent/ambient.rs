//! Istio's ambient mode beyond the examples of the rules' pages.

use crate::support::lint::{of, only};
use crate::support::manifests::{namespace, policy_in_flow};

const BLOCKED: &str = "ambient-port-blocked";
const OPEN: &str = "ambient-port-open";

const AMBIENT: &str = "istio.io/dataplane-mode: ambient";

fn pod(name: &str, labels: &str, spec: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop, labels: {{app: {name}{labels}}}}}\n\
         spec: {{containers: [{{name: main, image: \"example/main:1\"}}]{spec}}}\n---\n"
    )
}

/// Policy `api`, with these rules for ingress.
fn api(rules: &str) -> String {
    policy_in_flow(
        "api",
        &format!("podSelector: {{matchLabels: {{app: api}}}}, policyTypes: [Ingress], ingress: [{rules}]"),
    )
}

const FROM_WEB: &str = "from: [{podSelector: {matchLabels: {app: web}}}]";

/// Pods web and api of a namespace with this label, and a policy of api.
fn shop(label: &str, rules: &str) -> String {
    namespace("shop", label) + &pod("web", "", "") + &pod("api", "", "") + &api(rules)
}

#[test]
fn only_ports_that_are_named_block() {
    let rule = |ports: &str| shop(AMBIENT, &format!("{{{FROM_WEB}{ports}}}"));
    assert_eq!(only(BLOCKED, &rule(", ports: [{port: 8080}]")).at, "ports");
    for ports in
        ["", ", ports: []", ", ports: [{protocol: TCP}]", ", ports: [{port: 8080}, {port: 15000, endPort: 15100}]"]
    {
        assert_eq!(of(BLOCKED, &rule(ports)), [], "{ports}");
    }
    assert_eq!(
        of(BLOCKED, &rule(", ports: [{protocol: UDP, port: 15008}, {port: 8080}]")).len(),
        1,
        "UDP is another port"
    );
}

#[test]
fn another_policy_may_admit_the_port() {
    let text = shop(AMBIENT, &format!("{{{FROM_WEB}, ports: [{{port: 8080}}]}}"));
    let mesh = "podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{protocol: TCP, port: 15008}]}]";
    assert_eq!(of(BLOCKED, &(text + &policy_in_flow("mesh", mesh))), []);
}

#[test]
fn who_is_not_in_the_mesh_is_left_alone() {
    let rules = format!("{{{FROM_WEB}, ports: [{{port: 8080}}]}}");
    for label in ["team: a", "istio.io/dataplane-mode: none", "istio-injection: enabled"] {
        assert_eq!(of(BLOCKED, &shop(label, &rules)), [], "{label}");
    }
    for (labels, spec) in [
        (", istio.io/dataplane-mode: none", ""),
        (", sidecar.istio.io/inject: \"true\"", ""),
        ("", ", hostNetwork: true"),
    ] {
        let text = namespace("shop", AMBIENT) + &pod("web", labels, spec) + &pod("api", "", "") + &api(&rules);
        assert_eq!(of(BLOCKED, &text), [], "{labels}{spec}");
    }
    let labelled = format!(", {AMBIENT}");
    let text = namespace("shop", "team: a") + &pod("web", &labelled, "") + &pod("api", &labelled, "") + &api(&rules);
    assert_eq!(of(BLOCKED, &text).len(), 1, "the pods' own label");
}

#[test]
fn rules_of_one_policy_are_one_finding() {
    let rules = format!("{{{FROM_WEB}, ports: [{{port: 8080}}]}}, {{{FROM_WEB}, ports: [{{port: 9090}}]}}");
    assert_eq!(of(BLOCKED, &shop(AMBIENT, &rules)).len(), 1);
}

#[test]
fn a_wide_port_needs_limits_beside_it() {
    let wide = "{from: [{podSelector: {}}], ports: [{protocol: TCP, port: 15008}]}";
    assert_eq!(of(OPEN, &shop(AMBIENT, wide)), [], "nothing else is limited");
    let jobs = pod("jobs", "", "");
    let both = shop(AMBIENT, &format!("{{{FROM_WEB}, ports: [{{port: 8080}}]}}, {wide}")) + &jobs;
    let found = only(OPEN, &both);
    assert_eq!(found.message, "TCP 15008 lets `jobs` reach every port of `api` through the mesh");
    let outside = shop(AMBIENT, &format!("{{{FROM_WEB}, ports: [{{port: 8080}}]}}, {wide}"))
        + &pod("jobs", ", istio.io/dataplane-mode: none", "");
    assert_eq!(of(OPEN, &outside), [], "a pod outside the mesh gets nothing through it");
}
