//! What holds for every policy, not only for examples.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::check;

fn selector() -> impl Strategy<Value = Value> {
    let expression = prop_oneof![
        ("[a-z]{1,4}", prop::collection::vec("[a-z0-9]{1,4}", 1..3))
            .prop_map(|(key, values)| json!({"key": key, "operator": "NotIn", "values": values})),
        "[a-z]{1,4}/[a-z]{1,4}".prop_map(|key| json!({"key": key, "operator": "Exists"})),
    ];
    let labels = prop::collection::btree_map("[a-z]{1,4}", "[a-zA-Z0-9]{0,4}", 0..3);
    prop_oneof![
        Just(json!({})),
        labels.prop_map(|labels| json!({ "matchLabels": labels })),
        prop::collection::vec(expression, 0..3).prop_map(|all| json!({ "matchExpressions": all })),
    ]
}

fn pods() -> impl Strategy<Value = Value> {
    prop_oneof![
        selector().prop_map(|it| json!({ "namespaces": it })),
        (selector(), selector()).prop_map(|(one, two)| json!({"pods": {"namespaceSelector": one, "podSelector": two}})),
    ]
}

/// A peer of an egress rule; `domains` where the kind has domain names.
fn peer(domains: bool) -> impl Strategy<Value = Value> {
    let networks = prop::collection::btree_set((any::<u8>(), 8_u8..=32), 1..4).prop_map(|blocks| {
        let blocks: Vec<String> = blocks.into_iter().map(|(first, length)| format!("{first}.0.0.0/{length}")).collect();
        json!({ "networks": blocks })
    });
    let names = prop::collection::btree_set("(\\*\\.)?([a-z][a-z0-9]{0,5}\\.){1,3}[a-z]{2,4}\\.?", 1..4);
    prop_oneof![
        4 => pods(),
        1 => networks,
        1 => selector().prop_map(|it| json!({ "nodes": it })),
        u32::from(domains) => names.prop_map(|names| json!({ "domainNames": names })),
    ]
}

fn port(cluster: bool) -> impl Strategy<Value = Value> {
    let protocol = prop::sample::select(vec!["TCP", "UDP", "SCTP"]);
    (protocol, 1..60000, 1..=5000, any::<bool>()).prop_map(move |(protocol, start, more, single)| {
        let end = start + more;
        match (cluster, single) {
            (true, true) => json!({protocol.to_lowercase(): {"destinationPort": {"number": start}}}),
            (true, false) => {
                json!({protocol.to_lowercase(): {"destinationPort": {"range": {"start": start, "end": end}}}})
            }
            (false, true) => json!({"portNumber": {"protocol": protocol, "port": start}}),
            (false, false) => json!({"portRange": {"protocol": protocol, "start": start, "end": end}}),
        }
    })
}

fn rules(peers: &'static str, peer: impl Strategy<Value = Value>, kind: &'static Kind) -> impl Strategy<Value = Value> {
    let action = prop::sample::select(kind.actions);
    let ports = prop::option::of(prop::collection::vec(port(kind.is_cluster), 1..3));
    let rule = (action, prop::collection::vec(peer, 1..4), ports).prop_map(move |(action, all, ports)| {
        let mut rule = json!({"action": action, peers: all});
        if let Some(ports) = ports {
            rule[if kind.is_cluster { "protocols" } else { "ports" }] = json!(ports);
        }
        rule
    });
    prop::collection::vec(rule, 0..4).prop_map(Value::from)
}

/// What the three kinds differ in.
struct Kind {
    kind: &'static str,
    version: &'static str,
    is_cluster: bool,
    actions: &'static [&'static str],
}

static KINDS: [Kind; 4] = [
    Kind { kind: "ClusterNetworkPolicy", version: "v1beta1", is_cluster: true, actions: &["Accept", "Deny", "Pass"] },
    Kind { kind: "ClusterNetworkPolicy", version: "v1alpha2", is_cluster: true, actions: &["Accept", "Deny", "Pass"] },
    Kind { kind: "AdminNetworkPolicy", version: "v1alpha1", is_cluster: false, actions: &["Allow", "Deny", "Pass"] },
    Kind { kind: "BaselineAdminNetworkPolicy", version: "v1alpha1", is_cluster: false, actions: &["Allow", "Deny"] },
];

fn valid() -> impl Strategy<Value = Value> {
    (0..KINDS.len()).prop_flat_map(|index| {
        let kind = &KINDS[index];
        let is_baseline = kind.kind == "BaselineAdminNetworkPolicy";
        let rules = (rules("from", pods(), kind), rules("to", peer(!is_baseline), kind));
        (pods(), 0..=1000, any::<bool>(), rules).prop_map(move |(subject, priority, first, (ingress, egress))| {
            let mut spec = json!({"subject": subject, "ingress": ingress, "egress": egress});
            if !is_baseline {
                spec["priority"] = json!(priority);
            }
            if kind.is_cluster {
                spec["tier"] = json!(if first { "Admin" } else { "Baseline" });
            }
            json!({"apiVersion": format!("policy.networking.k8s.io/{}", kind.version), "kind": kind.kind,
                "metadata": {"name": "default"}, "spec": spec})
        })
    })
}

/// Any tree of the words that these kinds use, right or wrong.
fn any_spec() -> impl Strategy<Value = Value> {
    let words = [
        "from",
        "to",
        "ports",
        "protocols",
        "tcp",
        "destinationPort",
        "number",
        "range",
        "pods",
        "namespaces",
        "subject",
        "podSelector",
        "matchLabels",
        "ingress",
        "egress",
        "networks",
        "action",
        "tier",
        "priority",
        "portNumber",
    ];
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        Just(json!(1.5)),
        prop::sample::select(vec!["Admin", "Deny", "10.0.0.0/8", "", "web"]).prop_map(Value::from),
    ];
    scalar.prop_recursive(6, 40, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(prop::sample::select(words.to_vec()), inner, 0..5).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    #[test]
    fn valid_policies_are_taken(policy in valid()) {
        let text = policy.to_string();
        let (found, rejected) = check(&text);
        prop_assert!(!rejected, "{}\n{:#?}", text, found);
        prop_assert!(found.iter().all(|found| found.rule == "unchecked-value"), "{}\n{:#?}", text, found);
    }

    /// Nothing is rejected without a finding that says so.
    #[test]
    fn what_is_rejected_is_reported(spec in any_spec(), kind in 0..KINDS.len()) {
        let kind = &KINDS[kind];
        let policy = json!({"apiVersion": format!("policy.networking.k8s.io/{}", kind.version), "kind": kind.kind,
            "metadata": {"name": "default"}, "spec": spec});
        let text = policy.to_string();
        let (found, rejected) = check(&text);
        prop_assert_eq!(rejected, found.iter().any(|found| found.rule == "invalid-field"), "{}\n{:#?}", text, found);
        for found in found {
            prop_assert!(found.message.chars().count() <= 90, "{}", found.message);
            prop_assert!(!found.help.is_empty() && !found.help.ends_with('.'), "{}", found.help);
        }
    }
}
