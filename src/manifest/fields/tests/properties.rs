//! What holds for every policy, not only for examples.

use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicySpec};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{check, policy};
use crate::yaml::{from_node, parse, split};

fn selector() -> impl Strategy<Value = Value> {
    let expression = prop_oneof![
        ("[a-z]{1,4}", prop::collection::vec("[a-z0-9]{1,4}", 1..3))
            .prop_map(|(key, values)| json!({"key": key, "operator": "In", "values": values})),
        "[a-z]{1,4}/[a-z]{1,4}".prop_map(|key| json!({"key": key, "operator": "DoesNotExist"})),
    ];
    let labels = prop::collection::btree_map("[a-z]{1,4}", "[a-zA-Z0-9]{0,4}", 0..3);
    prop_oneof![
        Just(json!({})),
        labels.prop_map(|labels| json!({ "matchLabels": labels })),
        prop::collection::vec(expression, 0..3).prop_map(|all| json!({ "matchExpressions": all })),
    ]
}

fn peer() -> impl Strategy<Value = Value> {
    let block = (any::<u8>(), 8_u8..=30).prop_map(|(first, length)| {
        json!({"ipBlock": {"cidr": format!("{first}.0.0.0/{length}"), "except": [format!("{first}.0.0.0/31")]}})
    });
    prop_oneof![
        selector().prop_map(|it| json!({ "podSelector": it })),
        selector().prop_map(|it| json!({ "namespaceSelector": it })),
        (selector(), selector()).prop_map(|(one, two)| json!({"podSelector": one, "namespaceSelector": two})),
        block,
    ]
}

fn port() -> impl Strategy<Value = Value> {
    let protocol = prop::sample::select(vec!["TCP", "UDP", "SCTP"]);
    prop_oneof![
        Just(json!({})),
        (protocol.clone(), 1..=65535).prop_map(|(protocol, port)| json!({"protocol": protocol, "port": port})),
        (1..=60000, 0..=5000).prop_map(|(port, more)| json!({"port": port, "endPort": port + more})),
        (protocol, "[a-z]{1,15}").prop_map(|(protocol, port)| json!({"protocol": protocol, "port": port})),
    ]
}

fn rules(peers: &'static str) -> impl Strategy<Value = Value> {
    let rule = (prop::collection::vec(peer(), 0..3), prop::collection::vec(port(), 0..3));
    prop::collection::vec(rule.prop_map(move |(all, ports)| json!({peers: all, "ports": ports})), 0..3)
        .prop_map(Value::from)
}

fn valid() -> impl Strategy<Value = NetworkPolicy> {
    let types = prop::sample::subsequence(vec!["Ingress", "Egress"], 0..=2);
    (selector(), rules("from"), rules("to"), types).prop_map(|(selector, ingress, egress, types)| {
        let spec = json!({"podSelector": selector, "ingress": ingress, "egress": egress, "policyTypes": types});
        let policy = json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
            "metadata": {"name": "web"}, "spec": spec});
        serde_json::from_value(policy).unwrap()
    })
}

/// Any tree of the words that policies use, right or wrong.
fn any_spec() -> impl Strategy<Value = Value> {
    let words = ["from", "to", "ports", "port", "podSelector", "matchLabels", "ingress", "egress", "ipBlock", "cidr"];
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        Just(json!(1.5)),
        prop::sample::select(vec!["Ingress", "10.0.0.0/8", "", "web"]).prop_map(Value::from),
    ];
    scalar.prop_recursive(6, 40, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(prop::sample::select(words.to_vec()), inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    #[test]
    fn what_the_api_type_writes_is_clean(policy in valid()) {
        let text = serde_json::to_string(&policy).unwrap();
        let (found, rejected) = check(&text);
        prop_assert!(found.is_empty() && !rejected, "{}\n{:#?}", text, found);
    }

    /// The checker and the decoder agree: what does not decode is rejected.
    #[test]
    fn what_does_not_decode_is_rejected(spec in any_spec()) {
        let text = policy(&spec.to_string());
        let document = parse(&text, split(&text)[0]).unwrap();
        let spec = document.root().unwrap().get("spec").unwrap();
        let (found, rejected) = check(&text);
        if let Err(error) = from_node::<NetworkPolicySpec>(spec) {
            prop_assert!(rejected, "{}\n{}", text, error);
            prop_assert!(found.iter().any(|it| it.rule == "invalid-field"), "{}\n{}", text, error);
        }
    }

    #[test]
    fn messages_are_short_enough_to_read(spec in any_spec()) {
        for found in check(&policy(&spec.to_string())).0 {
            prop_assert!(found.message.chars().count() <= 90, "{}", found.message);
            prop_assert!(!found.help.is_empty() && !found.help.ends_with('.'), "{}", found.help);
        }
    }
}
