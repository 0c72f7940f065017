//! Classes of pods that no policy can tell apart.
//!
//! Two workloads are in one class if they share the namespace, the labels that any selector asks for, the named
//! ports that any policy uses, and whether they are on the network of their node. All that the engine computes,
//! it computes once per class. Class numbers follow namespaces, so that a set of namespaces is a few intervals.

use std::collections::{BTreeSet, HashMap};

use super::interval::IntervalSet;
use crate::cluster::{Cluster, Labels, NamespaceId, PresumedPod, Protocol, Workload, WorkloadId};
use crate::policy::{Match, NamespaceSet, Operator, Peer, PodSet, Policy, PortMatch, Requirement, Selector};

/// The label that every namespace carries with its own name (KEP-2161).
pub(crate) const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// A set of classes, by number.
pub(super) type ClassSet = IntervalSet<u32>;

/// How selectors are read that ask for labels which the input does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// Labels that are not shown are absent, and policies that the API server would reject are not in force:
    /// the reading of `connections` and `query`.
    Shown,
    /// Only what is permitted for certain.
    Least,
    /// All that may be permitted.
    Most,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Class {
    /// Classes on the network of their node come last, outside every selector's reach.
    host_network: bool,
    /// The number of the namespace; one past the last stands for a namespace that is not in the input.
    namespace: u32,
    /// Relevant labels, sorted by key.
    labels: Vec<(String, String)>,
    named_ports: Vec<(String, Protocol, u16)>,
}

#[derive(Debug)]
pub(super) struct Classes {
    classes: Vec<Class>,
    of_workload: Vec<u32>,
    members: Vec<Vec<WorkloadId>>,
    of_other_pod: Vec<u32>,
    of_presumed: Vec<u32>,
    unknown: u32,
    /// The first class of each namespace, of the unknown one, and of those on the node's network.
    first_of_namespace: Vec<u32>,
    by_label: HashMap<(String, String), Vec<u32>>,
    by_key: HashMap<String, Vec<u32>>,
    namespaces: Vec<(Labels, bool)>,
    known_names: BTreeSet<String>,
    reading: Reading,
}

impl Classes {
    pub(super) fn new(cluster: &Cluster, policies: &[Policy], reading: Reading) -> Self {
        let keys = relevant_keys(policies);
        let names = relevant_port_names(policies);
        let unknown_namespace = number(cluster.namespaces.len());

        let mut numbers: HashMap<Class, u32> = HashMap::new();
        let mut classes = Vec::new();
        let mut intern = |class: Class| {
            *numbers.entry(class).or_insert_with_key(|class| {
                classes.push(class.clone());
                number(classes.len() - 1)
            })
        };
        let mut of_workload: Vec<u32> =
            cluster.workloads.iter().map(|workload| intern(Class::of(workload, &keys, &names))).collect();
        let mut of_other_pod: Vec<u32> =
            (0..unknown_namespace).map(|namespace| intern(Class::without_labels(namespace))).collect();
        let mut of_presumed: Vec<u32> =
            cluster.presumed.iter().map(|pod| intern(Class::of_presumed(pod, &keys, &names))).collect();
        let mut unknown = intern(Class::without_labels(unknown_namespace));
        drop(numbers);

        // Renumber by namespace.
        let mut order: Vec<u32> = (0..number(classes.len())).collect();
        order.sort_by(|&left, &right| classes.get(left as usize).cmp(&classes.get(right as usize)));
        let mut renumbered = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            if let Some(entry) = renumbered.get_mut(old as usize) {
                *entry = number(new);
            }
        }
        let renumber = |class: &mut u32| *class = renumbered.get(*class as usize).copied().unwrap_or_default();
        of_workload.iter_mut().for_each(renumber);
        of_other_pod.iter_mut().for_each(renumber);
        of_presumed.iter_mut().for_each(renumber);
        renumber(&mut unknown);
        classes.sort();

        let mut members = vec![Vec::new(); classes.len()];
        for (workload, &class) in of_workload.iter().enumerate() {
            if let Some(members) = members.get_mut(class as usize) {
                members.push(WorkloadId(number(workload)));
            }
        }
        let mut by_label: HashMap<(String, String), Vec<u32>> = HashMap::new();
        let mut by_key: HashMap<String, Vec<u32>> = HashMap::new();
        for (index, class) in classes.iter().enumerate().filter(|(_, class)| !class.host_network) {
            for (key, value) in &class.labels {
                by_label.entry((key.clone(), value.clone())).or_default().push(number(index));
                by_key.entry(key.clone()).or_default().push(number(index));
            }
        }
        let first_of =
            |namespace| number(classes.partition_point(|class| !class.host_network && class.namespace < namespace));
        Self {
            first_of_namespace: (0..=unknown_namespace + 1).map(first_of).collect(),
            namespaces: cluster.namespaces.iter().map(|it| (it.labels.clone(), it.manifest.is_some())).collect(),
            known_names: cluster.namespaces.iter().map(|namespace| namespace.name.clone()).collect(),
            classes,
            of_workload,
            members,
            of_other_pod,
            of_presumed,
            unknown,
            by_label,
            by_key,
            reading,
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

    pub(super) fn members(&self, class: u32) -> &[WorkloadId] {
        self.members.get(class as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn is_host_network(&self, class: u32) -> bool {
        self.classes.get(class as usize).is_some_and(|class| class.host_network)
    }

    /// The number of the class's namespace; [`Self::namespace_count`] less one for the unknown one.
    pub(super) fn namespace(&self, class: u32) -> usize {
        self.classes.get(class as usize).map_or(0, |class| class.namespace as usize)
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

    /// The ports that the class's pods declare under a name and protocol.
    pub(super) fn named_ports(&self, class: u32, name: &str, protocol: Protocol) -> impl Iterator<Item = u16> + '_ {
        let declared = self.classes.get(class as usize).map_or(&[][..], |class| &class.named_ports);
        let name = name.to_owned();
        declared.iter().filter(move |port| port.0 == name && port.1 == protocol).map(|port| port.2)
    }

    /// The classes that a set of pods is made of.
    pub(super) fn select(&self, set: &PodSet) -> ClassSet {
        let domain = self.domain(&set.namespaces);
        let mut selected = self.select_pods(&set.pods, &domain);
        if self.reading == Reading::Most && domain.contains(self.unknown) {
            // The labels of a pod that is not in the input may be any.
            selected = selected.union(&ClassSet::range(self.unknown, self.unknown));
        }
        selected
    }

    fn domain(&self, namespaces: &NamespaceSet) -> ClassSet {
        match namespaces {
            NamespaceSet::One(namespace) => self.of_namespace(namespace.0 as usize),
            NamespaceSet::Matching(selector) if selector.is_empty() => self.pods(),
            NamespaceSet::Matching(selector) => {
                let matching = (0..self.namespace_count()).filter(|&index| self.namespace_matches(selector, index));
                let intervals = matching.flat_map(|index| self.of_namespace(index).intervals().to_vec());
                ClassSet::from_intervals(intervals.collect())
            }
        }
    }

    fn namespace_matches(&self, selector: &Selector, index: usize) -> bool {
        let Some((labels, declared)) = self.namespaces.get(index) else {
            return match self.reading {
                Reading::Shown => selector.matches(&unknown_namespace_labels()),
                Reading::Least => selector.is_empty(),
                Reading::Most => !selector.requirements().iter().any(|it| self.names_only_known_namespaces(it)),
            };
        };
        if *declared || self.reading == Reading::Shown {
            return selector.matches(labels);
        }
        match selector.matches_partly(labels, NAME_LABEL) {
            Match::Yes => true,
            Match::No => false,
            Match::Unknown => self.reading == Reading::Most,
        }
    }

    fn names_only_known_namespaces(&self, requirement: &Requirement) -> bool {
        requirement.key == NAME_LABEL
            && match &requirement.operator {
                Operator::In(names) => names.iter().all(|name| self.known_names.contains(name)),
                Operator::DoesNotExist => true,
                Operator::NotIn(_) | Operator::Exists => false,
            }
    }

    fn select_pods(&self, selector: &Selector, domain: &ClassSet) -> ClassSet {
        let listed = |requirement: &Requirement| self.listed(requirement).map(<[u32]>::len).sum::<usize>();
        let narrowest = selector.requirements().iter().filter(|it| is_positive(it)).min_by_key(|it| listed(it));
        if let Some(narrowest) = narrowest {
            let candidates = self.listed(narrowest).flat_map(|list| within(list, domain));
            let matching = candidates
                .filter(|&class| selector.requirements().iter().all(|requirement| self.holds(requirement, class)));
            return ClassSet::from_points(matching);
        }
        let mut selected = domain.clone();
        for requirement in selector.requirements() {
            let excluded = self.listed(requirement).flat_map(|list| within(list, domain));
            selected = selected.difference(&ClassSet::from_points(excluded));
        }
        selected
    }

    /// The classes whose label is there with one of the values, or there at all.
    fn listed<'s>(&'s self, requirement: &'s Requirement) -> impl Iterator<Item = &'s [u32]> + 's {
        let (values, any) = match &requirement.operator {
            Operator::In(values) | Operator::NotIn(values) => (values.as_slice(), None),
            Operator::Exists | Operator::DoesNotExist => (&[][..], self.by_key.get(&requirement.key)),
        };
        let with_value = values.iter().filter_map(|value| self.by_label.get(&(requirement.key.clone(), value.clone())));
        with_value.chain(any).map(Vec::as_slice)
    }

    fn holds(&self, requirement: &Requirement, class: u32) -> bool {
        let labels = self.classes.get(class as usize).map_or(&[][..], |class| &class.labels);
        let found = labels.binary_search_by(|(key, _)| key.as_str().cmp(&requirement.key)).ok();
        requirement.holds(found.and_then(|index| labels.get(index)).map(|(_, value)| value))
    }
}

impl Class {
    fn of(workload: &Workload, keys: &BTreeSet<&str>, names: &BTreeSet<&str>) -> Self {
        let ports = workload.containers.iter().flat_map(|container| &container.ports);
        let ports = ports.filter_map(|port| Some((port.name.as_ref()?, port.protocol, port.port)));
        Self {
            host_network: workload.host_network,
            namespace: workload.object.namespace.0,
            labels: relevant_labels(&workload.pod_labels, keys),
            // Pods on the network of their node count as node addresses, which have no named ports.
            named_ports: if workload.host_network { Vec::new() } else { relevant_ports(ports, names) },
        }
    }

    fn of_presumed(pod: &PresumedPod, keys: &BTreeSet<&str>, names: &BTreeSet<&str>) -> Self {
        let ports = pod.named_ports.iter().map(|(name, protocol, port)| (name, *protocol, *port));
        Self {
            host_network: false,
            namespace: pod.namespace.0,
            labels: relevant_labels(&pod.labels, keys),
            named_ports: relevant_ports(ports, names),
        }
    }

    fn without_labels(namespace: u32) -> Self {
        Self { host_network: false, namespace, labels: Vec::new(), named_ports: Vec::new() }
    }
}

fn relevant_labels(labels: &Labels, keys: &BTreeSet<&str>) -> Vec<(String, String)> {
    let relevant = labels.iter().filter(|(key, _)| keys.contains(key.as_str()));
    relevant.map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn relevant_ports<'p>(
    ports: impl Iterator<Item = (&'p String, Protocol, u16)>,
    names: &BTreeSet<&str>,
) -> Vec<(String, Protocol, u16)> {
    let relevant = ports.filter(|(name, ..)| names.contains(name.as_str()));
    let mut relevant: Vec<_> = relevant.map(|(name, protocol, port)| (name.clone(), protocol, port)).collect();
    relevant.sort();
    relevant.dedup();
    relevant
}

/// The labels of a namespace of which nothing is known: a name that no selector can have meant.
fn unknown_namespace_labels() -> Labels {
    Labels::from([(NAME_LABEL.to_owned(), String::new())])
}

fn is_positive(requirement: &Requirement) -> bool {
    matches!(requirement.operator, Operator::In(_) | Operator::Exists)
}

/// The elements of a sorted list that are in the domain.
fn within<'l>(list: &'l [u32], domain: &'l ClassSet) -> impl Iterator<Item = u32> + 'l {
    let slices = domain.intervals().iter().filter_map(|&(first, last)| {
        let start = list.partition_point(|&class| class < first);
        let end = list.partition_point(|&class| class <= last);
        list.get(start..end)
    });
    slices.flatten().copied()
}

fn peers(policies: &[Policy]) -> impl Iterator<Item = &PodSet> {
    let rules = policies.iter().flat_map(|policy| policy.ingress.iter().chain(&policy.egress));
    rules.flat_map(|rule| rule.peers.listed()).filter_map(|peer| match peer {
        Peer::Pods(set) => Some(set),
        Peer::Block { .. } | Peer::Invalid => None,
    })
}

fn relevant_keys(policies: &[Policy]) -> BTreeSet<&str> {
    let sets = policies.iter().map(|policy| &policy.subject).chain(peers(policies));
    sets.flat_map(|set| set.pods.requirements()).map(|requirement| requirement.key.as_str()).collect()
}

fn relevant_port_names(policies: &[Policy]) -> BTreeSet<&str> {
    let rules = policies.iter().flat_map(|policy| policy.ingress.iter().chain(&policy.egress));
    rules
        .flat_map(|rule| rule.ports.listed())
        .filter_map(|port| match port {
            PortMatch::Named { name, .. } => Some(name.as_str()),
            _ => None,
        })
        .collect()
}

pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
