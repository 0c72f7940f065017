//! A rule of Cilium or Calico that decides nothing, because others take all that it matches.

use std::collections::BTreeSet;

use super::SHOWN;
use crate::diagnostic::Severity;
use crate::net::Direction;
use crate::objects::PolicyId;
use crate::policy::dialect::PolicyObject;
use crate::policy::{Action, Combine, Peers, Rule, RuleRef};
use crate::rules::{Cause, Context};
use crate::source::Origin;
use crate::text::phrase;

/// What rules do that do not all do the same.
const DECIDES: [&str; 2] = ["decides", "decide"];

/// What is written as one rule, which the engine may know as several.
struct Entry {
    origin: Origin,
    at: Vec<RuleRef>,
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let policies = context.analysis().policies_in_force();
    let policies = policies.filter(|(_, object)| object.calico_policy().is_some() || object.cilium_policy().is_some());
    let policies: Vec<(PolicyId, &PolicyObject)> = policies.collect();
    let mut reported = BTreeSet::new();
    // Of two that are equal, the later one is reported.
    for &(id, object) in policies.iter().rev() {
        for direction in Direction::BOTH {
            let entries = entries(id, object, direction);
            let is_only_one = entries.len() == 1;
            for entry in entries.iter().rev() {
                if let Some(by) = taken_by(context, entry, &reported)
                    && report(context, object, entry, &by, is_only_one)
                {
                    reported.extend(entry.at.iter().copied());
                }
            }
        }
    }
}

/// The rules of a policy as they are written.
fn entries(policy: PolicyId, object: &PolicyObject, direction: Direction) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for index in 0..object.policy.rules(direction).len() {
        let (origin, at) = (object.rule_origin(direction, index), RuleRef { policy, direction, index });
        match entries.iter_mut().find(|entry| entry.origin == origin) {
            Some(entry) => entry.at.push(at),
            None => entries.push(Entry { origin, at: vec![at] }),
        }
    }
    entries
}

/// The rules that take all that one matches, of those that are not reported themselves.
fn taken_by(context: &Context<'_>, entry: &Entry, reported: &BTreeSet<RuleRef>) -> Option<Vec<RuleRef>> {
    let without = |other: RuleRef| reported.contains(&other) || entry.at.contains(&other);
    let mut by = BTreeSet::new();
    for &at in &entry.at {
        by.extend(context.at_least().taken_before(at, &without)?);
    }
    Some(by.into_iter().collect()).filter(|by: &Vec<RuleRef>| !by.is_empty())
}

/// What a rule does, as a verb: of one, and of several.
fn verb(context: &Context<'_>, at: RuleRef) -> [&'static str; 2] {
    match action(context, at) {
        Some(Action::Allow) => ["allows", "allow"],
        Some(Action::Deny) => ["denies", "deny"],
        Some(Action::Pass) => ["passes", "pass"],
        Some(Action::None) | None => DECIDES,
    }
}

/// Who decides instead of a rule, and what they do.
fn who_decides(others: &[(&PolicyObject, RuleRef)], instead_of: RuleRef, [of_one, of_several]: [&str; 2]) -> String {
    let names: BTreeSet<&str> = others.iter().map(|(policy, _)| policy.object.name.as_str()).collect();
    match others {
        [(_, one)] if one.policy == instead_of.policy => format!("another rule of it {of_one}"),
        _ if names.len() == 1 => format!("{} {of_one}", phrase::list(names)),
        _ => format!("{} {of_several}", phrase::list(names)),
    }
}

fn written<'m>(context: &Context<'m>, at: RuleRef) -> Option<&'m Rule> {
    context.lowered(at.policy)?.rules(at.direction).get(at.index)
}

fn action(context: &Context<'_>, at: RuleRef) -> Option<Action> {
    written(context, at).map(|rule| rule.action)
}

/// Reports a rule, unless it is worth having all the same: the only rule of a policy isolates its pods, and one that
/// restricts requests was meant to. Next to a rule for everyone many others are redundant, and that rule is what is wrong.
fn report(context: &mut Context<'_>, object: &PolicyObject, entry: &Entry, by: &[RuleRef], is_only_one: bool) -> bool {
    let Some(&at) = entry.at.first() else { return false };
    let own = action(context, at);
    let repeats = by.iter().all(|&other| action(context, other) == own);
    let is_open = |&other: &RuleRef| written(context, other).is_some_and(|rule| rule.peers == Peers::Everyone);
    let is_restricting = || written(context, at).is_some_and(|rule| rule.layer7);
    if repeats && (is_only_one || is_restricting() || by.iter().any(is_open)) {
        return false;
    }
    let others: Vec<_> = by.iter().filter_map(|&other| Some((context.policy(other.policy)?, other))).collect();
    let verbs: BTreeSet<[&str; 2]> = by.iter().map(|&other| verb(context, other)).collect();
    let effect = if repeats { "has no effect" } else { "never applies" };
    let message = format!(
        "this rule of `{}` {effect}: {} all that it matches",
        object.object.name,
        who_decides(&others, at, verbs.first().filter(|_| verbs.len() == 1).copied().unwrap_or(DECIDES))
    );
    let labels: Vec<_> = (others.iter().take(SHOWN))
        .map(|(policy, other)| {
            let [verb, _] = verb(context, *other);
            let words = format!("`{}` {verb} it already", policy.object.name);
            (policy.rule_origin(other.direction, other.index).entry(), words)
        })
        .collect();
    let help = help(context, object, (at, by), (repeats, is_only_one));
    let about = context.cluster().subject(&object.object);
    let draft = context.report_because(Cause::Rule(at), entry.origin.clone().entry(), about, message);
    if repeats {
        draft.severity(Severity::Note);
    }
    for (place, label) in labels {
        draft.because(place, label);
    }
    draft.help(help);
    true
}

fn help(
    context: &Context<'_>,
    object: &PolicyObject,
    (at, by): (RuleRef, &[RuleRef]),
    (repeats, is_only_one): (bool, bool),
) -> String {
    if repeats {
        return "delete it".to_owned();
    }
    let arrangement = context.cluster().arrangement_of(&object.policy.stage);
    let stage = |name| arrangement.join(name).map(|join| join.stage);
    let own_stage = stage(&object.policy.stage);
    let combine = own_stage.and_then(|stage| arrangement.stages.get(stage)).map(|stage| stage.combine);
    let first = by.first().and_then(|other| Some((context.policy(other.policy)?, *other)));
    let instead = if is_only_one { "" } else { ", or delete this rule" };
    match first {
        Some((other, _)) if combine == Some(Combine::DenyWins) || stage(&other.policy.stage) != own_stage => {
            format!("narrow the rule of `{}`{instead}", other.object.name)
        }
        Some((_, other)) if other.policy == at.policy => format!("move it before that one{instead}"),
        Some((other, _)) => {
            format!("give `{}` a lower `order` than `{}`{instead}", object.object.name, other.object.name)
        }
        None => "delete it".to_owned(),
    }
}
