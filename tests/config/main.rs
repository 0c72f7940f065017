//! The configuration and what it does, through the real binary.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod demo;
mod expectations;
mod files;
#[path = "../support/mod.rs"]
mod support;
mod suppress;
mod tiers;
