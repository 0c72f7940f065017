//! The ends of connections.

use std::net::IpAddr;

use super::Reachability;
use super::classes::Kind;
use crate::net::Direction;
use crate::objects::{NamespaceId, WorkloadId};

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// The pods of a workload.
    Workload(WorkloadId),
    /// Any pod of a known namespace that no policy of the input can have meant: it has no labels.
    OtherPod(NamespaceId),
    /// A pod of [`Cluster::presumed`], by its place there.
    Presumed(usize),
    /// Any pod of a namespace that is not in the input.
    UnknownNamespace,
    /// The ingress controller: a pod of a namespace that is not in the input, whose own egress is not restricted.
    IngressController,
    /// The node of the pod at the other end.
    OwnNode,
    /// Any other node.
    OtherNode,
    /// The Kubernetes API server, wherever it runs.
    ApiServer,
    /// The addresses outside the cluster that a name stands for, by its place in [`Reachability::domains`].
    Domain(u32),
    /// An address outside the cluster.
    External(IpAddr),
}

/// The far end of a connection, seen from a pod.
#[derive(Clone, Copy, Debug)]
pub(super) enum Remote {
    Class(u32),
    Address(IpAddr),
    /// Somebody, whoever it may be.
    Anyone,
}

impl Reachability {
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
}
