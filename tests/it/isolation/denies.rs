//! Denies that deny nothing.

use crate::support::lint::{Manifests, assert_found, of, only};
use crate::support::manifests::{estate, pod_of_image as pod, policy_in_flow as policy};

const DEFEATS: &str = "allow-all-defeats-deny";
const DENY: &str = "podSelector: {}, policyTypes: [Ingress, Egress]";

fn own(app: &str) -> String {
    policy(app, &format!("podSelector: {{matchLabels: {{app: {app}}}}}, policyTypes: [Egress], egress: [{{}}]"))
}

#[test]
fn right_manifests_are_clean() {
    assert_eq!(Manifests::repaired_demo().lint(), []);
    let found = estate(10).lint();
    assert!(found.iter().all(|it| it.severity == "note"), "{found:#?}");
}

#[test]
fn a_dns_rule_without_peers_and_ports_opens_everything() {
    let peers = "- to:\n        - namespaceSelector:\n            matchLabels:\n              \
                 kubernetes.io/metadata.name: kube-system\n          podSelector:\n            matchLabels:\n              \
                 k8s-app: kube-dns\n      ports:\n        - protocol: UDP\n          port: 53\n        \
                 - protocol: TCP\n          port: 53\n";
    let found = Manifests::repaired_demo().replace("deny-all", "name: allow-dns", peers, "- {}\n").lint();
    assert_found(&found, DEFEATS, "error", "- {}", &[]);
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn in_an_estate_only_the_namespace_with_the_mistake_is_named() {
    let from = "metadata:\n  name: allow-dns\n  namespace: shop-0001\nspec:\n  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n";
    let open = format!("{from}    - {{}}\n");
    let found = estate(10).replace("shop-0001/policies.yaml", "", from, &open).lint();
    assert_found(&found, DEFEATS, "error", "- {}", &[]);
    assert_eq!(found[0].message, "`allow-dns` opens egress of all 10 workloads that `default-deny` isolates");
}

#[test]
fn most_is_a_warning_and_half_is_left_to_the_open_rules() {
    let text = policy("deny", DENY) + &["a", "b", "c"].map(|name| pod(name, "example/a:1")).concat();
    let found = only(DEFEATS, &(text.clone() + &own("a") + &own("b")));
    assert_eq!((found.severity.as_str(), found.at.as_str()), ("warning", "Egress"));
    assert_eq!(found.message, "other policies open egress of 2 of 3 workloads that `deny` isolates");
    assert_eq!(of("unrestricted-egress", &(text.clone() + &own("a") + &own("b"))), [], "said once");
    assert_eq!(of(DEFEATS, &(text.clone() + &own("a"))), []);
    assert_eq!(of("unrestricted-egress", &(text + &own("a"))).len(), 1);
}

#[test]
fn a_single_workload_with_an_open_policy_is_no_pattern() {
    assert_eq!(of(DEFEATS, &(policy("deny", DENY) + &pod("a", "example/a:1") + &own("a"))), []);
}

#[test]
fn a_deny_and_an_allow_for_the_same_labels_contradict_one_another() {
    let deny = policy("close", "podSelector: {matchLabels: {app: a}}, policyTypes: [Egress]");
    let found = only(DEFEATS, &(pod("a", "example/a:1") + &pod("b", "example/a:1") + &deny + &own("a")));
    assert_eq!(found.message, "`a` opens egress of every pod that `close` isolates");
}

#[test]
fn pods_that_are_not_shown_are_opened_too() {
    let text = policy("deny", DENY) + &policy("open", "podSelector: {}, policyTypes: [Ingress], ingress: [{}]");
    assert_eq!(only(DEFEATS, &text).at, "{}");
}

#[test]
fn every_namespace_and_every_address_are_everything() {
    let all = "egress: [{to: [{namespaceSelector: {}}, {ipBlock: {cidr: 0.0.0.0/0}}]}]";
    let open = policy("open", &format!("podSelector: {{}}, policyTypes: [Egress], {all}"));
    let text = policy("deny", DENY) + &open;
    assert_eq!(of(DEFEATS, &text).len(), 1);
    assert_eq!(of(DEFEATS, &text.replace("namespaceSelector", "podSelector")), [], "own namespace only");
    assert_eq!(of(DEFEATS, &text.replace("cidr: 0.0.0.0/0", "cidr: 0.0.0.0/0, except: [10.0.0.0/8]")), []);
    assert_eq!(of(DEFEATS, &text.replace("}}]}]", "}}], ports: [{port: 443}]}]")), [], "one port");
}

#[test]
fn an_empty_list_of_peers_is_another_mistake() {
    let open = policy("open", "podSelector: {}, policyTypes: [Egress], egress: [{to: []}]");
    let text = policy("deny", DENY) + &open;
    assert_eq!(of(DEFEATS, &text), []);
    assert_eq!(of("empty-peer-list", &text).len(), 1);
}

#[test]
fn denies_that_one_rule_cancels_are_one_finding() {
    let other = policy("other", DENY);
    let text = policy("deny", DENY) + &other + &policy("open", "podSelector: {}, policyTypes: [Egress], egress: [{}]");
    assert_eq!(of(DEFEATS, &text).len(), 1);
}

const BYPASS: &str = "host-network-bypass";

#[test]
fn a_pod_moved_to_the_network_of_its_node_is_pointed_out_with_the_policies_for_it() {
    let moved = Manifests::repaired_demo().replace("pods", "name: database", "spec:\n", "spec:\n  hostNetwork: true\n");
    let found = moved.lint();
    assert_found(&found, BYPASS, "note", "hostNetwork: true", &[]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].message.starts_with("`allow-backend-to-database`, `allow-dns` and `deny-all` cannot restrict"));
}

#[test]
fn workloads_that_the_same_policies_select_are_one_finding() {
    let on_node = |name: &str| pod(name, "example/a:1").replace("spec: {", "spec: {hostNetwork: true, ");
    let found = only(BYPASS, &(on_node("a") + &on_node("b") + &pod("c", "example/a:1") + &policy("deny", DENY)));
    assert_eq!(found.message, "`deny` cannot restrict `a` and `b`, which use the network of the node");
}
