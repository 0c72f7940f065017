//! What findings are worth where policies or documents of the input are not evaluated.

use crate::analysis::Analysis;
use crate::catalogue::{self, IncompleteInput};
use crate::diagnostic::{Draft, Severity, Subject};
use crate::net::Direction;
use crate::objects::{Object, PolicyId, WorkloadId};

/// The directions of connections that the findings of a category are about, where its rules look at single policies.
/// What other rules find holds whatever such policies do.
fn directions(category: &str) -> &'static [Direction] {
    match category {
        "reachability" => &[Direction::Ingress],
        "egress" => &[Direction::Egress],
        "isolation" => &Direction::BOTH,
        _ => &[],
    }
}

/// Makes a note of whatever a policy that is not evaluated may make wrong, and of what misses something that a document
/// may hold which does not parse. The rule of each that is lowered is returned.
pub(super) fn cap_severity(analysis: &Analysis, drafts: &mut [Draft]) -> Vec<&'static str> {
    let has_unread = analysis.cluster().unevaluated().next().is_some();
    if !has_unread && !analysis.has_broken_documents() {
        return Vec::new();
    }
    let mut lowered = Vec::new();
    for draft in drafts {
        let Some(rule) = catalogue::find(draft.rule) else { continue };
        let misses_objects = analysis.has_broken_documents() && rule.incomplete_input == IncompleteInput::Drop;
        let depends = || may_be_selected(analysis, &draft.subject, directions(rule.category));
        if misses_objects || (has_unread && depends()) {
            if draft.severity.unwrap_or(rule.severity) > Severity::Note {
                lowered.push(draft.rule);
            }
            draft.severity(Severity::Note);
        }
    }
    lowered
}

/// Whether a policy that is not evaluated may select what a finding is about, and applies in one of these directions: a
/// workload, or any of those that a policy selects.
fn may_be_selected(analysis: &Analysis, subject: &Subject, directions: &[Direction]) -> bool {
    let cluster = analysis.cluster();
    let namespace = subject.namespace.as_deref().and_then(|name| cluster.namespace_named(name));
    let Some(namespace) = namespace.filter(|_| !directions.is_empty()) else { return false };
    let is_it = |object: &Object| object.name == subject.name && object.kind == subject.kind;
    let may_be = |id: WorkloadId| directions.iter().any(|&direction| analysis.may_be_selected_unread(id, direction));
    let mut workloads = cluster.workloads_in(namespace).filter(|(_, workload)| is_it(&workload.object));
    if workloads.any(|(id, _)| may_be(id)) {
        return true;
    }
    let first = cluster.policies.partition_point(|it| it.object.namespace < namespace);
    let here = cluster.policies.iter().zip(0..).skip(first).take_while(|(it, _)| it.object.namespace == namespace);
    let mut selected = here
        .filter(|(policy, _)| is_it(&policy.object))
        .flat_map(|(_, index)| analysis.at_most().selected(PolicyId(index)));
    selected.any(may_be)
}
