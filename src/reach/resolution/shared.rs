//! Rules of policies of the whole cluster, by which they match at the far end: most of them have nothing to do with most
//! ends, and every pod would have to ask them all.

use std::sync::Arc;

use super::basis::Basis;
use super::resolve::ResolvedPolicy;
use crate::net::Direction;
use crate::policy::Action;
use crate::reach::classes::Segments;

/// The rules of one direction that policies of the whole cluster have.
#[derive(Debug, Default)]
pub(in crate::reach) struct SharedRules {
    /// The policies, in the order in which they are asked.
    pub(in crate::reach) policies: Vec<u32>,
    /// Which of the policies may select a class.
    pub(in crate::reach) selecting: Segments,
    /// The rules, in the order in which they are asked.
    rules: Vec<SharedRule>,
    /// Which of the rules may match a class at the far end.
    matching: Segments,
    /// Those that may match addresses outside.
    of_addresses: Vec<SharedRule>,
}

/// A rule by the places of its policy, and of the rule within it.
#[derive(Clone, Copy, Debug)]
pub(in crate::reach) struct SharedRule {
    pub(in crate::reach) policy: u32,
    pub(in crate::reach) index: usize,
}

impl SharedRules {
    pub(in crate::reach) fn new(basis: &Basis, policies: &[Arc<ResolvedPolicy>], direction: Direction) -> Self {
        let named = basis.in_order().filter_map(|index| Some((index, policies.get(index as usize)?)));
        let shared: Vec<(u32, &Arc<ResolvedPolicy>)> =
            named.filter(|(_, policy)| policy.is_of_cluster && !policy.rules(direction).is_empty()).collect();
        let (mut rules, mut resolved) = (Vec::new(), Vec::new());
        for (policy, it) in &shared {
            let deciding = it.rules(direction).iter().enumerate().filter(|(_, rule)| rule.action != Action::None);
            for (index, rule) in deciding {
                rules.push(SharedRule { policy: *policy, index });
                resolved.push(rule);
            }
        }
        let of_addresses = rules.iter().zip(&resolved).filter(|(_, rule)| !rule.ends.most.addresses.is_empty());
        Self {
            policies: shared.iter().map(|(policy, _)| *policy).collect(),
            selecting: Segments::new(shared.iter().map(|(_, policy)| &*policy.subject.most)),
            matching: Segments::new(resolved.iter().map(|rule| &*rule.ends.most.classes)),
            of_addresses: of_addresses.map(|(rule, _)| *rule).collect(),
            rules,
        }
    }

    /// All of them, in the order in which they are asked.
    pub(in crate::reach) fn all(&self) -> impl Iterator<Item = SharedRule> {
        self.rules.iter().copied()
    }

    /// Those that may match a class, in the order in which they are asked.
    pub(in crate::reach) fn of_class(&self, class: u32) -> impl Iterator<Item = SharedRule> {
        let matching = self.matching.list(self.matching.list_of(class));
        matching.iter().filter_map(|&place| self.rules.get(place as usize).copied())
    }

    /// Those that may match addresses outside, in the order in which they are asked.
    pub(in crate::reach) fn of_addresses(&self) -> impl Iterator<Item = SharedRule> {
        self.of_addresses.iter().copied()
    }
}
