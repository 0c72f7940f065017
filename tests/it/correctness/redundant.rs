//! Rules that could go, and rules that only look so.

use crate::support::lint::{Found, Manifests, of};
use crate::support::manifests::{assert_one, estate, pod_with_ports as pod, policy};

#[test]
fn a_repeated_rule_of_the_demo() {
    let demo = Manifests::repaired_demo();
    let rule = "    - to:\n        - ipBlock:\n            cidr: 203.0.113.0/24\n      ports:\n        - protocol: TCP\n          port: 443\n";
    let narrower = rule.replace("203.0.113.0/24", "203.0.113.64/28");
    let repeated = ("egress", "egress:", rule, &*(narrower.clone() + rule));
    let found = assert_one(&demo, repeated, ("redundant-rule", "note", narrower.trim()), &[]);
    assert_eq!(found.message, "removing this rule changes no connection: `restrict-backend-egress` admits the same");
    let other_port = narrower.replace("443", "444") + rule;
    assert_eq!(demo.replace("egress", "egress:", rule, &other_port).lint(), []);
}

#[test]
fn a_repeated_policy_of_an_estate() {
    let copy = "name: open-cache-to-api\n  namespace: shop-0002\nspec:\n  podSelector:\n    matchLabels:\n      tier: cache\n  \
                policyTypes: [Ingress]\n  ingress:\n    - from:\n        - podSelector:\n            matchLabels:\n              \
                tier: api\n      ports:\n        - {protocol: TCP, port: 6379}\n---\n\
                apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: ingress-worker-to-cache";
    let repeated = ("shop-0002/policies.yaml", "", "name: ingress-worker-to-cache", copy);
    let found = assert_one(&estate(7), repeated, ("redundant-rule", "note", "open-cache-to-api"), &[]);
    assert_eq!(
        found.message,
        "removing `open-cache-to-api` changes no connection: `ingress-api-to-cache` admits the same"
    );
}

/// The text of what is redundant among policies for pods `a` and `b`.
fn redundant(policies: &[(&str, &str)]) -> Vec<String> {
    all_redundant(policies).into_iter().map(|found| found.at).collect()
}

/// What is redundant among policies for pods `a` and `b`.
fn all_redundant(policies: &[(&str, &str)]) -> Vec<Found> {
    let mut text = pod("a", "app: a, tier: back", "{name: http, containerPort: 80}");
    text += &pod("b", "app: b, tier: front", "{name: http, containerPort: 81}");
    for (name, spec) in policies {
        text += &policy(name, spec);
    }
    of("redundant-rule", &text)
}

const FROM_ALL: &str = "{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {}}]}]}";
const FROM_B: &str = "{podSelector: {matchLabels: {app: a}}, policyTypes: [Ingress], \
                      ingress: [{from: [{podSelector: {matchLabels: {app: b}}}], ports: [{port: 80}]}]}";

#[test]
fn the_narrower_policy_is_redundant_in_either_order() {
    assert_eq!(redundant(&[("p", FROM_ALL), ("q", FROM_B)]), ["q"]);
    assert_eq!(redundant(&[("p", FROM_B), ("q", FROM_ALL)]), ["p"]);
}

#[test]
fn of_equal_policies_all_but_one_are_redundant() {
    assert_eq!(redundant(&[("p", FROM_B), ("q", FROM_B), ("r", FROM_B)]), ["q", "r"]);
}

#[test]
fn only_rules_that_admit_a_part_of_it_are_named() {
    let of = |peers: &str, ports: &str| {
        let peers: Vec<_> =
            peers.chars().map(|app| format!("{{podSelector: {{matchLabels: {{app: {app}}}}}}}")).collect();
        let rule = format!("{{from: [{}], ports: [{ports}]}}", peers.join(", "));
        format!("{{podSelector: {{matchLabels: {{app: a}}}}, policyTypes: [Ingress], ingress: [{rule}]}}")
    };
    let other_port = of("b", "{port: 443}");
    let both = of("ab", "{port: 80}");
    let (one, two) = (of("a", "{port: 80}, {port: 81}"), of("b", "{port: 80}, {port: 82}"));
    let found = all_redundant(&[("another-port", &other_port), ("both", &both), ("one", &one), ("two", &two)]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].message, "removing `both` changes no connection: `one` and `two` admit the same");
}

#[test]
fn a_policy_that_isolates_alone_keeps_its_isolation() {
    // The rule for `a` adds nothing to the other one, but only its policy isolates `a` for egress.
    let both = FROM_B.replace("[Ingress]", "[Ingress, Egress]");
    assert_eq!(redundant(&[("p", FROM_ALL), ("q", &both)]).len(), 1);
    assert!(redundant(&[("p", FROM_ALL), ("q", &both)])[0].starts_with("{from"), "the rule, not the policy");
}

#[test]
fn without_policy_types_the_last_egress_rule_isolates() {
    let all = "{podSelector: {}, policyTypes: [Egress, Ingress], egress: [{to: [{podSelector: {}}]}], \
               ingress: [{from: [{podSelector: {}}]}]}";
    let some = "{podSelector: {matchLabels: {app: a}}, egress: [{to: [{podSelector: {matchLabels: {app: b}}}]}]}";
    assert_eq!(redundant(&[("p", all), ("q", some)]), ["q"], "as a whole it may go, since `p` isolates too");
    let ingress = "policyTypes: [Egress, Ingress]";
    let one = some.replace("{podSelector: {matchLabels: {app: a}}", "{podSelector: {}, ingress: [{from: []}]");
    assert_eq!(redundant(&[("p", &all.replace(ingress, "policyTypes: [Egress]")), ("q", &one)]), [""; 0]);
}

#[test]
fn names_of_ports_are_compared_as_names() {
    let named = FROM_B.replace("port: 80", "port: http");
    let number = FROM_B.replace("[{port: 80}]", "[{port: 80}, {port: 81}]");
    assert_eq!(redundant(&[("p", &number), ("q", &named)]), [""; 0]);
    assert_eq!(redundant(&[("p", &FROM_B.replace("{port: 80}", "{protocol: TCP}")), ("q", &named)]), ["q"]);
    assert_eq!(redundant(&[("p", &named), ("q", &named)]), ["q"]);
}

#[test]
fn node_addresses_are_admitted_by_a_rule_for_everyone_only() {
    let everyone = "{podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{port: 80}]}]}";
    let listed = "{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {}}, \
                  {ipBlock: {cidr: 0.0.0.0/0}}, {ipBlock: {cidr: '::/0'}}], ports: [{port: 80}]}]}";
    assert_eq!(redundant(&[("p", everyone), ("q", listed)]), ["q"]);
    assert_eq!(redundant(&[("p", listed), ("q", everyone)]), ["p"]);
}

#[test]
fn labels_that_are_not_shown_count_against_it() {
    let from = |namespaces: &str| {
        format!(
            "{{podSelector: {{}}, policyTypes: [Ingress], ingress: [{{from: [{{namespaceSelector: {namespaces}}}]}}]}}"
        )
    };
    let (team, all) = (from("{matchLabels: {team: x}}"), from("{}"));
    let own = from("{matchLabels: {kubernetes.io/metadata.name: shop}}");
    assert_eq!(redundant(&[("p", &team), ("q", &own)]), [""; 0], "`shop` may be of team x, and may not");
    assert_eq!(redundant(&[("p", &team), ("q", &team)]), ["q"], "whoever that is");
    assert_eq!(redundant(&[("p", &all), ("q", &team)]), ["q"]);
}
