//! Example pods that fare alike, put together for people.

use std::collections::BTreeMap;

use super::examples::{Examples, Place};
use super::{Exposed, Namespaces, Other};
use crate::net::ports::PortSet;
use crate::objects::NamespaceId;

/// Pods by what they need and may do, with the places they are in.
#[derive(Default)]
pub(super) struct Listing {
    entries: BTreeMap<(Vec<String>, PortSet, bool), Vec<Place>>,
}

impl Listing {
    /// Adds pods of a place, if they may do anything.
    pub(super) fn add(&mut self, place: Place, labels: &[String], ports: &PortSet, is_certain: bool) {
        if !ports.is_empty() {
            self.entries.entry((labels.to_vec(), ports.clone(), is_certain)).or_default().push(place);
        }
    }

    /// The entries, in order: any pod before those with labels.
    pub(super) fn finish(self, examples: &Examples) -> Vec<Exposed> {
        let mut exposed = Vec::new();
        for ((labels, ports, is_certain), places) in self.entries {
            for namespaces in together(&places, examples) {
                let other = Other::Pods { namespaces, labels: labels.clone() };
                exposed.push(Exposed { other, ports: ports.clone(), is_certain });
            }
        }
        exposed
    }
}

/// The places put together. Where any namespace that is not in the input will do, examples of them are not named.
fn together(places: &[Place], examples: &Examples) -> Vec<Namespaces> {
    let known = |place: &Place| match place {
        Place::Namespace(id) if examples.labels_of(*id).is_none() => Some(*id),
        _ => None,
    };
    let is_everywhere = places.contains(&Place::Unknown);
    let all: Vec<NamespaceId> = places.iter().filter_map(known).collect();
    if is_everywhere && all.len() == examples.known_namespaces() {
        return vec![Namespaces::Every];
    }
    // A namespace that only presumed pods are in is one of those that are not in the input.
    let named: Vec<NamespaceId> = all.into_iter().filter(|id| !is_everywhere || examples.is_in_input(*id)).collect();
    let mut together = Vec::new();
    if !named.is_empty() {
        together.push(Namespaces::Known(named));
    }
    if is_everywhere {
        together.push(Namespaces::Unknown);
        return together;
    }
    let labelled = places.iter().filter_map(|place| match place {
        Place::Namespace(id) => examples.labels_of(*id),
        Place::Unknown => None,
    });
    together.extend(labelled.map(|labels| Namespaces::Labelled(labels.to_vec())));
    together
}
