//! Pods that may connect to anything, so that whoever takes one over may as well.

use std::net::{IpAddr, Ipv4Addr};

use crate::analysis::MayClose;
use crate::diagnostic::Severity;
use crate::facts::default_deny::has_default_deny;
use crate::facts::in_force::RuleAt;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::WorkloadId;
use crate::policy::{Peer, Peers, PolicyObject, Ports, Rule, RuleRef};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::source::Place;
use crate::text::phrase;

/// An address that stands for the outside: of the documentation range, so that no rule means it (RFC 5737).
const OUTSIDE: Endpoint = Endpoint::External(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)));

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    not_isolated(context);
    for RuleAt { object, lowered, at, rule } in context.rules().filter(|it| it.at.direction == Direction::Egress) {
        if !context.analysis().opens_nothing(at.policy, lowered) {
            open_rule(context, object, at, rule);
        }
    }
}

/// Namespaces with workloads that no policy isolates for egress.
fn not_isolated(context: &mut Context<'_>) {
    let may_close = MayClose::new(context.analysis(), Direction::Egress);
    for (namespace, workloads) in context.analysis().namespaces() {
        let is_open = |&id: &WorkloadId| {
            let is_isolated = || context.at_most().is_isolated(Endpoint::Workload(id), Direction::Egress);
            !may_close.holds(id) && !is_isolated() && !is_denied(context, id)
        };
        let open: Vec<WorkloadId> = workloads.iter().copied().filter(is_open).collect();
        if open.is_empty() || has_default_deny(context.analysis(), namespace, Direction::Egress) {
            continue;
        }
        let Some(place) = context.analysis().namespace_place(namespace, &workloads) else { continue };
        let subject = context.analysis().namespace_subject(namespace);
        let side = move |id: WorkloadId| Cause::Side(namespace, id, Direction::Egress);
        context.claim(open.iter().copied().map(side).collect(), move |context, left| {
            let open: Vec<WorkloadId> = open.iter().copied().filter(|&id| left.contains(&side(id))).collect();
            let who = phrase::list(context.names(&open));
            // A single destination may be denied.
            let restricts = if context.facts().admin.is_empty() { "nothing" } else { "no default deny" };
            let message = format!("{restricts} restricts egress of {who} in namespace `{}`", subject.name);
            let refused = context.refused(Direction::Egress, &open);
            // What is not known may isolate them; an open rule is open whatever else there is.
            let is_incomplete = context.cluster().is_incomplete_in(Some(&subject.name));
            let draft = context.report(place, subject, message);
            draft
                .because_of(refused)
                .help("isolate them for egress, then allow DNS and each connection that they need");
            if is_incomplete {
                draft.severity(Severity::Note);
            }
        });
    }
}

/// Whether an Admin or Baseline policy denies a workload every address outside.
fn is_denied(context: &Context<'_>, workload: WorkloadId) -> bool {
    let tiers = &context.facts().admin.tiers;
    tiers.denier(Direction::Egress, Endpoint::Workload(workload), OUTSIDE, &PortSet::all()).is_some()
}

/// A rule that admits every destination.
fn open_rule(context: &mut Context<'_>, object: &PolicyObject, at: RuleRef, rule: &Rule) {
    let places: Vec<(Cause, Place, String, bool)> = match &rule.peers {
        Peers::Everyone => {
            let place = object.rule_origin(at.direction, at.index).entry();
            vec![(Cause::Rule(at), place, "everything".to_owned(), false)]
        }
        Peers::Of(peers) => peers
            .iter()
            .enumerate()
            .filter_map(|(peer, block)| match block {
                Peer::Block { cidr, except } if cidr.prefix_len() == 0 => {
                    let place = object.block_place(at.direction, at.index, peer);
                    Some((Cause::Peer(at, peer), place, format!("`{cidr}`"), !except.is_empty()))
                }
                Peer::World => {
                    let place = object.peer_origin(at.direction, at.index, peer).value();
                    Some((Cause::Peer(at, peer), place, "the world".to_owned(), false))
                }
                _ => None,
            })
            .collect(),
    };
    if rule.ports.are_of_dns() {
        return;
    }
    // What an Admin policy denies first, no rule of a NetworkPolicy opens.
    let mut selected = context.at_most().selected(at.policy).peekable();
    if selected.peek().is_some() && selected.all(|id| is_denied(context, id)) {
        return;
    }
    for (cause, place, what, carved) in places {
        let https = rule.ports.is_limited_to(&[443]);
        let message = match (&rule.ports, https) {
            (_, true) => format!("`{}` permits egress to {what}, though only for HTTPS", object.object.name),
            (Ports::All, _) => format!("`{}` permits egress to {what}", object.object.name),
            _ => format!("`{}` permits egress to {what} on the ports it names", object.object.name),
        };
        let subject = context.cluster().subject(&object.object);
        let draft = context.report_because(cause, place, subject, message);
        if https || carved {
            draft.severity(Severity::Note);
        }
        draft.help("name the destinations: pods by selector, outside addresses by narrower blocks");
    }
}
