//! What the policies permit: of one side of a connection through all stages, and of both.

mod asked;
mod both_sides;
mod one_side;
mod outcomes;
mod outside;
mod permitted;
mod prepared;
mod side;
mod stages;
mod subjects;
mod walk;

pub use permitted::Permitted;

pub(in crate::reach) use asked::Asked;
pub(in crate::reach) use side::Side;
pub(in crate::reach) use walk::{Met, Walk};
