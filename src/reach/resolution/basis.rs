//! What the readings of what the input does not show have in common, which is most: classes, and the policies that
//! mean the same under each of them.

use std::sync::Arc;

use foldhash::HashMap;
use foldhash::fast::RandomState;
use ipnet::IpNet;
use rayon::prelude::*;

use super::blocks::HostAddresses;
use super::order::{self, Place};
use super::resolve::{ResolvedPolicy, Resolver};
use crate::cluster::Cluster;
use crate::net::Direction;
use crate::policy::{Arrangement, Engagement, Peer, PodSet, PolicyObject};
use crate::reach::bounds::Bounds;
use crate::reach::classes::{ClassSet, Classes, Reading, References, is_known};

/// The classes of each set of pods that policies are about.
pub(in crate::reach) type Selected = HashMap<PodSet, Bounds<Arc<ClassSet>>>;

/// A cluster and its policies, resolved as far as all readings agree.
#[derive(Debug)]
pub struct Basis {
    pub(in crate::reach) arrangement: Arrangement,
    pub(in crate::reach) classes: Classes,
    /// Each policy that means the same under every reading.
    pub(in crate::reach) policies: Vec<Option<Arc<ResolvedPolicy>>>,
    /// When each policy is asked.
    pub(in crate::reach) places: Vec<Place>,
    /// Sets of pods that are the same under every reading.
    pub(in crate::reach) selected: Selected,
    pub(in crate::reach) pod_blocks: Vec<IpNet>,
    pub(in crate::reach) host_addresses: HostAddresses,
    pub(in crate::reach) references: References,
}

impl Basis {
    /// Sorts the pods into classes and resolves the policies against them. `pod_blocks` are the addresses of pods,
    /// where an ipBlock that meets them admits pods as well.
    #[must_use]
    pub fn new(cluster: &Cluster, pod_blocks: &[IpNet]) -> Self {
        let policies = &cluster.policies;
        let references = References::new(cluster);
        let mut basis = Self {
            arrangement: cluster.arrangement.clone(),
            classes: Classes::new(cluster, &references),
            policies: Vec::with_capacity(policies.len()),
            places: order::places(cluster),
            selected: Selected::with_capacity_and_hasher(policies.len(), RandomState::default()),
            pod_blocks: pod_blocks.to_vec(),
            host_addresses: HostAddresses::default(),
            references,
        };
        let parts: Vec<_> = policies.par_chunks(PART).map(|part| resolve(&basis, part)).collect();
        for (mut policies, selected) in parts {
            basis.policies.append(&mut policies);
            basis.selected.extend(selected);
        }
        basis
    }

    /// The policies, in the order in which they are asked.
    pub(in crate::reach) fn in_order(&self) -> impl Iterator<Item = u32> {
        let mut asked: Vec<(u32, u32)> = self.places.iter().map(|place| place.rank).zip(0..).collect();
        asked.sort_unstable();
        asked.into_iter().map(|(_, index)| index)
    }

    /// The pods that an ipBlock admits, where it admits pods at all.
    pub(in crate::reach) fn pods_of_block(&self, cidr: &IpNet) -> Option<ClassSet> {
        let meets = |pods: &IpNet| pods.contains(cidr) || cidr.contains(pods);
        self.pod_blocks.iter().any(meets).then(|| self.classes.pods())
    }
}

/// How many policies are resolved together: enough to share the sets of pods that they are about.
const PART: usize = 1_000;

/// Those policies that mean the same under every reading, and the sets of pods that they are about.
fn resolve(basis: &Basis, policies: &[Box<PolicyObject>]) -> (Vec<Option<Arc<ResolvedPolicy>>>, Selected) {
    let mut resolver = Resolver::new(basis, Reading::Shown);
    let mut resolve = |object: &PolicyObject| Arc::new(resolver.policy(object, &basis.arrangement));
    let resolved = policies.iter().map(|policy| means_the_same(policy).then(|| resolve(policy))).collect();
    (resolved, resolver.into_selected())
}

/// Whether a policy means the same under every reading: all that it is about are pods whose labels are known, and
/// numbers and names of ports.
fn means_the_same(object: &PolicyObject) -> bool {
    let policy = &object.policy;
    let mut rules = Direction::BOTH.into_iter().flat_map(|direction| policy.rules(direction));
    let is_known_peer = |peer: &Peer| matches!(peer, Peer::Pods(set) if is_known(set));
    is_known(&policy.subject)
        && Direction::BOTH.into_iter().all(|it| !matches!(policy.engagement(it), Engagement::EngagesSome(_)))
        && rules.all(|rule| {
            rule.subject.is_none()
                && rule.peers.listed().iter().all(is_known_peer)
                && rule.ports.listed().iter().all(|port| port.is_simple())
        })
}
