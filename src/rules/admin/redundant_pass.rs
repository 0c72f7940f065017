//! A Pass that changes nothing: no later rule of its tier could decide what it passes.

use super::about;
use crate::policy::Action;
use crate::policy::dialect::admin::AdminTier;
use crate::rules::{Cause, Context};

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let passes = context.facts().admin.fates.iter().filter(|fate| fate.rule.rule.action == Action::Pass);
    for fate in passes.filter(|fate| fate.is_reached && !fate.is_dead()) {
        let rule = &fate.rule;
        if fate.is_followed && rule.written.tier == AdminTier::Admin {
            continue;
        }
        let (message, help) = match rule.written.tier {
            AdminTier::Admin => (
                format!("{} changes nothing: no later rule of the tier matches what it passes", rule.title()),
                "delete it, or move it before the rule that it is to spare the traffic from",
            ),
            AdminTier::Baseline => (
                format!(
                    "{} changes nothing: nothing follows the Baseline tier, so the traffic is allowed",
                    rule.title()
                ),
                "delete it, or write `Accept` before the rule that it is to spare the traffic from",
            ),
        };
        let subject = about(context, rule);
        context.report_because(Cause::Rule(rule.at), rule.action_place(), subject, message).help(help);
    }
}
