//! Classes of pods that no policy can tell apart.
//!
//! Two workloads are in one class if they share the namespace, what the [vocabulary](super::vocabulary) of the
//! policies can see of their labels and named ports, and whether they are on the network of their node. All that the engine computes,
//! it computes once per class. Class numbers follow namespaces, so that a set of namespaces is a few intervals.

use std::collections::{BTreeSet, HashMap};

use super::interval::IntervalSet;
use super::vocabulary::{LabelIndex, LabelSet, NamedPorts, Vocabulary};
use crate::cluster::{Cluster, Labels, NamespaceId, PresumedPod, Protocol, Workload, WorkloadId};
use crate::policy::{Match, NamespaceSet, Operator, PodSet, Policy, Requirement, Selector};

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
    labels: LabelSet,
    named_ports: NamedPorts,
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
    vocabulary: Vocabulary,
    index: LabelIndex,
    namespaces: Vec<(Labels, bool)>,
    known_names: BTreeSet<String>,
    reading: Reading,
}

impl Classes {
    pub(super) fn new(cluster: &Cluster, policies: &[Policy], reading: Reading) -> Self {
        let vocabulary = Vocabulary::new(policies);
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
            cluster.workloads.iter().map(|workload| intern(Class::of(workload, &vocabulary))).collect();
        let mut of_other_pod: Vec<u32> =
            (0..unknown_namespace).map(|namespace| intern(Class::without_labels(namespace))).collect();
        let mut of_presumed: Vec<u32> =
            cluster.presumed.iter().map(|pod| intern(Class::of_presumed(pod, &vocabulary))).collect();
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
            of_workload,
            members,
            of_other_pod,
            of_presumed,
            unknown,
            vocabulary,
            index,
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
        let name = self.vocabulary.port_name(name);
        declared.iter().filter(move |port| Some(port.0) == name && port.1 == protocol).map(|port| port.2)
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

    /// Whether a class is in a set of pods: what [`Self::select`] says of it, without the others.
    pub(super) fn is_in(&self, class: u32, set: &PodSet) -> bool {
        let namespace = self.namespace(class);
        let is_here = match &set.namespaces {
            NamespaceSet::One(own) => own.0 as usize == namespace,
            NamespaceSet::Matching(selector) => selector.is_empty() || self.namespace_matches(selector, namespace),
        };
        let labels = self.classes.get(class as usize).map_or(&[][..], |class| &class.labels);
        let mut conditions = set.pods.requirements().iter().map(|it| Condition::new(it, &self.vocabulary));
        let may_be_any = self.reading == Reading::Most && class == self.unknown;
        is_here && !self.is_host_network(class) && (may_be_any || conditions.all(|condition| condition.holds(labels)))
    }

    fn domain(&self, namespaces: &NamespaceSet) -> ClassSet {
        match namespaces {
            NamespaceSet::One(namespace) => self.of_namespace(namespace.0 as usize),
            NamespaceSet::Matching(selector) if selector.is_empty() => self.pods(),
            NamespaceSet::Matching(selector) => {
                let matching = (0..self.namespace_count()).filter(|&index| self.namespace_matches(selector, index));
                let intervals = matching.flat_map(|index| self.of_namespace(index).into_intervals());
                ClassSet::from_intervals(intervals)
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
        let lists: Vec<(&Requirement, Vec<&[u32]>)> = selector
            .requirements()
            .iter()
            .map(|requirement| (requirement, self.index.listed(requirement, &self.vocabulary)))
            .collect();
        let narrowest = lists
            .iter()
            .filter(|(requirement, _)| is_positive(requirement))
            .min_by_key(|(_, lists)| lists.iter().map(|list| list.len()).sum::<usize>());
        let listed = |lists: &[&[u32]]| lists.iter().flat_map(|list| within(list, domain)).collect::<Vec<u32>>();
        let Some((narrowest, candidates)) = narrowest else {
            let excluded = lists.iter().flat_map(|(_, lists)| listed(lists));
            return domain.difference(&ClassSet::from_points(excluded));
        };
        let others: Vec<Condition<'_>> = selector
            .requirements()
            .iter()
            .filter(|requirement| requirement != narrowest)
            .map(|requirement| Condition::new(requirement, &self.vocabulary))
            .collect();
        let candidates = listed(candidates).into_iter();
        ClassSet::from_points(candidates.filter(|&class| {
            let labels = self.classes.get(class as usize).map_or(&[][..], |class| &class.labels);
            others.iter().all(|condition| condition.holds(labels))
        }))
    }
}

/// A requirement in the numbers of the vocabulary.
struct Condition<'r> {
    requirement: &'r Requirement,
    key: Option<u32>,
    values: Vec<u32>,
}

impl<'r> Condition<'r> {
    fn new(requirement: &'r Requirement, vocabulary: &Vocabulary) -> Self {
        Self { requirement, key: vocabulary.key(&requirement.key), values: vocabulary.values(requirement) }
    }

    fn holds(&self, labels: &[(u32, u32)]) -> bool {
        let value = labels.iter().find(|(key, _)| Some(*key) == self.key).map(|(_, value)| value);
        match self.requirement.operator {
            Operator::In(_) => value.is_some_and(|value| self.values.contains(value)),
            Operator::NotIn(_) => value.is_none_or(|value| !self.values.contains(value)),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
        }
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
        Self { host_network: false, namespace, labels: Vec::new(), named_ports: Vec::new() }
    }
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

pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
