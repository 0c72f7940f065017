//! The rules about what is meant.

mod ambient;
mod application;
