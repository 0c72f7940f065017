//! Pods that may connect to anything, so that whoever takes one over may as well.

use crate::analysis::MayClose;
use crate::diagnostic::Severity;
use crate::facts::default_deny::has_default_deny;
use crate::facts::in_force::{RuleAt, allowing_rules};
use crate::facts::openers::Openers;
use crate::facts::world::{OUTSIDE, Worldwide, outside_of, worldwide};
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::WorkloadId;
use crate::policy::{Action, Peer, Peers, Ports};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::source::Place;
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    not_isolated(context);
    let mut openers = Openers::new(context.analysis(), PortSet::all());
    for rule in allowing_rules(context.analysis()).filter(|it| it.at.direction == Direction::Egress) {
        if !context.analysis().opens_nothing(rule.at.policy, rule.lowered) {
            open_rule(context, &mut openers, rule);
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
    let [outside, _] = OUTSIDE.map(Endpoint::External);
    tiers.denier(Direction::Egress, Endpoint::Workload(workload), outside, &PortSet::all()).is_some()
}

/// What opens a rule to every destination.
struct Open {
    cause: Cause,
    place: Place,
    /// Which destinations, in words.
    what: String,
    /// Whether some are left out.
    carved: bool,
}

/// A rule that admits every destination.
fn open_rule(context: &mut Context<'_>, openers: &mut Openers<'_>, rule: RuleAt<'_>) {
    if rule.rule.ports.are_of_dns() {
        return;
    }
    let open: Vec<Open> = if matches!(rule.rule.peers, Peers::Everyone) {
        let (cause, place) = (Cause::Rule(rule.at), rule.origin().entry());
        vec![Open { cause, place, what: "everything".to_owned(), carved: false }]
    } else {
        open_peers(context, rule)
    };
    // What an Admin policy denies first, no rule of a NetworkPolicy opens.
    let opens = |outside| openers.opens_any(&rule, &[outside]);
    if open.is_empty() || !outside_of(context.analysis(), rule.at).is_none_or(opens) {
        return;
    }
    // Who denies some of it beside has thought of the rest.
    let has_denies = rule.lowered.egress.iter().any(|it| it.action == Action::Deny && !it.matches_nothing());
    let name = &rule.object.object.name;
    for Open { cause, place, what, carved } in open {
        let https = rule.rule.ports.is_limited_to(&[443]);
        let message = match (&rule.rule.ports, https) {
            (_, true) => format!("`{name}` permits egress to {what}, though only for HTTPS"),
            (Ports::All, _) => format!("`{name}` permits egress to {what}"),
            _ => format!("`{name}` permits egress to {what} on the ports it names"),
        };
        let draft = context.report_because(cause, place, context.subject(&rule), message);
        if https || carved || has_denies {
            draft.severity(Severity::Note);
        }
        draft.help("name the destinations: pods by selector, outside addresses by narrower blocks");
    }
}

fn open_peers(context: &Context<'_>, rule: RuleAt<'_>) -> Vec<Open> {
    let peers = rule.peers().filter_map(|peer| {
        let (place, what, carved) = match peer.peer {
            Peer::Block { cidr, except } if cidr.prefix_len() == 0 => {
                (peer.block_place(), format!("`{cidr}`"), !except.is_empty())
            }
            other => match worldwide(context.analysis(), other)? {
                Worldwide::Block(_) => return None,
                Worldwide::World => (peer.origin().value(), "the world".to_owned(), false),
                Worldwide::Rest => (peer.place(), "every address that it does not exclude".to_owned(), true),
            },
        };
        Some(Open { cause: Cause::Peer(rule.at, peer.index), place, what, carved })
    });
    peers.collect()
}
