//! The whole way from inputs to a report.

use rayon::prelude::*;

use crate::discover::{self, Discovery, InputError};
use crate::report::{Report, Summary};
use crate::source::Sources;

/// What the caller knows and the manifests do not say.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The namespace of resources that name none.
    pub namespace: Option<String>,
}

/// What a run found out.
#[derive(Debug, Default)]
pub struct Analysis {
    /// The texts that the report points into.
    pub sources: Sources,
    /// Findings, totals and notes.
    pub report: Report,
    /// Inputs that could not be listed or read, in the order of their names. The report speaks of the others.
    pub errors: Vec<InputError>,
}

/// Reads the inputs and reports what is wrong in them.
#[must_use]
pub fn analyze(inputs: Discovery, _options: &Options) -> Analysis {
    let Discovery { files, templates, mut errors } = inputs;
    let texts: Vec<_> = files.par_iter().map(|file| (file, discover::read(file))).collect();
    let mut sources = Sources::default();
    for (file, text) in texts {
        match text {
            Ok(bytes) => {
                sources.add(file.name.as_str(), String::from_utf8_lossy(&bytes));
            }
            Err(error) => errors.push(error),
        }
    }
    errors.sort_by(|left, right| left.name().cmp(right.name()));
    let findings = Vec::new();
    let mut summary = Summary { files: sources.len(), ..Summary::default() };
    summary.count(&findings);
    let notes = templates.iter().map(|(chart, count)| template_note(chart, *count)).collect();
    Analysis { sources, report: Report { findings, summary, notes }, errors }
}

/// One sentence per chart that was not rendered.
fn template_note(chart: &str, count: usize) -> String {
    let templates = crate::report::text::count(count, "template");
    format!("{templates} of the chart `{chart}` not checked: run `helm template {chart} | netlint -`")
}
