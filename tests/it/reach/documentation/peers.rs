//! Which a rule admits.

use super::shop;
use crate::reach::engine::Engine;

const EVERYONE: [&str; 9] = [
    "shop/web",
    "shop/*",
    "shop/agent",
    "ops/probe",
    "ops/*",
    "elsewhere",
    "ingress-controller",
    "203.0.113.1",
    "2001:db8::1",
];

/// The database's ingress with one rule that has these peers.
fn database_from(peers: &str) -> Engine {
    shop(&[&format!("{{podSelector: {{matchLabels: {{app: db}}}}, ingress: [{{from: {peers}}}]}}")])
}

/// Those that may connect to the database.
fn admitted(engine: &Engine) -> Vec<&'static str> {
    EVERYONE.into_iter().filter(|from| engine.tcp(from, "shop/db", 5432)).collect()
}

#[test]
fn an_empty_or_missing_from_matches_all_sources() {
    for rules in ["[{}]", "[{from: []}]", "[{from: null}]", "[{from: , ports: []}]"] {
        let engine = shop(&[&format!("{{podSelector: {{matchLabels: {{app: db}}}}, ingress: {rules}}}")]);
        assert_eq!(admitted(&engine), EVERYONE, "{rules}");
    }
}

#[test]
fn a_null_rule_is_an_empty_rule() {
    let engine = shop(&["{podSelector: {}, policyTypes: [Ingress, Egress], ingress: [null], egress: [~]}"]);
    assert_eq!(admitted(&engine), EVERYONE);
    assert!(engine.tcp("shop/web", "203.0.113.1", 443));
}

#[test]
fn an_empty_rule_list_matches_no_source() {
    for rules in ["[]", "null", "~"] {
        let engine = shop(&[&format!("{{podSelector: {{}}, ingress: {rules}}}")]);
        assert!(admitted(&engine).is_empty(), "{rules}");
    }
}

#[test]
fn an_empty_or_missing_to_matches_all_destinations() {
    for rule in ["{}", "{to: []}", "{to: null}"] {
        let engine = shop(&[&format!("{{policyTypes: [Egress], egress: [{rule}]}}")]);
        for to in ["shop/db", "shop/*", "shop/agent", "ops/probe", "elsewhere", "203.0.113.1", "2001:db8::1"] {
            assert!(engine.tcp("shop/web", to, 443), "{rule} {to}");
        }
    }
}

#[test]
fn a_pod_selector_alone_selects_pods_in_the_policys_own_namespace() {
    assert_eq!(admitted(&database_from("[{podSelector: {matchLabels: {app: web}}}]")), ["shop/web"]);
    assert!(!database_from("[{podSelector: {matchLabels: {app: web}}}]").tcp("ops/web", "shop/db", 5432));
}

#[test]
fn an_empty_pod_selector_selects_all_pods_of_the_policys_own_namespace() {
    assert_eq!(admitted(&database_from("[{podSelector: {}}]")), ["shop/web", "shop/*"]);
}

#[test]
fn a_namespace_selector_alone_selects_all_pods_of_the_namespaces() {
    assert_eq!(
        admitted(&database_from("[{namespaceSelector: {matchLabels: {team: platform}}}]")),
        ["ops/probe", "ops/*"]
    );
}

#[test]
fn an_empty_namespace_selector_selects_all_namespaces_but_nothing_external() {
    let pods = ["shop/web", "shop/*", "ops/probe", "ops/*", "elsewhere", "ingress-controller"];
    assert_eq!(admitted(&database_from("[{namespaceSelector: {}}]")), pods);
    assert_eq!(admitted(&database_from("[{namespaceSelector: {}, podSelector: {}}]")), pods);
}

#[test]
fn both_selectors_in_one_item_are_anded() {
    let engine =
        database_from("[{namespaceSelector: {matchLabels: {team: platform}}, podSelector: {matchLabels: {app: web}}}]");
    assert!(engine.tcp("ops/web", "shop/db", 5432));
    assert!(admitted(&engine).is_empty(), "neither the web pod of this namespace nor other pods of that one");
}

#[test]
fn selectors_in_two_items_are_ored() {
    let engine = database_from(
        "[{namespaceSelector: {matchLabels: {team: platform}}}, {podSelector: {matchLabels: {app: web}}}]",
    );
    assert_eq!(admitted(&engine), ["shop/web", "ops/probe", "ops/*"]);
}

#[test]
fn a_namespace_selector_with_pod_selector_does_not_fall_back_to_the_own_namespace() {
    let engine = database_from("[{namespaceSelector: {matchLabels: {team: none}}, podSelector: {}}]");
    assert!(admitted(&engine).is_empty());
}

#[test]
fn a_null_selector_of_a_peer_is_an_absent_one() {
    let engine = database_from("[{namespaceSelector: {matchLabels: {team: platform}}, podSelector: null}]");
    assert_eq!(admitted(&engine), ["ops/probe", "ops/*"]);
    let engine = database_from("[{namespaceSelector: , podSelector: {}}]");
    assert_eq!(admitted(&engine), ["shop/web", "shop/*"]);
}

#[test]
fn every_namespace_has_its_name_as_label() {
    let engine = database_from("[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ops}}}]");
    assert_eq!(admitted(&engine), ["ops/probe", "ops/*"]);
}

#[test]
fn the_name_of_a_namespace_is_no_label_name() {
    assert!(admitted(&database_from("[{namespaceSelector: {matchLabels: {name: ops}}}]")).is_empty());
}

#[test]
fn a_namespace_selector_looks_at_labels_of_namespaces_and_not_of_pods() {
    assert!(admitted(&database_from("[{namespaceSelector: {matchLabels: {app: web}}}]")).is_empty());
    assert!(admitted(&database_from("[{podSelector: {matchLabels: {team: retail}}}]")).is_empty());
}

#[test]
fn host_network_pods_are_matched_by_no_selector_and_no_block() {
    let peers = "[{podSelector: {}}, {namespaceSelector: {}}, {ipBlock: {cidr: 0.0.0.0/0}}, {ipBlock: {cidr: '::/0'}}]";
    assert!(!database_from(peers).tcp("shop/agent", "shop/db", 5432));
    assert!(database_from("[]").tcp("shop/agent", "shop/db", 5432));
}

#[test]
fn egress_peers_follow_the_same_rules() {
    let engine = shop(&[
        "{policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}]}]}",
    ]);
    assert!(engine.tcp("shop/db", "shop/web", 80));
    assert!(engine.tcp("shop/db", "ops/web", 80));
    for to in ["ops/probe", "ops/*", "elsewhere", "shop/agent", "203.0.113.1"] {
        assert!(!engine.tcp("shop/db", to, 80), "{to}");
    }
}

#[test]
fn traffic_must_match_both_ports_and_peers_of_one_rule() {
    let engine = shop(&["{podSelector: {matchLabels: {app: db}}, ingress: [
        {from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]},
        {from: [{namespaceSelector: {matchLabels: {team: platform}}}], ports: [{port: 9187}]}]}"]);
    assert!(engine.tcp("shop/web", "shop/db", 5432));
    assert!(!engine.tcp("shop/web", "shop/db", 9187));
    assert!(engine.tcp("ops/probe", "shop/db", 9187));
    assert!(!engine.tcp("ops/probe", "shop/db", 5432));
}
