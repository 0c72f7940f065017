//! What repairs write: policies, rules and their parts, with the names filled in.

use crate::cluster::PresumedAs;
use crate::edit::{self, Change, Edit, Fix, Safety, Value};
use crate::facts::nearest::{Hint, is_only_meaning};
use crate::facts::peers::WrittenSelector;
use crate::facts::volatile::is_volatile_label;
use crate::net::ports::PortSet;
use crate::net::{Direction, Protocol};
use crate::objects::kinds::is_controller_label;
use crate::objects::{NAME_LABEL, NamespaceId, Operator, Requirement, Selector, Workload};
use crate::policy::{NamespaceSet, Peer, PodSet, PortMatch, Ports};
use crate::rules::Context;
use crate::source::Origin;
use crate::text::slip::FAR;
use crate::yaml::{FieldPath, Segment};

/// A label selector of the API. `None` where it asks for what only other dialects can say.
pub(super) fn selector(selector: &Selector) -> Option<Value> {
    let (mut labels, mut expressions) = (Vec::new(), Vec::new());
    for Requirement { key, operator } in selector.requirements() {
        let (word, values) = match operator {
            Operator::In(values) if values.len() == 1 => {
                labels.push((key.as_str(), values.first().map_or("", |value| value.as_str())));
                continue;
            }
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
        expressions.push(Value::map(expression));
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

/// A selector of the namespace of this name.
pub(super) fn namespace_named(name: &str) -> Value {
    Value::map([("matchLabels", Value::labels([(NAME_LABEL, name)]))])
}

/// The peer of a policy in `home` that means these pods. `None` where no peer of the API can.
pub(super) fn peer(context: &Context<'_>, set: &PodSet, home: NamespaceId) -> Option<Value> {
    let mut parts = Vec::new();
    match &set.namespaces {
        NamespaceSet::One(namespace) if *namespace == home => {}
        NamespaceSet::One(namespace) => {
            parts.push(("namespaceSelector", namespace_named(context.cluster().namespace_name(*namespace))));
        }
        NamespaceSet::Matching(namespaces) => parts.push(("namespaceSelector", selector(namespaces)?)),
    }
    if !set.pods.is_empty() || parts.is_empty() {
        parts.push(("podSelector", selector(&set.pods)?));
    }
    set.condition.is_none().then(|| Value::map(parts))
}

/// An item of a rule's ports. `None` where it is none of the API.
pub(super) fn port(port: &PortMatch) -> Option<Value> {
    let of = |protocol: Protocol| ("protocol", Value::from(protocol.to_string()));
    Some(Value::map(match port {
        PortMatch::Protocol(protocol) => vec![of(*protocol)],
        PortMatch::Range { protocol, first, last } if first == last => vec![of(*protocol), ("port", (*first).into())],
        PortMatch::Range { protocol, first, last } => {
            vec![of(*protocol), ("port", (*first).into()), ("endPort", (*last).into())]
        }
        PortMatch::Named { protocol: Some(protocol), name } => vec![of(*protocol), ("port", name.as_str().into())],
        _ => return None,
    }))
}

/// A selector of the pods of a workload by their labels, those left out that change with releases or that a controller
/// sets. `None` where no label is left.
pub(super) fn pods_of(workload: &Workload) -> Option<Value> {
    let is_stable = |key: &str| !is_volatile_label(key) && !is_controller_label(key);
    let labels = workload.pod_labels.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let labels: Vec<_> = labels.filter(|(key, _)| is_stable(key)).collect();
    (!labels.is_empty()).then(|| Value::map([("matchLabels", Value::labels(labels))]))
}

/// The peer of a policy in `home` that means the pods of a workload.
fn peer_of(context: &Context<'_>, workload: &Workload, home: NamespaceId) -> Option<Value> {
    let mut parts = Vec::new();
    let namespace = workload.object.namespace;
    if namespace != home {
        parts.push(("namespaceSelector", namespace_named(context.cluster().namespace_name(namespace))));
    }
    parts.push(("podSelector", pods_of(workload)?));
    Some(Value::map(parts))
}

/// A policy for the pods of one workload that permits them the ports, in these directions, with those of another one.
pub(super) fn policy_between(
    context: &Context<'_>,
    (subject, remote): (&Workload, &Workload),
    directions: &[Direction],
    ports: &PortSet,
) -> Option<Value> {
    let home = subject.object.namespace;
    let listed = ports.ranges().map(|it| PortMatch::Range { protocol: it.protocol, first: it.first, last: it.last });
    let ports = Ports::Of(listed.collect());
    let peer = peer_of(context, remote, home)?;
    let rules = directions.iter().map(|&direction| Some((direction, rule(direction, vec![peer.clone()], &ports)?)));
    let between = match directions {
        [Direction::Egress] => format!("{}-to-{}", subject.object.name, remote.object.name),
        [Direction::Ingress] => format!("{}-from-{}", subject.object.name, remote.object.name),
        _ => format!("{}-members", subject.object.name),
    };
    let name = (home, between.as_str());
    Some(network_policy(context, name, pods_of(subject)?, directions, rules.collect::<Option<_>>()?))
}

/// A fix that adds policies behind a document.
pub(super) fn add_policies(title: &str, behind: &Origin, policies: Vec<Value>) -> Option<Fix> {
    let document = Origin { path: FieldPath::root(), ..behind.clone() };
    let edits = policies.into_iter().map(|policy| Edit { at: document.clone(), change: Change::AddDocument(policy) });
    fix(Safety::Unsafe, title, edits.collect())
}

/// A rule for peers on ports. `None` where no rule of the API says that.
pub(super) fn rule(direction: Direction, peers: Vec<Value>, ports: &Ports) -> Option<Value> {
    let mut parts = vec![(direction.peers_field(), Value::List(peers))];
    if let Ports::Of(list) = ports {
        parts.push(("ports", Value::List(list.iter().map(port).collect::<Option<_>>()?)));
    }
    Some(Value::map(parts))
}

/// An egress rule to the DNS servers of the cluster.
pub(super) fn dns_rule(context: &Context<'_>) -> Option<Value> {
    let servers = context.cluster().presumed.iter();
    let (pod, number) = servers.into_iter().find_map(|pod| match pod.presumed_as {
        PresumedAs::Dns { port } => Some((pod, port)),
        PresumedAs::Replica { .. } | PresumedAs::Example => None,
    })?;
    let labels = pod.labels.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let peer = Value::map([
        ("namespaceSelector", namespace_named(context.cluster().namespace_name(pod.namespace))),
        ("podSelector", Value::map([("matchLabels", Value::labels(labels))])),
    ]);
    let ports = [Protocol::Udp, Protocol::Tcp];
    let ports = ports.map(|protocol| PortMatch::Range { protocol, first: number, last: number });
    rule(Direction::Egress, vec![peer], &Ports::Of(ports.into()))
}

/// A NetworkPolicy: which pods it is for, what it isolates, and the rules of each direction.
pub(super) fn network_policy(
    context: &Context<'_>,
    (namespace, name): (NamespaceId, &str),
    pods: Value,
    types: &[Direction],
    rules: Vec<(Direction, Value)>,
) -> Value {
    let mut metadata = vec![("name", free_name(context, namespace, name).into())];
    if context.cluster().unset_namespace != Some(namespace) {
        metadata.push(("namespace", context.cluster().namespace_name(namespace).into()));
    }
    let kinds = types.iter().map(|direction| direction.policy_type().into()).collect();
    let mut spec = vec![("podSelector", pods), ("policyTypes", kinds)];
    for direction in Direction::BOTH {
        let own: Vec<Value> = rules.iter().filter(|(of, _)| *of == direction).map(|(_, rule)| rule.clone()).collect();
        if !own.is_empty() {
            spec.push((direction.field(), Value::List(own)));
        }
    }
    Value::map([
        ("apiVersion", "networking.k8s.io/v1".into()),
        ("kind", "NetworkPolicy".into()),
        ("metadata", Value::map(metadata)),
        ("spec", Value::map(spec)),
    ])
}

/// The name, or the next one that no policy of the namespace has.
fn free_name(context: &Context<'_>, namespace: NamespaceId, name: &str) -> String {
    const LONGEST: usize = 240;
    let name: String = name.chars().take(LONGEST).collect();
    let policies = &context.cluster().policies;
    let is_taken =
        |name: &str| policies.iter().any(|it| it.object.namespace == namespace && it.object.name.as_str() == name);
    let numbered = (2_u32..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.clone()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
}

/// The changes by which a requirement of a selector asks for this label. It is an entry of `matchLabels`, or an item of
/// `matchExpressions`; `None` where that lists several values.
pub(super) fn relabel(at: Origin, asked: &Requirement, (key, value): (&str, &str)) -> Option<Edit> {
    let is_expression = matches!(at.path.last(), Some(Segment::Index(_)));
    let same_key = asked.key == key;
    let (at, change) = match (&asked.operator, is_expression, same_key) {
        (Operator::In(values), false, true) if values.len() == 1 => (at, Change::Set(value.into())),
        (Operator::In(_), false, false) => (at, Change::Rename(key.to_owned())),
        (Operator::In(values), true, true) if values.len() == 1 => {
            (at.key("values").index(0), Change::Set(value.into()))
        }
        (Operator::In(_) | Operator::Exists, true, false) => (at.key("key"), Change::Set(key.into())),
        _ => return None,
    };
    Some(Edit { at, change })
}

/// What to make of selectors that find no pod: the places where each asks for a label, and the label that is meant.
/// `None` where a guess is not enough to write it down.
pub(super) fn of_hint(
    context: &Context<'_>,
    (namespaces, pods, hint): (&[NamespaceId], &Selector, &Hint<'_>),
    assumed: bool,
    places: &[WrittenSelector<'_>],
) -> Option<Fix> {
    match hint {
        Hint::Slip { distance, requirement, label: (key, value), .. } if *distance < FAR => {
            let edits =
                places.iter().map(|place| relabel(place.requirement(&requirement.key), requirement, (key, value)));
            let is_only = !assumed && is_only_meaning(context.analysis(), namespaces, pods, (key, value));
            let safety = if is_only { Safety::Reference } else { Safety::Unsafe };
            fix(safety, format!("write `{key}: {value}`"), edits.collect::<Option<_>>()?)
        }
        Hint::OnObject { requirement, workload } => {
            let workload = context.workload(*workload)?;
            let value = match &requirement.operator {
                Operator::In(_) => workload.object.labels.get(&requirement.key)?.as_str(),
                _ => return None,
            };
            let key = requirement.key.to_string();
            let title = format!("add `{key}: {value}` to the pod template of `{}`", workload.object.name);
            let add = Change::Insert { key, value: value.into(), after: None };
            Some(Fix::new(Safety::Unsafe, title, workload.labels_origin.clone(), add))
        }
        _ => None,
    }
}

/// An instruction with the YAML that it is about.
pub(super) fn with_yaml(instruction: &str, yaml: &Value) -> String {
    with_documents(instruction, std::slice::from_ref(yaml))
}

/// An instruction with several documents.
pub(super) fn with_documents(instruction: &str, documents: &[Value]) -> String {
    let documents: Vec<String> = documents.iter().map(edit::compact).collect();
    format!("{instruction}:\n{}", documents.join("\n---\n"))
}

/// A fix of several changes that belong together; `None` without any.
pub(super) fn fix(safety: Safety, title: impl Into<String>, edits: Vec<Edit>) -> Option<Fix> {
    (!edits.is_empty()).then(|| Fix { safety, title: title.into(), edits })
}

/// The policy on the other side of a connection that only one side allows: it is for the pods that the `peer` of a rule
/// names, all of which are in `namespace`, and names the pods of `subject` on the rule's ports.
pub(super) fn mirror(
    context: &Context<'_>,
    (namespace, name): (NamespaceId, &str),
    other_side: Direction,
    (peer_of_rule, subject, ports): (&Peer, &PodSet, &Ports),
) -> Option<Value> {
    let Peer::Pods(PodSet { pods, condition: None, .. }) = peer_of_rule else { return None };
    let back = peer(context, subject, namespace)?;
    let rule = rule(other_side, vec![back], ports)?;
    Some(network_policy(context, (namespace, name), selector(pods)?, &[other_side], vec![(other_side, rule)]))
}
