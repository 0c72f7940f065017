//! What blocks leave out by `except`, and other blocks for the same pods admit.

use std::collections::BTreeSet;

use ipnet::IpNet;

use super::peers::PeerAt;
use crate::analysis::{Analysis, LOOKED_AT};
use crate::objects::PolicyId;
use crate::policy::Peer;
use crate::reach::Endpoint;

/// Whether a block admits what another one leaves out, this address included: that is said at the other one.
pub(crate) fn lets_in(analysis: &Analysis, peer: &PeerAt<'_>, address: &IpNet) -> bool {
    let Peer::Block { cidr, except } = peer.peer else { return false };
    let policies = for_same_pods(analysis, peer);
    let rules = policies.iter().filter_map(|&id| analysis.lowered(id)).flat_map(|it| it.rules(peer.direction));
    let blocks = rules.filter(|rule| rule.ports.overlaps(peer.ports())).flat_map(|rule| rule.peers.listed());
    let mut others = blocks.filter_map(|other| match other {
        Peer::Block { cidr, except } => Some((cidr, except)),
        _ => None,
    });
    others.any(|(other, ranges)| {
        ranges.iter().any(|range| range.contains(address) && admits(cidr, except, range))
            && !except.iter().any(|range| admits(other, ranges, range))
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
