//! Which classes carry which labels, so that selectors are looked up and not tried one by one.

use foldhash::HashMap;
use smallvec::SmallVec;

use super::vocabulary::{LabelSet, Predicate, UNKNOWN};

/// The classes that carry each label.
#[derive(Debug, Default)]
pub(in crate::reach) struct LabelIndex {
    by_label: HashMap<(u32, u32), Vec<u32>>,
    by_key: HashMap<u32, Vec<u32>>,
}

impl LabelIndex {
    /// Adds a class; classes come in ascending order.
    pub(in crate::reach) fn add(&mut self, class: u32, labels: &LabelSet) {
        for &(key, value) in labels {
            self.by_label.entry((key, value)).or_default().push(class);
            self.by_key.entry(key).or_default().push(class);
        }
    }

    /// The classes whose label is there with one of the predicate's values, or, where it asks for none, at all. With
    /// `unknown`, those as well whose value is unknown.
    pub(in crate::reach) fn listed(&self, predicate: &Predicate, unknown: bool) -> SmallVec<[&[u32]; 2]> {
        let Some(key) = predicate.key() else { return SmallVec::new() };
        match predicate.values() {
            Some(values) => {
                let values = values.iter().copied().chain(unknown.then_some(UNKNOWN));
                let lists = values.filter_map(|value| self.by_label.get(&(key, value)));
                lists.map(Vec::as_slice).collect()
            }
            None => self.by_key.get(&key).map(Vec::as_slice).into_iter().collect(),
        }
    }
}
