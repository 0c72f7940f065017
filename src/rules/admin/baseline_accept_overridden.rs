//! An Accept of the tier Baseline that is not asked, because a NetworkPolicy isolates the pods and does not admit it.

use super::{SHOWN, about};
use crate::diagnostic::Severity;
use crate::policy::dialect::PolicyObject;
use crate::rules::{Cause, Context};
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for fate in context.facts().admin.fates.iter().filter(|fate| !fate.lost.is_empty() && !fate.is_dead()) {
        let rule = &fate.rule;
        let who = phrase::list(context.names(&fate.lost));
        let message = format!("{} is not evaluated for {who}, which NetworkPolicies isolate", rule.title());
        let policies: Vec<&PolicyObject> = fate.isolating.iter().filter_map(|&id| context.policy(id)).collect();
        let subject = about(context, rule);
        let draft = context.report_because(Cause::Rule(rule.at), rule.action_place(), subject, message);
        if fate.is_free {
            draft.severity(Severity::Note);
        }
        let direction = rule.at.direction;
        for policy in policies.into_iter().take(SHOWN) {
            let words = format!("`{}` isolates {direction}, and does not admit it", policy.object.name);
            draft.because(policy.isolation_place(direction), words);
        }
        draft.help("accept it in the Admin tier, or allow it in a NetworkPolicy there as well");
    }
}
