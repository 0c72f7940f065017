//! The whole way from inputs to a report.

mod merge;

use std::path::Path;
use std::sync::LazyLock;

use crate::discover::{Discovery, InputError, Texts};
use crate::finding::{Draft, Location, Severity, tell_apart};
use crate::kustomize::{self, Division};
use crate::locate::{locate, sort};
use crate::model::{Model, Options};
use crate::paths;
use crate::report::{Report, Summary};
use crate::rules;
use crate::source::{FileId, Sources};
use crate::suppress::{Outcome, suppress};
use crate::templates;
use crate::yaml::{DecodeError, Span};
use merge::merge;

/// What a run found out.
#[derive(Debug)]
pub struct Analysis {
    /// The clusters of the input, at least one, with the texts.
    pub models: Vec<Model>,
    /// Findings, totals and notes.
    pub report: Report,
    /// Inputs that could not be listed or read, in the order of their names. The report speaks of the others.
    pub errors: Vec<InputError>,
}

impl Analysis {
    /// Reports what is wrong in these clusters.
    #[must_use]
    pub fn new(models: Vec<Model>, errors: Vec<InputError>, show_suppressed: bool) -> Self {
        let mut report = judge(&models, show_suppressed);
        report.unread = errors.iter().map(ToString::to_string).collect();
        Self { models, report, errors }
    }

    /// The texts.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        static NONE: LazyLock<Sources> = LazyLock::new(Sources::default);
        self.models.first().map_or(&NONE, Model::sources)
    }
}

/// Reads the inputs and reports what is wrong in them.
#[must_use]
pub fn analyze(inputs: Discovery, options: &Options) -> Analysis {
    let (models, errors) = load(inputs, options);
    Analysis::new(models, errors, options.show_suppressed)
}

/// Runs the rules over each cluster, and takes out what is suppressed. What several clusters have in common is
/// reported once.
#[must_use]
pub fn judge(models: &[Model], show_suppressed: bool) -> Report {
    let Some(first) = models.first() else { return Report::default() };
    let sources = first.sources();
    let severity_of = |rule: &str| rules::find(rule).map_or(Severity::Error, |rule| rule.severity);
    let located = |drafts: Vec<Draft>| {
        locate(drafts.into_iter().filter_map(|draft| first.config().rate(draft)).collect(), sources, severity_of)
    };
    let findings = models.iter().map(|model| located(rules::run(model))).collect();
    let outcomes = if show_suppressed {
        let kept = |findings| Outcome { findings, ..Outcome::default() };
        Vec::into_iter(findings).map(kept).collect()
    } else {
        suppress(models, findings, located)
    };
    let Outcome { mut findings, suppressed } = merge(models, outcomes);
    sort(&mut findings, sources);
    tell_apart(&mut findings, sources);
    let mut summary = Summary {
        files: sources.len(),
        clusters: models.iter().filter(|model| model.has_objects()).count(),
        documents: models.iter().map(Model::documents).sum(),
        workloads: models.iter().map(|model| model.cluster().workloads.len()).sum(),
        policies: models.iter().map(|model| model.cluster().policies.len()).sum(),
        suppressed: suppressed.len(),
        ..Summary::default()
    };
    summary.count(&findings);
    Report {
        findings,
        suppressed,
        summary,
        notes: each_once(models.iter().flat_map(Model::assumptions)),
        ..Report::default()
    }
}

/// What the reader must know to judge the clusters, each thing once.
#[must_use]
pub fn notes(models: &[Model]) -> Vec<String> {
    each_once(models.iter().flat_map(Model::notes))
}

fn each_once(notes: impl Iterator<Item = String>) -> Vec<String> {
    let mut told = Vec::new();
    for note in notes {
        if !told.contains(&note) {
            told.push(note);
        }
    }
    told
}

/// Reads the inputs, on all cores, and analyses what could be read: one model for each cluster, at least one. Errors
/// come in the order of their names.
#[must_use]
pub fn load(inputs: Discovery, options: &Options) -> (Vec<Model>, Vec<InputError>) {
    let Discovery { files, templates: mut charts, mut errors, excludes } = inputs;
    let mut texts = Texts::read(files, excludes);
    let render = || charts.keys().map(|chart| paths::absolute(Path::new(chart))).collect();
    let mut division = Division { configured: &options.config.clusters, charts: options.render.then(render) };
    let parts = kustomize::divide(&mut texts, &mut division);
    if let Some(unrendered) = &division.charts {
        charts.retain(|chart, _| unrendered.contains(&paths::absolute(Path::new(chart))));
    }
    let (unrendered, notes) = templates::of_charts(charts, &mut texts);
    let Texts { sources, undecoded, errors: unread, .. } = texts;
    errors.extend(unread);
    errors.sort_by(|left, right| left.name().cmp(right.name()));
    let mut models = Model::of_parts(sources, parts, options);
    if let Some(first) = models.first_mut() {
        first.add_problems(undecoded.iter().map(|(file, error)| not_text(*file, error)).collect());
        first.add_problems(unrendered);
        notes.into_iter().for_each(|note| first.add_note(note));
    }
    (models, errors)
}

/// A file that is no text has nothing to point at but itself.
fn not_text(file: FileId, error: &DecodeError) -> Draft {
    let mut draft = Draft::new("invalid-yaml", Location::Bytes(file, Span::default()), error.to_string());
    draft.help(error.help.as_str());
    draft
}
