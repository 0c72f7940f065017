//! Selectors of pods: what they ask of labels, namespaces and ServiceAccounts.
//!
//! Pods have labels of Kubernetes alone, among them those that the agent makes of the namespace, the ServiceAccount and
//! the cluster. A key of another source is one that no pod has.

use super::{Context, Kind, Options, Selector};
use crate::objects::{NAME_LABEL, Operator, Requirement};
use crate::policy::dialect::cilium::label;
use crate::policy::dialect::cilium::selector::{ACCOUNT, CLUSTER, NAMESPACE_LABELS, POD_NAMESPACE, Scope};
use crate::policy::{Attribute, Condition, NamespaceSet, PodSet};
use crate::{objects, policy};

/// What a selector asks of pods.
#[derive(Default)]
struct Asked {
    namespaces: Vec<Requirement>,
    labels: Vec<Requirement>,
    accounts: Vec<Operator>,
    /// Whether it asks for what no pod has.
    is_impossible: bool,
}

impl Asked {
    fn of(selector: &Selector, options: &Options) -> Self {
        let mut asked = Self::default();
        for requirement in &selector.requirements {
            let (key, operator) = (&requirement.key, &requirement.operator);
            let name = key.name.as_str();
            let of = |name: &str| Requirement { key: name.into(), operator: operator.clone() };
            if !key.may_be_of_kubernetes() {
                asked.is_impossible |= !operator.holds(None);
            } else if name == POD_NAMESPACE {
                asked.namespaces.push(of(NAME_LABEL));
            } else if let Some(label) = name.strip_prefix(NAMESPACE_LABELS) {
                match label::is_seen(name, &options.labels) {
                    true => asked.namespaces.push(of(label)),
                    false => asked.is_impossible |= !operator.holds(None),
                }
            } else if name == ACCOUNT {
                asked.accounts.push(operator.clone());
            } else if name == CLUSTER {
                asked.is_impossible |= !operator.holds(Some(&options.cluster_name));
            } else {
                asked.labels.push(of(name));
            }
        }
        asked
    }

    /// The pods of some namespaces that are as asked for.
    fn pods(self, within: Within) -> PodSet {
        let accounts = self.accounts.into_iter().map(|it| Condition::Is(Attribute::ServiceAccountName, it));
        let mut conditions: Vec<Condition> = accounts.collect();
        let namespaces = match within {
            Within::Own => {
                let of_namespace = self.namespaces.into_iter();
                conditions.extend(of_namespace.map(|it| Condition::Is(Attribute::NamespaceLabel(it.key), it.operator)));
                NamespaceSet::own()
            }
            Within::Any => NamespaceSet::Matching(objects::Selector::new(self.namespaces)),
        };
        let condition = match (self.is_impossible, conditions.len()) {
            (true, _) => Some(Condition::Any(Vec::new())),
            (false, 0) => None,
            (false, 1) => conditions.pop(),
            (false, _) => Some(Condition::All(conditions)),
        };
        PodSet { condition: condition.map(Box::new), ..PodSet::new(namespaces, objects::Selector::new(self.labels)) }
    }
}

/// The namespaces of pods.
enum Within {
    /// The policy's own.
    Own,
    /// Whichever the selector asks for.
    Any,
}

/// The pods that a rule is for. What `matchLabels` of a namespaced policy asks of the namespace by a key of source
/// `k8s` gives way to the policy's own.
pub(super) fn of_subject(selector: &Selector, kind: Kind, options: &Options) -> PodSet {
    match kind {
        Kind::Namespaced => Asked::of(&selector.without_own_namespace(), options).pods(Within::Own),
        Kind::Clusterwide => Asked::of(selector, options).pods(Within::Any),
    }
}

/// The pods that a selector of peers matches.
pub(super) fn of_peer(selector: &Selector, scope: Scope, context: Context<'_>) -> PodSet {
    let within = if scope == Scope::OwnNamespace { Within::Own } else { Within::Any };
    Asked::of(selector, context.options).pods(within)
}

/// Whether a set of pods can't have any.
pub(super) fn is_never(set: &PodSet) -> bool {
    matches!(set.condition.as_deref(), Some(Condition::Any(several)) if several.is_empty())
}

/// What a set of pods asks, as one condition. The policy's own namespace isn't part of it.
pub(super) fn condition(set: &PodSet) -> policy::Condition {
    let of_namespaces = match &set.namespaces {
        NamespaceSet::One(_) => &[],
        NamespaceSet::Matching(selector) => selector.requirements(),
    };
    let of_namespaces =
        of_namespaces.iter().map(|it| Condition::Is(Attribute::NamespaceLabel(it.key.clone()), it.operator.clone()));
    let labels = set.pods.requirements().iter();
    let labels = labels.map(|it| Condition::Is(Attribute::Label(it.key.clone()), it.operator.clone()));
    Condition::All(of_namespaces.chain(labels).chain(set.condition.as_deref().cloned()).collect())
}
