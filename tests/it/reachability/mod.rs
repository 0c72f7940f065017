//! What is exposed that should not be, and what nobody can reach.

mod exposure;
mod services;
