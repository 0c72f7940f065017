//! A seeded generator of estates: clusters as platform teams write them, of any size, right unless told otherwise.
//!
//! Each namespace is an application of tiers (web, api, database, worker, cache) under a default deny, a DNS allow
//! and an allow for each step between tiers, in both directions. An Ingress leads to the first web server. A
//! `monitoring` namespace scrapes them all; the workers call partners outside by ipBlock. The same parameters give the
//! same text, byte for byte.

mod application;
mod evidence;
mod other;
mod random;

use application::Application;
use clap::Args;
use clap::builder::RangedU64ValueParser;
use random::Random;

/// The size and shape of an estate; the comments are the help of `examples/generate.rs`.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Application namespaces, beside `monitoring`
    #[arg(long, value_name = "NUMBER", default_value_t = Self::default().namespaces)]
    pub(crate) namespaces: usize,
    /// Tiers of an application, from the web server on
    #[arg(long, value_name = "1 TO 5", default_value_t = Self::default().tiers, value_parser = between(1, 5))]
    pub(crate) tiers: usize,
    /// Workloads in each namespace, at least one of each tier
    #[arg(long, value_name = "NUMBER", default_value_t = Self::default().workloads)]
    pub(crate) workloads: usize,
    /// Policies in each namespace beside those between its tiers: each opens one workload to one partner outside
    #[arg(long, value_name = "NUMBER", default_value_t = Self::default().policies)]
    pub(crate) policies: usize,
    /// Percentage of documents that have nothing to do with the network
    #[arg(long, value_name = "0 TO 99", default_value_t = Self::default().irrelevant, value_parser = between(0, 99))]
    pub(crate) irrelevant: usize,
    /// Percentage of CRDs among these documents; the others are ConfigMaps and Secrets
    #[arg(long, value_name = "0 TO 100", default_value_t = Self::default().crds, value_parser = between(0, 100))]
    pub(crate) crds: usize,
    /// Write a file for each workload, with its Service and a policy of its own
    #[arg(long)]
    pub(crate) file_per_workload: bool,
    /// One in this many applications forgets DNS; 0 means none does
    #[arg(long, value_name = "NUMBER", default_value_t = Self::default().forgotten_dns)]
    pub(crate) forgotten_dns: usize,
    /// In one of this many the web tier may connect to the database
    #[arg(long, value_name = "NUMBER", default_value_t = Self::default().open_database)]
    pub(crate) open_database: usize,
    /// In one of this many the name of a tier is misspelled in a peer
    #[arg(long, value_name = "NUMBER", default_value_t = Self::default().typo)]
    pub(crate) typo: usize,
    /// Let the manifests, and a netlint.yaml, ask for every connection that the policies permit
    #[arg(long)]
    pub(crate) evidence: bool,
    /// Nothing asks for one in this many of the calls between workloads; 0 means something asks for all
    #[arg(long, value_name = "NUMBER", default_value_t = Self::default().unasked)]
    pub(crate) unasked: usize,
    /// The seed of all that is random
    #[arg(long, value_name = "NUMBER", default_value_t = Self::default().seed)]
    pub(crate) seed: u64,
}

/// Accepts numbers of this range.
fn between(least: u64, most: u64) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(least..=most)
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            namespaces: 10,
            tiers: 5,
            workloads: 10,
            policies: 0,
            irrelevant: 0,
            crds: 33,
            file_per_workload: false,
            forgotten_dns: 0,
            open_database: 0,
            typo: 0,
            evidence: false,
            unasked: 0,
            seed: 1,
        }
    }
}

/// The file of expectations, which is not a manifest.
pub(crate) const CONFIGURATION: &str = "netlint.yaml";

/// A file of an estate.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// Its path below the estate's root.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

impl File {
    fn new(path: String, documents: &[String]) -> Self {
        Self { path, text: documents.join("---\n") }
    }
}

/// Generates the files of an estate.
pub(crate) fn generate(shape: &Shape) -> Vec<File> {
    let mut random = Random::new(shape.seed);
    let mut files = vec![File::new("monitoring.yaml".to_owned(), &[application::monitoring()])];
    let mut expectations = String::new();
    for index in 0..shape.namespaces {
        let application = Application::new(index, shape, &mut random);
        let namespace = application.namespace.clone();
        expectations += &application.expectations();
        let documents = if shape.file_per_workload {
            application.files_of_workloads(&mut files)
        } else {
            application.files_of_namespace(&mut files)
        };
        let share = shape.irrelevant.min(99);
        let others: Vec<String> = (0..documents * share / (100 - share))
            .map(|index| other::document(&namespace, index, shape.crds, &mut random))
            .collect();
        if shape.file_per_workload {
            let others = others.iter().enumerate();
            files.extend(
                others
                    .map(|(index, text)| File { path: format!("{namespace}/other-{index}.yaml"), text: text.clone() }),
            );
        } else if !others.is_empty() {
            files.push(File::new(format!("{namespace}/other.yaml"), &others));
        }
    }
    if !expectations.is_empty() {
        files.push(File { path: CONFIGURATION.to_owned(), text: format!("expect:\n{expectations}") });
    }
    files
}
