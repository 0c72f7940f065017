//! Which of many sets of classes each class is in.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;

use super::number::{ClassSet, number};

/// The classes, cut where any of some sets begins or ends.
#[derive(Debug, Default)]
pub(in crate::reach) struct Segments {
    /// Where a segment begins.
    starts: Vec<u32>,
    /// For each segment, the number of its list.
    lists: Vec<u32>,
    /// The sets that the classes of a segment are in, by their places: each list once.
    distinct: Vec<Vec<u32>>,
}

impl Segments {
    pub(in crate::reach) fn new<'s>(sets: impl Iterator<Item = &'s ClassSet>) -> Self {
        let mut changes: BTreeMap<u32, Vec<(u32, bool)>> = BTreeMap::from([(0, Vec::new())]);
        for (set, place) in sets.zip(0..) {
            for &(first, last) in set.intervals() {
                changes.entry(first).or_default().push((place, true));
                changes.entry(last.saturating_add(1)).or_default().push((place, false));
            }
        }
        let (mut segments, mut active) = (Self::default(), BTreeSet::new());
        let mut numbers: HashMap<Vec<u32>, u32> = HashMap::default();
        for (start, changes) in changes {
            for (set, begins) in changes {
                if begins {
                    active.insert(set)
                } else {
                    active.remove(&set)
                };
            }
            let list: Vec<u32> = active.iter().copied().collect();
            let known = numbers.get(&list).copied();
            let list = known.unwrap_or_else(|| {
                let next = number(segments.distinct.len());
                segments.distinct.push(list.clone());
                numbers.insert(list, next);
                next
            });
            segments.starts.push(start);
            segments.lists.push(list);
        }
        segments
    }

    /// The number of the list of sets that a class is in.
    pub(in crate::reach) fn list_of(&self, class: u32) -> u32 {
        let after = self.starts.partition_point(|&start| start <= class);
        after.checked_sub(1).and_then(|place| self.lists.get(place)).copied().unwrap_or(u32::MAX)
    }

    /// The sets of a list, by their places.
    pub(in crate::reach) fn list(&self, number: u32) -> &[u32] {
        self.distinct.get(number as usize).map_or(&[], Vec::as_slice)
    }
}
