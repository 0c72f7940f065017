//! Policies of one tier and priority that disagree: the network plugin picks one of them.

use super::{end, verb};
use crate::diagnostic::Severity;
use crate::facts::admin::{AdminRule, Tie};
use crate::net::Direction;
use crate::policy::RuleRef;
use crate::rules::{Cause, Context};

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for tie in &context.facts().admin.ties {
        report(context, tie);
    }
}

fn report(context: &mut Context<'_>, tie: &Tie) {
    let (Some(first), Some(second)) = (find(context, tie.first), find(context, tie.second)) else { return };
    let (subject, remote) = (end(context, tie.subject), end(context, tie.remote));
    let (from, to) = match tie.first.direction {
        Direction::Ingress => (remote, subject),
        Direction::Egress => (subject, remote),
    };
    let ports = if tie.traffic.ports.is_all() || tie.traffic.ports.is_empty() {
        String::new()
    } else {
        format!(" on {}", tie.traffic.ports)
    };
    let (one, other) = (&first.object.object.name, &second.object.object.name);
    let priority = second.written.priority;
    let message = format!("`{one}` and `{other}` disagree at priority {priority} about {from} to {to}{ports}");
    let about = context.cluster().subject(&second.object.object);
    let place = |rule: &AdminRule<'_>| rule.object.object.origin.keys(["spec", "priority"]).value();
    let draft = context.report_because(Cause::Policy(tie.second.policy), place(second), about, message);
    if !tie.changes_verdict {
        draft.severity(Severity::Note);
    }
    draft.because(place(first), format!("`{one}` has the same priority"));
    for rule in [first, second] {
        draft.because(rule.action_place(), format!("{} {} it", rule.title(), verb(rule)));
    }
    draft.help("give one of them a priority that no other policy of the tier has: the lower number is evaluated first");
}

fn find<'m>(context: &Context<'m>, at: RuleRef) -> Option<&'m AdminRule<'m>> {
    context.facts().admin.tiers.rules(at.direction).iter().find(|rule| rule.at == at)
}
