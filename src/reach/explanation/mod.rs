//! Why a connection is permitted or not.

mod connection;
mod stages;

pub use connection::{Admission, Explanation, SideExplanation};
pub use stages::{Outcome, StageExplanation};
