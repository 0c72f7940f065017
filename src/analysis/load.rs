//! From inputs to the analysed clusters.

use std::path::Path;

use super::{Analysis, Options, templates};
use crate::diagnostic::Draft;
use crate::discover::{Discovery, InputError, Texts};
use crate::kustomize::{self, Division};
use crate::source::{FileId, Location};
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
pub fn load(inputs: Discovery, options: &Options) -> (Vec<Analysis>, Vec<InputError>) {
    let Discovery { tree, files, templates: mut charts, mut errors, excludes } = inputs;
    let mut texts = Texts::of(files, tree, excludes);
    let render = || charts.keys().map(|chart| texts.absolute(Path::new(chart))).collect();
    let mut division = Division { configured: &options.config.clusters, charts: options.render.then(render) };
    let parts = kustomize::divide(&mut texts, &mut division);
    if let Some(unrendered) = &division.charts {
        charts.retain(|chart, _| unrendered.contains(&texts.absolute(Path::new(chart))));
    }
    let (unrendered, notes) = templates::of_charts(charts, &mut texts);
    let Texts { sources, undecoded, errors: unread, .. } = texts;
    errors.extend(unread);
    errors.sort_by(|left, right| left.name().cmp(right.name()));
    let mut models = Analysis::of_parts(sources, parts, options);
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
