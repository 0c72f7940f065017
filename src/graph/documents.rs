//! The lines that decide, with what is around them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Document, Mark};
use crate::diagnostic::{self, Label};
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

    /// The marks by their numbers, and the documents that they are in.
    pub(super) fn resolve(self, sources: &Sources) -> (Vec<Mark>, Vec<Document>) {
        let mut places: Vec<(usize, (Location, String))> =
            self.known.into_iter().map(|(place, number)| (number, place)).collect();
        places.sort_by_key(|(number, _)| *number);
        let labels = diagnostic::labels(places.into_iter().map(|(_, place)| place).collect(), sources);
        let mut excerpts = Excerpts { sources, chunks: BTreeMap::new(), documents: BTreeMap::new() };
        let marks = labels.into_iter().map(|label| excerpts.mark(label)).collect();
        (marks, excerpts.finish())
    }
}

/// The documents that marks are in.
struct Excerpts<'s> {
    sources: &'s Sources,
    chunks: BTreeMap<FileId, Vec<Chunk>>,
    /// By file and first line: the number of the document, its last line, and the lines that are marked.
    documents: BTreeMap<(FileId, usize), (usize, usize, BTreeSet<usize>)>,
}

impl Excerpts<'_> {
    fn mark(&mut self, label: Label) -> Mark {
        let Label { file, span, message, .. } = label;
        let line = |offset| self.sources.position(file, offset).line;
        let lines = (line(span.start), line(span.end.saturating_sub(1).max(span.start)));
        let chunks = self.chunks.entry(file).or_insert_with(|| yaml::split(self.sources.text(file)));
        let chunk = chunks.iter().find(|chunk| chunk.span.start <= span.start && span.start < chunk.span.end);
        let (first, last) = chunk.map_or(lines, |chunk| {
            (line(chunk.span.start), line(chunk.span.end.saturating_sub(1).max(chunk.span.start)))
        });
        let separates = self.sources.line(file, first).slice(self.sources.text(file)).trim_end() == "---";
        let first = if separates && first < lines.0 { first + 1 } else { first };
        let next = self.documents.len();
        let (number, _, marked) = self.documents.entry((file, first)).or_insert((next, last, BTreeSet::new()));
        // What surrounds a block of many lines is where it begins.
        marked.extend(lines.0..=lines.1.min(lines.0 + WHOLE));
        Mark { document: *number, lines, note: message }
    }

    fn finish(self) -> Vec<Document> {
        let mut documents: Vec<(usize, Document)> = self
            .documents
            .into_iter()
            .map(|((file, first), (number, last, marked))| {
                let parts = parts(first, last, &marked);
                let text = |(first, last): (usize, usize)| {
                    let lines = (first..=last).map(|line| self.sources.line(file, line).slice(self.sources.text(file)));
                    (first, lines.collect::<Vec<_>>().join("\n"))
                };
                let parts = parts.into_iter().map(text).collect();
                (number, Document { path: self.sources.name(file).to_owned(), parts })
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
