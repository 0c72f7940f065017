//! Policies that the API server refuses, so that the cluster lacks what they say.

use std::collections::BTreeSet;

use crate::analysis::Analysis;
use crate::net::Direction;
use crate::objects::{PolicyId, WorkloadId};
use crate::policy::{Dialect, Policy, PolicyObject};
use crate::source::Place;
use crate::text::phrase;

/// The refused policies that would have applied to some of the workloads in a direction: where each is, and what to say
/// there.
pub(crate) fn refused(analysis: &Analysis, direction: Direction, workloads: &[WorkloadId]) -> Vec<(Place, String)> {
    let reach = analysis.at_most();
    let words = all(analysis, direction).filter_map(|(object, id)| {
        let groups = reach.selected_groups(id);
        let is_selected = |workload: &&WorkloadId| {
            let group = reach.group(**workload);
            groups.contains(group)
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

/// The refused policies that would have applied to any of the workloads in a direction.
pub(crate) fn selecting(analysis: &Analysis, direction: Direction, workloads: &[WorkloadId]) -> BTreeSet<PolicyId> {
    let reach = analysis.at_most();
    let groups: BTreeSet<_> = workloads.iter().map(|workload| reach.group(*workload)).collect();
    let selects = |id: PolicyId| {
        reach
            .selected_groups(id)
            .intervals()
            .iter()
            .any(|&(first, last)| groups.range(first..).next().is_some_and(|group| *group <= last))
    };
    all(analysis, direction).map(|(_, id)| id).filter(|&id| selects(id)).collect()
}

/// The refused policies that are for a direction.
fn all(analysis: &Analysis, direction: Direction) -> impl Iterator<Item = (&PolicyObject, PolicyId)> {
    let policies = analysis.policies().iter().map(AsRef::as_ref).zip((0..).map(PolicyId));
    // Where its `policyTypes` are what is wrong, it may be meant for both.
    let applies = move |policy: &Policy| policy.isolates(direction) || !policy.isolates(direction.opposite());
    policies.filter(move |(it, _): &(&PolicyObject, PolicyId)| it.rejected && applies(&it.policy))
}
