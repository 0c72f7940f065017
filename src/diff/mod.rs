//! What a change opens and closes: two analyses of the same cluster, before the change (BASE) and after it (HEAD).
//!
//! A change of the permitted connections is found exactly, as a difference of sets, for each pair of ends; each names
//! the lines that cause it. Only pairs with an end that the change touches are looked at: of the others, nothing that a
//! verdict depends on differs.

mod causes;
mod change;
mod cluster;
mod exposure;
mod gates;
mod isolation;
mod matching;
mod outside;
mod pairs;
mod places;
mod policies;
mod review;
mod seen;
mod side;
mod silenced;
mod touched;
mod unseen;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::analysis::Analysis;
use crate::objects::WorkloadId;
use causes::Causes;
pub use change::{
    Cause, CauseId, Change, ChangeKind, End, ExposureChange, IsolationChange, ObjectName, Presence, WorkloadName,
};
pub use cluster::ClusterDifference;
use exposure::{NOT_COMPARED, changed_exposure, from_outside};
use isolation::changed_isolation;
use matching::Matching;
pub(crate) use matching::name_of;
use outside::outside;
use pairs::{Between, between, through_ingress};
pub use places::{Located, located};
pub use review::{Review, State};
pub use side::{Both, Side};
pub use silenced::{Silenced, SilencedBy};
use touched::Touched;
use unseen::unseen;

/// What differs between two states of a cluster.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// Connections, by their ends.
    pub changes: Vec<Change>,
    /// How many more pairs of ends changed: there are more than anybody can read.
    pub unlisted: usize,
    /// Whether any of these opened.
    pub unlisted_opened: bool,
    /// Workloads that only HEAD has, and those that only BASE has, by name.
    pub workloads: Both<Vec<WorkloadName>>,
    /// Policies that only BASE or only HEAD has, by name.
    pub policies: Both<Vec<ObjectName>>,
    /// Workloads that became isolated, or no longer are, by name.
    pub isolation: Vec<IsolationChange>,
    /// Who beyond the workloads of the input may connect with those of HEAD on other ports than before, by workload: as far
    /// as the change touches the workload or a namespace.
    pub exposure: Vec<ExposureChange>,
    /// What is not compared, if anything.
    pub note: Option<&'static str>,
    /// New peers of policies that match nothing of the input: no end stands for the pods that they admit.
    pub unseen: Vec<CauseId>,
    /// What is named as a cause, each place once.
    pub causes: Vec<Cause>,
}

impl Difference {
    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
            && self.isolation.is_empty()
            && self.exposure.is_empty()
            && self.unseen.is_empty()
            && self.workloads.each().all(Vec::is_empty)
            && self.policies.each().all(Vec::is_empty)
    }

    /// The causes of these numbers.
    pub fn causes_of<'d>(&'d self, ids: &'d [CauseId]) -> impl Iterator<Item = &'d Cause> {
        ids.iter().filter_map(|id| self.causes.get(id.0))
    }
}

/// How many changes are explained at once.
const EXPLAINED_AT_ONCE: usize = 10_000;

/// Compares two states of a cluster.
#[must_use]
pub fn compare(base: &Analysis, head: &Analysis) -> Difference {
    let analyses = Both { base, head };
    let matching = Matching::new(analyses);
    let touched = Touched::new(&matching);
    let causes = Causes::new(&matching);
    let Between { mut found, unlisted, unlisted_opened } = between(&matching, &touched);
    found.extend(outside(&matching, &touched));
    found.extend(through_ingress(&matching, &touched));
    let mut difference = Difference {
        workloads: matching.missing_workloads(),
        policies: matching.missing_policies(),
        unlisted,
        unlisted_opened,
        ..Difference::default()
    };
    let mut known = Known::default();
    for part in found.chunks(EXPLAINED_AT_ONCE) {
        let explained: Vec<(Change, Vec<Cause>)> = part.par_iter().map(|found| causes.explained(found)).collect();
        for (change, causes) in explained {
            difference.changes.push(Change { causes: known.ids(causes), ..change });
        }
    }
    for (change, causes) in changed_isolation(&matching, &touched, &causes) {
        difference.isolation.push(IsolationChange { causes: known.ids(causes), ..change });
    }
    difference.unseen = known.ids(unseen(&matching));
    difference.changes.sort_by(|left, right| left.order().cmp(&right.order()));
    difference.exposure = from_outside(&difference.changes);
    match changed_exposure(matching, &touched) {
        Some(changed) => {
            let changed = changed.into_iter();
            difference.exposure.extend(changed.map(|(it, causes)| ExposureChange { causes: known.ids(causes), ..it }));
        }
        None => difference.note = Some(NOT_COMPARED),
    }
    difference.exposure.sort_by(|left, right| left.order().cmp(&right.order()));
    difference.causes = known.list;
    difference
}

/// Causes, each once.
#[derive(Default)]
struct Known {
    ids: BTreeMap<Cause, CauseId>,
    list: Vec<Cause>,
}

impl Known {
    fn ids(&mut self, causes: Vec<Cause>) -> Vec<CauseId> {
        let mut ids: Vec<CauseId> = Vec::with_capacity(causes.len());
        for cause in causes {
            let next = CauseId(self.list.len());
            let id = *self.ids.entry(cause.clone()).or_insert(next);
            if id == next {
                self.list.push(cause);
            }
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }
}

/// The workloads of an analysis, in order.
fn workload_ids(analysis: &Analysis) -> impl Iterator<Item = WorkloadId> + use<> {
    (0..).map(WorkloadId).take(analysis.cluster().workloads.len())
}
