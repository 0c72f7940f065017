//! All policies of a cluster in terms of classes, and which of them are asked for which class.

use std::sync::Arc;

use smallvec::SmallVec;

use super::basis::Basis;
use super::resolve::ResolvedPolicy;
use super::resolver::{Resolver, Selected};
use super::shared::SharedRules;
use crate::cluster::Cluster;
use crate::net::Direction;
use crate::policy::{Combine, Silence, Stage};
use crate::reach::reading::Reading;

/// The policies in terms of classes.
#[derive(Debug)]
pub(in crate::reach) struct Resolved {
    pub(in crate::reach) policies: Vec<Arc<ResolvedPolicy>>,
    /// Sets of pods beside those of the basis.
    pub(in crate::reach) selected: Selected,
    /// For ingress and for egress and each class, the policies that may select it and have something to say, in the
    /// order in which they are asked. Those with shared rules are left out where they engage no pod.
    pub(in crate::reach) selecting: [Vec<SmallVec<[u32; 4]>>; 2],
    /// For ingress and for egress, the rules of policies of the whole cluster; none where all policies are plain.
    pub(in crate::reach) shared: [SharedRules; 2],
    /// Whether all policies are as NetworkPolicies are, and of one stage.
    pub(in crate::reach) is_plain: bool,
}

impl Resolved {
    /// Resolves the policies that mean something else under each reading; the others are the basis's.
    pub(in crate::reach) fn new(basis: &Basis, cluster: &Cluster, reading: Reading) -> Self {
        let mut resolver = Resolver::new(&basis.universe, &basis.selected, reading);
        let mut resolve = |object| Arc::new(resolver.policy(object, &basis.arrangement));
        let policies: Vec<Arc<ResolvedPolicy>> = (basis.policies.iter().zip(&cluster.policies))
            .map(|(known, policy)| known.clone().unwrap_or_else(|| resolve(policy)))
            .collect();
        let selected = resolver.into_selected();
        let is_plain = is_plain(basis, &policies);
        let selecting = Direction::BOTH.map(|direction| selecting_classes(basis, &policies, direction, is_plain));
        let shared = Direction::BOTH.map(|direction| match is_plain {
            true => SharedRules::default(),
            false => SharedRules::new(basis, &policies, direction),
        });
        Self { policies, selected, selecting, shared, is_plain }
    }
}

/// What [`Resolved::selecting`] is in one direction.
fn selecting_classes(
    basis: &Basis,
    policies: &[Arc<ResolvedPolicy>],
    direction: Direction,
    is_plain: bool,
) -> Vec<SmallVec<[u32; 4]>> {
    let mut selecting = vec![SmallVec::new(); basis.universe.classes.len()];
    for index in basis.in_order() {
        let Some(policy) = policies.get(index as usize) else { continue };
        let has_own_rules = (is_plain || !policy.is_of_cluster) && !policy.rules(direction).is_empty();
        if !policy.isolates(direction) && !has_own_rules {
            continue;
        }
        for &(first, last) in policy.subject.most.intervals() {
            let lists = selecting.get_mut(first as usize..=last as usize).unwrap_or_default();
            lists.iter_mut().for_each(|list: &mut SmallVec<_>| list.push(index));
        }
    }
    selecting
}

/// Whether all policies are as NetworkPolicies are, and of one stage that is as theirs.
fn is_plain(basis: &Basis, policies: &[Arc<ResolvedPolicy>]) -> bool {
    let stages = &basis.arrangement.stages;
    let mut enforced = basis.places.iter().filter_map(|place| place.stage);
    let first = enforced.next();
    let is_of_networks = |stage: &Stage| stage.combine == Combine::DenyWins && stage.on_silence == Silence::Deny;
    enforced.all(|stage| Some(stage) == first)
        && first.is_none_or(|stage| stages.get(stage).is_some_and(is_of_networks))
        && !stages.iter().any(|stage| Direction::BOTH.into_iter().any(|direction| stage.engages_all(direction)))
        && policies.iter().all(|policy| policy.is_plain())
}
