//! Files into documents, as kubectl's reader splits them.

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
    let mut head = Head::default();
    let mut position = 0;
    for line in text.split_inclusive('\n') {
        let content = if position == 0 { line.trim_start_matches('\u{FEFF}') } else { line };
        if !is_mark(content, "---") {
            head.read(content);
        } else {
            // What introduces a document has no end of its own.
            if !(head.is_empty || (head.is_prefix && head.has_directive)) {
                splitter.end(position);
            }
            head = Head { is_prefix: false, is_empty: false, has_directive: false };
        }
        position += line.len();
    }
    splitter.end(text.len());
    splitter.chunks
}

/// The lines since the last boundary.
struct Head {
    /// There are none.
    is_empty: bool,
    /// They are all comments, blank or directives.
    is_prefix: bool,
    has_directive: bool,
}

impl Default for Head {
    fn default() -> Self {
        Self { is_empty: true, is_prefix: true, has_directive: false }
    }
}

impl Head {
    fn read(&mut self, line: &str) {
        self.is_empty = false;
        self.has_directive |= line.starts_with('%');
        self.is_prefix = self.is_prefix && (line.starts_with(['%', '#']) || line.trim().is_empty());
    }
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
