//! What may connect to what, through the real binary.

mod matrix;
mod recipes;
mod replicas;
