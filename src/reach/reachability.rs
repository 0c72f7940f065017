//! What is permitted in a cluster: the policies and the ends that they are about, by which everything else is answered.

use std::sync::Arc;

use ipnet::IpNet;
use smallvec::SmallVec;
use smol_str::SmolStr;

use super::classes::{Classes, Kind};
use super::end::{Endpoint, Remote};
use super::reading::Reading;
use super::resolution::{Basis, Resolved, ResolvedPolicy, SharedRules};
use crate::cluster::Cluster;
use crate::net::Direction;

/// What is permitted in a cluster, under one [`Reading`] of what the input does not show.
#[derive(Debug)]
pub struct Reachability {
    pub(super) basis: Arc<Basis>,
    pub(super) resolved: Arc<Resolved>,
    pub(super) reading: Reading,
}

impl Reachability {
    /// Resolves the policies of the cluster against its pods. `pod_blocks` are the addresses of pods, where an ipBlock that
    /// meets them admits pods as well.
    #[must_use]
    pub fn new(cluster: &Cluster, reading: Reading, pod_blocks: &[IpNet]) -> Self {
        Self::on(Arc::new(Basis::new(cluster, pod_blocks)), cluster, reading)
    }

    /// Resolves the rest of the policies, which depends on the reading.
    #[must_use]
    pub fn on(basis: Arc<Basis>, cluster: &Cluster, reading: Reading) -> Self {
        let resolved = Arc::new(Resolved::new(&basis, cluster, reading));
        Self { basis, resolved, reading }
    }

    /// All that may be permitted, from what is permitted for certain: policies are resolved for both at once.
    #[must_use]
    pub fn at_most(&self) -> Self {
        Self { basis: Arc::clone(&self.basis), resolved: Arc::clone(&self.resolved), reading: Reading::Most }
    }

    /// The names that policies have for addresses outside the cluster, in order.
    #[must_use]
    pub fn domains(&self) -> &[SmolStr] {
        &self.classes().domains
    }

    pub(super) fn class(&self, endpoint: Endpoint) -> Option<u32> {
        match endpoint {
            Endpoint::Workload(workload) => self.classes().of_workload(workload),
            Endpoint::OtherPod(namespace) => self.classes().of_other_pod(namespace),
            Endpoint::Presumed(index) => self.classes().of_presumed(index),
            Endpoint::UnknownNamespace => Some(self.classes().unknown()),
            Endpoint::IngressController => self.classes().one_of_kind(Kind::IngressController),
            Endpoint::OwnNode => self.classes().one_of_kind(Kind::OwnNode),
            Endpoint::OtherNode => self.classes().one_of_kind(Kind::OtherNode),
            Endpoint::ApiServer => self.classes().one_of_kind(Kind::ApiServer),
            Endpoint::Domain(place) => self.classes().one_of_kind(Kind::Domain(place)),
            Endpoint::External(_) => None,
        }
    }

    /// The class of an end that policies may apply to. The egress of the ingress controller is not known, and taken as
    /// allowed.
    pub(super) fn subject(&self, endpoint: Endpoint, direction: Direction) -> Option<u32> {
        let is_free = endpoint == Endpoint::IngressController && direction == Direction::Egress;
        self.class(endpoint).filter(|_| !is_free)
    }

    pub(super) fn remote(&self, endpoint: Endpoint) -> Option<Remote> {
        match endpoint {
            Endpoint::External(address) => Some(Remote::Address(address)),
            _ => self.class(endpoint).map(Remote::Class),
        }
    }

    /// The policies that [`Self::selecting`] names.
    pub(super) fn policies_on(&self, class: u32, direction: Direction) -> impl Iterator<Item = &ResolvedPolicy> {
        self.selecting(class, direction).iter().filter_map(|&index| self.policy(index))
    }

    /// The policies that select a class and have something to say in this direction, in order; those whose rules are
    /// [shared](Self::shared) only where they engage pods.
    pub(super) fn selecting(&self, class: u32, direction: Direction) -> &[u32] {
        let [ingress, egress] = &self.resolved.selecting;
        let of_classes = match direction {
            Direction::Ingress => ingress,
            Direction::Egress => egress,
        };
        of_classes.get(class as usize).map_or(&[], SmallVec::as_slice)
    }

    /// The rules of policies of the whole cluster, where not all policies are as NetworkPolicies are.
    pub(super) fn shared(&self, direction: Direction) -> &SharedRules {
        let [ingress, egress] = &self.resolved.shared;
        match direction {
            Direction::Ingress => ingress,
            Direction::Egress => egress,
        }
    }

    /// Whether the rules of a policy are among the [shared](Self::shared) ones.
    pub(super) fn is_shared(&self, policy: &ResolvedPolicy) -> bool {
        policy.is_of_cluster && !self.resolved.is_plain
    }

    pub(super) fn policy(&self, index: u32) -> Option<&ResolvedPolicy> {
        self.resolved.policies.get(index as usize).map(AsRef::as_ref)
    }

    pub(super) fn classes(&self) -> &Classes {
        &self.basis.universe.classes
    }
}
