//! All integration tests, in one executable. The folders named after categories of rules test those rules beyond the
//! examples on their pages; the others test a part of the program each, most of them through the real binary.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests fail by panicking, and say on standard error what they skip"
)]

mod action;
mod admin;
mod calico;
mod cilium;
mod cli;
mod clusters;
mod config;
mod connections;
mod corpora;
mod correctness;
mod diff;
mod docs;
mod egress;
#[path = "../../benches/estate/mod.rs"]
mod estate;
mod estates;
mod file_trees;
mod fixes;
mod formats;
mod generate;
mod graph;
mod hostile;
mod intent;
mod isolation;
mod layers;
mod locks;
mod plugins;
mod ports;
mod reach;
mod reachability;
mod selectors;
mod support;
mod suppression;
mod traps;
mod unread;
mod yaml;
