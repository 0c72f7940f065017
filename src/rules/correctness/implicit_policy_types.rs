//! A policy without `policyTypes`: the default follows from which rules there are, and often is not what was meant.

use crate::diagnostic::Severity;
use crate::edit::{Change, Fix, Safety};
use crate::net::Direction;
use crate::objects::PolicyId;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::rules::{Cause, Context};
use crate::source::Place;

/// What the default does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Default {
    /// What the rules say.
    AsWritten,
    /// It closes ingress, of which the policy says nothing.
    ClosesIngress,
    /// It leaves egress open, though an empty list was meant to close it.
    LeavesEgressOpen,
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for (id, written, _) in context.policies() {
        if written.has_default_types() {
            report(context, id, written);
        }
    }
}

fn report(context: &mut Context<'_>, id: PolicyId, written: &NetworkPolicy) {
    let default = default(context, id, written);
    let name = &written.object.name;
    let spec = written.object.origin.key("spec");
    let egress = written.rules_origin(Direction::Egress).key_only();
    let egress_too = written.has_rules(Direction::Egress) || default == Default::LeavesEgressOpen;
    let types = if egress_too { "[Ingress, Egress]" } else { "[Ingress]" };
    let (place, message, help): (Place, String, &str) = match default {
        Default::AsWritten => {
            let message = format!("`{name}` leaves `policyTypes` to the default, which is `{types}` here");
            (spec.key_only(), message, "write `policyTypes`, so that it does not change with the rules")
        }
        Default::ClosesIngress => (
            egress,
            format!("`{name}` denies all ingress too, because it has no `policyTypes`"),
            "write `policyTypes: [Egress]`, or `[Ingress, Egress]` if ingress is to be denied",
        ),
        Default::LeavesEgressOpen => (
            egress,
            format!("the empty `egress` of `{name}` denies nothing without `policyTypes`"),
            "write `policyTypes: [Ingress, Egress]`, or `[Egress]` to leave ingress as it is",
        ),
    };
    let about = context.cluster().subject(&written.object);
    // Which of two was meant, only the author knows.
    let safety = match default {
        Default::AsWritten => Some(Safety::Neutral),
        Default::ClosesIngress => None,
        Default::LeavesEgressOpen => Some(Safety::Unsafe),
    };
    let directions = Direction::BOTH.into_iter().take(if egress_too { 2 } else { 1 });
    let value = directions.map(|direction| direction.policy_type().into()).collect();
    let add = Change::Insert { key: "policyTypes".to_owned(), value, after: Some("podSelector") };
    let spec = written.object.origin.key("spec");
    // An empty list is there already.
    let fix = safety
        .filter(|_| written.policy_types.is_none())
        .map(|safety| Fix::new(safety, format!("add `policyTypes: {types}`"), spec, add));
    let draft = context.report_because(Cause::Policy(id), place, about, message);
    draft.fix(fix).help(help);
    match default {
        Default::AsWritten => {}
        Default::ClosesIngress => drop(draft.severity(Severity::Warning)),
        Default::LeavesEgressOpen => drop(draft.severity(Severity::Error)),
    }
}

/// What the default does to pods that other policies do not isolate that way already.
fn default(context: &Context<'_>, id: PolicyId, written: &NetworkPolicy) -> Default {
    let closed_anyway = |direction| {
        context.at_most().selected(id).next().is_some() && context.at_most().isolates_without(id, direction, &|_| false)
    };
    match (written.ingress, written.egress) {
        (None, Some(1..)) if !closed_anyway(Direction::Ingress) => Default::ClosesIngress,
        (_, Some(0)) if !closed_anyway(Direction::Egress) => Default::LeavesEgressOpen,
        _ => Default::AsWritten,
    }
}
