//! How policies are written.

mod policies;
mod redundant;
mod refused;
