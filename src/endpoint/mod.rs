//! Endpoints as people write them: the ends of `query`, the filters of `connections`, expectations.
//!
//! | text | means |
//! |---|---|
//! | `NAME`, `NS/NAME`, `KIND/NAME`, `NS/KIND/NAME` | one workload, else one Service, else one Ingress or route |
//! | `NS/NAME-0` | one replica of a StatefulSet, one index of an Indexed Job; `NS/NAME` stands for all of them |
//! | `NS/*` | every workload of a namespace |
//! | `app=web,tier=db`, `NS/app=web` | every workload whose pods have these labels |
//! | `*` | every workload |
//! | `203.0.113.7`, `10.0.0.0/8`, `2001:db8::1` | addresses outside the cluster |
//! | `internet`, `external` | every address outside the cluster |
//! | `ingress-controller` | the ingress controller, as a source |
//! | `any-pod`, `NS/any-pod` | a pod that the input does not show, of a namespace it does not show either, or of `NS` |
//!
//! A destination may end in `:PORT` or `:PORT/PROTOCOL`; an IPv6 address is then written in brackets. The port is that
//! of the pods, by number or name, except after a Service, where it is the Service's and leads to its target port.
//! Kinds may be abbreviated as for `kubectl`, in any case.

mod cover;
mod lookup;
mod names;
mod pattern;
mod resolve;
mod targets;
#[cfg(test)]
mod tests;

use thiserror::Error;

use crate::net::address::AddressSet;
use crate::net::ports::PortSet;
use crate::objects::{NamespaceId, WorkloadId};

pub use cover::Cover;
pub use names::Names;
pub use resolve::{Resolver, Selection};
pub use targets::{behind_ingress, behind_unseen_controller};

/// One end of a connection, as it is asked for and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The pods of a workload.
    Workload(WorkloadId),
    /// A pod that is presumed to exist, by its place in [`crate::cluster::Cluster::presumed`].
    Presumed(usize),
    /// Addresses outside the cluster.
    External(AddressSet),
    /// The ingress controller.
    IngressController,
    /// A pod that the input does not show and no label tells: of this namespace, or of one that is not in the input.
    AnyPod(Option<NamespaceId>),
}

/// Where a connection is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The end.
    pub end: End,
    /// The ports that are asked for, as the end itself sees them; all where none is.
    pub ports: PortSet,
}

/// Why a text names no endpoint, and what to write.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct EndpointError {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// Reads the text of an endpoint without looking for what it names.
///
/// # Errors
/// Where no cluster could have such an endpoint.
pub fn check_syntax(text: &str) -> Result<(), EndpointError> {
    pattern::parse(text).map(drop)
}

impl EndpointError {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}
