//! The YAML parser's errors in our words.

use super::arena::{Builder, Shape};
use super::error::SyntaxError;
use super::span::Span;
use granit_parser::ScanError;

/// Explains why the parser gave up on this chunk of `text`.
pub(super) fn explain(text: &str, chunk: Span, error: &ScanError, _builder: &Builder<'_>) -> SyntaxError {
    let at = chunk.start + error.marker().byte_offset().unwrap_or_default();
    let _ = (text, Shape::Alias);
    SyntaxError::new(Span::new(at, at), error.info())
}
