//! Blocks of addresses that hold more than they seem to: the cloud's metadata service, which hands out credentials.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::exceptions::undone;
use super::in_force::{RulePeer, allowing_rules};
use super::openers::Openers;
use super::world::{Worldwide, worldwide};
use crate::analysis::Analysis;
use crate::net::ports::PortSet;
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
    /// The block, or what is open to all addresses but some.
    pub(crate) peer: RulePeer<'m>,
    /// The addresses that it opens, at least one.
    pub(crate) addresses: Vec<IpAddr>,
    /// The block for the same pods that leaves the first address out, without effect because of this one: its rule and its
    /// place there.
    pub(crate) undoes: Option<(RuleRef, usize)>,
}

/// The blocks that open such a service, in the order of the rules.
pub(super) fn metadata_services(analysis: &Analysis) -> Vec<MetadataService<'_>> {
    let mut openers = Openers::new(analysis, PortSet::single(Protocol::Tcp, 80));
    let egress = allowing_rules(analysis).filter(|rule| rule.at.direction == Direction::Egress);
    let found = egress.flat_map(|rule| rule.peers()).filter_map(|peer| {
        let addresses = admitted(analysis, &mut openers, &peer)?;
        let undoes = undone(analysis, &peer, &IpNet::from(*addresses.first()?));
        Some(MetadataService { peer, addresses, undoes })
    });
    found.collect()
}

/// The services that a broad peer opens, where there are any. What is for the world plainly opens everything.
fn admitted(analysis: &Analysis, openers: &mut Openers<'_>, peer: &RulePeer<'_>) -> Option<Vec<IpAddr>> {
    let is_broad = match peer.peer {
        Peer::Block { cidr, except } => {
            let is_world = cidr.prefix_len() == 0 && except.is_empty();
            !is_world && cidr.prefix_len() < cidr.max_prefix_len()
        }
        Peer::All(_) | Peer::Any(_) | Peer::Not(_) => true,
        _ => false,
    };
    let rule = &peer.rule;
    if !is_broad || !rule.rule.ports.overlaps(&Ports::Of(vec![PORT])) {
        return None;
    }
    let is_rest = || worldwide(analysis, peer.peer) == Some(Worldwide::Rest);
    if analysis.opens_nothing(rule.at.policy, rule.lowered) || !matches!(peer.peer, Peer::Block { .. }) && !is_rest() {
        return None;
    }
    let admits = |&address: &IpAddr| analysis.at_least().peer_admits(peer.peer, Endpoint::External(address));
    let mut addresses: Vec<IpAddr> = METADATA.into_iter().chain(CREDENTIALS).filter(admits).collect();
    let first = *addresses.first()?;
    if METADATA.contains(&first) {
        addresses.extend(ELSEWHERE.iter().filter(|address| admits(address)));
    }
    // Another policy may deny it, or be asked first.
    openers.opens_any(rule, &[Endpoint::External(first)]).then_some(addresses)
}
