//! Ingress rules that are open to many, by the workloads that they open.

use crate::diagnostic::Severity;
use crate::facts::distribution::is_of_the_distribution;
use crate::facts::in_force::RuleAt;
use crate::facts::openers::Openers;
use crate::net::Direction;
use crate::objects::WorkloadId;
use crate::policy::{PolicyObject, RuleRef};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::source::Place;

/// What a rule or a peer opens.
pub(super) struct Opening {
    /// The workloads, where they are known.
    pub(super) workloads: Vec<WorkloadId>,
    /// How bad that is.
    pub(super) severity: Severity,
}

/// Claims what a rule, or a peer of it, opens of each workload. Of what is left, the worst is reported, with the
/// workloads of which that is so. A rule for pods that are not in the input is a note, as nobody knows what they are.
pub(super) fn claim<'m>(
    context: &mut Context<'m>,
    (rule, peer): (RuleRef, Option<usize>),
    workloads: Vec<(WorkloadId, Severity)>,
    report: impl FnOnce(&mut Context<'m>, &Cause, Opening) + Send + 'm,
) {
    let whole = peer.map_or(Cause::Rule(rule), |peer| Cause::Peer(rule, peer));
    let cause = move |workload| Cause::Opening(rule, peer, workload);
    let causes = match workloads.as_slice() {
        [] => vec![whole.clone()],
        known => known.iter().map(|(id, _)| cause(*id)).collect(),
    };
    context.claim(causes, move |context, left| {
        let left = || workloads.iter().filter(|(id, _)| left.contains(&cause(*id)));
        let severity = left().map(|(_, severity)| *severity).max();
        let worst = left().filter(|(_, it)| Some(*it) == severity).map(|(id, _)| *id).collect();
        report(context, &whole, Opening { workloads: worst, severity: severity.unwrap_or(Severity::Note) });
    });
}

/// Of the workloads that a rule is for, those that it opens to this end. `None` where others decide for all of them, or
/// where a policy of the whole cluster is for none that the input shows but those that come with the cluster.
pub(super) fn opened(
    context: &Context<'_>,
    openers: &mut Openers<'_>,
    rule: &RuleAt<'_>,
    mut workloads: Vec<(WorkloadId, Severity)>,
    other: Endpoint,
) -> Option<Vec<(WorkloadId, Severity)>> {
    let is_of_cluster = rule.lowered.namespace().is_none();
    if workloads.is_empty() {
        return (!is_of_cluster).then_some(workloads);
    }
    let is_own = |id: WorkloadId| {
        let namespace = context.workload(id).map(|it| context.cluster().namespace_name(it.object.namespace));
        namespace.is_some_and(|name| !is_of_the_distribution(name))
    };
    workloads.retain(|(id, _)| (!is_of_cluster || is_own(*id)) && openers.opens(rule.at, *id, other));
    (!workloads.is_empty()).then_some(workloads)
}

/// The NetworkPolicy that isolates what a policy opens which is not asked together with it.
pub(super) fn isolated_in_vain(
    context: &Context<'_>,
    object: &PolicyObject,
    opening: &Opening,
) -> Option<(Place, String)> {
    let workload = *opening.workloads.first().filter(|_| !object.is_unordered())?;
    let isolating = context.at_least().isolating(Endpoint::Workload(workload), Direction::Ingress);
    let policy = isolating.filter_map(|id| context.policy(id)).find(|policy| policy.network_policy().is_some())?;
    let names = context.names(&[workload]).concat();
    let words = format!("`{}` isolates `{names}`, but does not decide this", policy.object.name);
    Some((policy.isolation_place(Direction::Ingress), words))
}
