//! NetworkPolicies and their parts as values to write, in the order of the API reference.

use ipnet::IpNet;

use crate::edit::Value;
use crate::net::ports::{PortRange, PortSet};
use crate::net::{Direction, Protocol};
use crate::objects::{NAME_LABEL, Operator, Requirement, Selector};
use crate::policy::PortMatch;

/// A label selector of the API. `None` where it asks for what only other dialects can say.
pub(crate) fn selector(selector: &Selector) -> Option<Value> {
    let (mut labels, mut expressions) = (Vec::new(), Vec::new());
    for requirement in selector.requirements() {
        match &requirement.operator {
            Operator::In(values) if values.len() == 1 => {
                let value = values.first().map_or("", |value| value.as_str());
                labels.push((requirement.key.as_str(), value));
            }
            _ => expressions.push(expression(requirement)?),
        }
    }
    let mut parts = Vec::new();
    if !labels.is_empty() {
        parts.push(("matchLabels", Value::labels(labels)));
    }
    if !expressions.is_empty() {
        parts.push(("matchExpressions", Value::List(expressions)));
    }
    Some(Value::map(parts))
}

/// The same, without `matchLabels`: kustomize adds the labels of a kustomization to those.
pub(crate) fn expressions(selector: &Selector) -> Option<Value> {
    let list: Option<Vec<Value>> = selector.requirements().iter().map(expression).collect();
    Some(Value::map([("matchExpressions", Value::List(list?))]))
}

fn expression(Requirement { key, operator }: &Requirement) -> Option<Value> {
    let (word, values) = match operator {
        Operator::In(values) => ("In", values.as_slice()),
        Operator::NotIn(values) => ("NotIn", values.as_slice()),
        Operator::Exists => ("Exists", &[][..]),
        Operator::DoesNotExist => ("DoesNotExist", &[][..]),
        Operator::StartsWith(_) | Operator::EndsWith(_) | Operator::Contains(_) => return None,
    };
    let mut expression = vec![("key", key.as_str().into()), ("operator", word.into())];
    if !values.is_empty() {
        expression.push(("values", values.iter().map(|value| value.as_str().into()).collect()));
    }
    Some(Value::map(expression))
}

/// A selector of the namespace of this name.
pub(crate) fn namespace_named(name: &str) -> Value {
    Value::map([("matchLabels", Value::labels([(NAME_LABEL, name)]))])
}

/// A peer of addresses.
pub(crate) fn block(cidr: &IpNet, except: &[IpNet]) -> Value {
    let mut parts = vec![("cidr", cidr.to_string().into())];
    if !except.is_empty() {
        parts.push(("except", except.iter().map(|hole| hole.to_string().into()).collect()));
    }
    Value::map([("ipBlock", Value::map(parts))])
}

/// An item of a rule's ports. `None` where it is none of the API.
pub(crate) fn port(port: &PortMatch) -> Option<Value> {
    let of = |protocol: Protocol| ("protocol", Value::from(protocol.to_string()));
    Some(Value::map(match port {
        PortMatch::Protocol(protocol) => vec![of(*protocol)],
        PortMatch::Range { protocol, first: 1, last: u16::MAX } => vec![of(*protocol)],
        PortMatch::Range { protocol, first, last } if first == last => vec![of(*protocol), ("port", (*first).into())],
        PortMatch::Range { protocol, first, last } => {
            vec![of(*protocol), ("port", (*first).into()), ("endPort", (*last).into())]
        }
        PortMatch::Named { protocol: Some(protocol), name } => vec![of(*protocol), ("port", name.as_str().into())],
        _ => return None,
    }))
}

/// The items of a rule's ports.
pub(crate) fn ports(ports: &PortSet) -> Vec<Value> {
    let range = |PortRange { protocol, first, last }| port(&PortMatch::Range { protocol, first, last });
    ports.ranges().filter_map(range).collect()
}

/// A rule: without `peers` for everyone, and without `ports` for all of them.
pub(crate) fn rule(direction: Direction, peers: Vec<Value>, ports: Option<Vec<Value>>) -> Value {
    let mut parts = Vec::new();
    if !peers.is_empty() {
        parts.push((direction.peers_field(), Value::List(peers)));
    }
    parts.extend(ports.map(|ports| ("ports", Value::List(ports))));
    Value::map(parts)
}

/// A NetworkPolicy: which pods it is for, what it isolates, and the rules of each direction.
pub(crate) fn manifest(
    (name, namespace): (&str, Option<&str>),
    pods: Value,
    types: &[Direction],
    rules: Vec<(Direction, Value)>,
) -> Value {
    let kinds = types.iter().map(|direction| direction.policy_type().into()).collect();
    let mut spec = vec![("podSelector", pods), ("policyTypes", kinds)];
    let mut lists = Direction::BOTH.map(|direction| (direction, Vec::new()));
    for (of, rule) in rules {
        lists.iter_mut().filter(|(direction, _)| *direction == of).for_each(|(_, list)| list.push(rule.clone()));
    }
    spec.extend(
        lists
            .into_iter()
            .filter(|(_, list)| !list.is_empty())
            .map(|(direction, list)| (direction.field(), Value::List(list))),
    );
    object("networking.k8s.io/v1", "NetworkPolicy", (name, namespace), Value::map(spec))
}

/// An object with a specification.
pub(crate) fn object(version: &str, kind: &str, (name, namespace): (&str, Option<&str>), spec: Value) -> Value {
    let mut metadata = vec![("name", name.into())];
    metadata.extend(namespace.map(|namespace| ("namespace", namespace.into())));
    Value::map([
        ("apiVersion", version.into()),
        ("kind", kind.into()),
        ("metadata", Value::map(metadata)),
        ("spec", spec),
    ])
}
