//! Everything that one end may connect to, without asking every pair.

mod candidates;
mod row;
mod sides;
mod sieve;

pub use row::{Row, Rows};
