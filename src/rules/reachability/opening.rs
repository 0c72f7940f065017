//! Ingress rules that are open to many, by the workloads that they open.

use crate::diagnostic::Severity;
use crate::objects::WorkloadId;
use crate::policy::RuleRef;
use crate::rules::{Cause, Context};

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
