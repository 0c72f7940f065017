//! Example pods that fare alike, put together for people.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::examples::{Examples, PlaceKind, Pod};
use super::{Namespaces, Other};

/// Pods by what their labels must be and by what is said of them, with their places.
#[derive(Debug)]
pub(crate) struct Listing<'e, K, const STATES: usize> {
    examples: &'e Examples<STATES>,
    entries: BTreeMap<(&'e [String], K), Vec<Pod>>,
}

impl<'e, K: Clone + Ord, const STATES: usize> Listing<'e, K, STATES> {
    pub(crate) fn new(examples: &'e Examples<STATES>) -> Self {
        Self { examples, entries: BTreeMap::new() }
    }

    /// Says something of a pod.
    pub(crate) fn add(&mut self, pod: Pod, said: K) {
        self.entries.entry((self.examples.labels(pod), said)).or_default().push(pod);
    }

    /// The entries, in order: any pod before those with labels. Each with the first of its pods.
    pub(crate) fn finish(self) -> Vec<(Other, K, Pod)> {
        let mut entries = Vec::new();
        for ((labels, said), pods) in self.entries {
            for (namespaces, pod) in together(&pods, self.examples) {
                entries.push((Other::Pods { namespaces, labels: labels.to_vec() }, said.clone(), pod));
            }
        }
        entries
    }
}

/// The places of pods put together, each with the first pod there. Where any namespace that is not in the input will do,
/// examples of them are not named.
fn together<const STATES: usize>(pods: &[Pod], examples: &Examples<STATES>) -> Vec<(Namespaces, Pod)> {
    let kind = |pod: &Pod| examples.places.get(examples.place(*pod)).map(|place| &place.kind);
    let everywhere = pods.iter().find(|pod| matches!(kind(pod), Some(PlaceKind::Unknown)));
    let named = |pod: &Pod| match kind(pod) {
        Some(PlaceKind::Named { name, is_in_input }) => Some((name.clone(), *is_in_input, *pod)),
        _ => None,
    };
    let mut all: Vec<(SmolStr, bool, Pod)> = pods.iter().filter_map(named).collect();
    let names = examples.places.iter().filter(|place| matches!(place.kind, PlaceKind::Named { .. })).count();
    if let Some(pod) = everywhere.filter(|_| all.len() == names) {
        return vec![(Namespaces::Every, *pod)];
    }
    // A namespace that only presumed pods are in is one of those that are not in the input.
    all.retain(|(_, is_in_input, _)| everywhere.is_none() || *is_in_input);
    let mut together = Vec::new();
    if let Some((_, _, first)) = all.first().cloned() {
        together.push((Namespaces::Known(all.into_iter().map(|(name, ..)| name).collect()), first));
    }
    if let Some(pod) = everywhere {
        together.push((Namespaces::Unknown, *pod));
        return together;
    }
    let labelled = pods.iter().filter_map(|pod| match kind(pod) {
        Some(PlaceKind::Labelled(labels)) => Some((Namespaces::Labelled(labels.clone()), *pod)),
        _ => None,
    });
    together.extend(labelled);
    together
}
