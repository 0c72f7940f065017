//! The lines that decide, with what is around them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Document, Mark};
use crate::diagnostic::{self, Label};
use crate::diff::{self, Both};
use crate::source::{FileId, Location, Sources};
use crate::yaml::{self, Chunk};

/// Documents of no more lines are shown as a whole.
const WHOLE: usize = 120;
/// Of longer ones, so many lines around those that decide.
const AROUND: usize = 8;

/// Places that are to be shown, each once.
#[derive(Default)]
pub(super) struct Places {
    known: BTreeMap<(Location, String), usize>,
}

impl Places {
    /// The number of a place with what is said there.
    pub(super) fn add(&mut self, place: Location, note: String) -> usize {
        let next = self.known.len();
        *self.known.entry((place, note)).or_insert(next)
    }

    /// The marks by their numbers, in documents of HEAD.
    pub(super) fn resolve(self, excerpts: &mut Excerpts<'_>) -> Vec<Mark> {
        let mut places: Vec<(usize, (Location, String))> =
            self.known.into_iter().map(|(place, number)| (number, place)).collect();
        places.sort_by_key(|(number, _)| *number);
        let places = places.into_iter().map(|(_, place)| place).collect();
        let labels = diagnostic::labels(places, excerpts.sources.head);
        labels.into_iter().map(|label| excerpts.mark(diff::Side::Head, &label)).collect()
    }
}

/// The documents that marks are in, of two states of the input; of one, where there is no other.
pub(super) struct Excerpts<'s> {
    sources: Both<&'s Sources>,
    chunks: BTreeMap<(diff::Side, FileId), Vec<Chunk>>,
    documents: BTreeMap<(diff::Side, FileId, usize), Excerpt>,
}

/// What to show of a document.
struct Excerpt {
    /// Its place among the documents.
    number: usize,
    /// Its last line.
    last: usize,
    /// The lines that decide.
    marked: BTreeSet<usize>,
}

impl<'s> Excerpts<'s> {
    pub(super) fn new(sources: Both<&'s Sources>) -> Self {
        Self { sources, chunks: BTreeMap::new(), documents: BTreeMap::new() }
    }

    /// Marks lines of a state.
    pub(super) fn mark(&mut self, side: diff::Side, label: &Label) -> Mark {
        let Label { file, span, message, .. } = label;
        let sources = *self.sources.of(side);
        let lines_of = |start: usize, end: usize| {
            let line = |offset| sources.position(*file, offset).line;
            (line(start), line(end.saturating_sub(1).max(start)))
        };
        let lines = lines_of(span.start, span.end);
        let chunks = self.chunks.entry((side, *file)).or_insert_with(|| yaml::split(sources.text(*file)));
        let chunk = chunks.iter().find(|chunk| chunk.span.start <= span.start && span.start < chunk.span.end);
        let (first, last) = chunk.map_or(lines, |chunk| lines_of(chunk.span.start, chunk.span.end));
        let separates = sources.line(*file, first).slice(sources.text(*file)).trim_end() == "---";
        let first = if separates && first < lines.0 { first + 1 } else { first };
        let number = self.documents.len();
        let unknown = || Excerpt { number, last, marked: BTreeSet::new() };
        let excerpt = self.documents.entry((side, *file, first)).or_insert_with(unknown);
        // What surrounds a block of many lines is where it begins.
        excerpt.marked.extend(lines.0..=lines.1.min(lines.0 + WHOLE));
        Mark { document: excerpt.number, lines, note: message.clone() }
    }

    pub(super) fn finish(self) -> Vec<Document> {
        let mut documents: Vec<(usize, Document)> = self
            .documents
            .into_iter()
            .map(|((side, file, first), Excerpt { number, last, marked })| {
                let sources = *self.sources.of(side);
                let text = |(first, last): (usize, usize)| {
                    let lines = (first..=last).map(|line| sources.line(file, line).slice(sources.text(file)));
                    (first, lines.collect::<Vec<_>>().join("\n").trim_end().to_owned())
                };
                let parts = parts(first, last, &marked).into_iter().map(text).collect();
                let path = match side {
                    diff::Side::Base => format!("{} (before the change)", sources.name(file)),
                    diff::Side::Head => sources.name(file).to_owned(),
                };
                (number, Document { path, parts })
            })
            .collect();
        documents.sort_by_key(|(number, _)| *number);
        documents.into_iter().map(|(_, document)| document).collect()
    }
}

/// The runs of lines to show of a document.
fn parts(first: usize, last: usize, marked: &BTreeSet<usize>) -> Vec<(usize, usize)> {
    if last.saturating_sub(first) < WHOLE {
        return vec![(first, last)];
    }
    let mut parts: Vec<(usize, usize)> = Vec::new();
    for line in marked {
        let (start, end) = (line.saturating_sub(AROUND).max(first), (line + AROUND).min(last));
        match parts.last_mut() {
            Some((_, known_end)) if start <= *known_end + 1 => *known_end = end.max(*known_end),
            _ => parts.push((start, end)),
        }
    }
    parts
}
