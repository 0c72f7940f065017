//! Files into documents, as kubectl's reader splits them.

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
/// A line that starts with `---` and whitespace or nothing after it begins a document
/// (`YAMLReader` in apimachinery's `pkg/util/yaml`). What follows on that line belongs to the new document, as in
/// YAML, though kubectl only permits a comment there. Directives stay with the document they introduce, and a file
/// that starts with `---` has no empty document before it.
#[must_use]
pub fn split(text: &str) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut start = 0;
    // Whether all text since `start` may stand before a `---` of the same document.
    let mut prefix = true;
    let mut directives = false;
    let mut position = 0;
    for line in text.split_inclusive('\n') {
        let content = if position == 0 { line.trim_start_matches('\u{FEFF}') } else { line };
        if is_boundary(content) {
            let blank = position == start || text.get(start..position) == Some("\u{FEFF}");
            if !blank && !(prefix && directives) {
                push(&mut chunks, start, position);
                start = position;
            }
            (prefix, directives) = (false, false);
        } else if prefix {
            directives |= content.starts_with('%');
            prefix = content.starts_with(['%', '#']) || content.trim().is_empty();
        }
        position += line.len();
    }
    if start < text.len() {
        push(&mut chunks, start, text.len());
    }
    chunks
}

fn is_boundary(line: &str) -> bool {
    line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

fn push(chunks: &mut Vec<Chunk>, start: usize, end: usize) {
    let index = u32::try_from(chunks.len()).unwrap_or(u32::MAX);
    chunks.push(Chunk { index, span: Span::new(start, end) });
}
