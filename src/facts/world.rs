//! Peers that are open to the world.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use crate::analysis::Analysis;
use crate::net::address::is_worldwide;
use crate::policy::{Peer, RuleRef};
use crate::reach::Endpoint;

/// Addresses that stand for the outside: of the documentation ranges, so that no rule means them (RFC 5737, RFC 3849).
pub(crate) const OUTSIDE: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))];

/// One address of each such range of IPv4: only what is open to the world has them all.
const EVERYWHERE: [IpAddr; 3] = [
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
    IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1)),
    IpAddr::V4(Ipv4Addr::new(203, 0, 113, 1)),
];

/// How a peer says that it is open to the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Worldwide<'m> {
    /// By a block that is larger than any network of somebody's.
    Block(&'m IpNet),
    /// By a word (`world` of Cilium).
    World,
    /// By what it excludes: every address but those.
    Rest,
}

/// How a peer is open to the world, if it is.
pub(crate) fn worldwide<'m>(analysis: &Analysis, peer: &'m Peer) -> Option<Worldwide<'m>> {
    let admits = |address: &IpAddr| analysis.at_least().peer_admits(peer, Endpoint::External(*address));
    match peer {
        Peer::Block { cidr, .. } if is_worldwide(cidr) => OUTSIDE.iter().any(admits).then_some(Worldwide::Block(cidr)),
        Peer::World => Some(Worldwide::World),
        Peer::All(_) | Peer::Any(_) | Peer::Not(_) => EVERYWHERE.iter().all(admits).then_some(Worldwide::Rest),
        _ => None,
    }
}

/// The address outside that stands for what a rule opens: of IPv4, where it admits any.
pub(crate) fn outside_of(analysis: &Analysis, rule: RuleRef) -> Option<Endpoint> {
    let mut outside = OUTSIDE.into_iter().map(Endpoint::External);
    outside.find(|&outside| analysis.at_least().rule_admits(rule, outside))
}
