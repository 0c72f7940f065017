//! The tree of one document: a flat list of nodes in source order.

use super::error::SyntaxError;
use super::scalar::{self, Scalar};
use super::span::Span;
use super::{DuplicateKey, keys};
use std::collections::HashMap;

/// Collections nested deeper than this are refused, so that walking a tree may recurse.
pub(super) const DEPTH_LIMIT: u32 = 256;

/// Values that aliases may add to a document. The API's YAML reader allows as many before it looks closer
/// (`alias_ratio_range_low` of go-yaml v2).
pub(super) const ALIASED_LIMIT: u64 = 400_000;

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    /// Quoted either way, literal or folded: text that no rule turns into another type.
    Text,
}

/// The tags that change what a scalar is. Any other tag makes it a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    None,
    Null,
    Bool,
    Int,
    Float,
    Str,
    Binary,
    Merge,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Scalar {
        style: Style,
        tag: Tag,
    },
    Seq {
        flow: bool,
    },
    /// `simple`: no merge key and no key twice, so that entries can be read off one by one.
    Map {
        flow: bool,
        simple: bool,
    },
    Alias,
}

/// A node. The nodes of its subtree follow it, up to `after`; a mapping's children alternate key and value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw {
    start: u32,
    end: u32,
    /// Index after the subtree.
    pub(super) after: u32,
    /// Scalar: where its content is (see [`Content`]). Alias: index of the node it stands for.
    extra: u32,
    pub(super) shape: Shape,
}

impl Raw {
    pub(super) fn span(&self) -> Span {
        Span::new(self.start as usize, self.end as usize)
    }
}

/// The content of a scalar, after escapes and folding.
pub(super) enum Content {
    /// The bytes of this range of the text.
    Source(Span),
    /// Not found in the text as such.
    Decoded(String),
}

/// The finished tree. The root is node 0, if there is any.
#[derive(Debug, Default)]
pub(super) struct Arena<'s> {
    text: &'s str,
    nodes: Vec<Raw>,
    contents: Vec<Box<str>>,
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

    /// The node as written: aliases are not followed. Outside the tree, an empty scalar.
    pub(super) fn raw(&self, index: u32) -> Raw {
        const NOTHING: Raw = Raw {
            start: 0,
            end: 0,
            after: u32::MAX,
            extra: WHOLE,
            shape: Shape::Scalar { style: Style::Plain, tag: Tag::None },
        };
        self.nodes.get(index as usize).copied().unwrap_or(NOTHING)
    }

    /// The node that carries the value: the target of an alias, else the node itself.
    pub(super) fn target(&self, index: u32) -> u32 {
        match self.raw(index) {
            Raw { shape: Shape::Alias, extra, .. } => extra,
            _ => index,
        }
    }

    /// The direct children as written; keys and values alternate below a mapping.
    pub(super) fn children(&self, index: u32) -> impl Iterator<Item = u32> + Clone + use<'_, 's> {
        let end = self.raw(index).after;
        let first = index.saturating_add(1);
        std::iter::successors((first < end).then_some(first), move |&child| {
            let next = self.raw(child).after;
            (next < end).then_some(next)
        })
    }

    /// The `(key, value)` nodes of a mapping as written.
    pub(super) fn pairs(&self, index: u32) -> impl Iterator<Item = (u32, u32)> + Clone + use<'_, 's> {
        let mut children = self.children(index);
        std::iter::from_fn(move || Some((children.next()?, children.next()?)))
    }

    /// The content of a scalar after escapes and folding; empty for collections.
    pub(super) fn content(&self, index: u32) -> &str {
        let raw = self.raw(self.target(index));
        match (raw.shape, raw.extra) {
            (Shape::Scalar { .. }, WHOLE) => raw.span().slice(self.text),
            (Shape::Scalar { .. }, INNER) => Span::new(raw.start as usize + 1, raw.end as usize - 1).slice(self.text),
            (Shape::Scalar { .. }, extra) => self.contents.get(extra as usize).map_or("", |content| content),
            _ => "",
        }
    }

    /// The value of a scalar by Kubernetes' rules; `None` for collections.
    pub(super) fn scalar(&self, index: u32) -> Option<Scalar<'_>> {
        match self.raw(self.target(index)).shape {
            Shape::Scalar { style, tag } => Some(scalar::resolve(self.content(index), style, tag)),
            _ => None,
        }
    }

    /// Whether this key node is the merge key `<<`. Quoted, it is a key like any other.
    pub(super) fn is_merge(&self, key: u32) -> bool {
        match self.raw(self.target(key)).shape {
            Shape::Scalar { style: Style::Plain, tag: Tag::None } | Shape::Scalar { tag: Tag::Merge, .. } => {
                self.content(key) == "<<"
            }
            _ => false,
        }
    }
}

/// An open collection.
struct Frame {
    index: u32,
    anchor: Option<usize>,
    /// End of the last child so far.
    end: u32,
    /// Values in the subtree, aliases expanded.
    weight: u64,
    /// Levels of collections in the subtree, itself included, aliases expanded.
    height: u32,
}

#[derive(Clone, Copy)]
struct Anchored {
    index: u32,
    weight: u64,
    height: u32,
}

/// Builds an [`Arena`] from nodes that come in source order, and refuses what Kubernetes refuses.
pub(super) struct Builder<'s> {
    arena: Arena<'s>,
    open: Vec<Frame>,
    /// Anchored nodes by the parser's id of the anchor.
    anchors: HashMap<usize, Anchored>,
    aliased: u64,
}

type Result<T> = std::result::Result<T, SyntaxError>;

impl<'s> Builder<'s> {
    pub(super) fn new(text: &'s str) -> Self {
        Self {
            arena: Arena { text, nodes: Vec::new(), contents: Vec::new(), duplicates: Vec::new() },
            open: Vec::new(),
            anchors: HashMap::new(),
            aliased: 0,
        }
    }

    /// The innermost open collection.
    pub(super) fn enclosing(&self) -> Option<Raw> {
        self.open.last().map(|frame| self.arena.raw(frame.index))
    }

    pub(super) fn scalar(
        &mut self,
        span: Span,
        (style, tag): (Style, Tag),
        content: Content,
        anchor: Option<usize>,
    ) -> Result<()> {
        let extra = match content {
            Content::Source(source) if source == span => WHOLE,
            Content::Source(source) if source.start == span.start + 1 && source.end + 1 == span.end => INNER,
            Content::Source(source) => self.keep(source.slice(self.arena.text).into()),
            Content::Decoded(content) => self.keep(content.into()),
        };
        let index = self.push(span, extra, Shape::Scalar { style, tag });
        if tag != Tag::None {
            scalar::check_tag(self.arena.content(index), tag).map_err(|message| SyntaxError::new(span, message))?;
        }
        if let Some(id) = anchor {
            self.anchors.insert(id, Anchored { index, weight: 1, height: 0 });
        }
        self.add(span.end, 1, 0);
        Ok(())
    }

    /// Opens a collection that starts at `start`; its children follow until [`Builder::close`].
    pub(super) fn open(&mut self, start: usize, shape: Shape, anchor: Option<usize>) -> Result<()> {
        if self.open.len() >= DEPTH_LIMIT as usize {
            return Err(SyntaxError::too_deep(Span::new(start, start + 1)));
        }
        let index = self.push(Span::new(start, start), 0, shape);
        let end = offset(start);
        self.open.push(Frame { index, anchor, end, weight: 1, height: 1 });
        if let Some(id) = anchor {
            // Weight and height are known when the collection ends; until then an alias of it is a cycle.
            self.anchors.insert(id, Anchored { index, weight: 0, height: 0 });
        }
        Ok(())
    }

    /// Closes the innermost collection; `end` is that of a flow collection's bracket, else of its last child.
    pub(super) fn close(&mut self, end: Option<usize>) -> Result<()> {
        let Some(frame) = self.open.pop() else { return Ok(()) };
        let after = self.count();
        let end = end.map_or(frame.end, offset);
        if let Some(raw) = self.arena.nodes.get_mut(frame.index as usize) {
            raw.after = after;
            raw.end = end.max(raw.start);
        }
        if let Some(id) = frame.anchor {
            let anchored = Anchored { index: frame.index, weight: frame.weight, height: frame.height };
            self.anchors.insert(id, anchored);
        }
        if matches!(self.arena.raw(frame.index).shape, Shape::Map { .. }) {
            let simple = keys::check(&mut self.arena, frame.index)?;
            if let Some(Raw { shape: Shape::Map { simple: flag, .. }, .. }) =
                self.arena.nodes.get_mut(frame.index as usize)
            {
                *flag = simple;
            }
        }
        self.add(end as usize, frame.weight, frame.height);
        Ok(())
    }

    /// An alias of the anchor with this id.
    pub(super) fn alias(&mut self, span: Span, id: usize) -> Result<()> {
        let Some(&Anchored { index, weight, height }) = self.anchors.get(&id) else {
            return Err(SyntaxError::unknown_anchor(self.arena.text, span));
        };
        if self.open.iter().any(|frame| frame.index == index) {
            return Err(SyntaxError::cycle(self.arena.text, span));
        }
        if self.open.len() as u32 + height > DEPTH_LIMIT {
            return Err(SyntaxError::too_deep(span));
        }
        self.aliased += weight;
        if self.aliased > ALIASED_LIMIT {
            return Err(SyntaxError::too_many_aliases(span));
        }
        self.push(span, index, Shape::Alias);
        self.add(span.end, weight, height);
        Ok(())
    }

    /// The tree, if every collection is closed.
    pub(super) fn finish(self) -> Arena<'s> {
        if self.open.is_empty() { self.arena } else { Arena { text: self.arena.text, ..Arena::default() } }
    }

    fn keep(&mut self, content: Box<str>) -> u32 {
        self.arena.contents.push(content);
        offset(self.arena.contents.len() - 1)
    }

    fn push(&mut self, span: Span, extra: u32, shape: Shape) -> u32 {
        let index = self.count();
        self.arena.nodes.push(Raw { start: offset(span.start), end: offset(span.end), after: index + 1, extra, shape });
        index
    }

    fn add(&mut self, end: usize, weight: u64, height: u32) {
        if let Some(frame) = self.open.last_mut() {
            frame.end = frame.end.max(offset(end));
            frame.weight = frame.weight.saturating_add(weight);
            frame.height = frame.height.max(height + 1);
        }
    }

    fn count(&self) -> u32 {
        offset(self.arena.nodes.len())
    }
}

/// `parse` refuses texts of 4 GiB and more, and a node takes at least a byte, so this never saturates.
fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
