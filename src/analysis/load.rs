//! From inputs to the analysed clusters.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Analysis, Options, Unknown, templates};
use crate::diagnostic::Draft;
use crate::discover::{Discovery, InputError, Texts};
use crate::kustomize::{self, Division};
use crate::source::{FileId, Location};
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
    let (mut texts, mut charts) = Texts::of(inputs);
    let render = || charts.keys().map(|chart| texts.absolute(Path::new(chart))).collect();
    let charts_to_render = options.render.then(render);
    let only = options.kustomization.as_deref().map(|directory| texts.absolute(directory));
    let mut division = Division { configured: &options.config.clusters, charts: charts_to_render, only };
    let parts = kustomize::divide(&mut texts, &mut division);
    if let Some(unrendered) = &division.charts {
        charts.retain(|chart, _| unrendered.contains(&texts.absolute(Path::new(chart))));
    }
    let (unrendered, notes) = templates::of_charts(charts, &mut texts);
    let Texts { sources, undecoded, mut errors, outside, .. } = texts;
    errors.sort_by(|left, right| left.name().cmp(right.name()));
    let mut models = Analysis::of_parts(sources, parts, options);
    if let Some(first) = models.first_mut() {
        first.add_problems(undecoded.iter().map(|(file, error)| not_text(*file, error)).collect());
        first.add_problems(unrendered);
        notes.into_iter().chain(not_followed(&outside)).for_each(|note| first.add_note(note));
    }
    (models, errors)
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
