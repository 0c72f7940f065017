//! What of the ends changed that policies see: labels, ports, the network of the node, accounts.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::aspect::{Items, changed};
use crate::diff::change::{Cause, End};
use crate::diff::matching::Matched;
use crate::diff::side::{Both, Side};
use crate::net::{Direction, Protocol};
use crate::objects::{LabelValue, NAME_LABEL, Namespace, NamespaceId, Operator, Workload};
use crate::policy::{Attribute, NamespaceSet, Peer, PodSet, PolicyObject, PortMatch, RuleRef};
use crate::source::Place;

/// The account of pods that name none.
const DEFAULT_ACCOUNT: &str = "default";

/// The attributes of both ends that a policy of a state, or a rule of it, asks for and that differ.
pub(super) fn changed_attributes(items: &Items<'_>, policy: &PolicyObject, rule: Option<RuleRef>) -> Vec<Cause> {
    let mut asked = Asked::default();
    asked.add(&policy.policy.subject);
    let mut causes = of_end(items, items.subject, &asked);
    let Some((rule, remote)) = rule.zip(items.remote) else { return causes };
    let Some(written) = policy.policy.rules(rule.direction).get(rule.index) else { return causes };
    let (mut asked, mut of_subject) = (Asked::default(), Asked::default());
    for peer in written.peers.listed() {
        asked.add_peer(peer);
    }
    written.subject.as_deref().into_iter().for_each(|peer| of_subject.add_peer(peer));
    causes.extend(of_end(items, remote, &asked));
    causes.extend(of_end(items, items.subject, &of_subject));
    let destination = match items.direction {
        Direction::Ingress => items.subject,
        Direction::Egress => remote,
    };
    for port in written.ports.listed() {
        if let PortMatch::Named { name, .. } = port {
            causes.extend(of_port(items, destination, name));
        }
    }
    causes
}

/// What selectors ask of an end.
#[derive(Default)]
struct Asked {
    labels: BTreeSet<SmolStr>,
    namespace_labels: BTreeSet<SmolStr>,
    /// The names of namespaces that are asked for.
    namespaces: BTreeSet<SmolStr>,
    account: bool,
}

impl Asked {
    fn add(&mut self, set: &PodSet) {
        self.labels.extend(set.pods.requirements().iter().map(|it| it.key.clone()));
        if let NamespaceSet::Matching(selector) = &set.namespaces {
            for requirement in selector.requirements() {
                self.namespace_labels.insert(requirement.key.clone());
                if let (NAME_LABEL, Operator::In(names)) = (requirement.key.as_str(), &requirement.operator) {
                    self.namespaces.extend(names.iter().cloned());
                }
            }
        }
        if let Some(condition) = &set.condition {
            condition.visit(&mut |attribute, _| match attribute {
                Attribute::Label(key) => drop(self.labels.insert(key.clone())),
                Attribute::NamespaceLabel(key) => drop(self.namespace_labels.insert(key.clone())),
                Attribute::ServiceAccountName | Attribute::ServiceAccountLabel(_) => self.account = true,
            });
        }
    }

    fn add_peer(&mut self, peer: &Peer) {
        peer.visit(&mut |leaf| {
            if let Peer::Pods(set) = leaf {
                self.add(set);
            }
        });
    }
}

fn of_end(items: &Items<'_>, end: &Matched, asked: &Asked) -> Vec<Cause> {
    let mut causes = of_namespace(items, end, asked);
    let workloads = Both::made(|side| items.matching.workload(side, end));
    let (Some(base), Some(head)) = (workloads.base, workloads.head) else { return causes };
    for key in &asked.labels {
        let values = [base.label(key), head.label(key)];
        let [before, after] = &values;
        if before != after {
            let place = match after {
                LabelValue::Absent => head.labels_origin.clone().value(),
                _ => head.labels_origin.key(key.to_string()).entry(),
            };
            causes.push(changed(Side::Head, place, label_message(key, before, after)));
        }
    }
    if base.host_network != head.host_network {
        let message = match head.host_network {
            true => "the pods are now on the network of their node, where no policy applies",
            false => "the pods are no longer on the network of their node, so that policies apply",
        };
        let place = match head.host_network {
            true => head.spec_origin.key("hostNetwork").entry(),
            false => head.object.name_place(),
        };
        causes.push(changed(Side::Head, place, message.to_owned()));
    }
    if asked.account && base.service_account != head.service_account {
        let name = head.service_account.as_deref().unwrap_or(DEFAULT_ACCOUNT);
        let place = head.spec_origin.key("serviceAccountName").entry();
        causes.push(changed(Side::Head, place, format!("the ServiceAccount is now `{name}`")));
    }
    causes
}

fn label_message(key: &str, before: &LabelValue<'_>, after: &LabelValue<'_>) -> String {
    match (before, after) {
        (LabelValue::Is(before), LabelValue::Is(after)) => format!("label `{key}` is now `{after}`, it was `{before}`"),
        (LabelValue::Absent, _) => format!("label `{key}` is new"),
        (LabelValue::Is(before), LabelValue::Absent) => format!("label `{key}: {before}` is removed"),
        (_, LabelValue::Absent) => format!("label `{key}` is removed"),
        _ => format!("label `{key}` is now another one"),
    }
}

/// The namespace of an end in a state, if that knows it.
fn namespace<'m>(items: &Items<'m>, end: &Matched, side: Side) -> Option<&'m Namespace> {
    let namespaces = &items.matching.analyses.of(side).cluster().namespaces;
    match &*end.end {
        End::Workload(_) => namespaces.get(items.matching.workload(side, end)?.object.namespace.0 as usize),
        End::AnyPod(Some(name)) => namespaces.iter().find(|it| it.name == name.as_str()),
        _ => None,
    }
}

fn of_namespace(items: &Items<'_>, end: &Matched, asked: &Asked) -> Vec<Cause> {
    if *end.end == End::AnyPod(None) {
        return asked.namespaces.iter().filter_map(|name| of_known_namespace(items, name)).collect();
    }
    let namespaces = Both::made(|side| namespace(items, end, side));
    let manifest = |side: Side| namespaces.of(side).and_then(|it| it.manifest.as_ref());
    if let (End::AnyPod(Some(name)), [before, after]) = (&*end.end, Side::BOTH.map(manifest))
        && before.is_some() != after.is_some()
    {
        let side = if after.is_some() { Side::Head } else { Side::Base };
        let message = match side {
            Side::Head => format!("namespace `{name}` is new"),
            Side::Base => format!("namespace `{name}` is removed"),
        };
        let place = before.or(after).map(|manifest| manifest.keys(["metadata", "name"]).value());
        return place.map(|place| changed(side, place, message)).into_iter().collect();
    }
    let (Some(base), Some(head)) = (namespaces.base, namespaces.head) else { return Vec::new() };
    let name = &head.name;
    let place_in = |namespace: &Namespace, key: &SmolStr| -> Option<Place> {
        let labels = namespace.manifest.as_ref()?.keys(["metadata", "labels"]);
        Some(if namespace.labels.contains_key(key) { labels.key(key.to_string()).entry() } else { labels.value() })
    };
    let mut causes = Vec::new();
    for key in &asked.namespace_labels {
        let values = [base.labels.get(key), head.labels.get(key)];
        let [before, after] = values;
        if before == after && base.manifest.is_some() == head.manifest.is_some() {
            continue;
        }
        let message = match (before, after) {
            (Some(before), Some(after)) if before != after => {
                format!("label `{key}` of namespace `{name}` is now `{after}`, it was `{before}`")
            }
            (None, Some(_)) => format!("label `{key}` of namespace `{name}` is new"),
            (Some(before), None) => format!("label `{key}: {before}` of namespace `{name}` is removed"),
            _ => format!("only one state shows the labels of namespace `{name}`"),
        };
        let place = match place_in(head, key) {
            Some(place) => Some((Side::Head, place)),
            None => place_in(base, key).map(|place| (Side::Base, place)),
        };
        causes.extend(place.map(|(side, place)| changed(side, place, message)));
    }
    causes
}

/// A namespace that only one state knows: in the other one, a pod that the input does not show may be of it.
fn of_known_namespace(items: &Items<'_>, name: &str) -> Option<Cause> {
    let place = |side: Side| {
        let analysis = items.matching.analyses.of(side);
        let cluster = analysis.cluster();
        let index = cluster.namespaces.iter().position(|it| it.name == name)?;
        let manifest = cluster.namespaces.get(index)?.manifest.as_ref();
        let id = NamespaceId(u32::try_from(index).ok()?);
        let mut objects = cluster.objects().filter(|object| object.namespace == id);
        let place = manifest.map(|manifest| manifest.keys(["metadata", "name"]).value());
        place.or_else(|| objects.next().map(|object| object.name_place()))
    };
    match (place(Side::Base), place(Side::Head)) {
        (None, Some(place)) => Some(changed(Side::Head, place, format!("namespace `{name}` is now in the input"))),
        (Some(place), None) => Some(changed(Side::Base, place, format!("namespace `{name}` was in the input"))),
        _ => None,
    }
}

/// The ports that pods have under a name, where they differ.
fn of_port(items: &Items<'_>, destination: &Matched, name: &str) -> Vec<Cause> {
    let workloads = Both::made(|side| items.matching.workload(side, destination));
    let (Some(base), Some(head)) = (workloads.base, workloads.head) else { return Vec::new() };
    let named = |workload: &Workload| -> BTreeSet<(Protocol, u16)> {
        let ports = workload.containers.iter().flat_map(|it| &it.ports);
        ports.filter(|port| port.name.as_deref() == Some(name)).map(|port| (port.protocol, port.port)).collect()
    };
    let (before, after) = (named(base), named(head));
    let shown = |ports: &BTreeSet<(Protocol, u16)>| {
        ports.iter().map(|(protocol, port)| format!("{protocol} {port}")).collect::<Vec<_>>().join(", ")
    };
    let place = |workload: &Workload| {
        let mut ports = workload.containers.iter().flat_map(|it| &it.ports);
        ports.find(|port| port.name.as_deref() == Some(name)).map(|port| port.origin.clone().entry())
    };
    if before == after {
        return Vec::new();
    }
    let (side, place, message) = match (place(base), place(head)) {
        (_, Some(place)) if before.is_empty() => (Side::Head, place, format!("a port is now named `{name}`")),
        (_, Some(place)) => {
            (Side::Head, place, format!("port `{name}` is now {}, it was {}", shown(&after), shown(&before)))
        }
        (Some(place), None) => (Side::Base, place, format!("no port is named `{name}` any longer")),
        (None, None) => return Vec::new(),
    };
    vec![changed(side, place, message)]
}
