//! What can be known of a policy that is not evaluated: which pods it may select, and in which directions it applies.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::kinds::{self, Effect, Rules, Scope, Subject, UnreadKind};
use super::path::at;
use super::{Unread, makers, policy};
use crate::net::Direction;
use crate::objects::{NamespaceId, Object, Selector};
use crate::policy::{Attribute, Condition, NamespaceSet, PodSet, PolicyObject};
use crate::yaml::{Node, from_node};

/// The namespace whose AuthorizationPolicies are for the whole mesh, where Istio is installed as its documentation does.
const ISTIO_ROOT: &str = "istio-system";

/// Reads an object of a kind that is not evaluated, or that makes policies; `None` for all others. `namespace` is that
/// of the object, where written.
pub(crate) fn read(node: Node<'_>, group: &str, object: Object, namespace: Option<&str>) -> Option<PolicyObject> {
    let Some(kind) = kinds::find(group, &object.kind) else {
        let namespaces = makers::namespaces_of_made(node, group, &object.kind)?;
        let subject = PodSet::new(namespaces, Selector::default());
        return Some(policy(Unread::Maker, of_the_cluster(object), subject, [Effect::ANY; 2]));
    };
    let is_of_namespace = match kind.scope {
        Scope::Namespace => true,
        Scope::Mesh => namespace != Some(ISTIO_ROOT),
        Scope::Cluster => false,
    };
    let scope = if is_of_namespace { NamespaceSet::own() } else { NamespaceSet::every() };
    let effect = |direction, effect| if applies(kind, node, direction) { effect } else { Effect::NONE };
    let effects = [effect(Direction::Ingress, kind.ingress), effect(Direction::Egress, kind.egress)];
    let object = if is_of_namespace { object } else { of_the_cluster(object) };
    Some(policy(Unread::Kind, object, subject(kind, node, scope), effects))
}

/// The object as one of the whole cluster.
pub(super) fn of_the_cluster(object: Object) -> Object {
    Object { namespace: NamespaceId::CLUSTER, ..object }
}

/// Whether a policy applies in a direction.
fn applies(kind: &UnreadKind, node: Node<'_>, direction: Direction) -> bool {
    let is_filled = |spec: Node<'_>, key: &str| spec.get(key).is_some_and(|rules| rules.items().next().is_some());
    match kind.rules {
        Rules::Always => true,
        Rules::Listed => {
            let denies = format!("{}Deny", direction.field());
            let mut specs = at(node, &["spec"]).into_iter().chain(at(node, &["specs", "*"]));
            specs.any(|spec| is_filled(spec, direction.field()) || is_filled(spec, &denies))
        }
    }
}

/// The pods that a policy may select: those of its label selectors, or all of its scope where it also selects by
/// anything else.
fn subject(kind: &UnreadKind, node: Node<'_>, scope: NamespaceSet) -> PodSet {
    let mut selected = Vec::new();
    for subject in kind.subjects {
        for item in at(node, subject.at) {
            match selectors(item, subject) {
                Some(selectors) => selected.push(selectors),
                None if subject.at.contains(&"*") => return PodSet::new(scope, Selector::default()),
                None => {}
            }
        }
    }
    match selected.as_slice() {
        [] => PodSet::new(scope, Selector::default()),
        [(namespaces, pods)] => {
            let namespaces = if namespaces.is_empty() { scope } else { NamespaceSet::Matching(namespaces.clone()) };
            PodSet::new(namespaces, pods.clone())
        }
        several => {
            let any = several.iter().map(|(namespaces, pods)| {
                let namespaces =
                    namespaces.requirements().iter().map(|it| (Attribute::NamespaceLabel(it.key.clone()), it));
                let pods = pods.requirements().iter().map(|it| (Attribute::Label(it.key.clone()), it));
                let all = namespaces.chain(pods).map(|(attribute, it)| Condition::Is(attribute, it.operator.clone()));
                Condition::All(all.collect())
            });
            PodSet {
                condition: Some(Box::new(Condition::Any(any.collect()))),
                ..PodSet::new(scope, Selector::default())
            }
        }
    }
}

/// The selectors for namespaces and for pods; `None` where there is none, or none that can be read.
fn selectors(item: Node<'_>, subject: &Subject) -> Option<(Selector, Selector)> {
    let [pods, namespaces] = [subject.pods, subject.namespaces].map(|key| item.get(key).filter(|it| !it.is_null()));
    if pods.is_none() && namespaces.is_none() {
        return None;
    }
    let selector = |node: Option<Node<'_>>| match node.map(from_node::<LabelSelector>) {
        None => Some(Selector::default()),
        Some(read) => read.ok().map(Selector::from_api),
    };
    let (namespaces, pods) = (selector(namespaces)?, selector(pods)?);
    Some((namespaces, pods))
}
