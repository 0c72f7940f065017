//! Proof of the reachability engine: an oracle that shares no code with it, random clusters that both of them judge,
//! and the sentences of the API documentation as tests.
//!
//! `NETLINT_CASES` sets the number of random clusters. Failures are kept in `regressions.txt` and tried again first.

mod agreement;
mod bounds;
pub(crate) mod cluster;
mod comparison;
mod controllers;
mod documentation;
pub(crate) mod emit;
pub(crate) mod engine;
mod explanations;
pub(crate) mod generate;
pub(crate) mod manifest;
mod many_policies;
mod metamorphic;
pub(crate) mod oracle;
mod oracle_cases;
mod ordered;
pub(crate) mod probes;
mod stages;
mod tiers;

use proptest::test_runner::{Config, FileFailurePersistence};

/// The settings of a property that is tried on some percentage of the cases.
fn config(percent: u32) -> Config {
    let cases = std::env::var("NETLINT_CASES").map_or(20_000, |cases| cases.parse::<u32>().unwrap());
    Config {
        cases: (cases * percent / 100).max(1),
        max_shrink_iters: 4096,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/it/reach/regressions.txt"))),
        ..Config::default()
    }
}
