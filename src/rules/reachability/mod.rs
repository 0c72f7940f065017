//! What can be reached that should not be, and what cannot that should.

pub(super) mod any_namespace_ingress;
pub(super) mod database_reachable;
pub(super) mod failed_expectation;
pub(super) mod internet_ingress;
pub(super) mod one_sided_allow;
mod opening;
pub(super) mod overlapping_tiers;
mod source;
mod suspects;
mod target;
pub(super) mod tier_matches_nothing;
pub(super) mod tier_violation;
pub(super) mod unreachable_service;
