//! Rules about "the whole world" that say `0.0.0.0/0` and so are about IPv4 alone, where the input uses IPv6 as well.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;

use crate::analysis::LOOKED_AT;
use crate::edit::{Change, Fix, Safety, Value};
use crate::facts::peers::PeerAt;
use crate::net::Direction;
use crate::objects::PolicyId;
use crate::policy::{Peer, Peers};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::source::Place;

/// An address that stands for all of IPv6: of the documentation range, so that no rule means it (RFC 3849).
const OUTSIDE: Endpoint = Endpoint::External(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)));

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let Some(evidence) = evidence(context) else { return };
    let mut seen: BTreeSet<(PolicyId, Direction)> = BTreeSet::new();
    for peer in context.peers() {
        let Peer::Block { cidr: IpNet::V4(cidr), except } = peer.peer else { continue };
        if cidr.prefix_len() != 0 {
            continue;
        }
        match counterpart(&peer) {
            Some((index, [])) if !except.is_empty() => report_except(context, &peer, index),
            Some(_) => {}
            None if is_closed(context, &peer) && seen.insert((peer.policy, peer.direction)) => {
                report_closed(context, &peer, &evidence);
            }
            None => {}
        }
    }
}

/// Where the input uses IPv6, if it does.
fn evidence(context: &Context<'_>) -> Option<(Place, String)> {
    let service = context.cluster().services.iter().find(|service| service.ipv6);
    let service = service.map(|it| (it.object.name_place(), format!("Service `{}` uses IPv6", it.object.name)));
    service.or_else(|| {
        let is_ipv6 = |peer: &PeerAt<'_>| matches!(peer.peer, Peer::Block { cidr: IpNet::V6(_), .. });
        let peer = context.peers().find(is_ipv6)?;
        let place = peer.origin().keys(["ipBlock", "cidr"]).value();
        Some((place, format!("`{}` is about IPv6", peer.written.object.name)))
    })
}

/// The block of the same rule that is open to all of IPv6, with what it leaves out.
fn counterpart<'m>(peer: &PeerAt<'m>) -> Option<(usize, &'m [IpNet])> {
    peer.of.peers.listed().iter().enumerate().find_map(|(index, other)| match other {
        Peer::Block { cidr: cidr @ IpNet::V6(_), except } if cidr.prefix_len() == 0 => Some((index, except.as_slice())),
        _ => None,
    })
}

/// Whether some pod that the rule opens to IPv4 is closed to IPv6 altogether.
fn is_closed(context: &Context<'_>, peer: &PeerAt<'_>) -> bool {
    let reach = context.at_most();
    let mut workloads = reach.selected(peer.policy).take(LOOKED_AT).map(Endpoint::Workload).peekable();
    if workloads.peek().is_none() {
        let rules = context.lowered(peer.policy).map_or(&[][..], |policy| policy.rules(peer.direction));
        let is_ipv6 = |other: &Peer| matches!(other, Peer::Block { cidr: IpNet::V6(_), .. });
        return !rules
            .iter()
            .any(|rule| matches!(rule.peers, Peers::Everyone) || rule.peers.listed().iter().any(is_ipv6));
    }
    workloads.any(|workload| match peer.direction {
        Direction::Ingress => reach.ingress(OUTSIDE, workload).is_empty(),
        Direction::Egress => reach.egress(workload, OUTSIDE).is_empty(),
    })
}

fn report_closed(context: &mut Context<'_>, peer: &PeerAt<'_>, (place, words): &(Place, String)) {
    let (name, direction) = (&peer.written.object.name, peer.direction);
    let message = format!("`{name}` opens {direction} to all of IPv4, and IPv6 stays closed");
    let about = context.cluster().subject(&peer.written.object);
    let (cause, cidr) = (Cause::Peer(peer.rule_ref(), peer.index), peer.origin().keys(["ipBlock", "cidr"]).value());
    context
        .report_because(cause, cidr, about, message)
        .because(place.clone(), words.clone())
        .help("if IPv6 is meant too, add a peer with the `cidr` `::/0`");
}

fn report_except(context: &mut Context<'_>, peer: &PeerAt<'_>, open: usize) {
    let message = format!("`{}` leaves out addresses for IPv4 only: `::/0` has no `except`", peer.written.object.name);
    let about = context.cluster().subject(&peer.written.object);
    let cause = Cause::Peer(peer.rule_ref(), open);
    let open = peer.written.peer_origin(peer.direction, peer.rule, open);
    let block = open.key("ipBlock");
    let ranges = ["fc00::/7", "fe80::/10"].into_iter().map(Value::from).collect();
    let add = Change::Insert { key: "except".to_owned(), value: ranges, after: Some("cidr") };
    context
        .report_because(cause, open.keys(["ipBlock", "cidr"]).value(), about, message)
        .because(peer.origin().keys(["ipBlock", "except"]).entry(), "left out for IPv4")
        .fix(Fix::new(Safety::Unsafe, "leave out `fc00::/7` and `fe80::/10`", block.clone(), add))
        .help("leave out the private and link-local ranges here too: `fc00::/7` and `fe80::/10`");
}
