//! Label selectors whose keys name the source of a label, and what the agent adds to them.
//!
//! Sources are those of `pkg/labels`; what is added to peers is in `getEndpointSelector` of
//! `pkg/k8s/apis/cilium.io/utils`.

use smol_str::SmolStr;

use super::Kind;
use crate::objects::Operator;
use crate::objects::metadata::string;
use crate::yaml::Node;

/// The label with the namespace of a pod.
pub(super) const POD_NAMESPACE: &str = "io.kubernetes.pod.namespace";
/// Before the key of a label that the pod's namespace has.
pub(super) const NAMESPACE_LABELS: &str = "io.cilium.k8s.namespace.labels.";
/// The label with the name of the cluster.
pub(super) const CLUSTER: &str = "io.cilium.k8s.policy.cluster";

/// The label with the name of the pod's ServiceAccount.
pub(super) const ACCOUNT: &str = "io.cilium.k8s.policy.serviceaccount";

/// Where a label comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LabelSource {
    /// From anywhere: a key without a source.
    Any,
    /// From Kubernetes.
    K8s,
    /// From Cilium: the classes of peers, such as `reserved:host`.
    Reserved,
    /// From elsewhere.
    Other(SmolStr),
}

impl LabelSource {
    fn parse(text: &str) -> Self {
        match text {
            "any" => Self::Any,
            "k8s" => Self::K8s,
            "reserved" => Self::Reserved,
            other => Self::Other(other.into()),
        }
    }
}

/// The key of a label, with its source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Where the label comes from.
    pub source: LabelSource,
    /// Its key in that source.
    pub name: SmolStr,
}

impl Key {
    /// Reads `source:key`; a key alone is of the source that is given.
    #[must_use]
    pub fn parse(text: &str, source: LabelSource) -> Self {
        match text.split_once(':') {
            Some((source, name)) => Self { source: LabelSource::parse(source), name: name.into() },
            None => Self { source, name: text.into() },
        }
    }

    /// Whether a label with this key is one that a selector's key means.
    #[must_use]
    pub fn is_meant_by(&self, wanted: &Self) -> bool {
        self.name == wanted.name && (wanted.source == LabelSource::Any || self.source == wanted.source)
    }

    /// Whether a selector with this key may look at Kubernetes' label of this name.
    pub(super) fn may_be_of_kubernetes(&self) -> bool {
        matches!(self.source, LabelSource::Any | LabelSource::K8s)
    }
}

/// One condition of a selector.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Requirement {
    /// The label.
    pub key: Key,
    /// What is asked of it.
    pub operator: Operator,
    /// Whether it is written in `matchLabels`.
    pub is_of_labels: bool,
}

/// A label selector: all of its requirements must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selector {
    /// Its conditions, those of `matchLabels` first.
    pub requirements: Vec<Requirement>,
}

/// Which pods a selector of peers looks among.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything that has labels, of any cluster: the world and nodes too. Selectors with a `reserved:` key.
    Everything,
    /// Whatever namespaces the selector itself names.
    Written,
    /// The policy's own namespace.
    OwnNamespace,
    /// The pods of every namespace.
    AllPods,
}

impl Selector {
    /// Reads a selector. Keys without a source are of the source that is given.
    #[must_use]
    pub fn read(node: Node<'_>, source: &LabelSource) -> Self {
        let [labels, expressions] = node.get_all(["matchLabels", "matchExpressions"]);
        let equalities = labels.into_iter().flat_map(|labels| labels.entries()).filter_map(|(key, _, value)| {
            let operator = Operator::In(vec![string(value)?]);
            Some(Requirement { key: Key::parse(key, source.clone()), operator, is_of_labels: true })
        });
        let expressions = expressions.into_iter().flat_map(|list| list.items()).filter_map(|expression| {
            let [key, operator, values] = expression.get_all(["key", "operator", "values"]);
            let values = values.into_iter().flat_map(|values| values.items()).filter_map(string).collect();
            let operator = match operator?.as_str()? {
                "In" => Operator::In(values),
                "NotIn" => Operator::NotIn(values),
                "Exists" => Operator::Exists,
                "DoesNotExist" => Operator::DoesNotExist,
                _ => return None,
            };
            Some(Requirement { key: Key::parse(key?.as_str()?, source.clone()), operator, is_of_labels: false })
        });
        Self { requirements: equalities.chain(expressions).collect() }
    }

    /// Whether some requirement is about a label of Cilium's own.
    #[must_use]
    pub fn has_reserved_key(&self) -> bool {
        self.requirements.iter().any(|requirement| requirement.key.source == LabelSource::Reserved)
    }

    /// Whether it selects pods that are still being set up, which have no labels yet.
    #[must_use]
    pub fn has_init_key(&self) -> bool {
        let is_init = |key: &Key| key.source == LabelSource::Reserved && key.name == "init";
        self.requirements.iter().any(|requirement| is_init(&requirement.key))
    }

    /// Which pods it looks among as a peer in a policy of this kind. A rule whose subject are pods that are being set
    /// up names none to look among.
    #[must_use]
    pub fn scope(&self, kind: Kind, subject: &Self) -> Scope {
        if self.has_reserved_key() {
            return Scope::Everything;
        }
        match kind {
            _ if self.names_namespace() => Scope::Written,
            Kind::Namespaced if self.names(|name| name.starts_with(NAMESPACE_LABELS)) => Scope::Written,
            Kind::Namespaced => Scope::OwnNamespace,
            Kind::Clusterwide if subject.has_init_key() => Scope::Written,
            Kind::Clusterwide => Scope::AllPods,
        }
    }

    /// Whether it asks for the name of the cluster.
    pub(super) fn names_cluster(&self) -> bool {
        self.names(|name| name == CLUSTER)
    }

    /// Whether it asks for the namespace of pods.
    pub(super) fn names_namespace(&self) -> bool {
        self.names(|name| name == POD_NAMESPACE)
    }

    fn names(&self, is_name: fn(&str) -> bool) -> bool {
        let mut keys = self.requirements.iter().map(|requirement| &requirement.key);
        keys.any(|key| key.may_be_of_kubernetes() && is_name(&key.name))
    }

    /// The same without what gives way to the policy's own namespace.
    pub(super) fn without_own_namespace(&self) -> Self {
        let is_overwritten =
            |it: &&Requirement| it.key.source == LabelSource::K8s && it.key.name == POD_NAMESPACE && it.is_of_labels;
        Self { requirements: self.requirements.iter().filter(|it| !is_overwritten(it)).cloned().collect() }
    }

    /// The selector of a peer as the agent completes it: with the pods that it looks among, and the cluster.
    #[must_use]
    pub fn as_peer(&self, kind: Kind, subject: &Self, namespace: &str, cluster: &str) -> Self {
        let k8s = |name: &str| Key { source: LabelSource::K8s, name: name.into() };
        let mut completed = self.clone();
        let scope = self.scope(kind, subject);
        match scope {
            Scope::Everything => return completed,
            Scope::Written => {}
            Scope::OwnNamespace => completed.set(k8s(POD_NAMESPACE), namespace),
            Scope::AllPods => {
                let (key, operator) = (k8s(POD_NAMESPACE), Operator::Exists);
                completed.requirements.push(Requirement { key, operator, is_of_labels: false });
            }
        }
        if !self.names_cluster() {
            completed.set(k8s(CLUSTER), cluster);
        }
        completed
    }

    /// The selector of a rule's subject as the agent completes it: in a namespaced policy, `matchLabels` on the
    /// namespace of source `k8s` gives way to the policy's own; what else the selector says of it is asked too.
    #[must_use]
    pub fn as_subject(&self, kind: Kind, namespace: &str) -> Self {
        let mut completed = self.clone();
        if kind == Kind::Namespaced {
            completed.set(Key { source: LabelSource::K8s, name: POD_NAMESPACE.into() }, namespace);
        }
        completed
    }

    /// Asks for a value, in place of what `matchLabels` asks of this key.
    fn set(&mut self, key: Key, value: &str) {
        self.requirements.retain(|requirement| requirement.key != key || !requirement.is_of_labels);
        self.requirements.push(Requirement { key, operator: Operator::In(vec![value.into()]), is_of_labels: true });
    }

    /// Whether something with exactly these labels matches.
    #[must_use]
    pub fn matches(&self, labels: &[(Key, SmolStr)]) -> bool {
        self.requirements.iter().all(|requirement| {
            let found = labels.iter().find(|(key, _)| key.is_meant_by(&requirement.key));
            requirement.operator.holds(found.map(|(_, value)| value))
        })
    }
}
