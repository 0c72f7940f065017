//! Rules of policies of the whole cluster, by which they match at the far end: most of them have nothing to do with most
//! ends, and every pod would have to ask them all.

use std::sync::Arc;

use super::basis::Basis;
use super::resolve::{ResolvedPolicy, ResolvedRule};
use crate::net::Direction;
use crate::policy::Action;
use crate::reach::classes::{Member, Segments};

/// The rules of one direction that policies of the whole cluster have.
#[derive(Debug, Default)]
pub(in crate::reach) struct SharedRules {
    /// The policies, in the order in which they are asked.
    pub(in crate::reach) policies: Vec<u32>,
    /// Which of the policies may select a class.
    pub(in crate::reach) selecting: Segments<u32>,
    /// The rules, in the order in which they are asked.
    rules: Vec<SharedRule>,
    /// Which of the rules may match a class at the far end.
    pub(in crate::reach) matching: Segments<u32>,
    /// Which of them may match an IPv4 address outside.
    pub(in crate::reach) matching_v4: Segments<u32>,
    /// Which of them may match an IPv6 address outside.
    pub(in crate::reach) matching_v6: Segments<u128>,
    /// Those that may match addresses outside.
    of_addresses: Vec<SharedRule>,
}

/// A rule by the places of its policy, and of the rule within it.
#[derive(Clone, Copy, Debug)]
pub(in crate::reach) struct SharedRule {
    pub(in crate::reach) policy: u32,
    /// The place of the policy among those with shared rules.
    pub(in crate::reach) place: u32,
    pub(in crate::reach) index: usize,
}

impl SharedRules {
    pub(in crate::reach) fn new(basis: &Basis, policies: &[Arc<ResolvedPolicy>], direction: Direction) -> Self {
        let named = basis.in_order().filter_map(|index| Some((index, policies.get(index as usize)?)));
        let shared: Vec<(u32, &Arc<ResolvedPolicy>)> =
            named.filter(|(_, policy)| policy.is_of_cluster && !policy.rules(direction).is_empty()).collect();
        let (mut rules, mut resolved): (Vec<_>, Vec<&ResolvedRule>) = (Vec::new(), Vec::new());
        for ((policy, it), place) in shared.iter().zip(0..) {
            let deciding = it.rules(direction).iter().enumerate().filter(|(_, rule)| rule.action != Action::None);
            for (index, rule) in deciding {
                rules.push(SharedRule { policy: *policy, place, index });
                resolved.push(rule);
            }
        }
        let of_addresses = rules.iter().zip(&resolved).filter(|(_, rule)| !rule.ends.most.addresses.is_empty());
        let ends = || resolved.iter().map(|rule| rule.ends.as_ref());
        Self {
            policies: shared.iter().map(|(policy, _)| *policy).collect(),
            selecting: Segments::new(shared.iter().map(|(_, policy)| policy.subject.as_ref().map(AsRef::as_ref))),
            matching: Segments::new(ends().map(|ends| ends.map(|ends| &*ends.classes))),
            matching_v4: Segments::new(ends().map(|ends| ends.map(|ends| ends.addresses.v4()))),
            matching_v6: Segments::new(ends().map(|ends| ends.map(|ends| ends.addresses.v6()))),
            of_addresses: of_addresses.map(|(rule, _)| *rule).collect(),
            rules,
        }
    }

    /// One of them, by its place among all.
    pub(in crate::reach) fn get(&self, place: u32) -> Option<SharedRule> {
        self.rules.get(place as usize).copied()
    }

    /// All of them, in the order in which they are asked.
    pub(in crate::reach) fn all(&self) -> impl Iterator<Item = SharedRule> {
        self.rules.iter().copied()
    }

    /// Those that may match a class, in the order in which they are asked.
    pub(in crate::reach) fn of_class(&self, class: u32) -> impl Iterator<Item = SharedRule> {
        let matching = self.matching.list(self.matching.list_of(class));
        matching.iter().filter_map(|&Member { set, .. }| self.get(set))
    }

    /// Those that may match addresses outside, in the order in which they are asked.
    pub(in crate::reach) fn of_addresses(&self) -> impl Iterator<Item = SharedRule> {
        self.of_addresses.iter().copied()
    }
}
