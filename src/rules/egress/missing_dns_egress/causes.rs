//! Which policies to blame: as few as can be, each for all the workloads that it isolates.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::net::Direction;
use crate::objects::{PolicyId, WorkloadId};
use crate::reach::Endpoint;
use crate::rules::Context;

/// Workloads by the policies that isolate their egress.
pub(super) type ByPolicy = BTreeMap<PolicyId, Vec<WorkloadId>>;

/// The policies that isolate the egress of a workload.
pub(super) fn isolating<'m>(context: &Context<'m>, workload: WorkloadId) -> impl Iterator<Item = PolicyId> + use<'m> {
    context.at_most().isolating(Endpoint::Workload(workload), Direction::Egress)
}

pub(super) fn by_policy(context: &Context<'_>, workloads: impl IntoIterator<Item = WorkloadId>) -> ByPolicy {
    let mut by_policy = ByPolicy::new();
    for workload in workloads {
        for policy in isolating(context, workload) {
            by_policy.entry(policy).or_default().push(workload);
        }
    }
    by_policy
}

/// The policies to blame, each with the workloads that no one before it is blamed for: always the one that isolates
/// most of those that are left, the first of equals.
pub(super) fn causes(context: &Context<'_>, workloads: &[WorkloadId]) -> Vec<(PolicyId, Vec<WorkloadId>)> {
    let mut by_policy = by_policy(context, workloads.iter().copied());
    let mut counts: BTreeMap<PolicyId, usize> = by_policy.iter().map(|(&policy, list)| (policy, list.len())).collect();
    let mut queue: BTreeSet<_> = counts.iter().map(|(&policy, &count)| (count, Reverse(policy))).collect();
    let mut left: BTreeSet<WorkloadId> = workloads.iter().copied().collect();
    let mut causes = Vec::new();
    while let Some((_, Reverse(cause))) = queue.pop_last() {
        let mut here = by_policy.remove(&cause).unwrap_or_default();
        here.retain(|workload| left.remove(workload));
        for policy in here.iter().flat_map(|&workload| isolating(context, workload)).filter(|&it| it != cause) {
            let Some(count) = counts.get_mut(&policy) else { continue };
            queue.remove(&(*count, Reverse(policy)));
            *count -= 1;
            if *count > 0 {
                queue.insert((*count, Reverse(policy)));
            }
        }
        causes.push((cause, here));
    }
    causes
}
