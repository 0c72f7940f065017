//! The configuration and what it does, through the real binary.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod baseline;
mod demo;
mod expectations;
mod files;
mod fingerprints;
mod init;
mod schema;
#[path = "../support/mod.rs"]
mod support;
mod suppress;
mod tiers;
