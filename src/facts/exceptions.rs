//! What blocks leave out by `except`, and other blocks for the same pods admit.

use std::collections::BTreeSet;

use ipnet::IpNet;

use super::peers::PeerAt;
use crate::analysis::{Analysis, LOOKED_AT};
use crate::objects::PolicyId;
use crate::policy::{Peer, RuleRef};
use crate::reach::Endpoint;

/// The block whose `except` leaves out a range with this address in it, which `peer` admits: its rule and its place
/// there.
pub(super) fn undone(analysis: &Analysis, peer: &PeerAt<'_>, address: &IpNet) -> Option<(RuleRef, usize)> {
    let Peer::Block { cidr, except } = peer.peer else { return None };
    let direction = peer.direction;
    let policies = for_same_pods(analysis, peer).into_iter();
    let policies = policies.filter_map(|policy| Some((policy, analysis.lowered(policy)?)));
    let rules = policies.flat_map(|(policy, lowered)| {
        let rules = lowered.rules(direction).iter().enumerate();
        rules.map(move |(index, rule)| (RuleRef { policy, direction, index }, rule))
    });
    let mut blocks = rules
        .filter(|(_, rule)| rule.ports.overlaps(peer.ports()))
        .flat_map(|(at, rule)| rule.peers.listed().iter().enumerate().map(move |(index, other)| (at, index, other)));
    blocks.find_map(|(at, index, other)| {
        let Peer::Block { cidr: other, except: ranges } = other else { return None };
        let is_undone = ranges.iter().any(|range| range.contains(address) && admits(cidr, except, range))
            && !except.iter().any(|range| admits(other, ranges, range));
        is_undone.then_some((at, index))
    })
}

/// The policies that isolate some pod which the peer's policy isolates, itself included.
pub(crate) fn for_same_pods(analysis: &Analysis, peer: &PeerAt<'_>) -> Vec<PolicyId> {
    let reach = analysis.at_most();
    let workloads = reach.selected(peer.policy).take(LOOKED_AT).map(Endpoint::Workload);
    let mut policies: BTreeSet<PolicyId> =
        workloads.flat_map(|workload| reach.isolating(workload, peer.direction)).collect();
    policies.insert(peer.policy);
    policies.into_iter().collect()
}

/// Whether a block holds a range, and leaves out no part of it.
pub(crate) fn admits(cidr: &IpNet, except: &[IpNet], range: &IpNet) -> bool {
    cidr.contains(range) && !except.iter().any(|left_out| left_out.contains(range) || range.contains(left_out))
}
