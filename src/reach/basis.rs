//! What the readings of what the input does not show have in common, which is most: classes, and the policies that
//! mean the same under each of them.

use std::sync::Arc;

use foldhash::HashMap;
use foldhash::fast::RandomState;
use ipnet::IpNet;
use rayon::prelude::*;

use super::classes::{ClassSet, Classes};
use super::resolve::{ResolvedPolicy, Resolver};
use super::select::{Reading, is_known};
use crate::cluster::Cluster;
use crate::net::Direction;
use crate::policy::{Peer, PodSet, PolicyObject};

/// The classes of each set of pods that policies speak of.
pub(super) type Selected = HashMap<PodSet, Arc<ClassSet>>;

/// A cluster and its policies, resolved as far as all readings agree.
#[derive(Debug)]
pub struct Basis {
    pub(super) classes: Classes,
    /// Each policy that means the same under every reading.
    pub(super) policies: Vec<Option<Arc<ResolvedPolicy>>>,
    /// Sets of pods that are the same under every reading.
    pub(super) selected: Selected,
    pub(super) pod_blocks: Vec<IpNet>,
}

impl Basis {
    /// Sorts the pods into classes and resolves the policies against them. `pod_blocks` are the addresses of pods,
    /// where an ipBlock that meets them admits pods as well.
    #[must_use]
    pub fn new(cluster: &Cluster, pod_blocks: &[IpNet]) -> Self {
        let policies = &cluster.policies;
        let mut basis = Self {
            classes: Classes::new(cluster),
            policies: Vec::with_capacity(policies.len()),
            selected: Selected::with_capacity_and_hasher(policies.len(), RandomState::default()),
            pod_blocks: pod_blocks.to_vec(),
        };
        let parts: Vec<_> = policies.par_chunks(PART).map(|part| resolve(&basis, part)).collect();
        for (mut policies, selected) in parts {
            basis.policies.append(&mut policies);
            basis.selected.extend(selected);
        }
        basis
    }

    /// The pods that an ipBlock admits, where it admits pods at all.
    pub(super) fn pods_of_block(&self, cidr: &IpNet) -> Option<ClassSet> {
        let meets = |pods: &IpNet| pods.contains(cidr) || cidr.contains(pods);
        self.pod_blocks.iter().any(meets).then(|| self.classes.pods())
    }
}

/// How many policies are resolved together: enough to share the sets of pods that they speak of.
const PART: usize = 1_000;

/// Those policies that mean the same under every reading, and the sets of pods that they speak of.
fn resolve(basis: &Basis, policies: &[Box<PolicyObject>]) -> (Vec<Option<Arc<ResolvedPolicy>>>, Selected) {
    let mut resolver = Resolver::new(basis, Reading::Shown);
    let resolved = policies.iter().map(|policy| means_the_same(policy).then(|| Arc::new(resolver.policy(policy))));
    (resolved.collect(), resolver.into_selected())
}

/// Whether a policy means the same under every reading.
fn means_the_same(object: &PolicyObject) -> bool {
    let policy = &object.policy;
    let mut peers =
        Direction::BOTH.into_iter().flat_map(|direction| policy.rules(direction)).flat_map(|rule| rule.peers.listed());
    !object.rejected
        && is_known(&policy.subject)
        && peers.all(|peer| match peer {
            Peer::Pods(set) => is_known(set),
            _ => true,
        })
}
