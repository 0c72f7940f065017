//! What goes wrong with policies of Calico alone: tiers, orders, and what is for hosts.

pub(super) mod allow_after_isolation;
pub(super) mod deny_only_policy;
pub(super) mod pass_skips_network_policies;
pub(super) mod rule_excludes_own_pods;
pub(super) mod selector_covers_hosts;
pub(super) mod tier_drops_the_rest;
pub(super) mod untracked_one_way;

use crate::net::Direction;
use crate::objects::{PolicyId, WorkloadId};
use crate::policy::dialect::PolicyObject;
use crate::policy::dialect::calico::{CalicoPolicy, DEFAULT_TIER};
use crate::policy::{Arrangement, Order, Stage, StageName};
use crate::reach::Endpoint;
use crate::rules::Context;

/// A policy of Calico that is in force.
#[derive(Clone, Copy)]
struct CalicoPolicyAt<'m> {
    id: PolicyId,
    object: &'m PolicyObject,
    written: &'m CalicoPolicy,
}

impl CalicoPolicyAt<'_> {
    fn name(&self) -> &str {
        &self.object.object.name
    }
}

/// The policies of Calico that are in force.
fn policies<'m>(context: &Context<'m>) -> Vec<CalicoPolicyAt<'m>> {
    let in_force = context.analysis().policies_in_force();
    in_force.filter_map(|(id, object)| Some(CalicoPolicyAt { id, object, written: object.calico_policy()? })).collect()
}

/// The stage that policies of a name join, and its place.
fn stage_of<'m>(arrangement: &'m Arrangement, name: &StageName) -> Option<(usize, &'m Stage)> {
    let place = arrangement.join(name)?.stage;
    Some((place, arrangement.stages.get(place)?))
}

/// Whether a policy is in the tier `default`, where NetworkPolicies are.
fn is_with_network_policies(policy: &CalicoPolicyAt<'_>) -> bool {
    policy.written.tier == DEFAULT_TIER
}

/// The order of NetworkPolicies in their tier.
fn order_of_network_policies(arrangement: &Arrangement) -> Option<Order> {
    arrangement.join(&StageName::Network)?.order
}

/// The NetworkPolicies that isolate a workload in a direction.
fn network_policies<'m>(context: &Context<'m>, workload: WorkloadId, direction: Direction) -> Vec<&'m PolicyObject> {
    let isolating = context.at_most().isolating(Endpoint::Workload(workload), direction);
    isolating.filter_map(|id| context.policy(id)).filter(|policy| policy.network_policy().is_some()).collect()
}

/// The workloads that a policy selects for certain.
fn selected(context: &Context<'_>, policy: PolicyId) -> Vec<WorkloadId> {
    let mut selected: Vec<WorkloadId> = context.at_least().selected(policy).collect();
    selected.sort_unstable();
    selected
}
