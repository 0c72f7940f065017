//! The ends that policies can distinguish.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use crate::analysis::Analysis;
use crate::net::Direction;
use crate::objects::{NamespaceId, WorkloadId};
use crate::policy::Peer;
use crate::reach::Endpoint;

/// An end, and the workloads that it stands for.
#[derive(Clone, Debug)]
pub(crate) struct End {
    pub(crate) endpoint: Endpoint,
    pub(crate) workloads: Vec<WorkloadId>,
}

impl End {
    fn other(endpoint: Endpoint) -> Self {
        Self { endpoint, workloads: Vec::new() }
    }
}

/// The pods that policies may select: workloads first.
pub(super) fn subjects(analysis: &Analysis) -> Vec<End> {
    let mut ends = workloads(analysis, false);
    ends.extend(other_pods(analysis));
    ends
}

/// Which they may be connected with: workloads first.
pub(crate) fn remotes(analysis: &Analysis, direction: Direction) -> Vec<End> {
    let mut ends = workloads(analysis, true);
    ends.extend(other_pods(analysis));
    let presumed = (0..analysis.cluster().presumed.len()).map(Endpoint::Presumed);
    ends.extend(presumed.chain([Endpoint::OtherNode, Endpoint::ApiServer]).map(End::other));
    if direction == Direction::Egress {
        let domains = (0..).take(analysis.reach().domains().len()).map(Endpoint::Domain);
        ends.extend(domains.map(End::other));
    }
    ends.extend(addresses(analysis, direction).into_iter().map(Endpoint::External).map(End::other));
    ends
}

/// One workload for all that no policy distinguishes.
fn workloads(analysis: &Analysis, of_nodes_too: bool) -> Vec<End> {
    let mut groups: BTreeMap<u32, Vec<WorkloadId>> = BTreeMap::new();
    for (id, _) in analysis.workloads().filter(|(_, workload)| of_nodes_too || !workload.host_network) {
        groups.entry(analysis.at_least().group(id)).or_default().push(id);
    }
    let ends = groups.into_values().filter_map(|workloads| {
        let endpoint = Endpoint::Workload(*workloads.first()?);
        Some(End { endpoint, workloads })
    });
    ends.collect()
}

fn other_pods(analysis: &Analysis) -> impl Iterator<Item = End> {
    let namespaces = (0..).take(analysis.cluster().namespaces.len()).map(|id| Endpoint::OtherPod(NamespaceId(id)));
    namespaces.chain([Endpoint::UnknownNamespace]).map(End::other)
}

/// The first address of each stretch that no block cuts.
fn addresses(analysis: &Analysis, direction: Direction) -> BTreeSet<IpAddr> {
    let mut first = BTreeSet::from([IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)]);
    let rules = analysis.policies().iter().flat_map(|it| it.policy.rules(direction));
    for peer in rules.flat_map(|rule| rule.peers.listed()) {
        peer.visit(&mut |leaf| {
            if let Peer::Block { cidr, except } = leaf {
                first.extend(except.iter().chain([cidr]).flat_map(cuts));
            }
        });
    }
    first
}

/// Where a block begins, and what comes after it.
fn cuts(block: &IpNet) -> impl Iterator<Item = IpAddr> {
    let after = match block.broadcast() {
        IpAddr::V4(last) => last.to_bits().checked_add(1).map(|next| IpAddr::V4(Ipv4Addr::from_bits(next))),
        IpAddr::V6(last) => last.to_bits().checked_add(1).map(|next| IpAddr::V6(Ipv6Addr::from_bits(next))),
    };
    [Some(block.network()), after].into_iter().flatten()
}
