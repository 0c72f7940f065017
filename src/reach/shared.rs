//! Rules of policies of the whole cluster, by whom they match at the far end: most of them have nothing to do with most
//! ends, and every pod would have to ask them all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use foldhash::HashSet;

use super::basis::Basis;
use super::classes::number;
use super::resolve::{ResolvedPolicy, ResolvedRule};
use crate::net::Direction;
use crate::policy::Action;

/// The rules of one direction that policies of the whole cluster have.
#[derive(Debug, Default)]
pub(super) struct SharedRules {
    /// All of them, in the order in which they are asked.
    rules: Vec<SharedRule>,
    /// Where the classes begin that the same of them may match.
    starts: Vec<u32>,
    /// For each start, which these are.
    matching: Vec<Arc<[u32]>>,
    /// Those that may match addresses outside.
    of_addresses: Vec<u32>,
}

/// A rule by the places of its policy, and of the rule within it.
#[derive(Clone, Copy, Debug)]
pub(super) struct SharedRule {
    pub(super) policy: u32,
    pub(super) index: usize,
}

impl SharedRules {
    pub(super) fn new(basis: &Basis, policies: &[Arc<ResolvedPolicy>], direction: Direction) -> Self {
        let mut shared = Self::default();
        let mut resolved: Vec<&ResolvedRule> = Vec::new();
        for index in basis.in_order() {
            let Some(policy) = policies.get(index as usize).filter(|policy| policy.is_of_cluster) else { continue };
            for (place, rule) in policy.rules(direction).iter().enumerate() {
                if rule.action != Action::None {
                    shared.rules.push(SharedRule { policy: index, index: place });
                    resolved.push(rule);
                }
            }
        }
        let has_addresses = |rule: &ResolvedRule| !rule.ends.most.addresses.is_empty();
        let of_addresses = (0..).zip(&resolved).filter(|(_, rule)| has_addresses(rule));
        shared.of_addresses = of_addresses.map(|(place, _)| place).collect();
        shared.sort_by_class(&resolved);
        shared
    }

    /// Cuts the classes where any rule begins or ends to match.
    fn sort_by_class(&mut self, rules: &[&ResolvedRule]) {
        let mut changes: BTreeMap<u32, Vec<(u32, bool)>> = BTreeMap::from([(0, Vec::new())]);
        for (place, rule) in rules.iter().enumerate() {
            for &(first, last) in rule.ends.most.classes.intervals() {
                changes.entry(first).or_default().push((number(place), true));
                changes.entry(last.saturating_add(1)).or_default().push((number(place), false));
            }
        }
        let mut active: BTreeSet<u32> = BTreeSet::new();
        let mut known: HashSet<Arc<[u32]>> = HashSet::default();
        for (start, changes) in changes {
            for (rule, begins) in changes {
                if begins {
                    active.insert(rule);
                } else {
                    active.remove(&rule);
                }
            }
            let list: Arc<[u32]> = active.iter().copied().collect();
            let list = known.get(&list).cloned().unwrap_or(list);
            known.insert(Arc::clone(&list));
            self.starts.push(start);
            self.matching.push(list);
        }
    }

    /// Those that may match a class, in the order in which they are asked.
    pub(super) fn of_class(&self, class: u32) -> impl Iterator<Item = SharedRule> {
        let after = self.starts.partition_point(|&start| start <= class);
        let matching = after.checked_sub(1).and_then(|place| self.matching.get(place));
        self.named(matching.map_or(&[], |matching| matching))
    }

    /// Those that may match addresses outside, in the order in which they are asked.
    pub(super) fn of_addresses(&self) -> impl Iterator<Item = SharedRule> {
        self.named(&self.of_addresses)
    }

    fn named<'s>(&'s self, places: &'s [u32]) -> impl Iterator<Item = SharedRule> + 's {
        places.iter().filter_map(|&place| self.rules.get(place as usize).copied())
    }
}
