//! How policies are written.

mod near_misses;
mod policies;
mod redundant;
mod refused;
