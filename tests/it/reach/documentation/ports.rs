//! Which ports a rule opens.

use super::{CLUSTER, shop};
use crate::reach::cluster::Protocol;
use crate::reach::engine::Engine;

/// The database's ingress with one rule that has these ports.
fn database_on(ports: &str) -> Engine {
    shop(&[&format!("{{podSelector: {{matchLabels: {{app: db}}}}, ingress: [{{ports: {ports}}}]}}")])
}

/// The egress of all pods of the namespace with one rule that has these ports.
fn egress_on(ports: &str) -> Engine {
    shop(&[&format!("{{policyTypes: [Egress], egress: [{{ports: {ports}}}]}}")])
}

#[test]
fn empty_or_missing_ports_match_all_ports_of_all_protocols() {
    for ports in ["[]", "null", ""] {
        let engine = database_on(ports);
        for protocol in Protocol::ALL {
            for port in [1, 5432, 65535] {
                assert!(engine.connects("shop/web", "shop/db", protocol, port), "{ports} {protocol:?} {port}");
            }
        }
    }
}

#[test]
fn the_protocol_defaults_to_tcp() {
    for ports in ["[{port: 5432}]", "[{port: 5432, protocol: null}]", "[{port: 5432, protocol: TCP}]"] {
        let engine = database_on(ports);
        assert!(engine.tcp("shop/web", "shop/db", 5432), "{ports}");
        assert!(!engine.udp("shop/web", "shop/db", 5432), "{ports}");
        assert!(!engine.connects("shop/web", "shop/db", Protocol::Sctp, 5432), "{ports}");
    }
}

#[test]
fn a_port_entry_without_port_matches_all_ports_of_its_protocol() {
    for ports in ["[{protocol: UDP}]", "[{protocol: UDP, port: null}]"] {
        let engine = database_on(ports);
        assert!(engine.udp("shop/web", "shop/db", 1), "{ports}");
        assert!(engine.udp("shop/web", "shop/db", 65535), "{ports}");
        assert!(!engine.tcp("shop/web", "shop/db", 1), "{ports}");
    }
}

#[test]
fn an_empty_port_entry_matches_all_of_tcp_and_nothing_else() {
    for ports in ["[{}]", "[null]"] {
        let engine = database_on(ports);
        assert!(engine.tcp("shop/web", "shop/db", 5432), "{ports}");
        assert!(!engine.udp("shop/web", "shop/db", 5432), "{ports}");
    }
}

#[test]
fn items_of_the_port_list_are_ored() {
    let engine = database_on("[{port: 5432}, {port: 53, protocol: UDP}]");
    assert!(engine.tcp("shop/web", "shop/db", 5432));
    assert!(engine.udp("shop/web", "shop/db", 53));
    assert!(!engine.tcp("shop/web", "shop/db", 53));
    assert!(!engine.udp("shop/web", "shop/db", 5432));
}

#[test]
fn a_port_that_no_container_declares_is_open_all_the_same() {
    assert!(database_on("[{port: 7777}]").tcp("shop/web", "shop/db", 7777));
    assert!(shop(&[]).tcp("shop/web", "shop/db", 7777));
}

#[test]
fn the_range_from_port_to_end_port_is_inclusive() {
    let engine = database_on("[{port: 5000, endPort: 6000}]");
    for (port, open) in [(4999, false), (5000, true), (5500, true), (6000, true), (6001, false)] {
        assert_eq!(engine.tcp("shop/web", "shop/db", port), open, "{port}");
    }
    assert!(!engine.udp("shop/web", "shop/db", 5500));
}

#[test]
fn an_end_port_equal_to_port_is_one_port_and_a_null_one_is_none() {
    for ports in ["[{port: 5432, endPort: 5432}]", "[{port: 5432, endPort: null}]"] {
        let engine = database_on(ports);
        assert!(engine.tcp("shop/web", "shop/db", 5432), "{ports}");
        assert!(!engine.tcp("shop/web", "shop/db", 5433), "{ports}");
        assert!(!engine.tcp("shop/web", "shop/db", 5431), "{ports}");
    }
    assert!(database_on("[{port: 1, endPort: 65535}]").tcp("shop/web", "shop/db", 65535));
}

#[test]
fn a_named_port_of_an_ingress_rule_is_one_of_the_selected_pod() {
    let engine = database_on("[{port: sql}]");
    assert!(engine.tcp("shop/web", "shop/db", 5432));
    assert!(!engine.tcp("shop/web", "shop/db", 9187));
    assert!(!database_on("[{port: http}]").tcp("shop/web", "shop/db", 8080), "the source's name counts for nothing");
}

#[test]
fn a_named_port_is_resolved_by_name_and_protocol() {
    let engine = database_on("[{port: sql, protocol: UDP}]");
    assert!(engine.udp("shop/web", "shop/db", 5433));
    assert!(!engine.udp("shop/web", "shop/db", 5432));
    assert!(!engine.tcp("shop/web", "shop/db", 5432));
    assert!(!engine.tcp("shop/web", "shop/db", 5433));
}

#[test]
fn a_named_port_has_its_own_number_on_each_selected_pod() {
    let text = format!(
        "{CLUSTER}---
apiVersion: v1
kind: Pod
metadata: {{name: api, namespace: shop, labels: {{app: api}}}}
spec: {{containers: [{{name: api, image: example, ports: [{{name: http, containerPort: 80}}]}}]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: http, namespace: shop}}
spec: {{podSelector: {{}}, ingress: [{{ports: [{{port: http}}]}}]}}
"
    );
    let engine = Engine::read(&text);
    for (to, port, open) in
        [("shop/api", 80, true), ("shop/api", 8080, false), ("shop/web", 8080, true), ("shop/web", 80, false)]
    {
        assert_eq!(engine.tcp("ops/probe", to, port), open, "{to} {port}");
    }
}

#[test]
fn a_named_port_of_an_egress_rule_is_resolved_on_each_destination() {
    let engine = egress_on("[{port: http}]");
    assert!(engine.tcp("shop/db", "shop/web", 8080));
    assert!(!engine.tcp("shop/db", "shop/web", 9090));
    assert!(engine.tcp("shop/db", "ops/web", 9090));
    assert!(!engine.tcp("shop/db", "ops/web", 8080));
    assert!(!engine.tcp("shop/web", "shop/db", 8080), "the source's name counts for nothing");
}

#[test]
fn a_named_port_matches_nothing_where_no_pod_has_it() {
    let engine = egress_on("[{port: http}]");
    for to in ["ops/probe", "ops/*", "elsewhere", "203.0.113.1", "shop/agent"] {
        for port in [80, 8080, 9090] {
            assert!(!engine.tcp("shop/db", to, port), "{to} {port}");
        }
    }
}

#[test]
fn policies_see_the_port_of_the_pod_and_not_of_the_service() {
    let text = |port: u16| {
        format!(
            "{CLUSTER}---
apiVersion: v1
kind: Service
metadata: {{name: web, namespace: shop}}
spec: {{selector: {{app: web}}, ports: [{{port: 80, targetPort: 8080}}]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: db, namespace: shop}}
spec: {{podSelector: {{matchLabels: {{app: db}}}}, policyTypes: [Egress], egress: [{{ports: [{{port: {port}}}]}}]}}
"
        )
    };
    assert!(!Engine::read(&text(80)).tcp("shop/db", "shop/web", 8080));
    assert!(Engine::read(&text(8080)).tcp("shop/db", "shop/web", 8080));
}
