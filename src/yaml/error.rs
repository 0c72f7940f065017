//! What is wrong with a text that is not YAML, in words a manifest's author can act on.

use super::span::Span;
use std::fmt;

/// Collections nested deeper than this are refused, so that walking a tree may recurse.
pub(super) const DEPTH_LIMIT: u32 = 256;

/// Values that aliases may add to a document. The API's YAML reader allows as many before it looks closer
/// (`alias_ratio_range_low` of go-yaml v2).
pub(super) const ALIASED_LIMIT: u64 = 400_000;

/// A document that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// What to look at.
    pub span: Span,
    /// One clause, such as "a tab indents this line".
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for SyntaxError {}

impl SyntaxError {
    pub(super) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: None }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    pub(super) fn too_deep(span: Span) -> Self {
        Self::new(span, format!("collections are nested deeper than {DEPTH_LIMIT} levels"))
    }

    pub(super) fn too_many_aliases(span: Span) -> Self {
        Self::new(span, format!("aliases expand to more than {ALIASED_LIMIT} values"))
            .help("write the values out, or split the document")
    }

    pub(super) fn cycle(text: &str, span: Span) -> Self {
        Self::new(span, format!("`{}` is inside the value that it names", span.slice(text)))
    }

    pub(super) fn unknown_anchor(text: &str, span: Span) -> Self {
        let name = span.slice(text).trim_start_matches('*');
        Self::new(span, format!("no anchor `&{name}` is defined before this alias in its document"))
            .help("define the anchor above, or quote the value if it is meant as text")
    }

    /// A character that ends a line for Kubernetes, and that nobody sees.
    #[must_use]
    pub fn hidden_break(text: &str, found: Span) -> Self {
        let code = found.slice(text).chars().next().map_or(0, u32::from);
        Self::new(found, format!("the invisible character U+{code:04X} ends this line for Kubernetes"))
            .help("delete it")
    }

    pub(super) fn template(text: &str, braces: Span) -> Self {
        Self::new(braces, format!("template braces `{}` are not plain YAML", braces.slice(text)))
            .help("render the template first (`helm template`), or quote the value if the braces are meant as text")
    }
}
