//! A rule whose own side names pods that the policy does not select: source and destination are mixed up.

use super::policies;
use crate::net::Direction;
use crate::policy::RuleRef;
use crate::policy::dialect::calico::places::own_side;
use crate::rules::{Cause, Context};

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for policy in policies(context) {
        let selected: Vec<_> = context.at_most().selected(policy.id).collect();
        if selected.is_empty() {
            continue;
        }
        for direction in Direction::BOTH.into_iter().filter(|&direction| policy.object.policy.isolates(direction)) {
            for (index, rule) in policy.object.policy.rules(direction).iter().enumerate() {
                let Some(subject) = &rule.subject else { continue };
                if context.at_most().peer_workloads(subject).iter().any(|workload| selected.contains(workload)) {
                    continue;
                }
                let at = RuleRef { policy: policy.id, direction, index };
                let side = own_side(direction);
                let message = format!("this rule of `{}` never matches: `{side}` is its own pods", policy.name());
                let place = policy.object.rule_origin(direction, index).key(side).entry();
                let subject = policy.object.subject_origin().entry();
                let about = context.cluster().subject(&policy.object.object);
                let draft = context.report_because(Cause::Rule(at), place, about, message);
                draft.because(subject, "these pods are not among them");
                let other = own_side(direction.opposite());
                draft
                    .help(format!("write the selector under `{other}`, where the other end of the connection belongs"));
            }
        }
    }
}
