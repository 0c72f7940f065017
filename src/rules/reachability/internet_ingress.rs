//! A rule that is open to the whole world, for pods that are no public pages.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::diagnostic::Severity;
use crate::facts::openings::{Opening, Use};
use crate::net::Direction;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{Peer, Peers, Ports, Rule};
use crate::reach::Endpoint;
use crate::rules::Context;
use crate::source::Place;
use crate::text::phrase;

/// Addresses that stand for the world: of the documentation ranges, so that no rule means them (RFC 5737, RFC 3849).
const OUTSIDE: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))];

/// A block with fewer bits than this is no network of anybody.
const WORLDWIDE: u8 = 8;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut open = Vec::new();
    for (id, written, lowered) in context.policies().filter(|(_, _, lowered)| lowered.isolates(Direction::Ingress)) {
        for (index, rule) in lowered.ingress.iter().enumerate() {
            let place = open_to(context, written, index, rule);
            open.extend(place.map(|place| (id, written, lowered, index, rule, place)));
        }
    }
    if open.is_empty() {
        return;
    }
    let openings = &context.facts().openings;
    for (id, written, lowered, index, rule, (place, whom)) in open {
        let severity = |used| match used {
            Use::Meant | Use::Webhook => None,
            Use::Metrics | Use::Shared => Some(Severity::Note),
            Use::Other => Some(Severity::Warning),
        };
        if let Some(opening) = openings.of_rule(context.analysis(), (id, lowered), (index, rule), severity) {
            report(context, written, rule, (place, &whom), &opening);
        }
    }
}

/// Where a rule is open to the world, and in which words. An empty list of peers is another mistake.
fn open_to(context: &Context<'_>, written: &NetworkPolicy, index: usize, rule: &Rule) -> Option<(Place, String)> {
    let Peers::Of(peers) = &rule.peers else {
        let is_empty = written.empty_peers.contains(&(Direction::Ingress, index));
        let place = written.rule_origin(Direction::Ingress, index).entry();
        return (!is_empty).then(|| (place, "everybody".to_owned()));
    };
    let admits = |peer| {
        let outside = |&address: &IpAddr| context.at_least().peer_admits(peer, Endpoint::External(address));
        OUTSIDE.iter().any(outside)
    };
    peers.iter().enumerate().find_map(|(place, peer)| match peer {
        Peer::Block { cidr, .. } if cidr.prefix_len() < WORLDWIDE && admits(peer) => {
            let origin = written.peer_origin(Direction::Ingress, index, place).keys(["ipBlock", "cidr"]);
            Some((origin.value(), format!("all of `{cidr}`")))
        }
        _ => None,
    })
}

fn report(
    context: &mut Context<'_>,
    written: &NetworkPolicy,
    rule: &Rule,
    (place, who): (Place, &str),
    opening: &Opening,
) {
    let name = &written.object.name;
    let whom = match opening.workloads.as_slice() {
        [] => "the pods that it selects".to_owned(),
        workloads => phrase::list(context.names(workloads)),
    };
    let ports = if matches!(rule.ports, Ports::All) { "" } else { " on the ports it names" };
    let message = format!("`{name}` admits {who} to {whom}{ports}");
    let about = context.cluster().subject(&written.object);
    let draft = context.report(place, about, message);
    draft.severity(opening.severity);
    if !matches!(rule.peers, Peers::Everyone) {
        draft.remark("pods too, where the network plugin compares their addresses");
    }
    draft.help("name who calls them: pods by selector, outside clients by narrower blocks");
}
