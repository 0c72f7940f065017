//! Pairs of ends that policies of the whole cluster treat alike, and what becomes of each.

mod external;
mod outcomes;
mod subjects;

pub use external::External;

pub(in crate::reach) use outcomes::{Outcome, Outcomes, UNKNOWN};
pub(in crate::reach) use subjects::{Group, Own, Stages, Subjects, Traits};
