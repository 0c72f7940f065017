//! Fills a tree, node by node.

use super::super::error::{ALIASED_LIMIT, DEPTH_LIMIT, SyntaxError};
use super::super::scalar::{self, Class, Style, Tag};
use super::super::span::Span;
use super::super::words::{Sketch, Words};
use super::{Arena, INNER, Raw, Shape, WHOLE, keys};
use std::collections::HashMap;

/// The content of a scalar, after escapes and folding.
pub(in crate::yaml) enum Content {
    /// The bytes of this range of the text.
    Source(Span),
    /// Not found in the text as such.
    Decoded(String),
}

/// An open collection.
struct Frame {
    index: u32,
    anchor: Option<usize>,
    /// End of the last child so far.
    end: u32,
    /// Values in the subtree, aliases expanded.
    weight: u64,
    /// Levels of collections below it, aliases expanded.
    height: u32,
    is_map: bool,
    /// Whether the next child is a key.
    is_key_next: bool,
    keys: Words,
}

#[derive(Clone, Copy)]
struct Anchored {
    index: u32,
    weight: u64,
    /// Levels of collections, itself included.
    height: u32,
}

/// Builds an [`Arena`] from nodes that come in source order, and refuses what Kubernetes refuses.
pub(in crate::yaml) struct Builder<'s> {
    arena: Arena<'s>,
    open: Vec<Frame>,
    /// Anchored nodes by the parser's id of the anchor.
    anchors: HashMap<usize, Anchored>,
    aliased: u64,
}

type Result<T> = std::result::Result<T, SyntaxError>;

impl<'s> Builder<'s> {
    /// For a document of a text. `size` is the document's length in bytes.
    pub(in crate::yaml) fn new(text: &'s str, size: usize) -> Self {
        // Manifests have a node for some ten bytes; what is not used is given back soon.
        const BYTES_OF_NODE: usize = 6;
        const MOST: usize = 10_000;
        let nodes = Vec::with_capacity((size / BYTES_OF_NODE).min(MOST));
        Self {
            arena: Arena { text, nodes, ..Arena::default() },
            open: Vec::with_capacity(16),
            anchors: HashMap::new(),
            aliased: 0,
        }
    }

    /// The innermost open collection.
    pub(in crate::yaml) fn enclosing(&self) -> Option<Raw> {
        self.open.last().map(|frame| *self.arena.raw(frame.index))
    }

    /// Where the innermost `[` or `{` stands that is not closed.
    pub(in crate::yaml) fn open_bracket(&self) -> Option<usize> {
        let starts = self.open.iter().rev().map(|frame| self.arena.raw(frame.index).span().start);
        starts.into_iter().find(|&start| matches!(self.arena.text.as_bytes().get(start), Some(b'[' | b'{')))
    }

    /// Whether a quoted scalar covers this offset.
    pub(in crate::yaml) fn is_inside_quotes(&self, at: usize) -> bool {
        let after = self.arena.nodes.partition_point(|node| node.span().start <= at);
        let node = after.checked_sub(1).and_then(|index| self.arena.nodes.get(index));
        node.is_some_and(|node| {
            let source = node.span().slice(self.arena.text);
            matches!(node.shape, Shape::Scalar { .. }) && at < node.span().end && source.starts_with(['"', '\''])
        })
    }

    /// Adds a scalar.
    pub(in crate::yaml) fn scalar(
        &mut self,
        span: Span,
        (style, tag): (Style, Tag),
        content: Content,
        anchor: Option<usize>,
    ) -> Result<()> {
        let text = match &content {
            Content::Source(source) => source.slice(self.arena.text),
            Content::Decoded(content) => content,
        };
        let class = scalar::class(text, style, tag);
        let sketch = self.add(offset(span.end), 1, 0, (class == Class::Str).then_some(text));
        let shape = Shape::Scalar { style, tag, class };
        let extra = match content {
            Content::Source(source) if source == span => WHOLE,
            Content::Source(source) if source.start == span.start + 1 && source.end + 1 == span.end => INNER,
            Content::Source(source) => self.keep(source.slice(self.arena.text).into()),
            Content::Decoded(content) => self.keep(content.into()),
        };
        let index = self.push(span, extra, shape, sketch);
        if tag != Tag::None {
            scalar::check_tag(self.arena.content(index), tag).map_err(|message| SyntaxError::new(span, message))?;
        }
        if let Some(id) = anchor {
            self.anchors.insert(id, Anchored { index, weight: 1, height: 0 });
        }
        Ok(())
    }

    /// Adds a plain scalar without tag and anchor that is in the text as such: what most nodes are.
    pub(in crate::yaml) fn plain(&mut self, span: Span) {
        let (style, tag) = (Style::Plain, Tag::None);
        let word = span.slice(self.arena.text);
        let class = scalar::class(word, style, tag);
        let sketch = self.add(offset(span.end), 1, 0, (class == Class::Str).then_some(word));
        self.push(span, WHOLE, Shape::Scalar { style, tag, class }, sketch);
    }

    /// Opens a collection that starts at `start`; its children follow until [`Builder::close`].
    pub(in crate::yaml) fn open(&mut self, start: usize, shape: Shape, anchor: Option<usize>) -> Result<()> {
        if self.open.len() >= DEPTH_LIMIT as usize {
            return Err(SyntaxError::too_deep(Span::new(start, start + 1)));
        }
        let index = self.push(Span::new(start, start), 0, shape, Sketch::NONE);
        let is_map = matches!(shape, Shape::Map { .. });
        let (end, keys) = (offset(start), Words::default());
        self.open.push(Frame { index, anchor, end, weight: 1, height: 0, is_map, is_key_next: is_map, keys });
        if let Some(id) = anchor {
            // Weight and height are known when the collection ends; until then an alias of it is a cycle.
            self.anchors.insert(id, Anchored { index, weight: 0, height: 0 });
        }
        Ok(())
    }

    /// Closes the innermost collection; `end` is that of a flow collection's bracket, else of its last child.
    pub(in crate::yaml) fn close(&mut self, end: Option<usize>) -> Result<()> {
        let Some(frame) = self.open.pop() else { return Ok(()) };
        let after = self.count();
        let end = end.map_or(frame.end, offset);
        let height = frame.height + 1;
        if let Some(raw) = self.arena.nodes.get_mut(frame.index as usize) {
            raw.after = after;
            raw.end = end.max(raw.start);
        }
        if let Some(id) = frame.anchor {
            self.anchors.insert(id, Anchored { index: frame.index, weight: frame.weight, height });
        }
        if frame.is_map && !frame.keys.are_all_different() {
            self.check_keys(frame.index)?;
        }
        self.add(end, frame.weight, height, None);
        Ok(())
    }

    /// Looks closer at the keys of a mapping.
    fn check_keys(&mut self, map: u32) -> Result<()> {
        let is_simple = keys::check(&mut self.arena, map)?;
        if let Some(Raw { shape: Shape::Map { simple, .. }, .. }) = self.arena.nodes.get_mut(map as usize) {
            *simple = is_simple;
        }
        Ok(())
    }

    /// An alias of the anchor with this id.
    pub(in crate::yaml) fn alias(&mut self, span: Span, id: usize) -> Result<()> {
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
        self.push(span, index, Shape::Alias, Sketch::NONE);
        self.add(offset(span.end), weight, height, None);
        Ok(())
    }

    /// The tree, if every collection is closed.
    pub(in crate::yaml) fn finish(self) -> Arena<'s> {
        if self.open.is_empty() { self.arena } else { Arena { text: self.arena.text, ..Arena::default() } }
    }

    fn keep(&mut self, content: Box<str>) -> u32 {
        self.arena.contents.push(content);
        offset(self.arena.contents.len() - 1)
    }

    fn push(&mut self, span: Span, extra: u32, shape: Shape, sketch: Sketch) -> u32 {
        let index = self.count();
        let (start, end) = (offset(span.start), offset(span.end));
        self.arena.nodes.push(Raw { start, end, after: index + 1, extra, sketch, shape });
        index
    }

    /// Says the innermost collection of a child that is complete; `word` is what it says, if it is a string. Returns
    /// the sketch of a key.
    fn add(&mut self, end: u32, weight: u64, height: u32, word: Option<&str>) -> Sketch {
        let Some(frame) = self.open.last_mut() else { return Sketch::NONE };
        frame.end = frame.end.max(end);
        frame.weight += weight;
        frame.height = frame.height.max(height);
        if !frame.is_key_next {
            frame.is_key_next = frame.is_map;
            return Sketch::NONE;
        }
        frame.is_key_next = false;
        let sketch = word.map(Sketch::of);
        frame.keys.add(sketch);
        sketch.unwrap_or(Sketch::NONE)
    }

    fn count(&self) -> u32 {
        offset(self.arena.nodes.len())
    }
}

/// `parse` refuses texts of 4 GiB and more, and a node takes at least a byte, so nothing is cut off.
fn offset(value: usize) -> u32 {
    value as u32
}
