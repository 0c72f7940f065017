//! The configuration and what it does, through the real binary.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod files;
#[path = "../support/mod.rs"]
mod support;
mod suppress;
