//! A parsed document.

use super::arena::{Arena, DuplicateKey};
use super::build::{self, Built, Comment};
use super::error::SyntaxError;
use super::node::Node;
use super::path::{FieldPath, Part};
use super::resolve::{self, Index, Resolved};
use super::span::Span;
use super::split::Chunk;
use super::{fast, json};

/// The tree, comments and duplicate keys of one document.
#[derive(Debug, PartialEq)]
pub struct Document<'s> {
    arena: Arena<'s>,
    comments: Vec<Comment>,
    ignored: Option<Span>,
    chunk: Chunk,
}

/// Parses one document of `text`, as [`split`](super::split()) found it.
///
/// # Errors
/// Whatever Kubernetes cannot read. There is no half-read document.
pub fn parse(text: &str, chunk: Chunk) -> Result<Document<'_>, SyntaxError> {
    match parse_fast(text, chunk) {
        Some(document) => Ok(document),
        None => parse_general(text, chunk),
    }
}

/// Parses a document of the plain kind that most manifests are. What it makes of it is what [`parse_general`] makes of
/// it; `None` where it cannot tell.
#[must_use]
pub fn parse_fast(text: &str, chunk: Chunk) -> Option<Document<'_>> {
    u32::try_from(text.len()).ok()?;
    fast::build(text, chunk.span).map(|built| Document::new(built, chunk))
}

/// Parses any document.
///
/// # Errors
/// Whatever Kubernetes cannot read.
pub fn parse_general(text: &str, chunk: Chunk) -> Result<Document<'_>, SyntaxError> {
    if u32::try_from(text.len()).is_err() {
        return Err(SyntaxError::new(Span::new(chunk.span.start, chunk.span.start), "the file is larger than 4 GiB"));
    }
    if json::is_likely(chunk.span.slice(text))
        && let Some(arena) = json::build(text, chunk.span)
    {
        return Ok(Document::new(Built { arena: arena?, comments: Vec::new(), ignored: None }, chunk));
    }
    build::build(text, chunk.span).map(|built| Document::new(built, chunk))
}

impl<'s> Document<'s> {
    fn new(built: Built<'s>, chunk: Chunk) -> Self {
        Self { arena: built.arena, comments: built.comments, ignored: built.ignored, chunk }
    }
}

impl Document<'_> {
    /// The document's value; nothing where the document is empty or has comments only.
    #[must_use]
    pub fn root(&self) -> Option<Node<'_>> {
        (!self.arena.is_empty()).then(|| Node::new(&self.arena, 0))
    }

    /// The comments in the order of the text.
    #[must_use]
    pub fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// The duplicate keys in a mapping.
    #[must_use]
    pub fn duplicate_keys(&self) -> &[DuplicateKey] {
        &self.arena.duplicates
    }

    /// The text after a `...` line, which Kubernetes' reader passes over without a word.
    #[must_use]
    pub fn ignored(&self) -> Option<Span> {
        self.ignored
    }

    /// Where values are that aliases stand for: whoever changes them there changes them in several places.
    pub fn shared(&self) -> impl Iterator<Item = Span> {
        self.arena.aliased().map(|raw| raw.span())
    }

    /// Like [`Self::resolve`], for many fields of one document: the index is that of this document alone.
    #[must_use]
    pub fn resolve_with(&self, index: &mut Index, path: &FieldPath, part: Part) -> Resolved {
        resolve::resolve(&self.arena, self.chunk.span, (path, part), index)
    }

    /// Where a field is, or what comes nearest to it.
    #[must_use]
    pub fn resolve(&self, path: &FieldPath, part: Part) -> Resolved {
        self.resolve_with(&mut Index::default(), path, part)
    }
}
