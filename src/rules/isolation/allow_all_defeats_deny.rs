//! A deny that denies nothing, because other policies open the same pods to everyone.

use std::collections::BTreeMap;

use crate::diagnostic::Severity;
use crate::facts::defeats::Defeat;
use crate::net::Direction;
use crate::policy::RuleRef;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::rules::Context;
use crate::source::Place;

/// How many of the rules, or of the denies, are shown.
const SHOWN: usize = 3;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    // Denies that the same rules cancel are one finding.
    let mut causes: BTreeMap<Vec<RuleRef>, Vec<&Defeat>> = BTreeMap::new();
    for defeat in &context.facts().defeats {
        causes.entry(defeat.openers.iter().copied().collect()).or_default().push(defeat);
    }
    for (openers, defeats) in causes {
        match openers.as_slice() {
            [one] => one_rule(context, *one, &defeats),
            several => many_rules(context, several, &defeats),
        }
    }
}

/// The rule is what to edit.
fn one_rule(context: &mut Context<'_>, opener: RuleRef, defeats: &[&Defeat]) {
    let Some(policy) = context.policy(opener.policy) else { return };
    let denies: Vec<(&NetworkPolicy, Direction)> =
        defeats.iter().filter_map(|it| Some((context.policy(it.deny)?, it.direction))).collect();
    let (Some(defeat), Some((first, direction))) = (defeats.first(), denies.first()) else { return };
    let message = format!(
        "`{}` opens {direction} of {} that `{}` isolates",
        policy.object.name,
        extent(defeat),
        first.object.name
    );
    let about = context.cluster().subject(&policy.object);
    let draft = context.report(policy.rule_origin(*direction, opener.index).entry(), about, message);
    for (deny, direction) in denies.into_iter().take(SHOWN) {
        draft.because(deny.isolation_place(direction), format!("`{}` denies {direction}, in vain", deny.object.name));
    }
    draft.help("policies add up, and a deny wins over none of them: name the peers in place of the open rule");
    draft.severity(severity(defeat));
}

/// The deny is where the rules meet.
fn many_rules(context: &mut Context<'_>, openers: &[RuleRef], defeats: &[&Defeat]) {
    let Some(defeat) = defeats.first() else { return };
    let Some(deny) = context.policy(defeat.deny) else { return };
    let direction = defeat.direction;
    let message = format!("other policies open {direction} of {} that `{}` isolates", extent(defeat), deny.object.name);
    let rules: Vec<(Place, String)> = openers
        .iter()
        .filter_map(|rule| {
            let policy = context.policy(rule.policy)?;
            let place = policy.rule_origin(direction, rule.index).entry();
            Some((place, format!("`{}` admits everything", policy.object.name)))
        })
        .collect();
    let about = context.cluster().subject(&deny.object);
    let draft = context.report(deny.isolation_place(direction), about, message);
    draft.remark(match rules.len().saturating_sub(SHOWN) {
        0 => "denied in vain".to_owned(),
        more => format!("denied in vain, by these rules and {more} more"),
    });
    for (place, words) in rules.into_iter().take(SHOWN) {
        draft.because(place, words);
    }
    draft.help("policies add up, and a deny wins over none of them: name the peers in place of each open rule");
    draft.severity(severity(defeat));
}

fn extent(defeat: &Defeat) -> String {
    match (defeat.opened, defeat.selected) {
        (opened, selected) if opened < selected => format!("{opened} of {selected} workloads"),
        (0 | 1, _) => "every pod".to_owned(),
        (all, _) => format!("all {all} workloads"),
    }
}

/// What is left of the deny makes the difference.
fn severity(defeat: &Defeat) -> Severity {
    if defeat.opened == defeat.selected { Severity::Error } else { Severity::Warning }
}
