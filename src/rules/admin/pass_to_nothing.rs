//! A Pass that leaves the decision to NetworkPolicies and the tier Baseline, where there is nothing to decide.

use super::about;
use crate::diagnostic::Severity;
use crate::policy::StageName;
use crate::rules::{Cause, Context};
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let is_lower = |stage: &StageName| matches!(stage, StageName::Network | StageName::Baseline);
    let is_alone = !context.analysis().policies().iter().any(|it| is_lower(&it.policy.stage));
    for fate in &context.facts().admin.fates {
        if fate.unguarded.is_empty() || fate.is_dead() || is_alone && !fate.is_followed {
            continue;
        }
        let rule = &fate.rule;
        let who = phrase::list(context.names(&fate.unguarded));
        let message = match fate.guarded.as_slice() {
            [] => format!("{} passes to nothing: no other policy decides, and it is allowed", rule.title()),
            _ => format!("{} passes to nothing for {who}: it is allowed", rule.title()),
        };
        let subject = about(context, rule);
        let is_note = is_alone || !fate.guarded.is_empty();
        let draft = context.report_because(Cause::Rule(rule.at), rule.action_place(), subject, message);
        if is_note {
            draft.severity(Severity::Note);
        }
        draft.help(format!(
            "isolate {who} by a NetworkPolicy, add a rule of the Baseline tier, or write `Accept` if it is to be allowed"
        ));
    }
}
