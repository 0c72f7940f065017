//! A first netlint.yaml, fitted to the manifests: the tiers that are recognised, with the evidence, and the connections
//! that Services and tiers lead to expect. All of it is a proposal, and says so.

mod clusters;
mod expectations;
mod tiers;
mod unknown;

use crate::analysis::Analysis;
use crate::config::SCHEMA_URL;
use crate::edit::scalar;
use crate::text::phrase::count;

/// Where every key is explained.
const DOCUMENTATION: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/configuration.md");

/// A proposed configuration.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The text of the file.
    pub text: String,
    /// How many tiers it has.
    pub tiers: usize,
    /// How many expectations it has.
    pub expectations: usize,
    /// How many of them are not met today.
    pub unmet: usize,
}

/// Proposes a configuration for the clusters of the input. `paths` are what it is to check, relative to its directory.
#[must_use]
pub fn propose(models: &[Analysis], paths: &[String]) -> Proposal {
    let tiers = tiers::recognised(models);
    let (expectations, unknown) = expectations::derive(models);
    let mut text = header(models);
    if !paths.is_empty() {
        let paths: Vec<String> = paths.iter().map(|path| scalar(path)).collect();
        text.push_str("\n# What to check where the command line names no path.\n");
        text.push_str(&format!("paths: [{}]\n", paths.join(", ")));
    }
    text.push_str(&clusters::section(models));
    text.push_str(&tiers::section(&tiers));
    text.push_str(&expectations::section(&expectations));
    text.push_str(&unknown::section(&unknown));
    text.push_str(CLOSING);
    Proposal {
        text,
        tiers: tiers.len(),
        expectations: expectations.len(),
        unmet: expectations.iter().filter(|it| it.failure.is_some()).count(),
    }
}

fn header(models: &[Analysis]) -> String {
    let sum = |of: fn(&Analysis) -> usize| models.iter().map(of).sum();
    let files = count(models.first().map_or(0, |analysis| analysis.sources().len()), "file");
    let workloads = count(sum(|analysis| analysis.cluster().workload_count()), "workload");
    let policies = count(sum(|analysis| analysis.cluster().policies.len()), "policy");
    format!(
        "# yaml-language-server: $schema={SCHEMA_URL}\n\
         # Proposed by `netlint init` from {files} ({workloads}, {policies}).\n\
         # Review every entry: it is what netlint guesses until somebody confirms it.\n\
         # All keys: {DOCUMENTATION}\n"
    )
}

const CLOSING: &str = "
# Findings that are known and stay, with the reason:
# ignore:
#   - rule: unrestricted-egress
#     resource: NetworkPolicy/shop/allow-out
#     reason: the proxy filters
";
