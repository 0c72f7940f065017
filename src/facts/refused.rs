//! Policies that the API server refuses, so that the cluster lacks what they say.

use crate::analysis::Analysis;
use crate::net::Direction;
use crate::objects::{PolicyId, WorkloadId};
use crate::policy::{Dialect, Policy};
use crate::source::Place;
use crate::text::phrase;

/// The refused policies that would have applied to some of the workloads in a direction: where each is, and what to say
/// there.
pub(crate) fn refused(analysis: &Analysis, direction: Direction, workloads: &[WorkloadId]) -> Vec<(Place, String)> {
    let reach = analysis.at_most();
    let policies = analysis.policies().iter().zip((0..).map(PolicyId));
    // Where its `policyTypes` are what is wrong, it may be meant for both.
    let applies = |policy: &Policy| policy.isolates(direction) || !policy.isolates(direction.opposite());
    let refused = policies.filter(|(it, _)| it.rejected && applies(&it.policy));
    let words = refused.filter_map(|(object, id)| {
        let groups = reach.selected_groups(id);
        let is_selected = |workload: &&WorkloadId| {
            let group = reach.group(**workload);
            groups.iter().any(|&(first, last)| (first..=last).contains(&group))
        };
        let selected: Vec<&WorkloadId> = workloads.iter().filter(is_selected).collect();
        let names = phrase::list(analysis.names(selected.iter().copied()));
        let who = match object.dialect {
            Dialect::Calico(_) => "Calico",
            Dialect::Cilium(_) => "Cilium",
            _ => "the API server",
        };
        let words = format!("{who} refuses this policy, which would select {names}");
        (!selected.is_empty()).then(|| (object.object.name_place(), words))
    });
    words.collect()
}
