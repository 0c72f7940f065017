//! The whole way from inputs to a report.

use rayon::prelude::*;

use crate::discover::{self, Discovery, InputError};
use crate::finding::{Draft, Location, Severity};
use crate::locate::{locate, sort};
use crate::model::{Model, Options};
use crate::report::text::count;
use crate::report::{Report, Summary};
use crate::rules;
use crate::source::{FileId, Sources};
use crate::suppress::{Outcome, suppress};
use crate::yaml::{self, DecodeError, Span};

/// What a run found out.
#[derive(Debug)]
pub struct Analysis {
    /// The analysed input, with its texts.
    pub model: Model,
    /// Findings, totals and notes.
    pub report: Report,
    /// Inputs that could not be listed or read, in the order of their names. The report speaks of the others.
    pub errors: Vec<InputError>,
}

/// Reads the inputs and reports what is wrong in them.
#[must_use]
pub fn analyze(inputs: Discovery, options: &Options) -> Analysis {
    let (model, errors) = load(inputs, options);
    let mut report = judge(&model, options.show_suppressed);
    report.unread = errors.iter().map(ToString::to_string).collect();
    Analysis { report, model, errors }
}

/// Runs the rules, and takes out what is suppressed.
#[must_use]
pub fn judge(model: &Model, show_suppressed: bool) -> Report {
    let sources = model.sources();
    let severity_of = |rule: &str| rules::find(rule).map_or(Severity::Error, |rule| rule.severity);
    let located = |drafts: Vec<Draft>| {
        locate(drafts.into_iter().filter_map(|draft| model.config().rate(draft)).collect(), sources, severity_of)
    };
    let findings = located(rules::run(model));
    let outcome =
        if show_suppressed { Outcome { findings, ..Outcome::default() } } else { suppress(model, findings, located) };
    let Outcome { mut findings, suppressed } = outcome;
    sort(&mut findings, sources);
    let mut summary = Summary {
        files: sources.len(),
        documents: model.documents(),
        workloads: model.cluster().workloads.len(),
        policies: model.cluster().policies.len(),
        suppressed: suppressed.len(),
        ..Summary::default()
    };
    summary.count(&findings);
    Report { findings, suppressed, summary, notes: model.notes(), ..Report::default() }
}

/// Reads the inputs, on all cores, and analyses what could be read. Errors come in the order of their names.
#[must_use]
pub fn load(inputs: Discovery, options: &Options) -> (Model, Vec<InputError>) {
    let Discovery { files, templates, mut errors } = inputs;
    let texts: Vec<_> = files.par_iter().map(|file| discover::read(file).map(yaml::decode)).collect();
    let (mut sources, mut undecoded) = (Sources::default(), Vec::new());
    for (file, text) in files.into_iter().zip(texts) {
        match text {
            Ok(Ok(text)) => drop(sources.add(file.name, text)),
            Ok(Err(error)) => undecoded.push(not_text(sources.add(file.name, ""), &error)),
            Err(error) => errors.push(error),
        }
    }
    errors.sort_by(|left, right| left.name().cmp(right.name()));
    let mut model = Model::new(sources, options);
    model.add_problems(undecoded);
    for (chart, number) in templates {
        let templates = count(number, "template");
        model.add_note(format!(
            "{templates} of the chart `{chart}` not checked: run `helm template {chart} | netlint -`"
        ));
    }
    (model, errors)
}

/// A file that is no text has nothing to point at but itself.
fn not_text(file: FileId, error: &DecodeError) -> Draft {
    let mut draft = Draft::new("invalid-yaml", Location::Bytes(file, Span::default()), error.to_string());
    draft.help(error.help.as_str());
    draft
}
