//! ipBlock peers.

use super::shop;
use crate::reach::engine::Engine;

/// The database's ingress with these peers.
fn database_from(peers: &str) -> Engine {
    shop(&[&format!("{{podSelector: {{matchLabels: {{app: db}}}}, ingress: [{{from: {peers}}}]}}")])
}

fn check(engine: &Engine, expected: &[(&str, bool)]) {
    for &(address, admitted) in expected {
        assert_eq!(engine.tcp(address, "shop/db", 5432), admitted, "{address}");
    }
}

#[test]
fn a_block_matches_its_first_and_last_address_and_none_beside_them() {
    check(
        &database_from("[{ipBlock: {cidr: 192.0.2.0/24}}]"),
        &[("192.0.1.255", false), ("192.0.2.0", true), ("192.0.2.255", true), ("192.0.3.0", false)],
    );
}

#[test]
fn a_block_of_one_address_matches_that_address() {
    check(
        &database_from("[{ipBlock: {cidr: 192.0.2.7/32}}]"),
        &[("192.0.2.6", false), ("192.0.2.7", true), ("192.0.2.8", false)],
    );
    check(&database_from("[{ipBlock: {cidr: '2001:db8::7/128'}}]"), &[("2001:db8::7", true), ("2001:db8::8", false)]);
}

#[test]
fn except_takes_addresses_out_of_its_block() {
    check(
        &database_from("[{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.1.2.0/24, 10.255.255.255/32]}}]"),
        &[
            ("10.0.255.255", true),
            ("10.1.0.0", false),
            ("10.1.2.3", false),
            ("10.1.255.255", false),
            ("10.2.0.0", true),
            ("10.255.255.254", true),
            ("10.255.255.255", false),
        ],
    );
}

#[test]
fn except_takes_nothing_out_of_another_block() {
    check(
        &database_from("[{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}, {ipBlock: {cidr: 10.1.2.0/24}}]"),
        &[("10.1.1.255", false), ("10.1.2.0", true), ("10.1.2.255", true), ("10.1.3.0", false)],
    );
}

#[test]
fn an_empty_or_null_except_takes_nothing_out() {
    for except in ["[]", "null", ""] {
        let engine = database_from(&format!("[{{ipBlock: {{cidr: 10.0.0.0/8, except: {except}}}}}]"));
        check(&engine, &[("10.0.0.0", true), ("10.255.255.255", true), ("11.0.0.0", false)]);
    }
}

#[test]
fn the_whole_of_ipv4_holds_no_ipv6_address() {
    check(
        &database_from("[{ipBlock: {cidr: 0.0.0.0/0}}]"),
        &[("0.0.0.0", true), ("255.255.255.255", true), ("::", false), ("2001:db8::1", false), ("::a00:1", false)],
    );
}

#[test]
fn the_whole_of_ipv6_holds_no_ipv4_address() {
    check(
        &database_from("[{ipBlock: {cidr: '::/0'}}]"),
        &[("::", true), ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true), ("10.0.0.1", false)],
    );
}

#[test]
fn a_block_matches_no_pod() {
    let engine = database_from("[{ipBlock: {cidr: 0.0.0.0/0}}, {ipBlock: {cidr: '::/0'}}]");
    for from in ["shop/web", "shop/*", "ops/probe", "ops/*", "elsewhere", "ingress-controller"] {
        assert!(!engine.tcp(from, "shop/db", 5432), "{from}");
    }
}

#[test]
fn egress_to_a_block_reaches_addresses_and_no_pod() {
    let engine = shop(&[
        "{policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.128/25]}}]}]}",
    ]);
    for (to, open) in [
        ("203.0.112.255", false),
        ("203.0.113.0", true),
        ("203.0.113.127", true),
        ("203.0.113.128", false),
        ("203.0.113.255", false),
        ("shop/db", false),
        ("ops/probe", false),
    ] {
        assert_eq!(engine.tcp("shop/web", to, 443), open, "{to}");
    }
}

#[test]
fn no_selector_matches_an_external_address() {
    let engine =
        database_from("[{podSelector: {}}, {namespaceSelector: {}}, {namespaceSelector: {}, podSelector: {}}]");
    check(&engine, &[("203.0.113.1", false), ("2001:db8::1", false), ("10.0.0.1", false)]);
}
