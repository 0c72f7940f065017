//! The tree of one document: a flat list of nodes in source order.

mod builder;
pub(super) mod keys;

pub(super) use builder::{Builder, Content};

use super::scalar::{self, Class, Scalar, Style, Tag};
use super::span::Span;
use super::words::{Sketch, Word};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `class` follows from content, style and tag; it is told once, since a node is asked for it again and again.
    Scalar {
        style: Style,
        tag: Tag,
        class: Class,
    },
    Seq {
        flow: bool,
    },
    /// `simple`: all keys are strings as they are written, with no merge key among them and none twice, so that
    /// entries can be read off one by one.
    Map {
        flow: bool,
        simple: bool,
    },
    Alias,
}

/// A duplicate keys in a mapping. The last one counts; a strict reader refuses the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateKey {
    /// The key as the API sees it.
    pub key: String,
    /// Where it is written first.
    pub first: Span,
    /// Where it is written again.
    pub again: Span,
}

/// A node. The nodes of its subtree follow it, up to `after`; a mapping's children alternate key and value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Raw {
    start: u32,
    end: u32,
    /// Index after the subtree.
    pub(super) after: u32,
    /// Scalar: where its content is (see [`Content`]). Alias: index of the node it stands for.
    extra: u32,
    /// Of a key that is a string, so that others are passed over without a look at the text.
    sketch: Sketch,
    pub(super) shape: Shape,
}

impl Raw {
    pub(super) fn span(&self) -> Span {
        Span::new(self.start as usize, self.end as usize)
    }
}

/// The finished tree. The root is node 0, if there is any.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Arena<'s> {
    text: &'s str,
    nodes: Vec<Raw>,
    contents: Vec<Box<str>>,
    /// What the API makes of keys that are not strings as they are written, by their nodes.
    pub(super) names: BTreeMap<u32, Box<str>>,
    pub(super) duplicates: Vec<DuplicateKey>,
}

/// `extra` of a scalar whose content is its whole span.
const WHOLE: u32 = u32::MAX;
/// `extra` of a scalar whose content is its span without the quotes.
const INNER: u32 = u32::MAX - 1;

impl<'s> Arena<'s> {
    pub(super) fn text(&self) -> &'s str {
        self.text
    }

    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The nodes that aliases stand for, in the order of the aliases.
    pub(super) fn aliased(&self) -> impl Iterator<Item = &Raw> {
        let aliases = self.nodes.iter().filter(|raw| raw.shape == Shape::Alias);
        aliases.map(|raw| self.raw(raw.extra))
    }

    /// The node as written: aliases are not followed. Outside the tree, an empty scalar.
    #[inline]
    pub(super) fn raw(&self, index: u32) -> &Raw {
        static NOTHING: Raw = Raw {
            start: 0,
            end: 0,
            after: u32::MAX,
            extra: WHOLE,
            sketch: Sketch::NONE,
            shape: Shape::Scalar { style: Style::Plain, tag: Tag::None, class: Class::Null },
        };
        self.nodes.get(index as usize).unwrap_or(&NOTHING)
    }

    /// The node with aliases followed.
    #[inline]
    pub(super) fn value(&self, index: u32) -> &Raw {
        match self.raw(index) {
            Raw { shape: Shape::Alias, extra, .. } => self.raw(*extra),
            raw => raw,
        }
    }

    /// The node that carries the value: the target of an alias, else the node itself.
    pub(super) fn target(&self, index: u32) -> u32 {
        match self.raw(index) {
            Raw { shape: Shape::Alias, extra, .. } => *extra,
            _ => index,
        }
    }

    /// The direct children as written; keys and values alternate below a mapping.
    pub(super) fn children<'a>(&'a self, index: u32) -> Children<'a, 's> {
        Children { arena: self, next: index.saturating_add(1), end: self.raw(index).after }
    }

    /// The `(key, value)` nodes of a mapping as written.
    pub(super) fn pairs<'a>(&'a self, index: u32) -> Pairs<'a, 's> {
        Pairs(self.children(index))
    }

    /// The entry of a simple mapping under this key, as `(key, value)`.
    pub(super) fn entry(&self, map: u32, wanted: Word<'_>) -> Option<(u32, u32)> {
        let end = self.raw(map).after;
        let mut key = map + 1;
        while key < end {
            let raw = self.raw(key);
            if self.is_word(raw, wanted) {
                return Some((key, raw.after));
            }
            key = self.raw(raw.after).after;
        }
        None
    }

    /// The values of a simple mapping under these keys.
    pub(super) fn values<const N: usize>(&self, map: u32, wanted: [Word<'_>; N]) -> [Option<u32>; N] {
        let mut found = [None; N];
        for (key, value) in self.pairs(map) {
            let raw = self.raw(key);
            for (found, wanted) in found.iter_mut().zip(&wanted) {
                if self.is_word(raw, *wanted) {
                    *found = Some(value);
                }
            }
        }
        found
    }

    /// Whether a key of a simple mapping is this one.
    #[inline]
    fn is_word(&self, key: &Raw, wanted: Word<'_>) -> bool {
        key.sketch == wanted.sketch && self.text_of(key) == wanted.text
    }

    /// The content of a scalar after escapes and folding; empty for collections.
    #[inline]
    pub(super) fn content(&self, index: u32) -> &str {
        self.text_of(self.value(index))
    }

    /// The content of a scalar, by its node.
    #[inline]
    pub(super) fn text_of(&self, raw: &Raw) -> &str {
        // Only scalars have this mark.
        if raw.extra == WHOLE { raw.span().slice(self.text) } else { self.text_elsewhere(raw) }
    }

    /// The content of what is no whole scalar of the text: seldom asked for, and kept out of what is asked all the time.
    #[inline(never)]
    fn text_elsewhere(&self, raw: &Raw) -> &str {
        match (raw.shape, raw.extra) {
            (Shape::Scalar { .. }, INNER) => Span::new(raw.start as usize + 1, raw.end as usize - 1).slice(self.text),
            (Shape::Scalar { .. }, extra) => self.contents.get(extra as usize).map_or("", |content| content),
            _ => "",
        }
    }

    /// The text of a string; `None` for anything else.
    #[inline]
    pub(super) fn string(&self, index: u32) -> Option<&str> {
        let raw = self.value(index);
        matches!(raw.shape, Shape::Scalar { class: Class::Str, .. }).then(|| self.text_of(raw))
    }

    /// The value of a scalar by Kubernetes' rules; `None` for collections.
    pub(super) fn scalar(&self, index: u32) -> Option<Scalar<'_>> {
        let raw = self.value(index);
        match raw.shape {
            Shape::Scalar { class: Class::Null, .. } => Some(Scalar::Null),
            Shape::Scalar { class: Class::Str, .. } => Some(Scalar::Str(self.text_of(raw))),
            Shape::Scalar { style, tag, .. } => Some(scalar::resolve(self.text_of(raw), style, tag)),
            _ => None,
        }
    }

    /// Whether this key node is the merge key `<<`. Quoted, it is a key like any other.
    pub(super) fn is_merge(&self, key: u32) -> bool {
        match self.value(key).shape {
            Shape::Scalar { style: Style::Plain, tag: Tag::None, .. } | Shape::Scalar { tag: Tag::Merge, .. } => {
                self.content(key) == "<<"
            }
            _ => false,
        }
    }
}

/// See [`Arena::children`].
#[derive(Clone)]
pub(super) struct Children<'a, 's> {
    arena: &'a Arena<'s>,
    next: u32,
    end: u32,
}

impl Iterator for Children<'_, '_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let child = self.next;
        if child >= self.end {
            return None;
        }
        self.next = self.arena.nodes.get(child as usize)?.after;
        Some(child)
    }
}

/// See [`Arena::pairs`].
#[derive(Clone)]
pub(super) struct Pairs<'a, 's>(Children<'a, 's>);

impl Iterator for Pairs<'_, '_> {
    type Item = (u32, u32);

    fn next(&mut self) -> Option<(u32, u32)> {
        Some((self.0.next()?, self.0.next()?))
    }
}
