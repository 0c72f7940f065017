//! A rule that decides nothing, because rules that are asked before it take all that it matches.

use super::{SHOWN, about, verb};
use crate::diagnostic::Severity;
use crate::facts::admin::{AdminRule, Fate};
use crate::policy::Action;
use crate::rules::{Cause, Context};

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for fate in context.facts().admin.fates.iter().filter(|fate| fate.is_dead()) {
        report(context, fate);
    }
}

fn report(context: &mut Context<'_>, fate: &Fate<'_>) {
    let Some(first) = fate.covering.first() else { return };
    let (rule, covering) = (&fate.rule, &fate.covering);
    let repeats = covering.iter().all(|it| it.rule.action == rule.rule.action);
    let is_hole = rule.rule.action == Action::Deny && !repeats;
    let mut message = match repeats {
        true => format!("{} repeats what is decided before it", rule.title()),
        false => format!("{} never applies: what it matches is decided before it", rule.title()),
    };
    if !fate.is_covered_for_good {
        message.push_str(", as far as the input shows");
    }
    let subject = about(context, rule);
    let draft = context.report_because(Cause::Rule(rule.at), rule.action_place(), subject, message);
    draft.severity(match (fate.is_covered_for_good, repeats, is_hole) {
        (false, ..) | (_, true, _) => Severity::Note,
        (true, false, true) => Severity::Error,
        (true, false, false) => Severity::Warning,
    });
    for it in covering.iter().take(SHOWN) {
        draft.because(it.action_place(), format!("{} {} it first", it.title(), verb(it)));
    }
    draft.help(match repeats {
        true => "delete it".to_owned(),
        false => advice(rule, first),
    });
}

fn advice(rule: &AdminRule<'_>, first: &AdminRule<'_>) -> String {
    let (own, other) = (&rule.object.object.name, &first.object.object.name);
    if rule.at.policy == first.at.policy {
        format!("move it before {}, or delete it", first.title())
    } else if rule.written.tier == first.written.tier {
        format!("give `{own}` a lower `priority` than `{other}`, or delete the rule")
    } else {
        format!("let `{other}` pass the traffic, or delete the rule")
    }
}
