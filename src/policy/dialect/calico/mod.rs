//! The front end for Calico: `projectcalico.org/v3`, and `crd.projectcalico.org/v1`, the group that Calico stores the
//! same objects in.
//!
//! A document is held against the tables of `fields`, `read` into what is `written`, and `scope` says what its selectors
//! mean. A policy is then lowered into the common form; `arrangement` says which stages the tiers are, and `objects` what
//! other kinds are in a cluster.

pub mod arrangement;
pub(crate) mod fields;
pub mod lower;
pub(crate) mod objects;
pub(crate) mod places;
mod read;
pub mod scope;
pub mod selector;
#[cfg(test)]
mod tests;
mod written;

pub use arrangement::Options;
pub use read::read;
pub use written::{
    Api, CalicoObject, CalicoPolicy, CalicoTier, DEFAULT_TIER, Entity, HostEndpoint, Icmp, NetworkSet, Port, Rule,
    RuleAction, ServiceName, Subject,
};
