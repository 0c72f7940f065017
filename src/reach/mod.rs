//! Who may connect to which, on which ports, and why.
//!
//! Everything is kept symbolic: pods in [classes](classes), ports in interval sets, external addresses in blocks.
//! Policies are resolved once against the classes; a verdict about a pair looks only at the rules of the policies
//! that select its two ends. Cost follows the number of classes and policies, never pods squared.

mod alike;
mod alternatives;
mod bounds;
mod classes;
mod end;
mod ends;
mod evaluation;
mod exact;
mod explanation;
mod groups;
mod isolation;
mod peers;
mod reachability;
mod reading;
mod redundant;
mod resolution;
mod rows;
mod shadow;

pub use alike::External;
pub use end::Endpoint;
pub use evaluation::Permitted;
pub use explanation::{Admission, Explanation, Outcome, SideExplanation, StageExplanation};
pub use reachability::Reachability;
pub use reading::Reading;
pub use redundant::AskedPort;
pub use resolution::Basis;
pub use rows::{Row, Rows};
