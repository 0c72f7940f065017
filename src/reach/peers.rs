//! Which ends a peer of a policy means.

use std::borrow::Cow;

use super::classes::ClassSet;
use super::end::{Endpoint, Remote};
use super::ends::EndSet;
use super::reachability::Reachability;
use super::resolution::Resolver;
use crate::objects::WorkloadId;
use crate::policy::{BlockReach, Peer, PodSet};

impl Reachability {
    /// Whether a peer of one of the policies means this endpoint.
    #[must_use]
    pub fn peer_admits(&self, peer: &Peer, endpoint: Endpoint) -> bool {
        self.settle_fact(|it| match (peer, it.remote(endpoint)) {
            (Peer::Pods(set), Some(Remote::Class(class))) => it.classes().is_in(class, set, it.reading),
            (Peer::Block { cidr, .. }, Some(Remote::Class(class))) if it.classes().is_pod(class) => {
                it.basis.universe.pods_of_block(cidr).is_some_and(|pods| pods.contains(class))
            }
            (_, Some(end)) => it.ends(peer).contains(end),
            (_, None) => false,
        })
    }

    /// A workload of a set of pods, if it has any. The set asks for labels that some policy asks for.
    #[must_use]
    pub fn any_workload(&self, set: &PodSet) -> Option<WorkloadId> {
        self.workloads_of(self.settle_classes(|it| it.pods(set)).intervals()).next()
    }

    /// The workloads that a peer of one of the policies admits, in order.
    #[must_use]
    pub fn peer_workloads(&self, peer: &Peer) -> Vec<WorkloadId> {
        let classes = self.settle_classes(|it| match peer {
            Peer::Pods(set) => it.pods(set),
            Peer::Block { cidr, .. } => it.basis.universe.pods_of_block(cidr).map(Cow::Owned).unwrap_or_default(),
            other => Cow::Owned((*it.ends(other).classes).clone()),
        });
        sorted(self.workloads_of(classes.intervals()))
    }

    /// The ends that a peer matches, its blocks those of a NetworkPolicy.
    fn ends(&self, peer: &Peer) -> EndSet {
        let ends =
            Resolver::new(&self.basis.universe, &self.basis.selected, self.reading).ends(peer, BlockReach::default());
        ends.of(self.reading).clone()
    }

    /// The classes of a set of pods, which are known already where a policy is about it.
    fn pods(&self, set: &PodSet) -> Cow<'_, ClassSet> {
        match self.basis.selected.get(set).or_else(|| self.resolved.selected.get(set)) {
            Some(known) => Cow::Borrowed(known.of(self.reading)),
            None => Cow::Owned(self.classes().select(set, self.reading)),
        }
    }
}

fn sorted(workloads: impl Iterator<Item = WorkloadId>) -> Vec<WorkloadId> {
    let mut workloads: Vec<_> = workloads.collect();
    workloads.sort_unstable();
    workloads
}
