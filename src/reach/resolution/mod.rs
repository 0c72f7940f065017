//! Policies in terms of classes, addresses and ports.

mod basis;
mod blocks;
mod host_addresses;
mod order;
mod peers;
mod resolve;
mod resolved;
mod resolver;
mod shared;
mod traffic;
mod universe;

pub use basis::Basis;

pub(in crate::reach) use order::Place;
pub(in crate::reach) use resolve::{ResolvedPolicy, ResolvedRule};
pub(in crate::reach) use resolved::Resolved;
pub(in crate::reach) use resolver::Resolver;
pub(in crate::reach) use shared::{SharedRule, SharedRules};
