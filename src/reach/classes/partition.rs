//! Classes of pods that no policy can distinguish, and of everything else that has no address of its own here.
//!
//! Two workloads are in one class if they share the namespace, what the [vocabulary](super::vocabulary) of the
//! policies can see of their labels, ServiceAccounts and named ports, and whether they are on the network of their
//! node. All that the engine computes, it computes once per class. Class numbers follow namespaces, so that a set of
//! namespaces is a few intervals; what is no pod comes last.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::class::{Class, Kind};
use super::domains::Domains;
use super::label_index::LabelIndex;
use super::mentioned::{Mentioned, References};
use super::number::{ClassSet, number};
use super::vocabulary::{PortName, Vocabulary};
use crate::cluster::Cluster;
use crate::net::Protocol;
use crate::objects::{Labels, NamespaceId, WorkloadId};
use crate::policy::Arrangement;

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
    /// Whether of the ports of one name only the last counts.
    last_named_port_counts: bool,
    pub(in crate::reach) index: LabelIndex,
    /// The labels of each namespace, and whether its manifest shows all of them.
    pub(in crate::reach) namespaces: Vec<(Labels, bool)>,
    pub(in crate::reach) known_names: BTreeSet<String>,
    /// The names that policies have for addresses.
    pub(in crate::reach) domains: Domains,
}

impl Classes {
    /// The classes, as one of the arrangements of the cluster sees them. Under each of them they are the same.
    pub(in crate::reach) fn new(cluster: &Cluster, arrangement: &Arrangement, references: &References) -> Self {
        let mentioned = Mentioned::new(cluster, references);
        let is_seen = |key: &str| cluster.arrangements().any(|it| it.view.shows(key));
        let vocabulary = Vocabulary::new(&mentioned, &arrangement.view, is_seen);
        let domains = Domains::new(mentioned.domains.into_iter().cloned().collect());
        let unknown_namespace = number(cluster.namespaces.len());

        let of_workloads = cluster.workloads.par_iter().map(|workload| Class::of(workload, cluster, &vocabulary));
        let mut of_each: Vec<Class> = of_workloads.collect();
        of_each.extend((0..unknown_namespace).map(|namespace| Class::new(Kind::Pod, namespace)));
        of_each.extend(cluster.presumed.iter().map(|pod| Class::of_presumed(pod, cluster, &vocabulary)));
        let others = [Kind::Pod, Kind::IngressController, Kind::OwnNode, Kind::OtherNode, Kind::ApiServer];
        let others = others.into_iter().chain((0..number(domains.names().len())).map(Kind::Domain));
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
            last_named_port_counts: arrangement.last_named_port_counts,
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

    /// The classes of all names that policies have for addresses, which are the last ones, in order.
    pub(in crate::reach) fn of_domains(&self) -> ClassSet {
        self.class_of_domain(0).map_or_else(ClassSet::default, |first| ClassSet::range(first, number(self.len() - 1)))
    }

    /// The class of a name that policies have for addresses, by its place.
    pub(in crate::reach) fn class_of_domain(&self, place: u32) -> Option<u32> {
        let (classes, names) = (number(self.len()), number(self.domains.names().len()));
        (place < names).then(|| classes - names + place)
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
        (name, protocol): PortName,
    ) -> impl Iterator<Item = (Protocol, u16)> + '_ {
        let declared = self.declared_ports(class);
        let first = declared.partition_point(|port| port.0 < name);
        let declared = declared.iter().skip(first).take_while(move |port| port.0 == name);
        declared.filter(move |port| protocol.is_none_or(|it| port.1 == it)).map(|port| (port.1, port.2))
    }

    /// The same of several names, which are sorted.
    pub(in crate::reach) fn ports_named_by(&self, class: u32, names: &[PortName]) -> Vec<(Protocol, u16)> {
        let declared = self.declared_ports(class);
        if names.len() <= declared.len() {
            return names.iter().flat_map(|name| self.named_ports(class, *name)).collect();
        }
        let is_named = |port: &&(u32, Protocol, u16)| {
            let has = |protocol| names.binary_search(&(port.0, protocol)).is_ok();
            has(None) || has(Some(port.1))
        };
        declared.iter().filter(is_named).map(|port| (port.1, port.2)).collect()
    }

    fn declared_ports(&self, class: u32) -> &[(u32, Protocol, u16)] {
        self.get(class).map_or(&[], |class| match self.last_named_port_counts {
            true => &class.last_named_ports,
            false => &class.named_ports,
        })
    }
}
