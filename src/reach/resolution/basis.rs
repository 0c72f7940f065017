//! What the readings of what the input does not show have in common, which is most: classes, and the policies that
//! mean the same under each of them.

use std::sync::Arc;

use foldhash::fast::RandomState;
use ipnet::IpNet;
use rayon::prelude::*;

use super::order::{self, Place};
use super::resolve::ResolvedPolicy;
use super::resolver::{Resolver, Selected};
use super::universe::Universe;
use crate::cluster::Cluster;
use crate::net::Direction;
use crate::policy::{Arrangement, Engagement, Peer, PolicyObject};
use crate::reach::classes::is_known;
use crate::reach::reading::Reading;

/// A cluster and its policies, resolved as far as all readings agree.
#[derive(Debug)]
pub struct Basis {
    pub(in crate::reach) arrangement: Arrangement,
    pub(in crate::reach) universe: Universe,
    /// Each policy that means the same under every reading.
    pub(in crate::reach) policies: Vec<Option<Arc<ResolvedPolicy>>>,
    /// When each policy is asked.
    pub(in crate::reach) places: Vec<Place>,
    /// Sets of pods that are the same under every reading.
    pub(in crate::reach) selected: Selected,
    /// The same under the other arrangement that the cluster may have. Classes have the same numbers there.
    pub(in crate::reach) alternative: Option<Arc<Self>>,
}

impl Basis {
    /// Sorts the pods into classes and resolves the policies against them. `pod_blocks` are the addresses of pods,
    /// where an ipBlock that meets them admits pods as well.
    #[must_use]
    pub fn new(cluster: &Cluster, pod_blocks: &[IpNet]) -> Self {
        let of = |arrangement| Self::of(cluster, arrangement, pod_blocks);
        Self { alternative: cluster.alternative.as_ref().map(|it| Arc::new(of(it))), ..of(&cluster.arrangement) }
    }

    fn of(cluster: &Cluster, arrangement: &Arrangement, pod_blocks: &[IpNet]) -> Self {
        let universe = Universe::new(cluster, arrangement, pod_blocks);
        let parts = cluster.policies.par_chunks(PART).map(|part| resolve(&universe, arrangement, part));
        let parts: Vec<_> = parts.collect();
        let mut policies = Vec::with_capacity(cluster.policies.len());
        let mut selected = Selected::with_capacity_and_hasher(cluster.policies.len(), RandomState::default());
        for (mut of_part, selected_of_part) in parts {
            policies.append(&mut of_part);
            selected.extend(selected_of_part);
        }
        Self {
            arrangement: arrangement.clone(),
            universe,
            policies,
            places: order::places(cluster, arrangement),
            selected,
            alternative: None,
        }
    }

    /// The policies, in the order in which they are asked.
    pub(in crate::reach) fn in_order(&self) -> impl Iterator<Item = u32> {
        let mut asked: Vec<(u32, u32)> = self.places.iter().map(|place| place.rank).zip(0..).collect();
        asked.sort_unstable();
        asked.into_iter().map(|(_, index)| index)
    }
}

/// How many policies are resolved together: enough to share the sets of pods that they are about.
const PART: usize = 1_000;

/// Those policies that mean the same under every reading, and the sets of pods that they are about.
fn resolve(
    universe: &Universe,
    arrangement: &Arrangement,
    policies: &[Box<PolicyObject>],
) -> (Vec<Option<Arc<ResolvedPolicy>>>, Selected) {
    let known = Selected::default();
    let mut resolver = Resolver::new(universe, &known, Reading::Shown);
    let mut resolve = |object: &PolicyObject| Arc::new(resolver.policy(object, arrangement));
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
