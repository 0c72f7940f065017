//! What may connect to what, through the real binary.

mod exposure;
mod matrix;
mod recipes;
mod replicas;
