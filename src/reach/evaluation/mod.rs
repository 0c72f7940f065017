//! What the policies permit, through all stages.

mod asked;
mod side;
mod stages;
mod walk;

pub use stages::{Outcome, StageExplanation};

pub(in crate::reach) use asked::{Asked, AskedRules};
pub(in crate::reach) use side::Side;
pub(in crate::reach) use walk::Walk;
