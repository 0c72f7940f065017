//! What repairs write: policies, rules and their parts, with the names filled in.

mod admit;
mod allow;

use crate::cluster::PresumedAs;
use crate::edit::{self, Change, Edit, Fix, Safety, Value};
use crate::facts::nearest::{Hint, is_only_meaning};
use crate::facts::peers::WrittenSelector;
use crate::facts::volatile::is_volatile_label;
use crate::net::{Direction, Protocol};
use crate::objects::kinds::is_controller_label;
use crate::objects::{Labels, NamespaceId, Operator, Requirement, Selector};
use crate::policy::dialect::network_policy::manifest;
pub(super) use crate::policy::dialect::network_policy::manifest::{namespace_named, port, selector};
use crate::policy::{NamespaceSet, Peer, PodSet, PortMatch, Ports};
use crate::rules::Context;
use crate::source::Origin;
use crate::text::slip::FAR;
use crate::yaml::{FieldPath, Segment};
pub(super) use admit::{Admitted, POLICIES, admit};
pub(super) use allow::{Allow, Far, policy, policy_between};

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

/// The labels of pods by which a policy can name them: those left out that change with releases or that a controller
/// sets. `None` where no label is left.
pub(super) fn lasting(labels: &Labels) -> Option<Labels> {
    let is_lasting = |key: &str| !is_volatile_label(key) && !is_controller_label(key);
    let kept: Labels =
        labels.iter().filter(|(key, _)| is_lasting(key)).map(|(key, value)| (key.clone(), value.clone())).collect();
    (!kept.is_empty()).then_some(kept)
}

/// A fix that adds policies behind a document.
pub(super) fn add_policies(title: &str, behind: &Origin, policies: Vec<Value>) -> Option<Fix> {
    let document = Origin { path: FieldPath::root(), ..behind.clone() };
    let edits = policies.into_iter().map(|policy| Edit { at: document.clone(), change: Change::AddDocument(policy) });
    fix(Safety::Unsafe, title, edits.collect())
}

/// A rule for peers on ports. `None` where no rule of the API says that.
pub(super) fn rule(direction: Direction, peers: Vec<Value>, ports: &Ports) -> Option<Value> {
    let ports = match ports {
        Ports::All => None,
        Ports::Of(list) => Some(list.iter().map(port).collect::<Option<Vec<Value>>>()?),
    };
    Some(manifest::rule(direction, peers, ports))
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
    manifest::manifest((&free_name(context, namespace, name), home(context, namespace)), pods, types, rules)
}

/// What a manifest says of its namespace: nothing where the input leaves that to whoever applies it.
fn home<'m>(context: &Context<'m>, namespace: NamespaceId) -> Option<&'m str> {
    let cluster = context.cluster();
    (cluster.unset_namespace != Some(namespace)).then(|| cluster.namespace_name(namespace))
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

/// An instruction with policies that carry it out.
pub(super) fn with_policies(instruction: &str, policies: &[Value]) -> String {
    let what = if policies.len() == 1 { "this policy" } else { "these policies" };
    with_documents(&format!("{instruction}, for example with {what}"), policies)
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
