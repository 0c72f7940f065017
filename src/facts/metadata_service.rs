//! Blocks of addresses that hold more than they seem to: the cloud's metadata service, which hands out credentials.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::exceptions::undone;
use super::peers::PeerAt;
use crate::analysis::Analysis;
use crate::net::{Direction, Protocol};
use crate::policy::{Peer, PortMatch, Ports, RuleRef};
use crate::reach::Endpoint;

/// The metadata service of AWS, Azure, Google Cloud and others, and that of AWS for IPv6.
pub(crate) const METADATA: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)), IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254))];

/// Services beside it that hand out the credentials of a workload: those of ECS tasks and of EKS Pod Identity.
const CREDENTIALS: [IpAddr; 3] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)),
];

/// Addresses that are a metadata service in one cloud alone, Alibaba's and Azure's, and in others anything.
const ELSEWHERE: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)), IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16))];

/// The port of all of them.
const PORT: PortMatch = PortMatch::Range { protocol: Protocol::Tcp, first: 80, last: 80 };

/// A block that opens such a service.
pub(crate) struct MetadataService<'m> {
    /// The block.
    pub(crate) peer: PeerAt<'m>,
    /// The addresses that it opens, at least one.
    pub(crate) addresses: Vec<IpAddr>,
    /// The block for the same pods that leaves the first address out, without effect because of this one: its rule and its
    /// place there.
    pub(crate) undoes: Option<(RuleRef, usize)>,
}

/// The blocks that open such a service, in the order of the peers.
pub(super) fn metadata_services<'m>(analysis: &Analysis, peers: &[PeerAt<'m>]) -> Vec<MetadataService<'m>> {
    let found = peers.iter().filter_map(|peer| {
        let addresses = admitted(analysis, peer)?;
        let undoes = undone(analysis, peer, &IpNet::from(*addresses.first()?));
        Some(MetadataService { peer: *peer, addresses, undoes })
    });
    found.collect()
}

/// The services that a broad block opens, where there are any. A block for the world plainly opens everything.
fn admitted(analysis: &Analysis, peer: &PeerAt<'_>) -> Option<Vec<IpAddr>> {
    let Peer::Block { cidr, except } = peer.peer else { return None };
    let is_world = cidr.prefix_len() == 0 && except.is_empty();
    let is_single = cidr.prefix_len() == cidr.max_prefix_len();
    let meant = peer.ports().overlaps(&Ports::Of(vec![PORT]));
    if peer.direction != Direction::Egress || is_world || is_single || !meant {
        return None;
    }
    if analysis.lowered(peer.policy).is_some_and(|policy| analysis.opens_nothing(peer.policy, policy)) {
        return None;
    }
    let admits = |&address: &IpAddr| analysis.at_least().peer_admits(peer.peer, Endpoint::External(address));
    let mut addresses: Vec<IpAddr> = METADATA.into_iter().chain(CREDENTIALS).filter(admits).collect();
    let first = *addresses.first()?;
    if METADATA.contains(&first) {
        addresses.extend(ELSEWHERE.iter().filter(|address| admits(address)));
    }
    (!is_denied(analysis, peer, first)).then_some(addresses)
}

/// Whether other policies keep all pods of the peer's policy from an address all the same: an Admin policy that denies
/// it.
fn is_denied(analysis: &Analysis, peer: &PeerAt<'_>, address: IpAddr) -> bool {
    let mut workloads = analysis.at_most().selected(peer.policy).map(Endpoint::Workload).peekable();
    let may_reach =
        |workload| analysis.at_most().egress(workload, Endpoint::External(address)).contains(Protocol::Tcp, 80);
    workloads.peek().is_some() && !workloads.any(may_reach)
}
