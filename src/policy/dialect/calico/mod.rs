//! The front end for Calico: `projectcalico.org/v3`, and `crd.projectcalico.org/v1`, the group that Calico stores the
//! same objects in.
//!
//! A document is held against the tables of `fields`, `read` into what is `written`, and `scope` says what its selectors
//! mean.

pub(crate) mod fields;
pub mod order;
mod read;
pub mod scope;
pub mod selector;
#[cfg(test)]
mod tests;
mod written;

pub use read::read;
pub use written::{
    Api, CalicoObject, CalicoPolicy, CalicoTier, DEFAULT_TIER, Entity, HostEndpoint, Icmp, NetworkSet, Port, Rule,
    RuleAction, ServiceName, Subject,
};
