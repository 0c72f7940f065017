//! What one side of a connection admits, through all tiers.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::resolve::ResolvedRule;
use super::{Reachability, Remote};
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::policy::{Action, StageName};

impl Reachability {
    /// The ports that one side admits, through all tiers.
    pub(super) fn side(&self, direction: Direction, subject: u32, remote: Remote) -> PortSet {
        if self.classes().is_host_network(subject) {
            return PortSet::all();
        }
        if self.ordered.is_empty() {
            return self.network_tier(direction, subject, remote).unwrap_or_else(PortSet::all);
        }
        let (mut allowed, mut open) = self.ordered_tier(&StageName::Admin, direction, subject, remote, PortSet::all());
        match self.network_tier(direction, subject, remote) {
            Some(admitted) => allowed = allowed.union(&admitted.intersection(&open)),
            None => {
                let (admitted, undecided) = self.ordered_tier(&StageName::Baseline, direction, subject, remote, open);
                open = undecided;
                allowed = allowed.union(&admitted).union(&open);
            }
        }
        allowed
    }

    /// What NetworkPolicies admit; `None` where none of them isolates the pod.
    fn network_tier(&self, direction: Direction, subject: u32, remote: Remote) -> Option<PortSet> {
        let mut isolated = false;
        let mut admitted: SmallVec<[Cow<'_, PortSet>; 4]> = SmallVec::new();
        let policies = self.policies_on(subject, direction);
        for policy in policies.filter(|policy| policy.stage == StageName::Network) {
            isolated |= policy.isolates(direction);
            for rule in policy.rules(direction) {
                if self.admits(rule, remote) {
                    admitted.push(self.rule_ports(rule, direction, subject, remote));
                }
            }
        }
        isolated.then(|| PortSet::union_of(admitted))
    }

    /// What an ordered tier allows of the `open` ports, and what it leaves to the next one.
    fn ordered_tier(
        &self,
        stage: &StageName,
        direction: Direction,
        subject: u32,
        remote: Remote,
        open: PortSet,
    ) -> (PortSet, PortSet) {
        let (mut allowed, mut passed, mut remaining) = (PortSet::default(), PortSet::default(), open);
        let policies = self.ordered.iter().filter_map(|&index| self.policy(index));
        for policy in policies.filter(|policy| policy.stage == *stage && policy.subject.contains(subject)) {
            let rules = policy.rules(direction).iter().filter(|rule| rule.action != Action::None);
            for rule in rules.filter(|rule| self.admits(rule, remote)) {
                let matched = self.rule_ports(rule, direction, subject, remote).intersection(&remaining);
                remaining = remaining.difference(&matched);
                match rule.action {
                    Action::Allow => allowed = allowed.union(&matched),
                    Action::Pass => passed = passed.union(&matched),
                    Action::Deny | Action::None => {}
                }
            }
        }
        (allowed, remaining.union(&passed))
    }

    /// Whether a rule's peers include the far end. Node addresses are admitted only by a rule for everyone.
    pub(super) fn admits(&self, rule: &ResolvedRule, remote: Remote) -> bool {
        match remote {
            _ if rule.everyone => true,
            Remote::Class(class) => rule.classes.contains(class),
            Remote::Address(address) => rule.addresses.contains(address),
        }
    }

    /// The rule's ports, those with names resolved on the destination.
    pub(super) fn rule_ports<'r>(
        &self,
        rule: &'r ResolvedRule,
        direction: Direction,
        subject: u32,
        remote: Remote,
    ) -> Cow<'r, PortSet> {
        let destination = match (direction, remote) {
            (Direction::Ingress, _) => Some(subject),
            (Direction::Egress, Remote::Class(class)) => Some(class),
            (Direction::Egress, Remote::Address(_)) => None,
        };
        rule.ports_on(destination, self.classes())
    }
}
