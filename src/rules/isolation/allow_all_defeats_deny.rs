//! A deny that denies nothing, because other policies open the same pods to everyone.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Severity;
use crate::facts::defeats::{Defeat, Deny};
use crate::net::Direction;
use crate::policy::RuleRef;
use crate::policy::dialect::PolicyObject;
use crate::rules::{Cause, Context};
use crate::source::Place;

/// How many of the rules, or of the denies, are shown.
const SHOWN: usize = 3;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let denies = &context.facts().defeated_denies;
    let openers = denies.iter().filter_map(|deny| deny.defeat(|_| true)).flat_map(|defeat| defeat.openers);
    let openers: BTreeSet<RuleRef> = openers.collect();
    let causes = openers.into_iter().map(Cause::Rule).collect();
    context.claim(causes, move |context, left| {
        // Denies that the same rules cancel are one finding.
        let mut together: BTreeMap<Vec<RuleRef>, Vec<(&Deny, Defeat)>> = BTreeMap::new();
        for deny in denies {
            if let Some(defeat) = deny.defeat(|rule| left.contains(&Cause::Rule(*rule))) {
                together.entry(defeat.openers.iter().copied().collect()).or_default().push((deny, defeat));
            }
        }
        for (openers, denies) in together {
            match openers.as_slice() {
                [one] => one_rule(context, *one, &denies),
                several => many_rules(context, several, &denies),
            }
        }
    });
}

/// The rule is what to edit.
fn one_rule(context: &mut Context<'_>, opener: RuleRef, defeated: &[(&Deny, Defeat)]) {
    let Some(policy) = context.policy(opener.policy) else { return };
    let denies: Vec<(&PolicyObject, Direction)> =
        defeated.iter().filter_map(|(it, _)| Some((context.policy(it.policy)?, it.direction))).collect();
    let (Some((_, defeat)), Some((first, direction))) = (defeated.first(), denies.first()) else { return };
    let message = format!(
        "`{}` opens {direction} of {} that `{}` isolates",
        policy.object.name,
        extent(defeat),
        first.object.name
    );
    let about = context.cluster().subject(&policy.object);
    let place = policy.rule_origin(*direction, opener.index).entry();
    let draft = context.report_because(Cause::Rule(opener), place, about, message);
    for (deny, direction) in denies.into_iter().take(SHOWN) {
        draft.because(
            deny.isolation_place(direction),
            format!("`{}` denies {direction}, but has no effect", deny.object.name),
        );
    }
    draft.help(
        "NetworkPolicies are additive: a deny cannot override an allow: name the peers in place of the open rule",
    );
    draft.severity(severity(defeat));
}

/// The deny is where the rules meet.
fn many_rules(context: &mut Context<'_>, openers: &[RuleRef], defeated: &[(&Deny, Defeat)]) {
    let Some((Deny { policy, direction, .. }, defeat)) = defeated.first() else { return };
    let (Some(deny), direction) = (context.policy(*policy), *direction) else { return };
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
    draft.key(direction.field());
    draft.remark(match rules.len().saturating_sub(SHOWN) {
        0 => "denied without effect".to_owned(),
        more => format!("denied without effect, by these rules and {more} more"),
    });
    for (place, words) in rules.into_iter().take(SHOWN) {
        draft.because(place, words);
    }
    draft.help(
        "NetworkPolicies are additive: a deny cannot override an allow: name the peers in place of each open rule",
    );
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
