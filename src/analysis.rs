//! The whole way from inputs to a report.

use rayon::prelude::*;

use crate::discover::{self, Discovery, InputError};
use crate::finding::{Draft, Location, Severity};
use crate::locate::locate;
use crate::model::{Model, Options};
use crate::report::{Report, Summary, text};
use crate::rules;
use crate::source::Sources;
use crate::yaml::{self, Span};

/// What a run found out.
#[derive(Debug)]
pub struct Analysis {
    /// The analysed input, with the texts that the report points into.
    pub model: Model,
    /// Findings, totals and notes.
    pub report: Report,
    /// Inputs that could not be listed or read, in the order of their names. The report speaks of the others.
    pub errors: Vec<InputError>,
}

/// The inputs, read.
#[derive(Debug)]
pub struct Inputs {
    /// Their texts, in the order of their names.
    pub sources: Sources,
    /// Inputs that are not text.
    pub undecodable: Vec<Draft>,
    /// Inputs that could not be listed or read, in the order of their names.
    pub errors: Vec<InputError>,
    /// One sentence per chart that was not rendered.
    pub notes: Vec<String>,
}

/// Reads the inputs, on all cores.
#[must_use]
pub fn read(inputs: Discovery) -> Inputs {
    let Discovery { files, templates, mut errors } = inputs;
    let texts: Vec<_> = files.par_iter().map(|file| discover::read(file).map(yaml::decode)).collect();
    let mut sources = Sources::default();
    let mut undecodable = Vec::new();
    for (file, text) in files.iter().zip(texts) {
        match text {
            Ok(Ok(text)) => {
                sources.add(file.name.as_str(), text);
            }
            Ok(Err(error)) => {
                let id = sources.add(file.name.as_str(), "");
                let mut draft = Draft::new("invalid-yaml", Location::Bytes(id, Span::default()), error.to_string());
                draft.help = Some(error.help.clone());
                undecodable.push(draft);
            }
            Err(error) => errors.push(error),
        }
    }
    errors.sort_by(|left, right| left.name().cmp(right.name()));
    let notes = templates.iter().map(|(chart, count)| template_note(chart, *count)).collect();
    Inputs { sources, undecodable, errors, notes }
}

/// Reads the inputs and reports what is wrong in them.
#[must_use]
pub fn analyze(inputs: Discovery, options: &Options) -> Analysis {
    let Inputs { sources, undecodable, errors, mut notes } = read(inputs);
    let model = Model::new(sources, options);
    let mut drafts = rules::run(&model);
    drafts.extend(undecodable);
    let severity = |rule: &str| rules::find(rule).map_or(Severity::Error, |rule| rule.severity);
    let findings = locate(drafts, model.sources(), severity);
    let mut summary = Summary {
        files: model.sources().len(),
        documents: model.documents(),
        workloads: model.cluster().workloads.len(),
        policies: model.cluster().policies.len(),
        ..Summary::default()
    };
    summary.count(&findings);
    notes.extend(model.notes());
    Analysis { model, report: Report { findings, summary, notes }, errors }
}

/// One sentence per chart that was not rendered.
fn template_note(chart: &str, count: usize) -> String {
    let templates = text::count(count, "template");
    format!("{templates} of the chart `{chart}` not checked: run `helm template {chart} | netlint -`")
}
