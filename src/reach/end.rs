//! The ends of connections.

use std::net::IpAddr;

use crate::objects::{NamespaceId, WorkloadId};

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// The pods of a workload.
    Workload(WorkloadId),
    /// Any pod of a known namespace that no policy of the input can have meant: it has no labels.
    OtherPod(NamespaceId),
    /// A pod of `Cluster::presumed`, by its place there.
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
    /// The addresses outside the cluster that a name stands for, by its place in `Reachability::domains`.
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

/// "A pod cannot block access to itself." Two pods that no policy distinguishes are two pods all the same.
pub(super) fn is_itself(from: Endpoint, to: Endpoint) -> bool {
    from == to && matches!(from, Endpoint::Workload(_))
}
