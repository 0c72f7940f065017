//! What resolves policies: it knows the universe, and remembers each set of pods.

use std::sync::Arc;

use foldhash::HashMap;

use super::universe::Universe;
use crate::net::address::AddressSet;
use crate::policy::PodSet;
use crate::reach::bounds::Bounds;
use crate::reach::classes::ClassSet;
use crate::reach::reading::Reading;

/// The classes of each set of pods that policies are about.
pub(in crate::reach) type Selected = HashMap<PodSet, Bounds<Arc<ClassSet>>>;

/// Resolves policies, and each distinct set of pods once.
pub(in crate::reach) struct Resolver<'u> {
    pub(super) universe: &'u Universe,
    /// The sets that are resolved already.
    known: &'u Selected,
    pub(super) reading: Reading,
    /// Other sets.
    selected: Selected,
    /// What most rules admit of the addresses outside: they share it.
    pub(super) no_addresses: Arc<AddressSet>,
}

impl<'u> Resolver<'u> {
    pub(in crate::reach) fn new(universe: &'u Universe, known: &'u Selected, reading: Reading) -> Self {
        Self { universe, known, reading, selected: Selected::default(), no_addresses: Arc::default() }
    }

    /// The sets of pods that were resolved.
    pub(super) fn into_selected(self) -> Selected {
        self.selected
    }

    pub(super) fn pods(&mut self, set: &PodSet) -> Bounds<Arc<ClassSet>> {
        if let Some(found) = self.known.get(set).or_else(|| self.selected.get(set)) {
            return found.clone();
        }
        let selected = self.universe.classes.bounds(set, self.reading);
        self.selected.insert(set.clone(), selected.clone());
        selected
    }
}
