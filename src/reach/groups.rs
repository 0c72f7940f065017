//! Groups of workloads that no policy can distinguish.

use std::borrow::Cow;

use super::classes::Kind;
use super::reachability::Reachability;
use crate::net::interval::IntervalSet;
use crate::objects::{PolicyId, WorkloadId};

impl Reachability {
    /// A number that workloads share which no policy can distinguish, so that what holds of one holds of all.
    #[must_use]
    pub fn group(&self, workload: WorkloadId) -> u32 {
        self.classes().of_workload(workload).unwrap_or(u32::MAX)
    }

    /// The workloads that a policy selects, those on the network of their node left out.
    pub fn selected(&self, policy: PolicyId) -> impl Iterator<Item = WorkloadId> + '_ {
        let (shared, own) = match self.selected_groups(policy) {
            Cow::Borrowed(groups) => (groups.intervals(), None),
            Cow::Owned(groups) => (&[][..], Some(groups)),
        };
        let groups = shared.iter().copied().chain(own.into_iter().flat_map(IntervalSet::into_intervals));
        groups.flat_map(|(first, last)| self.classes().members_of(first, last)).copied()
    }

    /// The workloads on the network of their node.
    pub fn host_network(&self) -> impl Iterator<Item = WorkloadId> + '_ {
        let classes = self.classes().of_kind(Kind::HostNetwork);
        let (first, last) = classes.intervals().first().copied().unwrap_or((u32::MAX, u32::MAX));
        self.classes().members_of(first, last).iter().copied()
    }

    /// The groups of workloads that a policy selects, those on the network of their node left out. Readings of the same
    /// cluster have the same groups.
    #[must_use]
    pub fn selected_groups(&self, policy: PolicyId) -> Cow<'_, IntervalSet<u32>> {
        self.classes_of_policy(policy, |it| it.policy(policy.0).map(|policy| &**policy.subject.of(it.reading)))
    }

    /// The workloads of runs of groups.
    pub fn workloads_of<'s>(&'s self, intervals: &'s [(u32, u32)]) -> impl Iterator<Item = WorkloadId> + 's {
        intervals.iter().flat_map(|&(first, last)| self.classes().members_of(first, last)).copied()
    }
}
