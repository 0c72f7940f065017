//! A policy that only denies, at the end of whose tier all else is dropped.

use std::collections::BTreeMap;

use super::{CalicoPolicyAt, policies, selected, stage_of};
use crate::net::Direction;
use crate::objects::{PolicyId, WorkloadId};
use crate::policy::{Action, Peers, Policy, Ports, Rule, Silence};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::text::phrase;

/// Whether the pods of a group lose everything in a direction, as far as it is known: many policies select the same.
type Known = BTreeMap<(u32, Direction), bool>;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut known = Known::new();
    for policy in policies(context) {
        for direction in Direction::BOTH {
            let cut = cut_off(context, &policy, direction, &mut known);
            let side = |&id: &WorkloadId| {
                context.workload(id).map(|workload| Cause::Side(workload.object.namespace, id, direction))
            };
            let causes: Vec<Cause> = cut.iter().filter_map(side).collect();
            if !causes.is_empty() {
                context.claim(causes, move |context, _| report(context, &policy, direction, &cut));
            }
        }
    }
}

/// Whether a policy has rules in a direction, all of which deny something in particular.
fn only_denies(policy: &Policy, direction: Direction) -> bool {
    let is_of_all = |rule: &Rule| matches!((&rule.peers, &rule.ports), (Peers::Everyone, Ports::All));
    let mut deciding = policy.rules(direction).iter().filter(|rule| rule.action != Action::None).peekable();
    policy.isolates(direction)
        && deciding.peek().is_some()
        && deciding.all(|rule| rule.action == Action::Deny && !is_of_all(rule))
}

/// The workloads that lose everything in a direction, and for no other reason than policies like this one.
fn cut_off(
    context: &Context<'_>,
    policy: &CalicoPolicyAt<'_>,
    direction: Direction,
    known: &mut Known,
) -> Vec<WorkloadId> {
    let stage = stage_of(&context.cluster().arrangement, &policy.object.policy.stage);
    let ends_in_deny = stage.is_some_and(|(_, stage)| stage.on_silence == Silence::Deny && stage.is_defined);
    if !ends_in_deny || !only_denies(&policy.object.policy, direction) {
        return Vec::new();
    }
    let reach = context.at_most();
    let is_alike = |id: PolicyId| context.lowered(id).is_some_and(|policy| only_denies(policy, direction));
    let mut cut = selected(context, policy.id);
    cut.retain(|&workload| {
        let end = Endpoint::Workload(workload);
        let is_cut_off =
            || reach.isolating(end, direction).all(is_alike) && reach.open_ports(end, direction).is_empty();
        *known.entry((reach.group(workload), direction)).or_insert_with(is_cut_off)
    });
    cut
}

fn report(context: &mut Context<'_>, policy: &CalicoPolicyAt<'_>, direction: Direction, cut: &[WorkloadId]) {
    let tier = &policy.written.tier;
    let is_deny = |rule: &Rule| rule.action == Action::Deny;
    let index = policy.object.policy.rules(direction).iter().position(is_deny).unwrap_or_default();
    let who = phrase::list(context.names(cut));
    let message = format!("`{}` drops all other {direction} of {who} as well", policy.name());
    let place = policy.object.rule_origin(direction, index).entry();
    let about = context.cluster().subject(&policy.object.object);
    let engaged = policy.object.isolation_place(direction);
    let draft = context.report(place, about, message);
    draft.key(direction.field());
    draft.because(engaged, format!("selects them for {direction}: tier `{tier}` drops what no policy of it allows"));
    draft.help("put the policy into a tier of its own with `defaultAction: Pass` and an order before `default`");
}
