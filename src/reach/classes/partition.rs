//! Classes of pods that no policy can distinguish, and of everything else that has no address of its own here.
//!
//! Two workloads are in one class if they share the namespace, what the [vocabulary](super::vocabulary) of the
//! policies can see of their labels, ServiceAccounts and named ports, and whether they are on the network of their
//! node. All that the engine computes, it computes once per class. Class numbers follow namespaces, so that a set of
//! namespaces is a few intervals; what is no pod comes last.

use std::collections::BTreeSet;

use rayon::prelude::*;
use smallvec::SmallVec;
use smol_str::SmolStr;

use super::label_index::LabelIndex;
use super::mentioned::{Mentioned, References};
use super::vocabulary::{LabelSet, NamedPorts, Vocabulary};
use crate::cluster::{Cluster, PresumedPod};
use crate::net::Protocol;
use crate::net::interval::IntervalSet;
use crate::objects::{Labels, NamespaceId, Workload, WorkloadId};

/// The ServiceAccount of pods that name none.
const DEFAULT_ACCOUNT: &str = "default";

/// A set of classes, by number.
pub(in crate::reach) type ClassSet = IntervalSet<u32>;

/// What the members of a class are. Pods that selectors reach come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::reach) enum Kind {
    /// Pods.
    Pod,
    /// The ingress controller, of which nothing is known: a pod of an unknown namespace.
    IngressController,
    /// Pods on the network of their node.
    HostNetwork,
    /// The node of the pod at the other end.
    OwnNode,
    /// Any other node.
    OtherNode,
    /// The Kubernetes API server.
    ApiServer,
    /// The addresses that a name stands for, by its place in [`Classes::domains`].
    Domain(u32),
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::reach) struct Class {
    kind: Kind,
    /// The number of the namespace; one past the last stands for a namespace that is not in the input.
    namespace: u32,
    pub(in crate::reach) labels: LabelSet,
    /// Whether the labels of its ServiceAccount are known.
    pub(in crate::reach) account_is_known: bool,
    named_ports: NamedPorts,
}

#[derive(Debug)]
pub(in crate::reach) struct Classes {
    classes: Vec<Class>,
    of_workload: Vec<u32>,
    /// The workloads, class by class.
    by_class: Vec<WorkloadId>,
    /// For each class the place of its first workload in that list, and the end of the list.
    first_of_class: Vec<u32>,
    of_other_pod: Vec<u32>,
    of_presumed: Vec<u32>,
    unknown: u32,
    /// The first class of each namespace, of the unknown one, and of what is no pod.
    first_of_namespace: Vec<u32>,
    pub(in crate::reach) vocabulary: Vocabulary,
    pub(in crate::reach) index: LabelIndex,
    /// The labels of each namespace, and whether its manifest shows all of them.
    pub(in crate::reach) namespaces: Vec<(Labels, bool)>,
    pub(in crate::reach) known_names: BTreeSet<String>,
    /// The names that policies have for addresses, sorted.
    pub(in crate::reach) domains: Vec<SmolStr>,
}

impl Classes {
    pub(in crate::reach) fn new(cluster: &Cluster, references: &References) -> Self {
        let mentioned = Mentioned::new(cluster, references);
        let vocabulary = Vocabulary::new(&mentioned, &cluster.arrangement.view);
        let domains: Vec<SmolStr> = mentioned.domains.into_iter().cloned().collect();
        let unknown_namespace = number(cluster.namespaces.len());

        let of_workloads = cluster.workloads.par_iter().map(|workload| Class::of(workload, cluster, &vocabulary));
        let mut of_each: Vec<Class> = of_workloads.collect();
        of_each.extend((0..unknown_namespace).map(|namespace| Class::new(Kind::Pod, namespace)));
        of_each.extend(cluster.presumed.iter().map(|pod| Class::of_presumed(pod, &vocabulary)));
        let others = [Kind::Pod, Kind::IngressController, Kind::OwnNode, Kind::OtherNode, Kind::ApiServer];
        let others = others.into_iter().chain((0..number(domains.len())).map(Kind::Domain));
        of_each.extend(others.map(|kind| Class::new(kind, unknown_namespace)));

        let mut order: Vec<(Class, u32)> = of_each.into_iter().zip(0..).collect();
        order.par_sort_unstable();
        let workloads = number(cluster.workloads.len());
        let mut classes: Vec<Class> = Vec::new();
        let mut numbers = vec![0; order.len()];
        let (mut by_class, mut first_of_class) = (Vec::with_capacity(cluster.workloads.len()), Vec::new());
        for (class, pod) in order {
            if classes.last() != Some(&class) {
                classes.push(class);
                first_of_class.push(number(by_class.len()));
            }
            if pod < workloads {
                by_class.push(WorkloadId(pod));
            }
            if let Some(entry) = numbers.get_mut(pod as usize) {
                *entry = number(classes.len() - 1);
            }
        }
        first_of_class.push(number(by_class.len()));
        let others = numbers.split_off(cluster.workloads.len() + cluster.namespaces.len() + cluster.presumed.len());
        let of_presumed = numbers.split_off(cluster.workloads.len() + cluster.namespaces.len());
        let of_other_pod = numbers.split_off(cluster.workloads.len());

        let mut index = LabelIndex::default();
        for (class, it) in classes.iter().enumerate().filter(|(_, class)| class.is_pod()) {
            index.add(number(class), &it.labels);
        }
        let first_of =
            |namespace| number(classes.partition_point(|class| class.is_pod() && class.namespace < namespace));
        Self {
            first_of_namespace: (0..=unknown_namespace + 1).map(first_of).collect(),
            namespaces: cluster.namespaces.iter().map(|it| (it.labels.clone(), it.manifest.is_some())).collect(),
            known_names: cluster.namespaces.iter().map(|namespace| namespace.name.clone()).collect(),
            classes,
            of_workload: numbers,
            by_class,
            first_of_class,
            of_other_pod,
            of_presumed,
            unknown: others.first().copied().unwrap_or_default(),
            vocabulary,
            index,
            domains,
        }
    }

    pub(in crate::reach) fn len(&self) -> usize {
        self.classes.len()
    }

    pub(in crate::reach) fn of_workload(&self, workload: WorkloadId) -> Option<u32> {
        self.of_workload.get(workload.0 as usize).copied()
    }

    pub(in crate::reach) fn of_other_pod(&self, namespace: NamespaceId) -> Option<u32> {
        self.of_other_pod.get(namespace.0 as usize).copied()
    }

    pub(in crate::reach) fn of_presumed(&self, index: usize) -> Option<u32> {
        self.of_presumed.get(index).copied()
    }

    /// The class of a pod of a namespace that is not in the input.
    pub(in crate::reach) fn unknown(&self) -> u32 {
        self.unknown
    }

    /// The workloads of a class, in order.
    pub(in crate::reach) fn members(&self, class: u32) -> &[WorkloadId] {
        self.members_of(class, class)
    }

    /// The workloads of the classes from one to another, class by class.
    pub(in crate::reach) fn members_of(&self, first: u32, last: u32) -> &[WorkloadId] {
        let place = |class: u32| self.first_of_class.get(class as usize).map(|&place| place as usize);
        let places = place(first).zip(place(last.saturating_add(1)));
        places.and_then(|(start, end)| self.by_class.get(start..end)).unwrap_or_default()
    }

    pub(in crate::reach) fn get(&self, class: u32) -> Option<&Class> {
        self.classes.get(class as usize)
    }

    pub(in crate::reach) fn kind(&self, class: u32) -> Kind {
        self.get(class).map_or(Kind::ApiServer, |class| class.kind)
    }

    /// Whether policies apply to it and selectors reach it.
    pub(in crate::reach) fn is_pod(&self, class: u32) -> bool {
        self.get(class).is_some_and(Class::is_pod)
    }

    /// Whether nothing is known of it but that it is a pod.
    pub(in crate::reach) fn is_unknown(&self, class: u32) -> bool {
        class == self.unknown || self.kind(class) == Kind::IngressController
    }

    /// The pods of which nothing is known.
    pub(in crate::reach) fn unknown_pods(&self) -> ClassSet {
        self.of_kind(Kind::IngressController).union(&ClassSet::range(self.unknown, self.unknown))
    }

    /// The classes of a kind, which is none that a namespace has pods of.
    pub(in crate::reach) fn of_kind(&self, kind: Kind) -> ClassSet {
        let first = self.classes.partition_point(|class| class.kind < kind);
        let end = self.classes.partition_point(|class| class.kind <= kind);
        match end.checked_sub(1) {
            Some(last) => ClassSet::range(number(first), number(last)),
            None => ClassSet::default(),
        }
    }

    /// The class of a kind that has only one.
    pub(in crate::reach) fn one_of_kind(&self, kind: Kind) -> Option<u32> {
        self.of_kind(kind).intervals().first().map(|&(first, _)| first)
    }

    /// The number of the class's namespace; [`Self::namespace_count`] less one for the unknown one.
    pub(in crate::reach) fn namespace(&self, class: u32) -> usize {
        self.get(class).map_or(0, |class| class.namespace as usize)
    }

    /// How many namespaces there are, the unknown one included.
    pub(in crate::reach) fn namespace_count(&self) -> usize {
        self.namespaces.len() + 1
    }

    /// The classes of a namespace that selectors reach.
    pub(in crate::reach) fn of_namespace(&self, namespace: usize) -> ClassSet {
        let bound = |index: usize| self.first_of_namespace.get(index).copied().unwrap_or_default();
        match bound(namespace + 1).checked_sub(1) {
            Some(last) => ClassSet::range(bound(namespace), last),
            None => ClassSet::default(),
        }
    }

    /// Every class, those on the network of their node included.
    pub(in crate::reach) fn all(&self) -> ClassSet {
        self.len().checked_sub(1).map_or_else(ClassSet::default, |last| ClassSet::range(0, number(last)))
    }

    /// Every class that selectors reach.
    pub(in crate::reach) fn pods(&self) -> ClassSet {
        let end = self.first_of_namespace.last().copied().unwrap_or_default();
        end.checked_sub(1).map_or_else(ClassSet::default, |last| ClassSet::range(0, last))
    }

    /// The ports that the class's pods declare under a name, and under a protocol where one is given.
    pub(in crate::reach) fn named_ports(
        &self,
        class: u32,
        name: &str,
        protocol: Option<Protocol>,
    ) -> impl Iterator<Item = (Protocol, u16)> + '_ {
        let declared = self.get(class).map_or(&[][..], |class| &class.named_ports);
        let name = self.vocabulary.port_name(name);
        let is_it = move |port: &&(u32, Protocol, u16)| Some(port.0) == name && protocol.is_none_or(|it| port.1 == it);
        declared.iter().filter(is_it).map(|port| (port.1, port.2))
    }
}

impl Class {
    fn is_pod(&self) -> bool {
        self.kind <= Kind::IngressController
    }

    fn of(workload: &Workload, cluster: &Cluster, vocabulary: &Vocabulary) -> Self {
        let namespace = workload.object.namespace;
        if workload.host_network {
            // They count as node addresses, which have neither labels nor named ports.
            return Self::new(Kind::HostNetwork, namespace.0);
        }
        let ports = declared_ports(workload, cluster.arrangement.last_named_port_counts).into_iter();
        let mut class = Self {
            labels: vocabulary.labels_of(workload),
            named_ports: vocabulary.named_ports(ports),
            ..Self::new(Kind::Pod, namespace.0)
        };
        if vocabulary.asks_for_accounts() {
            let account = workload.service_account.clone().unwrap_or_else(|| DEFAULT_ACCOUNT.into());
            let labels = cluster.intents.account_labels.get(&(namespace, account.clone()));
            vocabulary.add_account(&mut class.labels, &account, labels);
            class.account_is_known = labels.is_some();
        }
        class
    }

    fn of_presumed(pod: &PresumedPod, vocabulary: &Vocabulary) -> Self {
        let ports = pod.named_ports.iter().map(|(name, protocol, port)| (name.as_str(), *protocol, *port));
        Self {
            labels: vocabulary.labels(&pod.labels),
            named_ports: vocabulary.named_ports(ports),
            ..Self::new(Kind::Pod, pod.namespace.0)
        }
    }

    fn new(kind: Kind, namespace: u32) -> Self {
        Self { kind, namespace, labels: LabelSet::new(), account_is_known: false, named_ports: Vec::new() }
    }
}

/// The named ports of a pod: name, protocol and number.
fn declared_ports(workload: &Workload, only_last: bool) -> SmallVec<[(&str, Protocol, u16); 4]> {
    let containers = workload.containers.iter().filter(|container| !(only_last && container.init));
    let ports = containers.flat_map(|container| &container.ports);
    let mut named: SmallVec<[_; 4]> =
        ports.filter_map(|port| Some((port.name.as_deref()?, port.protocol, port.port))).collect();
    if only_last {
        named.reverse();
        let mut seen: SmallVec<[&str; 4]> = SmallVec::new();
        named.retain(|(name, ..)| {
            let is_new = !seen.contains(name);
            seen.push(*name);
            is_new
        });
    }
    named
}

pub(in crate::reach) fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
