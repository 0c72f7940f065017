//! From inputs to the analysed clusters.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Analysis, Options, Unknown, templates};
use crate::diagnostic::Draft;
use crate::discover::{Discovery, InputError, Texts};
use crate::kustomize::{self, Division, Part};
use crate::source::{FileId, Location, Sources};
use crate::text::phrase;
use crate::yaml::{DecodeError, Span};

/// What the reader must know to judge the clusters, each thing once.
#[must_use]
pub fn notes(models: &[Analysis]) -> Vec<String> {
    each_once(models.iter().flat_map(Analysis::notes))
}

/// The assumptions that the findings of a report rest on, each once.
#[must_use]
pub fn assumptions(models: &[Analysis]) -> Vec<String> {
    each_once(models.iter().flat_map(Analysis::assumptions))
}

/// What of the input is not known or not evaluated, each once.
#[must_use]
pub fn unknown(models: &[Analysis]) -> Vec<Unknown> {
    each_once(models.iter().flat_map(Analysis::unknown))
}

fn each_once<T: PartialEq>(notes: impl Iterator<Item = T>) -> Vec<T> {
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
pub fn load(inputs: Discovery, options: &Options) -> (Vec<Analysis>, Vec<InputError>) {
    Divided::new(inputs, options).analyse(options)
}

/// Inputs that were read and divided into clusters, and not looked into yet.
#[derive(Debug)]
pub struct Divided {
    sources: Sources,
    parts: Vec<Part>,
    /// Problems of the run as a whole, and its notes.
    problems: Vec<Draft>,
    notes: Vec<String>,
    errors: Vec<InputError>,
}

impl Divided {
    /// Reads the inputs, on all cores.
    #[must_use]
    pub fn new(inputs: Discovery, options: &Options) -> Self {
        let (mut texts, mut charts) = Texts::of(inputs);
        let render = || charts.keys().map(|chart| texts.absolute(Path::new(chart))).collect();
        let charts_to_render = options.render.then(render);
        let only = options.kustomization.as_deref().map(|directory| texts.absolute(directory));
        let mut division = Division { configured: &options.config.clusters, charts: charts_to_render, only };
        let parts = kustomize::divide(&mut texts, &mut division);
        if let Some(unrendered) = &division.charts {
            charts.retain(|chart, _| unrendered.contains(&texts.absolute(Path::new(chart))));
        }
        let (unrendered, mut notes) = templates::of_charts(charts, &mut texts);
        let Texts { sources, undecoded, mut errors, outside, .. } = texts;
        errors.sort_by(|left, right| left.name().cmp(right.name()));
        let problems = undecoded.iter().map(|(file, error)| not_text(*file, error)).chain(unrendered).collect();
        notes.extend(not_followed(&outside));
        Self { sources, parts, problems, notes, errors }
    }

    /// Whether both analyses would say the same: the texts are equal, and so is what is made of them.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let refused = |divided: &Self| divided.parts.iter().any(|part| !part.refused.is_empty());
        let parts = |divided: &Self| -> Vec<String> { divided.parts.iter().map(Part::description).collect() };
        self.errors.is_empty()
            && other.errors.is_empty()
            && !refused(self)
            && !refused(other)
            && self.sources.has_texts_of(&other.sources)
            && self.problems.len() == other.problems.len()
            && self.notes == other.notes
            && parts(self) == parts(other)
    }

    /// Leaves out inputs that cannot be read for a reason.
    pub(crate) fn forgive(&mut self, is_forgiven: impl Fn(&InputError) -> bool) {
        self.errors.retain(|error| !is_forgiven(error));
    }

    /// Analyses the clusters.
    #[must_use]
    pub fn analyse(self, options: &Options) -> (Vec<Analysis>, Vec<InputError>) {
        let mut models = Analysis::of_parts(self.sources, self.parts, options);
        add_to_first(&mut models, self.problems, self.notes);
        (models, self.errors)
    }

    /// Analyses the clusters of two states, and reads once what is the same in both.
    #[must_use]
    pub fn analyse_both(states: [(Self, &Options); 2]) -> [(Vec<Analysis>, Vec<InputError>); 2] {
        let mut rest = Vec::with_capacity(states.len());
        let inputs = states.map(|(Self { sources, parts, problems, notes, errors }, options)| {
            rest.push((problems, notes, errors));
            (sources, parts, options)
        });
        let mut rest = rest.into_iter();
        Analysis::of_states(inputs).map(|mut models| {
            let (problems, notes, errors) = rest.next().unwrap_or_default();
            add_to_first(&mut models, problems, notes);
            (models, errors)
        })
    }
}

/// Adds what is wrong with a run as a whole, and its notes.
fn add_to_first(models: &mut [Analysis], problems: Vec<Draft>, notes: Vec<String>) {
    if let Some(first) = models.first_mut() {
        first.add_problems(problems);
        notes.into_iter().for_each(|note| first.add_note(note));
    }
}

/// What led out of the boundary.
fn not_followed(outside: &BTreeSet<String>) -> Option<String> {
    let verb = if outside.len() == 1 { "leads" } else { "lead" };
    (!outside.is_empty()).then(|| {
        format!(
            "{} {verb} out of the git repository, or else out of the given paths, and {} not read; `--follow-outside` \
             reads what is there",
            phrase::list(outside),
            if outside.len() == 1 { "is" } else { "are" },
        )
    })
}

/// A file that is not text has nothing to point at but itself.
fn not_text(file: FileId, error: &DecodeError) -> Draft {
    let mut draft = Draft::new("invalid-yaml", Location::Bytes(file, Span::default()), error.to_string());
    draft.help(error.help.as_str());
    draft
}
