//! Rules that are meant for DNS and miss it by a port.

use crate::support::lint::{Found, Manifests, assert_found, of, only};
use crate::support::manifests::{estate, pod_of_image as pod, policy_in_flow as policy};

const DNS: &str = "missing-dns-egress";
const UDP: &str = "- protocol: UDP\n          port: 53";
const TCP: &str = "- protocol: TCP\n          port: 53";

fn mutate(from: &str, to: &str) -> Vec<Found> {
    Manifests::repaired_demo().replace("deny-all", "name: allow-dns", from, to).lint()
}

#[test]
fn a_rule_without_tcp_is_a_warning_at_its_udp_port() {
    let found = mutate(&format!("\n        {TCP}"), "");
    assert_found(&found, DNS, "warning", UDP, &[]);
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn a_rule_without_udp_is_an_error_at_its_tcp_port() {
    let found = mutate(&format!("\n        {UDP}"), "");
    assert_found(&found, DNS, "error", TCP, &[]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].message.ends_with("cannot reach cluster DNS: this rule opens it for TCP, not for UDP"));
}

#[test]
fn a_forgotten_protocol_is_tcp() {
    let found = mutate(&format!("{UDP}\n        {TCP}"), "- port: 53");
    assert_found(&found, DNS, "error", "- port: 53", &[]);
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn the_port_of_the_service_is_not_that_of_openshifts_pods() {
    let openshift =
        Manifests::repaired_demo().replace("deny-all", "name: allow-dns", "kube-system", "openshift-dns").replace(
            "deny-all",
            "name: allow-dns",
            "k8s-app: kube-dns",
            "dns.operator.openshift.io/daemonset-dns: default",
        );
    let found = openshift.lint();
    assert_found(&found, DNS, "error", UDP, &[]);
    assert!(found[0].message.ends_with("cannot reach cluster DNS: its pods listen on 5353, not on 53"));
    let right = openshift.replace("deny-all", "protocol: UDP", "port: 53", "port: 5353").replace(
        "deny-all",
        "protocol: TCP",
        "port: 53",
        "port: 5353",
    );
    assert_eq!(right.lint(), []);
}

#[test]
fn in_an_estate_one_finding_names_all_that_the_rule_cuts_off() {
    let rule = "- {protocol: UDP, port: 53}\n        - {protocol: TCP, port: 53}";
    let found = estate(10).replace("shop-0001/policies.yaml", "name: allow-dns", rule, "- {port: 53}").lint();
    assert_found(&found, DNS, "error", "- {port: 53}", &[]);
    assert!(found.iter().all(|it| it.rule == DNS || it.severity == "note"), "{found:#?}");
}

#[test]
fn rules_for_something_else_beside_dns_are_not_to_blame() {
    let other = "podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: \
                 {kubernetes.io/metadata.name: kube-system}}}], ports: [{port: 443}]}]";
    let text = pod("web", "example/web:1") + &policy("out", other);
    let found = only(DNS, &text);
    assert_eq!(found.message, "`web` cannot reach cluster DNS: no rule allows UDP port 53");
    assert_eq!(found.at, "Egress");
    let second = policy(
        "dns",
        "podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53}, {port: 53, protocol: UDP}]}]",
    );
    assert_eq!(of(DNS, &(text + &second)), []);
}
