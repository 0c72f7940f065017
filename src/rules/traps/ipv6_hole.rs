//! Rules about "the whole world" that say `0.0.0.0/0` and so are about IPv4 alone, where the input uses IPv6 as well.

use std::collections::BTreeSet;

use ipnet::IpNet;

use crate::analysis::LOOKED_AT;
use crate::diagnostic::Severity;
use crate::edit::{Change, Fix, Safety, Value};
use crate::facts::in_force::{RulePeer, deciding_rules};
use crate::facts::world::OUTSIDE;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::PolicyId;
use crate::policy::dialect::{Dialect, PolicyObject};
use crate::policy::{Action, Peer, Peers};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::source::Place;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let Some(evidence) = evidence(context) else { return };
    let mut seen: BTreeSet<(PolicyId, Direction)> = BTreeSet::new();
    for peer in deciding_rules(context.analysis()).flat_map(|rule| rule.peers()) {
        let Peer::Block { cidr: IpNet::V4(cidr), except } = peer.peer else { continue };
        if cidr.prefix_len() != 0 {
            continue;
        }
        let (at, counterpart) = (peer.rule.at, counterpart(&peer));
        match (counterpart, peer.rule.rule.action) {
            (Some((index, [])), Action::Allow) if !except.is_empty() => report_except(context, &peer, index),
            (Some(_), _) => {}
            (None, Action::Deny) if leaves_open(context, &peer) && seen.insert((at.policy, at.direction)) => {
                report_open(context, &peer, &evidence);
            }
            (None, Action::Allow) if is_closed(context, &peer) && seen.insert((at.policy, at.direction)) => {
                report_closed(context, &peer, &evidence);
            }
            (None, _) => {}
        }
    }
}

/// Where the input uses IPv6, if it does.
fn evidence(context: &Context<'_>) -> Option<(Place, String)> {
    let service = context.cluster().services.iter().find(|service| service.ipv6);
    let service = service.map(|it| (it.object.name_place(), format!("Service `{}` uses IPv6", it.object.name)));
    service.or_else(|| {
        let is_ipv6 = |peer: &RulePeer<'_>| matches!(peer.peer, Peer::Block { cidr: IpNet::V6(_), .. });
        let peer = deciding_rules(context.analysis()).flat_map(|rule| rule.peers()).find(is_ipv6)?;
        Some((peer.block_place(), format!("`{}` is about IPv6", peer.rule.object.object.name)))
    })
}

/// The block of the same rule that is open to all of IPv6, with what it leaves out.
fn counterpart<'m>(peer: &RulePeer<'m>) -> Option<(usize, &'m [IpNet])> {
    peer.rule.rule.peers.listed().iter().enumerate().find_map(|(index, other)| match other {
        Peer::Block { cidr: cidr @ IpNet::V6(_), except } if cidr.prefix_len() == 0 => Some((index, except.as_slice())),
        _ => None,
    })
}

/// Whether some pod that the rule opens to IPv4 is closed to IPv6 altogether.
fn is_closed(context: &Context<'_>, peer: &RulePeer<'_>) -> bool {
    let (reach, at) = (context.at_most(), peer.rule.at);
    let [_, outside] = OUTSIDE.map(Endpoint::External);
    let mut workloads = reach.selected(at.policy).take(LOOKED_AT).map(Endpoint::Workload).peekable();
    if workloads.peek().is_none() {
        let rules = peer.rule.lowered.rules(at.direction);
        let is_ipv6 = |other: &Peer| matches!(other, Peer::Block { cidr: IpNet::V6(_), .. });
        return !rules
            .iter()
            .any(|rule| matches!(rule.peers, Peers::Everyone) || rule.peers.listed().iter().any(is_ipv6));
    }
    workloads.any(|workload| match at.direction {
        Direction::Ingress => reach.ingress(outside, workload).is_empty(),
        Direction::Egress => reach.egress(workload, outside).is_empty(),
    })
}

/// Whether some pod which the rule denies all of IPv4 is open to all of IPv6.
fn leaves_open(context: &Context<'_>, peer: &RulePeer<'_>) -> bool {
    let (reach, at) = (context.at_least(), peer.rule.at);
    let [denied, open] = OUTSIDE.map(Endpoint::External);
    let mut workloads = reach.selected(at.policy).take(LOOKED_AT).map(Endpoint::Workload);
    workloads.any(|workload| {
        let (side, ports) = match at.direction {
            Direction::Ingress => {
                (reach.explain_ports(denied, workload, &PortSet::all()).ingress, reach.ingress(open, workload))
            }
            Direction::Egress => {
                (reach.explain_ports(workload, denied, &PortSet::all()).egress, reach.egress(workload, open))
            }
        };
        side.denying.contains(&at) && ports.is_all()
    })
}

fn report_closed(context: &mut Context<'_>, peer: &RulePeer<'_>, (place, words): &(Place, String)) {
    let (name, direction) = (&peer.rule.object.object.name, peer.rule.at.direction);
    let message = format!("`{name}` opens {direction} to all of IPv4, and IPv6 stays closed");
    let (cause, about) = (Cause::Peer(peer.rule.at, peer.index), context.subject(&peer.rule));
    context
        .report_because(cause, peer.block_place(), about, message)
        .because(place.clone(), words.clone())
        .help(format!("if IPv6 is meant too, {}", how_to_add(peer.rule.object)));
}

fn report_open(context: &mut Context<'_>, peer: &RulePeer<'_>, (place, words): &(Place, String)) {
    let (name, direction) = (&peer.rule.object.object.name, peer.rule.at.direction);
    let message = format!("`{name}` denies {direction} for all of IPv4, and IPv6 stays open");
    let (cause, about) = (Cause::Peer(peer.rule.at, peer.index), context.subject(&peer.rule));
    context
        .report_because(cause, peer.block_place(), about, message)
        .severity(Severity::Warning)
        .because(place.clone(), words.clone())
        .help(how_to_add(peer.rule.object));
}

/// How to name all of IPv6 as well, in the words of the policy's kind.
fn how_to_add(object: &PolicyObject) -> &'static str {
    match &object.dialect {
        Dialect::Cilium(_) => "add `::/0` beside it",
        Dialect::Calico(_) => "add a rule of its own with `nets: ['::/0']`",
        Dialect::Admin(_) => "add `::/0` to `networks`",
        Dialect::NetworkPolicy(_) | Dialect::Unread(_) => "add a peer with the `cidr` `::/0`",
    }
}

fn report_except(context: &mut Context<'_>, peer: &RulePeer<'_>, open: usize) {
    let object = peer.rule.object;
    let message = format!("`{}` leaves out addresses for IPv4 only: `::/0` has no `except`", object.object.name);
    let (about, at) = (context.subject(&peer.rule), peer.rule.at);
    let (place, block) =
        (object.block_place(at.direction, at.index, open), object.peer_origin(at.direction, at.index, open));
    let ranges = ["fc00::/7", "fe80::/10"].into_iter().map(Value::from).collect();
    let add = Change::Insert { key: "except".to_owned(), value: ranges, after: Some("cidr") };
    let left_out = match &object.dialect {
        Dialect::NetworkPolicy(_) => peer.origin().keys(["ipBlock", "except"]),
        _ => peer.origin().key("except"),
    };
    context
        .report_because(Cause::Peer(at, open), place, about, message)
        .because(left_out.entry(), "left out for IPv4")
        .fix(Fix::new(Safety::Unsafe, "leave out `fc00::/7` and `fe80::/10`", block.key("ipBlock"), add))
        .help("leave out the private and link-local ranges here too: `fc00::/7` and `fe80::/10`");
}
