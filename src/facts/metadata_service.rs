//! Blocks of addresses that hold more than they seem to: the cloud's metadata service, which hands out credentials.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::exceptions::lets_in;
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

/// The blocks that open such a service, each with the addresses that it opens, in the order of the peers.
pub(crate) struct MetadataServices<'m>(Vec<(PeerAt<'m>, Vec<IpAddr>)>);

impl<'m> MetadataServices<'m> {
    pub(super) fn new(analysis: &Analysis, peers: &[PeerAt<'m>]) -> Self {
        Self(peers.iter().filter_map(|peer| Some((*peer, admitted(analysis, peer)?))).collect())
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &(PeerAt<'m>, Vec<IpAddr>)> {
        self.0.iter()
    }

    /// Whether a block is one of them, by its rule and its place there.
    pub(crate) fn contains(&self, rule: RuleRef, index: usize) -> bool {
        self.0.binary_search_by_key(&(rule, index), |(peer, _)| (peer.rule_ref(), peer.index)).is_ok()
    }
}

/// The services that a broad block opens, where there are any to report. What is open to the world, or lets in what
/// another block leaves out, is for other rules.
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
    (!lets_in(analysis, peer, &IpNet::from(first))).then_some(addresses)
}
