//! A seeded generator of estates: clusters as platform teams write them, of any size, right unless told otherwise.
//!
//! Each namespace is an application of tiers (web, api, database, worker, cache) under a default deny, a DNS allow
//! and an allow for each step between tiers, in both directions. An Ingress leads to the first web server. A
//! `monitoring` namespace scrapes them all; the workers call partners outside by ipBlock. The same parameters give the
//! same text, byte for byte.

mod application;
mod other;
mod random;

use application::Application;
use random::Random;

/// The size and shape of an estate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Application namespaces, beside `monitoring`.
    pub(crate) namespaces: usize,
    /// Tiers of an application, from the web server on: 1 to 5.
    pub(crate) tiers: usize,
    /// Workloads in each namespace, at least one of each tier.
    pub(crate) workloads: usize,
    /// Policies in each namespace beside those between its tiers: each opens one workload to one partner outside.
    pub(crate) policies: usize,
    /// How many of 100 documents have nothing to do with the network: at most 99.
    pub(crate) irrelevant: usize,
    /// How many of 100 such documents are CRDs; the others are ConfigMaps and Secrets.
    pub(crate) crds: usize,
    /// Whether each workload has a file, with its Service and a policy of its own.
    pub(crate) file_per_workload: bool,
    /// One in this many applications forgets DNS; 0 means none does. The same holds for the other mistakes.
    pub(crate) forgotten_dns: usize,
    /// The web tier may connect to the database.
    pub(crate) open_database: usize,
    /// The name of a tier is misspelled in a peer.
    pub(crate) typo: usize,
    /// The seed.
    pub(crate) seed: u64,
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
            seed: 1,
        }
    }
}

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
    for index in 0..shape.namespaces {
        let application = Application::new(index, shape, &mut random);
        let namespace = application.namespace.clone();
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
    files
}
