//! Blocks of addresses that hold more than they seem to: the cloud's metadata service, which hands out credentials.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use crate::diagnostic::Severity;
use crate::net::{Direction, Protocol};
use crate::policy::{Peer, PortMatch, Ports, RuleRef};
use crate::reach::Endpoint;
use crate::rules::Context;
use crate::rules::peers::PeerAt;
use crate::rules::traps::reopened_except;
use crate::text::phrase;

/// The metadata service of AWS, Azure, Google Cloud and others, and that of AWS for IPv6.
const METADATA: [IpAddr; 2] =
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

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let found: Vec<_> = context.peers().filter_map(|peer| Some((peer, admitted(context, &peer)?))).collect();
    for (peer, addresses) in found {
        report(context, &peer, &addresses);
    }
}

/// The blocks that are reported, by rule and place in the rule.
pub(super) fn reported(context: &Context<'_>) -> BTreeSet<(RuleRef, usize)> {
    let peers = context.peers().filter(|peer| admitted(context, peer).is_some());
    let place =
        |peer: PeerAt<'_>| (RuleRef { policy: peer.policy, direction: peer.direction, index: peer.rule }, peer.index);
    peers.map(place).collect()
}

/// The services that a broad block opens, where there are any to report. What is open to the world, or lets in what
/// another block leaves out, is for other rules.
fn admitted(context: &Context<'_>, peer: &PeerAt<'_>) -> Option<Vec<IpAddr>> {
    let Peer::Block { cidr, except } = peer.peer else { return None };
    let is_world = cidr.prefix_len() == 0 && except.is_empty();
    let is_single = cidr.prefix_len() == cidr.max_prefix_len();
    let meant = peer.ports().overlaps(&Ports::Of(vec![PORT]));
    if peer.direction != Direction::Egress || is_world || is_single || !meant {
        return None;
    }
    let admits = |&address: &IpAddr| context.at_least().peer_admits(peer.peer, Endpoint::External(address));
    let mut addresses: Vec<IpAddr> = METADATA.into_iter().chain(CREDENTIALS).filter(admits).collect();
    let first = *addresses.first()?;
    if METADATA.contains(&first) {
        addresses.extend(ELSEWHERE.iter().filter(|address| admits(address)));
    }
    (!reopened_except::lets_in(context, peer, &IpNet::from(first))).then_some(addresses)
}

fn report(context: &mut Context<'_>, peer: &PeerAt<'_>, addresses: &[IpAddr]) {
    let Peer::Block { cidr, except } = peer.peer else { return };
    let [first, others @ ..] = addresses else { return };
    let name = &peer.written.object.name;
    let is_metadata = METADATA.contains(first);
    let what = if is_metadata { "metadata" } else { "credentials" };
    let message = format!("`{name}` permits egress to the cloud's {what} service, `{first}`");
    let block = peer.origin().key("ipBlock");
    let place = if except.is_empty() { block.key("cidr").value() } else { block.key("except").entry() };
    let about = context.cluster().subject(&peer.written.object);
    let draft = context.report(place, about, message);
    draft.remark(match others {
        [] => format!("`{cidr}` holds it"),
        others => format!("`{cidr}` holds it, and {}", phrase::list(others)),
    });
    if !is_metadata {
        draft.severity(Severity::Note);
    }
    let left_out: Vec<String> = addresses.iter().map(|&address| IpNet::from(address).to_string()).collect();
    draft.help(format!("add to `except`: [{}]", left_out.join(", ")));
}
