//! What is left for people.

use std::collections::BTreeSet;

use super::comments::Comments;
use super::subjects::Subjects;
use crate::analysis::Analysis;
use crate::facts::evidence::{Client, Requests, Target};
use crate::objects::{NamespaceId, WorkloadId};

/// Something that people have to look at.
pub(super) struct Review {
    /// The namespace that it is about, where it is about one.
    pub(super) namespace: Option<NamespaceId>,
    pub(super) line: String,
}

/// What is left for people, each thing once, in the order of the evidence.
pub(super) fn review(
    analysis: &Analysis,
    requests: &Requests<'_, '_>,
    subjects: &Subjects,
    comments: &Comments<'_>,
) -> Vec<Review> {
    let words = &comments.words;
    let home = |id: WorkloadId| analysis.workload(id).map(|workload| workload.object.namespace);
    let unlabelled = subjects.unlabelled.iter().map(|id| {
        let line = format!("{} has no labels, so that no policy can name it", words.name(*id));
        Review { namespace: home(*id), line }
    });
    let unopened = requests.unopened.iter().map(|it| {
        let place = comments.position(it.evidence);
        let namespace = match (&it.evidence.client, &it.evidence.server) {
            // Said at the policy that keeps it out.
            (Client::Workload(_), Target::Service(..)) => None,
            (Client::Workload(id), _) | (_, Target::Workload(id, _)) => home(*id),
            (_, Target::Service(service, _)) => Some(service.object.namespace),
            _ => None,
        };
        Review { namespace, line: format!("{}{place}", words.unopened(it)) }
    });
    let mut seen = BTreeSet::new();
    unlabelled.chain(unopened).filter(|it| seen.insert(it.line.clone())).collect()
}
