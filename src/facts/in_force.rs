//! The rules of policies that are in force, each with where it is.

use crate::analysis::Analysis;
use crate::net::Direction;
use crate::objects::PolicyId;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{Action, Engagement, Peer, Policy, PolicyObject, PortMatch, Rule, RuleRef};
use crate::source::{Origin, Place};

/// A rule of a policy.
#[derive(Clone, Copy)]
pub(crate) struct RuleAt<'m> {
    /// The policy where it is written.
    pub(crate) object: &'m PolicyObject,
    /// The policy.
    pub(crate) lowered: &'m Policy,
    /// Which rule.
    pub(crate) at: RuleRef,
    /// The rule.
    pub(crate) rule: &'m Rule,
}

/// One item of a rule's peers, of whatever kind of policy.
#[derive(Clone, Copy)]
pub(crate) struct RulePeer<'m> {
    /// Its rule.
    pub(crate) rule: RuleAt<'m>,
    /// Its place in the list.
    pub(crate) index: usize,
    /// The peer.
    pub(crate) peer: &'m Peer,
}

/// Every rule that allows something, of every kind of policy, in order. Of those that are asked in turn, one before may
/// decide.
pub(crate) fn allowing_rules(analysis: &Analysis) -> impl Iterator<Item = RuleAt<'_>> {
    analysis.evaluated_policies().flat_map(|(policy, object)| rules_of(policy, object))
}

/// Every rule that allows or denies something, of every kind of policy, in order.
pub(crate) fn deciding_rules(analysis: &Analysis) -> impl Iterator<Item = RuleAt<'_>> {
    let decides = |rule: &Rule| matches!(rule.action, Action::Allow | Action::Deny);
    analysis.evaluated_policies().flat_map(move |(policy, object)| rules_that(policy, object, decides))
}

/// Every rule that allows something and adds up with others, in order. Those of rejected policies, and of directions
/// that `policyTypes` leaves out, are not in force.
pub(crate) fn rules(analysis: &Analysis) -> impl Iterator<Item = RuleAt<'_>> {
    let policies = analysis.policies_in_force().filter(|(_, object)| object.is_unordered());
    policies.flat_map(|(policy, object)| rules_of(policy, object))
}

/// The rules of a policy by which it allows something and which are in force, in order.
pub(crate) fn rules_of(policy: PolicyId, object: &PolicyObject) -> impl DoubleEndedIterator<Item = RuleAt<'_>> {
    rules_that(policy, object, |rule| rule.action == Action::Allow)
}

fn rules_that(
    policy: PolicyId,
    object: &PolicyObject,
    are_meant: impl Fn(&Rule) -> bool + Copy,
) -> impl DoubleEndedIterator<Item = RuleAt<'_>> {
    let lowered = &object.policy;
    let is_in_force = |&direction: &Direction| *lowered.engagement(direction) != Engagement::Ignored;
    let directions = Direction::BOTH.into_iter().filter(is_in_force);
    directions.flat_map(move |direction| {
        let rules = lowered.rules(direction).iter().enumerate();
        let rules = rules.filter(move |(_, rule)| are_meant(rule) && !rule.matches_nothing());
        rules.map(move |(index, rule)| RuleAt { object, lowered, at: RuleRef { policy, direction, index }, rule })
    })
}

impl<'m> RuleAt<'m> {
    /// Its peers, in order.
    pub(crate) fn peers(self) -> impl Iterator<Item = RulePeer<'m>> {
        self.rule.peers.listed().iter().enumerate().map(move |(index, peer)| RulePeer { rule: self, index, peer })
    }
}

impl RulePeer<'_> {
    /// What it says of pods or addresses.
    pub(crate) fn place(&self) -> Place {
        self.rule.object.peer_place(self.rule.at.direction, self.rule.at.index, self.index)
    }

    /// Where it names its block of addresses.
    pub(crate) fn block_place(&self) -> Place {
        self.rule.object.block_place(self.rule.at.direction, self.rule.at.index, self.index)
    }

    /// Where it is written.
    pub(crate) fn origin(&self) -> Origin {
        self.rule.object.peer_origin(self.rule.at.direction, self.rule.at.index, self.index)
    }
}

impl RuleAt<'_> {
    /// Where it is written.
    pub(crate) fn origin(&self) -> Origin {
        self.object.rule_origin(self.at.direction, self.at.index)
    }

    /// Whether two ports next to each other are the same of several protocols, as `ANY` of Cilium is.
    pub(crate) fn is_same_port(&self, one: usize, other: usize) -> bool {
        let listed = self.rule.ports.listed();
        let range = |port: usize| listed.get(port).and_then(PortMatch::range);
        let are_alike = match (range(one), range(other)) {
            (Some((one, ..)), Some((other, ..))) if one == other => false,
            (Some((_, first, last)), Some((_, from, to))) => (first, last) == (from, to),
            _ => false,
        };
        are_alike && self.object.cilium_policy().is_some()
    }

    /// What is particular to a NetworkPolicy, if it is one.
    pub(crate) fn network_policy(&self) -> Option<&NetworkPolicy> {
        self.object.network_policy()
    }
}
