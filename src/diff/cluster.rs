//! What differs in one cluster, with places in bytes.

use std::collections::BTreeSet;

use super::change::{Change, End, IsolationChange};
use super::matching::name_of;
use super::places::{Located, located};
use super::side::{Both, Side};
use super::{Difference, compare};
use crate::analysis::Analysis;
use crate::cluster::{Confidence, Tier};
use crate::source::Sources;

/// What differs in one cluster.
#[derive(Clone, Debug)]
pub struct ClusterDifference {
    /// Its name, where there are several.
    pub name: Option<String>,
    /// What differs.
    pub difference: Difference,
    /// The causes, by their numbers.
    pub causes: Vec<Located>,
    /// Workloads of HEAD, or of BASE where only it has them, that are databases.
    databases: BTreeSet<End>,
}

impl ClusterDifference {
    pub(super) fn new(name: Option<String>, analyses: Both<&Analysis>, sources: Both<&Sources>) -> Self {
        let difference = compare(analyses.base, analyses.head);
        let causes = located(&difference, sources);
        let mut databases = BTreeSet::new();
        for side in Side::BOTH {
            let analysis = analyses.of(side);
            let is_database = |tier: Tier, confidence| tier == Tier::Database && confidence > Confidence::Low;
            for (id, workload) in analysis.workloads() {
                if analysis.tier(id).is_some_and(|it| is_database(it.tier, it.confidence)) {
                    databases.insert(End::Workload(name_of(workload, analysis)));
                }
            }
        }
        Self { name, difference, causes, databases }
    }

    /// The causes of a change, in bytes.
    pub fn causes_of<'d>(&'d self, change: &'d Change) -> impl Iterator<Item = &'d Located> {
        change.causes.iter().filter_map(|id| self.causes.get(id.0))
    }

    /// New peers that match nothing of the input.
    pub fn unseen(&self) -> impl Iterator<Item = &Located> {
        self.difference.unseen.iter().filter_map(|id| self.causes.get(id.0))
    }

    /// The causes of a changed isolation, in bytes.
    pub fn causes_of_isolation<'d>(&'d self, change: &'d IsolationChange) -> impl Iterator<Item = &'d Located> {
        change.causes.iter().filter_map(|id| self.causes.get(id.0))
    }

    /// Whether an end is a database.
    #[must_use]
    pub fn is_database(&self, end: &End) -> bool {
        self.databases.contains(end)
    }
}
