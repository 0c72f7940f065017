//! A rule that is open to the whole world, for pods that are no public pages.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::opening::{self, Opening};
use crate::diagnostic::Severity;
use crate::facts::openings::Use;
use crate::net::Direction;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{Peer, Peers, Ports, Rule, RuleRef};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::source::Place;
use crate::text::phrase;

/// Addresses that stand for the world: of the documentation ranges, so that no rule means them (RFC 5737, RFC 3849).
const OUTSIDE: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))];

/// A block with fewer bits than this is no network of anyone.
const WORLDWIDE: u8 = 8;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut open = Vec::new();
    for (id, written, lowered) in context.policies().filter(|(_, _, lowered)| lowered.isolates(Direction::Ingress)) {
        for (index, rule) in lowered.ingress.iter().enumerate() {
            let at = RuleRef { policy: id, direction: Direction::Ingress, index };
            open.extend(open_to(context, written, at, rule).map(|open_to| (written, lowered, at, rule, open_to)));
        }
    }
    if open.is_empty() {
        return;
    }
    let openings = &context.facts().openings;
    for (written, lowered, at, rule, open_to) in open {
        let severity = |used| match used {
            Use::Meant | Use::Webhook => None,
            Use::Metrics | Use::Shared => Some(Severity::Note),
            Use::Other => Some(Severity::Warning),
        };
        if let Some(workloads) = openings.of_rule(context.analysis(), (at.policy, lowered), rule, severity) {
            opening::claim(context, (at, open_to.peer), workloads, move |context, cause, opening| {
                report(context, written, rule, &open_to, cause, &opening);
            });
        }
    }
}

/// What makes a rule open to the world.
struct OpenTo {
    /// The peer, by its place in the rule; `None` where the rule is for everyone.
    peer: Option<usize>,
    place: Place,
    /// For which it is open, in words.
    which: String,
}

/// What makes a rule open to the world, if anything does.
fn open_to(context: &Context<'_>, written: &NetworkPolicy, at: RuleRef, rule: &Rule) -> Option<OpenTo> {
    let Peers::Of(peers) = &rule.peers else {
        let place = written.rule_origin(at.direction, at.index).entry();
        return Some(OpenTo { peer: None, place, which: "everyone".to_owned() });
    };
    let admits = |peer| {
        let outside = |&address: &IpAddr| context.at_least().peer_admits(peer, Endpoint::External(address));
        OUTSIDE.iter().any(outside)
    };
    peers.iter().enumerate().find_map(|(index, peer)| match peer {
        Peer::Block { cidr, .. } if cidr.prefix_len() < WORLDWIDE && admits(peer) => {
            let origin = written.peer_origin(at.direction, at.index, index).keys(["ipBlock", "cidr"]);
            Some(OpenTo { peer: Some(index), place: origin.value(), which: format!("all of `{cidr}`") })
        }
        _ => None,
    })
}

fn report(
    context: &mut Context<'_>,
    written: &NetworkPolicy,
    rule: &Rule,
    OpenTo { place, which: who, .. }: &OpenTo,
    cause: &Cause,
    opening: &Opening,
) {
    let name = &written.object.name;
    let which = match opening.workloads.as_slice() {
        [] => "the pods that it selects".to_owned(),
        workloads => phrase::list(context.names(workloads)),
    };
    let ports = if matches!(rule.ports, Ports::All) { "" } else { " on the ports it names" };
    let message = format!("`{name}` admits {who} to {which}{ports}");
    let about = context.cluster().subject(&written.object);
    let draft = context.report_because(cause.clone(), place.clone(), about, message);
    draft.severity(opening.severity);
    if !matches!(rule.peers, Peers::Everyone) {
        draft.remark("pods too, where the network plugin compares their addresses");
    }
    draft.help("name who calls them: pods by selector, outside clients by narrower blocks");
}
