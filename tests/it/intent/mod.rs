//! The rules about what is meant.

mod application;
