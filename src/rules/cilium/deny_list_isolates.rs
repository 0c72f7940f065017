//! A policy that was to forbid one thing, and takes everything: a list of denies turns on default deny.

use std::collections::BTreeMap;

use super::rules;
use crate::net::Direction;
use crate::objects::{PolicyId, WorkloadId};
use crate::policy::dialect::cilium::{Action, Rule};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::source::Origin;
use crate::text::phrase;

/// Workloads that a list of denies isolates.
struct Isolated {
    policy: PolicyId,
    direction: Direction,
    workloads: Vec<WorkloadId>,
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut found: BTreeMap<Origin, Isolated> = BTreeMap::new();
    // Many policies select the same pods.
    let mut known: BTreeMap<(u32, Direction), bool> = BTreeMap::new();
    for subject in rules(context) {
        for direction in Direction::BOTH.into_iter().filter(|&it| only_denies(subject.rule, it)) {
            let loses_all = |id: &WorkloadId| {
                let (end, reach) = (Endpoint::Workload(*id), context.at_most());
                *known.entry((reach.group(*id), direction)).or_insert_with(|| {
                    let mut isolating = reach.isolating(end, direction);
                    isolating.all(|policy| isolates_by_denying(context, policy, direction))
                        && reach.open_ports(end, direction).is_empty()
                })
            };
            let workloads: Vec<WorkloadId> = subject.workloads(context).into_iter().filter(loses_all).collect();
            let first = subject.rule.entries.iter().find(|it| it.direction == direction);
            if let Some(entry) = first.filter(|_| !workloads.is_empty()) {
                let place = subject.rule.origin.key(entry.list());
                found.insert(place, Isolated { policy: subject.policy, direction, workloads });
            }
        }
    }
    for (place, Isolated { policy, direction, workloads }) in found {
        let side = |context: &Context<'_>, id: WorkloadId| {
            context.workload(id).map(|it| Cause::Side(it.object.namespace, id, direction))
        };
        let causes = workloads.iter().filter_map(|&id| side(context, id)).collect();
        context.claim(causes, move |context, _| {
            let Some(object) = context.any_policy(policy) else { return };
            let who = phrase::list(context.names(&workloads));
            let verb = if workloads.len() == 1 { "loses" } else { "lose" };
            let message = format!("`{}` turns on default deny: {who} {verb} all {direction}", object.object.name);
            let about = context.cluster().subject(&object.object);
            let draft = context.report(place.key_only(), about, message);
            draft.remark("no policy allows anything beside these denies");
            draft.help(format!(
                "write `enableDefaultDeny: {{{}: false}}` to deny only this, or allow what they need",
                direction.field()
            ));
        });
    }
}

/// Whether a rule isolates in a direction without asking for it, and allows nothing there. One whose denies match
/// nothing is meant to isolate.
fn only_denies(rule: &Rule, direction: Direction) -> bool {
    let asked = match direction {
        Direction::Ingress => rule.default_deny_ingress,
        Direction::Egress => rule.default_deny_egress,
    };
    let entries = || rule.entries.iter().filter(|it| it.direction == direction);
    asked.is_none() && entries().all(|it| it.action == Action::Deny) && entries().any(|entry| !entry.matches_nothing())
}

fn isolates_by_denying(context: &Context<'_>, policy: PolicyId, direction: Direction) -> bool {
    let object = context.any_policy(policy);
    let written = object.and_then(|object| object.cilium_policy());
    written.is_some_and(|it| {
        it.rules.iter().filter(|rule| rule.isolates(direction)).all(|rule| only_denies(rule, direction))
    })
}
