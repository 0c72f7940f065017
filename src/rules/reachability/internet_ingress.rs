//! A rule that is open to the whole world, for pods that are no public pages.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::opening::{self, Opening};
use crate::diagnostic::Severity;
use crate::facts::in_force::RuleAt;
use crate::facts::openings::Use;
use crate::net::Direction;
use crate::net::address::is_worldwide;
use crate::policy::{Peer, Peers, PolicyObject, Ports, Rule, RuleRef};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::source::Place;
use crate::text::phrase;

/// Addresses that stand for the world: of the documentation ranges, so that no rule means them (RFC 5737, RFC 3849).
const OUTSIDE: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))];

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut open = Vec::new();
    for RuleAt { object, lowered, at, rule } in context.rules().filter(|it| it.at.direction == Direction::Ingress) {
        open.extend(open_to(context, object, at, rule).map(|open_to| (object, lowered, at, rule, open_to)));
    }
    if open.is_empty() {
        return;
    }
    let openings = &context.facts().openings;
    for (object, lowered, at, rule, open_to) in open {
        let severity = |used| match used {
            Use::Meant | Use::Webhook => None,
            Use::Metrics | Use::Shared => Some(Severity::Note),
            Use::Other => Some(Severity::Warning),
        };
        if let Some(workloads) = openings.of_rule(context.analysis(), (at.policy, lowered), rule, severity) {
            opening::claim(context, (at, open_to.peer), workloads, move |context, cause, opening| {
                report(context, object, rule, &open_to, cause, &opening);
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
fn open_to(context: &Context<'_>, object: &PolicyObject, at: RuleRef, rule: &Rule) -> Option<OpenTo> {
    let Peers::Of(peers) = &rule.peers else {
        let place = object.rule_origin(at.direction, at.index).entry();
        return Some(OpenTo { peer: None, place, which: "everyone".to_owned() });
    };
    let admits = |peer| {
        let outside = |&address: &IpAddr| context.at_least().peer_admits(peer, Endpoint::External(address));
        OUTSIDE.iter().any(outside)
    };
    peers.iter().enumerate().find_map(|(index, peer)| match peer {
        Peer::Block { cidr, .. } if is_worldwide(cidr) && admits(peer) => {
            let place = object.block_place(at.direction, at.index, index);
            Some(OpenTo { peer: Some(index), place, which: format!("all of `{cidr}`") })
        }
        Peer::World => {
            let place = object.peer_origin(at.direction, at.index, index).value();
            Some(OpenTo { peer: Some(index), place, which: "the world".to_owned() })
        }
        _ => None,
    })
}

fn report(
    context: &mut Context<'_>,
    object: &PolicyObject,
    rule: &Rule,
    OpenTo { place, which: who, .. }: &OpenTo,
    cause: &Cause,
    opening: &Opening,
) {
    let name = &object.object.name;
    let which = match opening.workloads.as_slice() {
        [] => "the pods that it selects".to_owned(),
        workloads => phrase::list(context.names(workloads)),
    };
    let ports = if matches!(rule.ports, Ports::All) { "" } else { " on the ports it names" };
    let message = format!("`{name}` admits {who} to {which}{ports}");
    let about = context.cluster().subject(&object.object);
    let may_be_pods = !matches!(rule.peers, Peers::Everyone) && context.cluster().arrangement.pods_by_address;
    let draft = context.report_because(cause.clone(), place.clone(), about, message);
    draft.severity(opening.severity);
    if may_be_pods {
        draft.remark("pods too, where the network plugin compares their addresses");
    }
    draft.help("name who calls them: pods by selector, outside clients by narrower blocks");
}
