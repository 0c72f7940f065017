//! Files into documents, as kubectl's reader splits them.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::json;
use super::span::Span;

/// One document of a file, by its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Position in the file, counted from 0; empty documents count too.
    pub index: u32,
    /// The document's text with its `---` line.
    pub span: Span,
}

/// The documents of a file in order; together they cover it all.
///
/// A line that starts with `---` and white space or nothing after it begins a document (`YAMLReader` in
/// apimachinery's `pkg/util/yaml`). What follows on that line belongs to the new document, as in YAML, though kubectl
/// only permits a comment there. Directives stay with the document they introduce, and a file that starts with `---`
/// has no empty document before it. JSON objects may follow one another without `---`.
#[must_use]
pub fn split(text: &str) -> Vec<Chunk> {
    let mut splitter = Splitter { text, start: 0, chunks: Vec::new() };
    let mut marks = marks(text);
    // What introduces a document has no end of its own.
    if let Some(first) = marks.next()
        && !introduces(text.get(..first).unwrap_or_default())
    {
        splitter.end(first);
    }
    for mark in marks {
        splitter.end(mark);
    }
    splitter.end(text.len());
    splitter.chunks
}

/// Where the lines start that begin a document.
fn marks(text: &str) -> impl Iterator<Item = usize> {
    let at_start = is_mark(text.trim_start_matches('\u{FEFF}'), "---").then_some(0);
    static BREAK: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\n---"));
    let breaks = BREAK.find_iter(text.as_bytes()).map(|line_break| line_break + 1);
    at_start.into_iter().chain(breaks.filter(|&start| is_mark(text.get(start..).unwrap_or_default(), "---")))
}

/// Whether the lines before the first `---` are none, or only comments, blank and directives, of which there is one.
fn introduces(before: &str) -> bool {
    let lines = || before.trim_start_matches('\u{FEFF}').split_inclusive('\n');
    let is_prefix = |line: &str| line.starts_with(['%', '#']) || line.trim().is_empty();
    before.is_empty() || lines().all(is_prefix) && lines().any(|line| line.starts_with('%'))
}

/// The chunk up to a `...` line, which ends its document, and what follows, unless that is blank or comments.
///
/// The API's reader takes only the first document of a chunk, without a word about the rest.
pub(super) fn at_end_mark(text: &str, chunk: Span) -> (Span, Option<Span>) {
    let mut position = chunk.start;
    for line in chunk.slice(text).split_inclusive('\n') {
        if is_mark(line, "...") {
            let rest = Span::new(position + line.len(), chunk.end);
            let content = rest.slice(text);
            let is_blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with(['#', '%']);
            let trimmed = Span::new(rest.end - content.trim_start().len(), rest.start + content.trim_end().len());
            return (Span::new(chunk.start, position), (!content.lines().all(is_blank)).then_some(trimmed));
        }
        position += line.len();
    }
    (chunk, None)
}

fn is_mark(line: &str, mark: &str) -> bool {
    line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

struct Splitter<'s> {
    text: &'s str,
    /// Where the next document starts.
    start: usize,
    chunks: Vec<Chunk>,
}

impl Splitter<'_> {
    /// Ends the document, or the row of JSON objects, at `end`.
    fn end(&mut self, end: usize) {
        while let Some(next) = json::next_object(Span::new(self.start, end).slice(self.text)) {
            self.push(self.start + next);
        }
        if self.start < end {
            self.push(end);
        }
    }

    fn push(&mut self, end: usize) {
        let index = u32::try_from(self.chunks.len()).unwrap_or(u32::MAX);
        self.chunks.push(Chunk { index, span: Span::new(self.start, end) });
        self.start = end;
    }
}
