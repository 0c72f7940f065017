//! Classes of pods that no policy can tell apart.
//!
//! Two workloads are in one class if they share the namespace, what the [vocabulary](super::vocabulary) of the
//! policies can see of their labels and named ports, and whether they are on the network of their node. All that the engine computes,
//! it computes once per class. Class numbers follow namespaces, so that a set of namespaces is a few intervals.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::vocabulary::{LabelIndex, LabelSet, NamedPorts, Vocabulary};
use crate::cluster::{Cluster, PresumedPod};
use crate::net::Protocol;
use crate::net::interval::IntervalSet;
use crate::objects::{Labels, NamespaceId, Workload, WorkloadId};

/// A set of classes, by number.
pub(super) type ClassSet = IntervalSet<u32>;

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Class {
    /// Classes on the network of their node come last, outside every selector's reach.
    host_network: bool,
    /// The number of the namespace; one past the last stands for a namespace that is not in the input.
    namespace: u32,
    pub(super) labels: LabelSet,
    named_ports: NamedPorts,
}

#[derive(Debug)]
pub(super) struct Classes {
    classes: Vec<Class>,
    of_workload: Vec<u32>,
    /// The workloads, class by class.
    by_class: Vec<WorkloadId>,
    /// For each class the place of its first workload in that list, and the end of the list.
    first_of_class: Vec<u32>,
    of_other_pod: Vec<u32>,
    of_presumed: Vec<u32>,
    unknown: u32,
    /// The first class of each namespace, of the unknown one, and of those on the node's network.
    first_of_namespace: Vec<u32>,
    pub(super) vocabulary: Vocabulary,
    pub(super) index: LabelIndex,
    /// The labels of each namespace, and whether its manifest shows all of them.
    pub(super) namespaces: Vec<(Labels, bool)>,
    pub(super) known_names: BTreeSet<String>,
}

impl Classes {
    pub(super) fn new(cluster: &Cluster) -> Self {
        let vocabulary = Vocabulary::new(&cluster.policies);
        let unknown_namespace = number(cluster.namespaces.len());

        let of_workloads = cluster.workloads.par_iter().map(|workload| Class::of(workload, &vocabulary));
        let mut of_each: Vec<Class> = of_workloads.collect();
        of_each.extend((0..unknown_namespace).map(Class::without_labels));
        of_each.extend(cluster.presumed.iter().map(|pod| Class::of_presumed(pod, &vocabulary)));
        of_each.push(Class::without_labels(unknown_namespace));

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
        let unknown = numbers.pop().unwrap_or_default();
        let of_presumed = numbers.split_off(numbers.len() - cluster.presumed.len());
        let of_other_pod = numbers.split_off(cluster.workloads.len());

        let mut index = LabelIndex::default();
        for (class, it) in classes.iter().enumerate().filter(|(_, class)| !class.host_network) {
            index.add(number(class), &it.labels);
        }
        let first_of =
            |namespace| number(classes.partition_point(|class| !class.host_network && class.namespace < namespace));
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
            unknown,
            vocabulary,
            index,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.classes.len()
    }

    pub(super) fn of_workload(&self, workload: WorkloadId) -> Option<u32> {
        self.of_workload.get(workload.0 as usize).copied()
    }

    pub(super) fn of_other_pod(&self, namespace: NamespaceId) -> Option<u32> {
        self.of_other_pod.get(namespace.0 as usize).copied()
    }

    pub(super) fn of_presumed(&self, index: usize) -> Option<u32> {
        self.of_presumed.get(index).copied()
    }

    /// The class of a pod of a namespace that is not in the input.
    pub(super) fn unknown(&self) -> u32 {
        self.unknown
    }

    /// The workloads of a class, in order.
    pub(super) fn members(&self, class: u32) -> &[WorkloadId] {
        self.members_of(class, class)
    }

    /// The workloads of the classes from one to another, class by class.
    pub(super) fn members_of(&self, first: u32, last: u32) -> &[WorkloadId] {
        let place = |class: u32| self.first_of_class.get(class as usize).map(|&place| place as usize);
        let places = place(first).zip(place(last.saturating_add(1)));
        places.and_then(|(start, end)| self.by_class.get(start..end)).unwrap_or_default()
    }

    pub(super) fn get(&self, class: u32) -> Option<&Class> {
        self.classes.get(class as usize)
    }

    pub(super) fn is_host_network(&self, class: u32) -> bool {
        self.get(class).is_some_and(|class| class.host_network)
    }

    /// The number of the class's namespace; [`Self::namespace_count`] less one for the unknown one.
    pub(super) fn namespace(&self, class: u32) -> usize {
        self.get(class).map_or(0, |class| class.namespace as usize)
    }

    /// How many namespaces there are, the unknown one included.
    pub(super) fn namespace_count(&self) -> usize {
        self.namespaces.len() + 1
    }

    /// The classes of a namespace that selectors reach.
    pub(super) fn of_namespace(&self, namespace: usize) -> ClassSet {
        let bound = |index: usize| self.first_of_namespace.get(index).copied().unwrap_or_default();
        match bound(namespace + 1).checked_sub(1) {
            Some(last) => ClassSet::range(bound(namespace), last),
            None => ClassSet::default(),
        }
    }

    /// Every class, those on the network of their node included.
    pub(super) fn all(&self) -> ClassSet {
        self.len().checked_sub(1).map_or_else(ClassSet::default, |last| ClassSet::range(0, number(last)))
    }

    /// Every class that selectors reach.
    pub(super) fn pods(&self) -> ClassSet {
        let end = self.first_of_namespace.last().copied().unwrap_or_default();
        end.checked_sub(1).map_or_else(ClassSet::default, |last| ClassSet::range(0, last))
    }

    /// The ports that the class's pods declare under a name, and under a protocol where one is given.
    pub(super) fn named_ports(
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
    fn of(workload: &Workload, vocabulary: &Vocabulary) -> Self {
        let ports = workload.containers.iter().flat_map(|container| &container.ports);
        let ports = ports.filter_map(|port| Some((port.name.as_deref()?, port.protocol, port.port)));
        Self {
            host_network: workload.host_network,
            namespace: workload.object.namespace.0,
            labels: vocabulary.labels(&workload.pod_labels),
            // Pods on the network of their node count as node addresses, which have no named ports.
            named_ports: if workload.host_network { Vec::new() } else { vocabulary.named_ports(ports) },
        }
    }

    fn of_presumed(pod: &PresumedPod, vocabulary: &Vocabulary) -> Self {
        let ports = pod.named_ports.iter().map(|(name, protocol, port)| (name.as_str(), *protocol, *port));
        Self {
            host_network: false,
            namespace: pod.namespace.0,
            labels: vocabulary.labels(&pod.labels),
            named_ports: vocabulary.named_ports(ports),
        }
    }

    fn without_labels(namespace: u32) -> Self {
        Self { host_network: false, namespace, labels: LabelSet::new(), named_ports: Vec::new() }
    }
}

pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
