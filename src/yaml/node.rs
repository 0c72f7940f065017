//! What the rest of the program sees of a tree.

use super::arena::keys::{self, Entry};
use super::arena::{Arena, Shape};
use super::scalar::Style;
use super::scalar::{Class, Scalar};
use super::span::Span;
use super::words::Word;

/// What a node is by Kubernetes' rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`, `~` or nothing at all.
    Null,
    /// A boolean, in all the spellings of YAML 1.1 (`yes`, `off`, `y`, …).
    Bool,
    /// A whole number; `80.0` and `1e3` are whole numbers too.
    Int,
    /// Any other number.
    Float,
    /// Text.
    Str,
    /// A list.
    Seq,
    /// A mapping.
    Map,
}

/// A value of a document. Aliases are followed silently: a node is what its alias stands for.
#[derive(Clone, Copy)]
pub struct Node<'de> {
    arena: &'de Arena<'de>,
    index: u32,
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:?} {:?}", self.kind(), self.span().slice(self.arena.text()))
    }
}

impl<'de> Node<'de> {
    pub(super) fn new(arena: &'de Arena<'de>, index: u32) -> Self {
        Self { arena, index }
    }

    /// What the node is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.arena.value(self.index).shape {
            Shape::Scalar { class: Class::Null, .. } => Kind::Null,
            Shape::Scalar { class: Class::Bool, .. } => Kind::Bool,
            Shape::Scalar { class: Class::Int, .. } => Kind::Int,
            Shape::Scalar { class: Class::Float, .. } => Kind::Float,
            Shape::Scalar { class: Class::Str, .. } => Kind::Str,
            Shape::Seq { .. } => Kind::Seq,
            _ => Kind::Map,
        }
    }

    /// Where the node is written; for an alias, the alias itself.
    ///
    /// Quotes and brackets belong to the span, anchors and tags do not. A block list starts at its first dash, a
    /// block scalar at its `|` or `>`; both end with their last line, without the line break. A value that is not
    /// written at all is the empty span after its `:` or `-`.
    #[must_use]
    pub fn span(&self) -> Span {
        self.arena.raw(self.index).span()
    }

    /// The value under a key of a mapping: merge keys are expanded, and of a duplicate keys the last counts.
    #[must_use]
    #[inline]
    pub fn get(&self, key: &str) -> Option<Node<'de>> {
        keys::find(self.arena, self.index, Word::new(key)).map(|found| Self::new(self.arena, found.value))
    }

    /// The values under some keys of a mapping: what [`Self::get`] finds for each, in one pass.
    #[must_use]
    #[inline]
    pub fn get_all<const N: usize>(&self, keys: [&str; N]) -> [Option<Node<'de>>; N] {
        keys::find_all(self.arena, self.index, keys.map(Word::new))
            .map(|found| found.map(|value| Self::new(self.arena, value)))
    }

    /// The entries of a mapping as (text of the key, key, value): merge keys are expanded, and each key comes once.
    /// Nothing where this is not a mapping.
    #[inline]
    pub fn entries(&self) -> impl Iterator<Item = (&'de str, Node<'de>, Node<'de>)> + use<'de> {
        let arena = self.arena;
        let entries = keys::entries(arena, self.index);
        entries.map(move |Entry { name, key, value }| (name, Self::new(arena, key), Self::new(arena, value)))
    }

    /// The items of a list; nothing where this is not a list.
    pub fn items(&self) -> impl Iterator<Item = Node<'de>> + use<'de> {
        let arena = self.arena;
        let list = arena.target(self.index);
        let is_list = matches!(arena.raw(list).shape, Shape::Seq { .. });
        is_list.then(|| arena.children(list)).into_iter().flatten().map(move |item| Self::new(arena, item))
    }

    /// The text of a string. Numbers and booleans are none.
    #[must_use]
    pub fn as_str(&self) -> Option<&'de str> {
        self.arena.string(self.index)
    }

    /// The value of a boolean.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.arena.scalar(self.index)? {
            Scalar::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The value of a whole number.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self.arena.scalar(self.index)? {
            Scalar::Int(value) => Some(value),
            _ => None,
        }
    }

    /// The value of any number.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self.arena.scalar(self.index)? {
            Scalar::Int(value) => Some(value as f64),
            Scalar::Float(value) => Some(value),
            _ => None,
        }
    }

    /// Whether this is null, written or not.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.kind() == Kind::Null
    }

    /// The content of any scalar as it is written, without quotes and after escapes: `0777` for 511.
    #[must_use]
    pub fn scalar_text(&self) -> Option<&'de str> {
        let is_scalar = matches!(self.arena.value(self.index).shape, Shape::Scalar { .. });
        is_scalar.then(|| self.arena.content(self.index))
    }

    /// Whether a scalar is written in quotes, or as a block.
    #[must_use]
    pub fn is_quoted(&self) -> bool {
        matches!(self.arena.value(self.index).shape, Shape::Scalar { style: Style::Text, .. })
    }

    pub(super) fn scalar(&self) -> Option<Scalar<'de>> {
        self.arena.scalar(self.index)
    }
}
