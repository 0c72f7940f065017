//! The fast path: the plain block YAML that manifests are written in, read line by line.
//!
//! It fills the same tree as `build`, node for node and span for span, for the part of YAML where that is simple:
//!
//! - block mappings and lists, also lists that are not indented below their key;
//! - plain scalars, also of several lines, and quoted ones of one line with the common escapes;
//! - `|` and `>` scalars without an indentation number;
//! - flow collections whose entries each fit on a line;
//! - comments, and one `---` before all of it.
//!
//! On anything else it gives up and `build` takes over: anchors, aliases, tags, `? `, directives, `...`, tabs between
//! tokens, unusual characters, and every mistake, so that there is one place that words errors. What
//! it accepts must never differ from what `build` makes of it: where in doubt, it gives up.

mod block;
mod flow;
mod literal;
mod reader;
mod scalar;

use super::build::Built;
use super::span::Span;
use reader::Reader;

/// Builds the tree of the chunk; `None` where it is not of the simple kind.
pub(super) fn build(text: &str, chunk: Span) -> Option<Built<'_>> {
    let source = chunk.slice(text);
    let source = if chunk.start == 0 { source.strip_prefix('\u{FEFF}').unwrap_or(source) } else { source };
    if !is_usual(source) {
        return None;
    }
    let mut reader = Reader::new(text, Span::new(chunk.end - source.len(), chunk.end))?;
    reader.document()?;
    reader.finish()
}

/// Whether a text has only characters that no part of YAML gives a meaning or a fault, and the line breaks of Unix or
/// Windows.
fn is_usual(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Without a branch per byte, so that the compiler can compare many at once.
    let is_ascii = bytes.chunks(64).all(|chunk| {
        chunk.iter().fold(true, |all, &byte| {
            all & (matches!(byte, b' '..=b'~') | (byte == b'\n') | (byte == b'\r') | (byte == b'\t'))
        })
    });
    let has_usual_characters = || {
        text.chars().all(|character| match character {
            '\n' | '\r' | '\t' | ' '..='~' => true,
            // A byte order mark, and what is not a character.
            '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' => false,
            character => character >= '\u{A1}' && !character.is_whitespace(),
        })
    };
    (is_ascii || has_usual_characters())
        && memchr::memchr_iter(b'\r', bytes).all(|at| bytes.get(at + 1) == Some(&b'\n'))
}
