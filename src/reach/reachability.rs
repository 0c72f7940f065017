//! What is permitted in a cluster: the policies and the ends that they are about, by which everything else is answered.

use std::sync::Arc;

use smallvec::SmallVec;
use smol_str::SmolStr;

use super::alike::Outcomes;
use super::classes::{Classes, Kind};
use super::end::{Endpoint, Remote};
use super::reading::Reading;
use super::resolution::{Basis, Resolved, ResolvedPolicy, SharedRules};
use crate::net::Direction;

/// What is permitted in a cluster, under one [`Reading`] of what the input does not show.
#[derive(Debug)]
pub struct Reachability {
    pub(super) basis: Arc<Basis>,
    pub(super) resolved: Arc<Resolved>,
    /// For ingress and for egress, what policies of the whole cluster come to; nothing where all policies are as
    /// NetworkPolicies are.
    pub(super) outcomes: Arc<[Outcomes; 2]>,
    pub(super) reading: Reading,
    /// The same under the other arrangement that the cluster may have.
    pub(super) alternative: Option<Box<Self>>,
}

impl Reachability {
    /// The names that policies have for addresses outside the cluster, in order.
    #[must_use]
    pub fn domains(&self) -> &[SmolStr] {
        self.classes().domains.names()
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
            Endpoint::Domain(place) => self.classes().class_of_domain(place),
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

    /// What those come to.
    pub(super) fn outcomes(&self, direction: Direction) -> &Outcomes {
        let [ingress, egress] = &*self.outcomes;
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
