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

/// Where an example pod is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// In a namespace of the input, or in an example of one that is not.
    Namespace(NamespaceId),
    /// In a namespace of which nothing is known.
    Unknown,
}

/// A pod with labels that a policy selects.
#[derive(Debug)]
pub(super) struct Example {
    pub(super) place: Place,
    /// What its labels must be, as written for people.
    pub(super) labels: Vec<String>,
}

/// An example pod by its place, what its labels must be, and the labels.
type Wanted = (Place, Vec<String>, Vec<(SmolStr, SmolStr)>);

/// The cluster with examples of pods and namespaces in it.
#[derive(Debug)]
pub(super) struct Examples {
    cluster: Cluster,
    /// How many of its namespaces are in the input.
    known: usize,
    /// Those of them that are declared or hold an object; others are there for presumed pods alone.
    in_input: BTreeSet<NamespaceId>,
    /// What the labels of each example of a namespace must be.
    namespaces: Vec<Vec<String>>,
    /// In the order of the engine's presumed pods.
    pub(super) pods: Vec<Example>,
    /// Why there may be more that policies permit, if there may.
    pub(super) note: Option<&'static str>,
}

impl Examples {
    pub(super) fn new(cluster: &Cluster) -> Self {
        let mut examples = Self {
            known: cluster.namespaces.len(),
            in_input: in_input(cluster),
            namespaces: Vec::new(),
            pods: Vec::new(),
            note: None,
            cluster: Cluster { presumed: Vec::new(), ..cluster.clone() },
        };
        let sets = selected(cluster);
        let domains: BTreeMap<&NamespaceSet, &Origin> =
            sets.iter().map(|(set, origin)| (&set.namespaces, *origin)).collect();
        for (domain, origin) in domains {
            if let NamespaceSet::Matching(selector) = domain {
                examples.add_namespaces(selector, origin);
            }
        }
        let pods: BTreeSet<Wanted> = sets
            .iter()
            .flat_map(|(set, _)| {
                let labels = meeting(&set.pods);
                let places = examples.places_of(&set.namespaces);
                places.into_iter().flat_map(move |place| {
                    let pairs =
                        |labels: &Labels| labels.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
                    let with_labels = labels.clone().into_iter().filter(|(labels, _)| !labels.is_empty());
                    with_labels.map(move |(labels, written)| (place, written, pairs(&labels)))
                })
            })
            .collect();
        if sets.iter().any(|(set, _)| set.condition.is_some()) {
            examples.note =
                Some("policies select pods by more than lists of labels; exposure may be larger than shown");
        }
        if pods.len() > MOST {
            examples.note = Some("policies select very many sets of pods; exposure may be larger than shown");
        }
        for (place, labels, pairs) in pods.into_iter().take(MOST) {
            examples.add_pod(cluster, place, pairs.into_iter().collect());
            examples.pods.push(Example { place, labels });
        }
        examples
    }

    /// What is permitted in this cluster: as shown, and for certain.
    pub(super) fn reach(&self, pod_blocks: &[IpNet]) -> (Reachability, Reachability) {
        let basis = Arc::new(Basis::new(&self.cluster, pod_blocks));
        let under = |reading| Reachability::on(Arc::clone(&basis), &self.cluster, reading);
        rayon::join(|| under(Reading::Shown), || under(Reading::Least))
    }

    /// Every place that pods may be in.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> + use<> {
        let namespaces = (0..).take(self.cluster.namespaces.len()).map(|index| Place::Namespace(NamespaceId(index)));
        namespaces.chain([Place::Unknown])
    }

    /// A pod without labels.
    pub(super) fn unlabelled(&self, place: Place) -> Endpoint {
        match place {
            Place::Namespace(id) => Endpoint::OtherPod(id),
            Place::Unknown => Endpoint::UnknownNamespace,
        }
    }

    /// How many namespaces the cluster has without the examples.
    pub(super) fn known_namespaces(&self) -> usize {
        self.known
    }

    /// Whether a namespace is declared by the input or holds an object of it.
    pub(super) fn is_in_input(&self, namespace: NamespaceId) -> bool {
        self.in_input.contains(&namespace)
    }

    /// What the labels of a namespace must be, where it is an example of those that are not in the input.
    pub(super) fn labels_of(&self, namespace: NamespaceId) -> Option<&[String]> {
        let place = (namespace.0 as usize).checked_sub(self.known)?;
        self.namespaces.get(place).map(Vec::as_slice)
    }

    fn add_namespaces(&mut self, selector: &Selector, origin: &Origin) {
        if selector.is_empty() {
            return;
        }
        for (mut labels, written) in meeting(selector) {
            let is_known = |name: &SmolStr| self.cluster.namespaces.iter().any(|it| it.name == name.as_str());
            if written.is_empty() || labels.get(NAME_LABEL).is_some_and(is_known) {
                continue;
            }
            // A name that no selector can have meant.
            let name = labels.get(NAME_LABEL).cloned().unwrap_or_default();
            labels.insert(NAME_LABEL.into(), name.clone());
            let (annotations, manifest) = (Labels::default(), Some(origin.clone()));
            self.cluster.namespaces.push(Namespace { name: name.into(), labels, annotations, manifest });
            self.namespaces.push(written);
        }
    }

    /// The places that pods of these namespaces may be in.
    fn places_of(&self, namespaces: &NamespaceSet) -> Vec<Place> {
        match namespaces {
            // Of the cluster itself, which is no namespace, there are no pods.
            NamespaceSet::One(id) if *id == NamespaceId::CLUSTER => Vec::new(),
            NamespaceSet::One(id) => vec![Place::Namespace(*id)],
            NamespaceSet::Matching(selector) => {
                let matching = (0..).zip(&self.cluster.namespaces).filter(|(_, it)| selector.matches(&it.labels));
                let known = matching.map(|(index, _)| Place::Namespace(NamespaceId(index)));
                known.chain(is_met_by_any(selector).then_some(Place::Unknown)).collect()
            }
        }
    }

    fn add_pod(&mut self, cluster: &Cluster, place: Place, labels: Labels) {
        let namespace = match place {
            Place::Namespace(id) => id,
            // One past the last is the engine's number for it.
            Place::Unknown => NamespaceId(u32::try_from(self.cluster.namespaces.len()).unwrap_or(u32::MAX)),
        };
        let is_like_it = |pod: &&PresumedPod| {
            pod.namespace == namespace && labels.iter().all(|(key, value)| pod.labels.get(key) == Some(value))
        };
        let known = cluster.presumed.iter().find(is_like_it);
        let named_ports = known.map(|pod| pod.named_ports.clone()).unwrap_or_default();
        let presumed_as = PresumedAs::Example;
        self.cluster.presumed.push(PresumedPod { namespace, labels, named_ports, presumed_as });
    }
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

/// The sets of pods that policies select as peers, each with a place that names it.
fn selected(cluster: &Cluster) -> Vec<(&PodSet, &Origin)> {
    let mut sets: Vec<(&PodSet, &Origin)> = Vec::new();
    for object in cluster.policies.iter().filter(|policy| !policy.rejected) {
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
