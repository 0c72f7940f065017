//! What policies say of connections that are not opened: in the one that keeps the connection out.

use std::collections::BTreeMap;

use super::plan::Plan;
use super::policy::Policy;
use super::services;
use super::subjects::Subjects;
use super::words::Words;
use crate::analysis::Analysis;
use crate::facts::evidence::{Client, Request, Requests, Target};
use crate::net::Direction;
use crate::objects::{Labels, NamespaceId, WorkloadId};

/// Something to look at that a policy is to say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    namespace: NamespaceId,
    direction: Direction,
    /// The numbers of the subjects whose policies keep the connection out.
    subjects: Vec<usize>,
    line: String,
}

impl Mark {
    /// The mark as a policy says it that is used in several clusters: `of` names those that it is about.
    pub(super) fn only_in(mut self, of: &str) -> Self {
        self.line = format!("{} (in {of})", self.line);
        self
    }
}

/// Marks which Services, or which of their ports, nothing asks for.
pub(super) fn closed(analysis: &Analysis, subjects: &Subjects, connections: &[Request<'_, '_>]) -> Vec<Mark> {
    let lines = services::closed(analysis, connections).into_iter().map(|(service, line)| {
        let mut numbers: Vec<usize> = analysis.selected_by(service).filter_map(|(id, _)| subjects.of(id)).collect();
        numbers.dedup();
        Mark { namespace: service.object.namespace, direction: Direction::Ingress, subjects: numbers, line }
    });
    lines.collect()
}

/// Marks which Services workloads name and are not let into. `find` gives the workload that a client is in the cluster
/// for which policies are written.
pub(super) fn unopened(
    analysis: &Analysis,
    subjects: &Subjects,
    requests: &Requests<'_, '_>,
    words: &Words<'_>,
    find: impl Fn(WorkloadId) -> Option<WorkloadId>,
) -> Vec<Mark> {
    let marks = requests.unopened.iter().filter_map(|it| {
        let (Client::Workload(client), Target::Service(..)) = (&it.evidence.client, &it.evidence.server) else {
            return None;
        };
        let client = find(*client)?;
        let namespace = analysis.workload(client)?.object.namespace;
        let subjects = subjects.of(client).into_iter().collect();
        Some(Mark { namespace, direction: Direction::Egress, subjects, line: words.unopened(it) })
    });
    marks.collect()
}

/// Says it in the policies of the subjects for that direction, else in the default deny of the namespace.
pub(super) fn add(marks: Vec<Mark>, subjects: &Subjects, plan: &mut Plan<'_, '_>) {
    let mut by_namespace: BTreeMap<NamespaceId, Vec<Mark>> = BTreeMap::new();
    for mark in marks {
        by_namespace.entry(mark.namespace).or_default().push(mark);
    }
    for (namespace, marks) in by_namespace {
        let Some(policies) = plan.get_mut(&namespace) else { continue };
        marks.into_iter().for_each(|mark| add_to(policies, &mark, subjects));
    }
}

fn add_to(policies: &mut [Policy<'_, '_>], mark: &Mark, subjects: &Subjects) {
    let labels: Vec<&Labels> =
        mark.subjects.iter().filter_map(|number| subjects.get(*number)).map(|subject| &subject.labels).collect();
    let is_theirs = |policy: &Policy<'_, '_>| policy.directions == [mark.direction] && labels.contains(&&policy.labels);
    let mut places: Vec<usize> = (0..policies.len()).filter(|at| policies.get(*at).is_some_and(is_theirs)).collect();
    if places.is_empty() {
        places.extend(policies.iter().position(|policy| policy.labels.is_empty()));
    }
    for place in places {
        if let Some(policy) = policies.get_mut(place)
            && !policy.review.contains(&mark.line)
        {
            policy.review.push(mark.line.clone());
        }
    }
}
