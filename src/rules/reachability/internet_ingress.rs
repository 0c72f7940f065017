//! A rule that is open to the whole world, for pods that are no public pages.

use super::opening::{self, Opening};
use crate::diagnostic::Severity;
use crate::facts::in_force::{RuleAt, allowing_rules};
use crate::facts::openers::Openers;
use crate::facts::openings::Use;
use crate::facts::world::{Worldwide, outside_of, worldwide};
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::policy::{Peers, Ports};
use crate::rules::{Cause, Context};
use crate::source::Place;
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut open = Vec::new();
    for rule in allowing_rules(context.analysis()).filter(|it| it.at.direction == Direction::Ingress) {
        open.extend(open_to(context, rule).map(|open_to| (rule, open_to)));
    }
    if open.is_empty() {
        return;
    }
    let openings = &context.facts().openings;
    let mut openers = Openers::new(context.analysis(), PortSet::all());
    for (rule, open_to) in open {
        let severity = |used| match used {
            Use::Meant | Use::Webhook => None,
            Use::Metrics | Use::Shared => Some(Severity::Note),
            Use::Other => Some(Severity::Warning),
        };
        let workloads = openings.of_rule(context.analysis(), (rule.at.policy, rule.lowered), rule.rule, severity);
        let opened = |workloads| {
            let outside = outside_of(context.analysis(), rule.at)?;
            opening::opened(context, &mut openers, &rule, workloads, outside)
        };
        if let Some(workloads) = workloads.and_then(opened) {
            opening::claim(context, (rule.at, open_to.peer), workloads, move |context, cause, opening| {
                report(context, &rule, &open_to, cause, &opening);
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
fn open_to(context: &Context<'_>, rule: RuleAt<'_>) -> Option<OpenTo> {
    if matches!(rule.rule.peers, Peers::Everyone) {
        return Some(OpenTo { peer: None, place: rule.origin().entry(), which: "everyone".to_owned() });
    }
    rule.peers().find_map(|peer| {
        let (place, which) = match worldwide(context.analysis(), peer.peer)? {
            Worldwide::Block(cidr) => (peer.block_place(), format!("all of `{cidr}`")),
            Worldwide::World => (peer.origin().value(), "the world".to_owned()),
            Worldwide::Rest => (peer.place(), "every address that it does not exclude".to_owned()),
        };
        Some(OpenTo { peer: Some(peer.index), place, which })
    })
}

fn report(
    context: &mut Context<'_>,
    RuleAt { object, rule, .. }: &RuleAt<'_>,
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
    let may_be_pods =
        !matches!(rule.peers, Peers::Everyone) && context.cluster().arrangements().any(|it| it.pods_by_address);
    let isolated = opening::isolated_in_vain(context, object, opening);
    let draft = context.report_because(cause.clone(), place.clone(), about, message);
    draft.severity(opening.severity);
    draft.because_of(isolated);
    if may_be_pods {
        draft.remark("pods too, where the network plugin compares their addresses");
    }
    draft.help("name who calls them: pods by selector, outside clients by narrower blocks");
}
