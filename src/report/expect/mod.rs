//! Expectations in the formats of `netlint test`.

mod json;
mod junit;
mod text;

use std::io::{self, Write};

use serde::Serialize;

use crate::analysis::Analysis;
use crate::expect::Checked;
use crate::report::findings::Options;
use crate::text::job_log;

/// The formats of `netlint test`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Format {
    /// For people: a line for each expectation, then why those fail that do
    #[default]
    Human,
    /// One JSON object, frozen by its `schemaVersion`
    Json,
    /// JUnit XML: a test case for each expectation
    Junit,
}

/// How much was checked; in JSON the `summary`, frozen by its `schemaVersion`.
#[derive(Serialize)]
struct Totals {
    files: usize,
    documents: usize,
    workloads: usize,
    policies: usize,
    passed: usize,
    failed: usize,
}

impl Totals {
    fn new(models: &[Analysis], results: &[Checked<'_>]) -> Self {
        let sum = |of: fn(&Analysis) -> usize| models.iter().map(of).sum();
        let passed = results.iter().filter(|result| result.is_met()).count();
        Self {
            files: models.first().map_or(0, |analysis| analysis.sources().len()),
            documents: sum(Analysis::documents),
            workloads: sum(|analysis| analysis.cluster().workload_count()),
            policies: sum(|analysis| analysis.cluster().policies.len()),
            passed,
            failed: results.len() - passed,
        }
    }
}

/// Writes the results in a format.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write(
    format: Format,
    models: &[Analysis],
    results: &[Checked<'_>],
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Human => job_log::write(out, |out| text::write(models, results, options, out)),
        Format::Json => json::write(models, results, out),
        Format::Junit => junit::write(models, results, out),
    }
}
