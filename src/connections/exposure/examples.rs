//! Pods that stand for those that the input does not show.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ipnet::IpNet;
use smol_str::SmolStr;

use super::labels::meeting;
use crate::cluster::{Cluster, PresumedAs, PresumedPod};
use crate::objects::{Labels, NAME_LABEL, Namespace, NamespaceId, Operator, Selector};
use crate::policy::{NamespaceSet, Peer, PodSet};
use crate::reach::{Basis, Endpoint, Reachability, Reading};
use crate::source::Origin;

/// The most examples of pods.
const MOST: usize = 4_000;

/// Where pods may be, whatever number a state of the cluster gives to the namespace.
#[derive(Debug)]
pub(super) struct Place<const STATES: usize> {
    pub(super) kind: PlaceKind,
    /// The namespace in each of the states; that of a place of which nothing is known is one past the last.
    namespaces: [NamespaceId; STATES],
}

/// What kind of place it is.
#[derive(Debug)]
pub(super) enum PlaceKind {
    /// A namespace of this name.
    Named {
        /// The name.
        name: SmolStr,
        /// Whether a state declares it or holds an object of it; others are there for presumed pods alone.
        is_in_input: bool,
    },
    /// An example of the namespaces that are not in the input and carry labels, as written for people.
    Labelled(Vec<String>),
    /// A namespace of which nothing is known.
    Unknown,
}

/// A pod that the input does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Pod {
    /// Without labels, in a place.
    Unlabelled(usize),
    /// One of the examples.
    Example(usize),
}

/// A pod with labels that a policy selects.
#[derive(Debug)]
pub(super) struct Example {
    /// Its place.
    pub(super) place: usize,
    /// What its labels must be, as written for people.
    pub(super) labels: Vec<String>,
}

/// An example pod by its place, what its labels must be, and the labels.
type Wanted = (usize, Vec<String>, Vec<(SmolStr, SmolStr)>);

/// States of a cluster with examples of pods and namespaces in them: the same ones in each.
#[derive(Debug)]
pub(crate) struct Examples<const STATES: usize> {
    states: [Cluster; STATES],
    /// Namespaces by their names, then the examples of others, then the place of which nothing is known.
    pub(super) places: Vec<Place<STATES>>,
    /// In the order of the engine's presumed pods.
    pub(super) pods: Vec<Example>,
    /// Why there may be more that policies permit, if there may.
    pub(crate) note: Option<&'static str>,
}

impl<const STATES: usize> Examples<STATES> {
    /// Examples of what the peers of policies select. `is_asked` says which policies, by state and place.
    pub(crate) fn new(clusters: [&Cluster; STATES], is_asked: impl Fn(usize, usize) -> bool) -> Self {
        let selected: Vec<_> =
            clusters.iter().enumerate().map(|(state, it)| selected(it, |policy| is_asked(state, policy))).collect();
        let states = clusters.map(|cluster| Cluster { presumed: Vec::new(), ..cluster.clone() });
        let mut examples = Self { states, places: Vec::new(), pods: Vec::new(), note: None };
        examples.add_places(clusters);
        let sets = || selected.iter().flatten();
        let domains: BTreeMap<&NamespaceSet, &Origin> =
            sets().map(|(set, origin)| (&set.namespaces, *origin)).collect();
        for (domain, origin) in domains {
            if let NamespaceSet::Matching(selector) = domain {
                examples.add_namespaces(selector, origin);
            }
        }
        let namespaces = examples.states.each_ref().map(next_namespace);
        examples.places.push(Place { kind: PlaceKind::Unknown, namespaces });
        let mut pods: BTreeSet<Wanted> = BTreeSet::new();
        for (state, sets) in selected.iter().enumerate() {
            for (set, _) in sets {
                let labels = meeting(&set.pods).into_iter().filter(|(labels, _)| !labels.is_empty());
                let labels: Vec<(Labels, Vec<String>)> = labels.collect();
                for place in examples.places_of(state, &set.namespaces) {
                    let wanted = |(labels, written): &(Labels, Vec<String>)| {
                        let pairs = labels.iter().map(|(key, value)| (key.clone(), value.clone()));
                        (place, written.clone(), pairs.collect())
                    };
                    pods.extend(labels.iter().map(wanted));
                }
            }
        }
        if sets().any(|(set, _)| set.condition.is_some()) {
            examples.note =
                Some("policies select pods by more than lists of labels; exposure may be larger than shown");
        }
        if pods.len() > MOST {
            examples.note = Some("policies select very many sets of pods; exposure may be larger than shown");
        }
        for (place, labels, pairs) in pods.into_iter().take(MOST) {
            examples.add_pod(clusters, place, &pairs);
            examples.pods.push(Example { place, labels });
        }
        examples
    }

    /// What is permitted in each state: as shown, and for certain. The blocks are the addresses of its pods.
    pub(crate) fn reach(&self, pod_blocks: [&[IpNet]; STATES]) -> [(Reachability, Reachability); STATES] {
        let mut pod_blocks = pod_blocks.into_iter();
        self.states.each_ref().map(|cluster| {
            let basis = Arc::new(Basis::new(cluster, pod_blocks.next().unwrap_or_default()));
            let under = |reading| Reachability::on(Arc::clone(&basis), cluster, reading);
            rayon::join(|| under(Reading::Shown), || under(Reading::Least))
        })
    }

    /// The pods without labels, one for each place.
    pub(crate) fn unlabelled(&self) -> impl Iterator<Item = Pod> + use<STATES> {
        (0..self.places.len()).map(Pod::Unlabelled)
    }

    /// The pods with labels.
    pub(crate) fn labelled(&self) -> impl Iterator<Item = Pod> + use<STATES> {
        (0..self.pods.len()).map(Pod::Example)
    }

    /// How many pods there are.
    pub(crate) fn len(&self) -> usize {
        self.places.len() + self.pods.len()
    }

    /// A pod as the engine of a state knows it.
    pub(crate) fn endpoint(&self, state: usize, pod: Pod) -> Endpoint {
        let place = match pod {
            Pod::Example(index) => return Endpoint::Presumed(index),
            Pod::Unlabelled(place) => self.places.get(place),
        };
        match place {
            Some(Place { kind: PlaceKind::Named { .. } | PlaceKind::Labelled(_), namespaces }) => {
                namespaces.get(state).map_or(Endpoint::UnknownNamespace, |id| Endpoint::OtherPod(*id))
            }
            _ => Endpoint::UnknownNamespace,
        }
    }

    /// The place of a pod.
    pub(crate) fn place(&self, pod: Pod) -> usize {
        match pod {
            Pod::Unlabelled(place) => place,
            Pod::Example(index) => self.pods.get(index).map_or(usize::MAX, |example| example.place),
        }
    }

    /// The namespace of a pod, where it has a name.
    pub(crate) fn namespace(&self, pod: Pod) -> Option<&SmolStr> {
        match &self.places.get(self.place(pod))?.kind {
            PlaceKind::Named { name, .. } => Some(name),
            PlaceKind::Labelled(_) | PlaceKind::Unknown => None,
        }
    }

    /// The labels of the pods with labels, in order.
    pub(crate) fn all_labels(&self) -> impl Iterator<Item = &Labels> {
        self.states.first().into_iter().flat_map(|state| &state.presumed).map(|pod| &pod.labels)
    }

    /// What the labels of a pod must be, as written for people.
    pub(super) fn labels(&self, pod: Pod) -> &[String] {
        match pod {
            Pod::Unlabelled(_) => &[],
            Pod::Example(index) => self.pods.get(index).map_or(&[], |example| &example.labels),
        }
    }

    /// The namespaces of all states. One that a state does not have is there as another one declares it.
    fn add_places(&mut self, clusters: [&Cluster; STATES]) {
        let names: BTreeMap<&str, &Namespace> =
            clusters.iter().rev().flat_map(|it| &it.namespaces).map(|it| (it.name.as_str(), it)).collect();
        let in_input = clusters.map(in_input);
        for (name, namespace) in names {
            let known = clusters.map(|cluster| cluster.namespace_named(name));
            let is_in_input = known.iter().zip(&in_input).any(|(id, all)| id.is_some_and(|id| all.contains(&id)));
            let mut known = known.into_iter();
            let add_missing = |state| known.next().flatten().unwrap_or_else(|| add(state, namespace.clone()));
            let namespaces = self.states.each_mut().map(add_missing);
            self.places.push(Place { kind: PlaceKind::Named { name: name.into(), is_in_input }, namespaces });
        }
    }

    fn add_namespaces(&mut self, selector: &Selector, origin: &Origin) {
        if selector.is_empty() {
            return;
        }
        for (mut labels, written) in meeting(selector) {
            let is_known = |name: &SmolStr| {
                self.states.first().is_some_and(|state| state.namespaces.iter().any(|it| it.name == name.as_str()))
            };
            if written.is_empty() || labels.get(NAME_LABEL).is_some_and(is_known) {
                continue;
            }
            // A name that no selector can have meant.
            let name = labels.get(NAME_LABEL).cloned().unwrap_or_default();
            labels.insert(NAME_LABEL.into(), name.clone());
            let (annotations, manifest) = (Labels::default(), Some(origin.clone()));
            let namespace = Namespace { name: name.into(), labels, annotations, manifest };
            let namespaces = self.states.each_mut().map(|state| add(state, namespace.clone()));
            self.places.push(Place { kind: PlaceKind::Labelled(written), namespaces });
        }
    }

    /// The places that pods of these namespaces of a state may be in.
    fn places_of(&self, state: usize, namespaces: &NamespaceSet) -> Vec<usize> {
        let Some(cluster) = self.states.get(state) else { return Vec::new() };
        let id = |place: &Place<STATES>| place.namespaces.get(state).copied();
        let is_meant = |place: &Place<STATES>| match (namespaces, &place.kind) {
            // Of the cluster itself, which is no namespace, there are no pods.
            (NamespaceSet::One(one), _) => *one != NamespaceId::CLUSTER && id(place) == Some(*one),
            (NamespaceSet::Matching(selector), PlaceKind::Unknown) => is_met_by_any(selector),
            (NamespaceSet::Matching(selector), _) => {
                let namespace = id(place).and_then(|id| cluster.namespaces.get(id.0 as usize));
                namespace.is_some_and(|namespace| selector.matches(&namespace.labels))
            }
        };
        (0..).zip(&self.places).filter(|(_, place)| is_meant(place)).map(|(index, _)| index).collect()
    }

    fn add_pod(&mut self, clusters: [&Cluster; STATES], place: usize, labels: &[(SmolStr, SmolStr)]) {
        let Some(place) = self.places.get(place) else { return };
        for ((state, cluster), namespace) in self.states.iter_mut().zip(clusters).zip(&place.namespaces) {
            let namespace = *namespace;
            let is_like_it = |pod: &&PresumedPod| {
                pod.namespace == namespace && labels.iter().all(|(key, value)| pod.labels.get(key) == Some(value))
            };
            let known = cluster.presumed.iter().find(is_like_it);
            let named_ports = known.map(|pod| pod.named_ports.clone()).unwrap_or_default();
            let (labels, presumed_as) = (labels.iter().cloned().collect(), PresumedAs::Example);
            state.presumed.push(PresumedPod { namespace, labels, named_ports, presumed_as });
        }
    }
}

/// The number of the next namespace that is added.
fn next_namespace(cluster: &Cluster) -> NamespaceId {
    NamespaceId(u32::try_from(cluster.namespaces.len()).unwrap_or(u32::MAX))
}

/// Adds a namespace to a cluster.
fn add(cluster: &mut Cluster, namespace: Namespace) -> NamespaceId {
    let id = next_namespace(cluster);
    cluster.namespaces.push(namespace);
    id
}

fn in_input(cluster: &Cluster) -> BTreeSet<NamespaceId> {
    let declared = (0..).zip(&cluster.namespaces).filter(|(_, namespace)| namespace.manifest.is_some());
    let declared = declared.map(|(index, _)| NamespaceId(index));
    declared.chain(cluster.objects().map(|object| object.namespace)).collect()
}

/// Whether a namespace of which nothing is known is meant.
fn is_met_by_any(selector: &Selector) -> bool {
    selector.requirements().iter().all(|it| matches!(it.operator, Operator::NotIn(_) | Operator::DoesNotExist))
}

/// The sets of pods that the policies asked for select as peers, each with a place that names it.
fn selected(cluster: &Cluster, is_asked: impl Fn(usize) -> bool) -> Vec<(&PodSet, &Origin)> {
    let mut sets: Vec<(&PodSet, &Origin)> = Vec::new();
    let policies = cluster.policies.iter().enumerate().filter(|(place, policy)| !policy.rejected && is_asked(*place));
    for (_, object) in policies {
        let rules = object.policy.ingress.iter().chain(&object.policy.egress);
        for peer in rules.flat_map(|rule| rule.peers.listed()) {
            visit(peer, &mut |set| sets.push((set, &object.object.origin)));
        }
    }
    sets.sort_by_key(|(set, _)| *set);
    sets.dedup_by_key(|(set, _)| *set);
    sets
}

/// Visits the sets of pods of an expression.
fn visit<'p>(peer: &'p Peer, found: &mut impl FnMut(&'p PodSet)) {
    match peer {
        Peer::Pods(set) => found(set),
        Peer::Perhaps(one) | Peer::Not(one) => visit(one, found),
        Peer::All(several) | Peer::Any(several) => several.iter().for_each(|it| visit(it, found)),
        Peer::Services(services) => visit(&services.missing, found),
        _ => {}
    }
}
