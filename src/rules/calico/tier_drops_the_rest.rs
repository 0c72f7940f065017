//! A tier that drops whatever its policies do not decide, so that those of later tiers never apply.

use std::collections::{BTreeMap, BTreeSet};

use super::{CalicoPolicyAt, policies, selected, stage_of};
use crate::net::Direction;
use crate::objects::WorkloadId;
use crate::policy::{Action, DefinedStage, Policy, Silence, StageName};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let cluster = context.cluster();
    let mut of_tiers: BTreeMap<&StageName, Vec<CalicoPolicyAt<'_>>> = BTreeMap::new();
    for policy in policies(context) {
        of_tiers.entry(&policy.object.policy.stage).or_default().push(policy);
    }
    for tier in cluster.stages.iter().filter(|tier| tier.on_silence == Silence::Deny) {
        let Some((place, _)) = stage_of(&cluster.arrangement, &tier.name) else { continue };
        let Some(of_tier) = of_tiers.get(&tier.name) else { continue };
        let dropped = Dropped::of(context, of_tier, place);
        if !dropped.workloads.is_empty() {
            report(context, tier, &dropped);
        }
    }
}

/// What never takes effect because of a tier.
#[derive(Default)]
struct Dropped<'m> {
    workloads: BTreeSet<WorkloadId>,
    /// The policies of later tiers.
    policies: BTreeSet<&'m str>,
}

impl<'m> Dropped<'m> {
    fn of(context: &Context<'m>, of_tier: &[CalicoPolicyAt<'m>], place: usize) -> Self {
        let passes =
            |policy: &Policy, direction| policy.rules(direction).iter().any(|rule| rule.action == Action::Pass);
        let mut dropped = Self::default();
        for direction in Direction::BOTH {
            // Where anything is passed on, somebody thought of later tiers.
            if of_tier.iter().any(|policy| passes(&policy.object.policy, direction)) {
                continue;
            }
            for policy in of_tier.iter().filter(|policy| policy.object.policy.isolates(direction)) {
                for workload in selected(context, policy.id) {
                    let later = allowing_later(context, workload, direction, place);
                    if !later.is_empty() {
                        dropped.workloads.insert(workload);
                        dropped.policies.extend(later);
                    }
                }
            }
        }
        dropped
    }
}

/// The policies of later stages with rules that would allow something to or from a workload.
fn allowing_later<'m>(context: &Context<'m>, workload: WorkloadId, direction: Direction, place: usize) -> Vec<&'m str> {
    let arrangement = &context.cluster().arrangement;
    let is_later = |policy: &Policy| stage_of(arrangement, &policy.stage).is_some_and(|(stage, _)| stage > place);
    let allows = |policy: &Policy| policy.rules(direction).iter().any(|rule| rule.action == Action::Allow);
    let isolating = context.at_least().isolating(Endpoint::Workload(workload), direction);
    let later = isolating.filter_map(|id| context.policy(id)).filter(|it| is_later(&it.policy) && allows(&it.policy));
    later.map(|policy| policy.object.name.as_str()).collect()
}

fn report(context: &mut Context<'_>, tier: &DefinedStage, dropped: &Dropped<'_>) {
    let object = &tier.object;
    let who = phrase::list(context.names(&dropped.workloads));
    let later = phrase::list(&dropped.policies);
    let verb = if dropped.policies.len() == 1 { "applies" } else { "apply" };
    let message = format!("tier `{}` drops the rest: {later} never {verb} to {who}", object.name);
    let place = object.origin.keys(["spec", "defaultAction"]);
    let about = context.cluster().subject(object);
    let draft = context.report_because(Cause::Field(place.clone()), place.entry(), about, message);
    draft.help("write `defaultAction: Pass`, or end the policies of the tier with a rule `action: Pass`");
}
