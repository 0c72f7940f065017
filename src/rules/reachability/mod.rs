//! What can be reached that should not be, and what cannot that should.

pub(super) mod database_reachable;
pub(super) mod failed_expectation;
mod frontends;
pub(super) mod one_sided_allow;
mod source;
