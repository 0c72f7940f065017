//! Rules and whole policies that could go without a trace: others admit everything that they admit.

use std::collections::BTreeSet;

use super::SHOWN;
use crate::edit::{Change, Fix, Safety};
use crate::facts::in_force::{RuleAt, rules_of};
use crate::net::Direction;
use crate::objects::PolicyId;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{Peers, PolicyObject, Ports, RuleRef};
use crate::rules::{Cause, Context};
use crate::source::{Location, Origin};
use crate::text::phrase;

/// What was found to be redundant, and may no longer be counted on.
#[derive(Default)]
struct Removed {
    policies: BTreeSet<PolicyId>,
    rules: BTreeSet<RuleRef>,
}

impl Removed {
    fn has(&self, rule: RuleRef) -> bool {
        self.policies.contains(&rule.policy) || self.rules.contains(&rule)
    }
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut removed = Removed::default();
    let policies: Vec<_> =
        context.policies().filter_map(|(id, written, _)| Some((id, written, context.policy(id)?))).collect();
    // Of two that are equal, the later one is reported.
    for &(id, written, object) in policies.iter().rev() {
        if let Some(by) = covering_policy(context, id, object, &removed) {
            removed.policies.insert(id);
            let message = |who: &str| format!("removing `{}` changes no connection: {who}", written.object.name);
            let place = written.object.name_place().into();
            let removal = (written.object.origin.clone(), Change::RemoveDocument);
            report(context, (Cause::Policy(id), written), place, message, ("delete the policy", removal), &by);
            continue;
        }
        for rule in rules_of(id, object).rev() {
            if !isolates_by_default(&rule, &removed)
                && let Some(by) = covering(context, &rule, &|other| removed.has(other))
            {
                removed.rules.insert(rule.at);
                let message = |who: &str| format!("removing this rule changes no connection: {who}");
                let place = rule.origin().entry().into();
                let removal = (rule.origin(), Change::Remove);
                report(context, (Cause::Rule(rule.at), written), place, message, ("delete the rule", removal), &by);
            }
        }
    }
}

/// The rules of others that admit all that a policy admits, where others isolate its pods as well. A policy without
/// rules is a default deny, which is worth having whatever else there is.
fn covering_policy(
    context: &Context<'_>,
    id: PolicyId,
    object: &PolicyObject,
    removed: &Removed,
) -> Option<Vec<RuleRef>> {
    let mut by = BTreeSet::new();
    for rule in rules_of(id, object) {
        by.extend(covering(context, &rule, &|other| other.policy == id || removed.has(other))?);
    }
    let is_removed = |policy| removed.policies.contains(&policy);
    let mut isolated = Direction::BOTH.into_iter().filter(|&direction| object.policy.isolates(direction));
    let isolates = isolated.all(|direction| context.at_most().isolates_without(id, direction, &is_removed));
    (isolates && !by.is_empty()).then(|| by.into_iter().collect())
}

fn covering(context: &Context<'_>, rule: &RuleAt<'_>, without: &dyn Fn(RuleRef) -> bool) -> Option<Vec<RuleRef>> {
    let by = context.at_least().covering(context.at_most(), rule.at, None, without)?;
    // Next to a rule for everyone on every port all others are redundant, and that rule is what is wrong. What a rule
    // restricts at layer 7, one without such a restriction sets free.
    (!by.iter().any(|&other| is_open(context, other) || is_restricted(context, other))).then_some(by)
}

fn is_open(context: &Context<'_>, at: RuleRef) -> bool {
    let rule = context.lowered(at.policy).and_then(|policy| policy.rules(at.direction).get(at.index));
    rule.is_some_and(|rule| matches!((&rule.peers, &rule.ports), (Peers::Everyone, Ports::All)))
}

fn is_restricted(context: &Context<'_>, at: RuleRef) -> bool {
    let rule = context.lowered(at.policy).and_then(|policy| policy.rules(at.direction).get(at.index));
    rule.is_some_and(|rule| rule.layer7)
}

/// Whether the policy would no longer isolate for egress without the rule, because it leaves `policyTypes` out.
fn isolates_by_default(rule: &RuleAt<'_>, removed: &Removed) -> bool {
    let implicit = rule.network_policy().is_some_and(NetworkPolicy::has_default_types);
    let left =
        |index: &usize| *index != rule.at.index && !removed.rules.contains(&RuleRef { index: *index, ..rule.at });
    implicit && rule.at.direction == Direction::Egress && !(0..rule.lowered.egress.len()).any(|index| left(&index))
}

fn report(
    context: &mut Context<'_>,
    (cause, written): (Cause, &NetworkPolicy),
    place: Location,
    message: impl Fn(&str) -> String,
    (help, (at, removal)): (&str, (Origin, Change)),
    by: &[RuleRef],
) {
    let names: BTreeSet<&str> =
        by.iter().filter_map(|other| context.policy(other.policy)).map(|policy| policy.object.name.as_str()).collect();
    let verb = if names.len() == 1 { "admits" } else { "admit" };
    let message = message(&format!("{} {verb} the same", phrase::list(names)));
    let about = context.cluster().subject(&written.object);
    let others: Vec<_> =
        by.iter().take(SHOWN).filter_map(|other| Some((context.policy(other.policy)?, other))).collect();
    let draft = context.report_because(cause, place, about, message);
    for (policy, other) in others {
        let words = format!("`{}` admits it already", policy.object.name);
        draft.because(policy.rule_origin(other.direction, other.index).entry(), words);
    }
    draft.fix(Fix::new(Safety::Neutral, help, at, removal)).help(help);
}
