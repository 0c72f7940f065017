//! Policies in terms of classes, addresses and ports.

mod basis;
mod blocks;
mod domains;
mod order;
mod peers;
mod resolve;
mod resolved;
mod shared;
mod traffic;

pub use basis::Basis;

pub(in crate::reach) use order::Place;
pub(in crate::reach) use resolve::{ResolvedPolicy, ResolvedRule, Resolver};
pub(in crate::reach) use resolved::Resolved;
pub(in crate::reach) use shared::SharedRules;
