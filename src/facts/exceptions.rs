//! What blocks leave out by `except`, and other blocks for the same pods admit.

use std::collections::BTreeSet;

use ipnet::IpNet;

use super::in_force::{RulePeer, rules_of};
use crate::analysis::{Analysis, LOOKED_AT};
use crate::net::Direction;
use crate::objects::PolicyId;
use crate::policy::{Peer, RuleRef};
use crate::reach::Endpoint;

/// The block whose `except` leaves out a range with this address in it, which `peer` admits: its rule and its place
/// there.
pub(super) fn undone(analysis: &Analysis, peer: &RulePeer<'_>, address: &IpNet) -> Option<(RuleRef, usize)> {
    let Peer::Block { cidr, except } = peer.peer else { return None };
    let (at, ports) = (peer.rule.at, &peer.rule.rule.ports);
    let policies = for_same_pods(analysis, at.policy, at.direction).into_iter();
    let policies = policies.filter_map(|policy| Some((policy, analysis.policy(policy)?)));
    let rules = policies.flat_map(|(policy, object)| rules_of(policy, object));
    let rules = rules.filter(|other| other.at.direction == at.direction && other.rule.ports.overlaps(ports));
    rules.flat_map(|rule| rule.peers()).find_map(|RulePeer { rule, index, peer: other }| {
        let Peer::Block { cidr: other, except: ranges } = other else { return None };
        let is_undone = ranges.iter().any(|range| range.contains(address) && admits(cidr, except, range))
            && !except.iter().any(|range| admits(other, ranges, range));
        is_undone.then_some((rule.at, index))
    })
}

/// The policies that isolate some pod which a policy isolates, itself included.
pub(crate) fn for_same_pods(analysis: &Analysis, policy: PolicyId, direction: Direction) -> Vec<PolicyId> {
    let reach = analysis.at_most();
    let workloads = reach.selected(policy).take(LOOKED_AT).map(Endpoint::Workload);
    let isolating = workloads.flat_map(|workload| reach.isolating(workload, direction));
    let policies: BTreeSet<PolicyId> = isolating.chain([policy]).collect();
    policies.into_iter().collect()
}

/// Whether a block holds a range, and leaves out no part of it.
pub(crate) fn admits(cidr: &IpNet, except: &[IpNet], range: &IpNet) -> bool {
    cidr.contains(range) && !except.iter().any(|left_out| left_out.contains(range) || range.contains(left_out))
}
