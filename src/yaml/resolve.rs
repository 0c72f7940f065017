//! Field paths into byte ranges.

use super::arena::{Arena, Shape};
use super::gap::Gap;
use super::keys;
use super::path::{FieldPath, Part, Segment};
use super::span::Span;

/// Where a field stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// What to point at; for a value reached through an alias or a merge, the alias.
    pub span: Span,
    /// Where a value reached through an alias or a merge is written.
    pub anchor: Option<Span>,
    /// Whether the field exists. If not, `span` is that of the key of its nearest parent, of the document's `kind`,
    /// or the start of the document.
    pub exact: bool,
}

/// A step that was taken.
#[derive(Clone, Copy)]
enum Place {
    Root,
    Entry { key: u32, value: u32 },
    Item { list: u32, item: u32 },
}

impl Place {
    fn value(self) -> u32 {
        match self {
            Self::Root => 0,
            Self::Entry { value, .. } => value,
            Self::Item { item, .. } => item,
        }
    }
}

/// Resolves `path` from the root of the document in `chunk`.
pub(super) fn resolve(arena: &Arena<'_>, chunk: Span, path: &FieldPath, part: Part) -> Resolved {
    if arena.is_empty() {
        return Resolved { span: Span::new(chunk.start, chunk.start), anchor: None, exact: path.segments().is_empty() };
    }
    let mut place = Place::Root;
    let mut via = None;
    for segment in path.segments() {
        let (next, alias) = match step(arena, place.value(), segment) {
            Some(taken) => taken,
            None => return nearest(arena, place, via),
        };
        place = next;
        via = via.or(alias);
    }
    finish(arena, place, part, via, true)
}

fn step(arena: &Arena<'_>, from: u32, segment: &Segment) -> Option<(Place, Option<u32>)> {
    let alias = alias(arena, from);
    match segment {
        Segment::Key(key) => {
            let found = keys::find(arena, from, key)?;
            Some((Place::Entry { key: found.key, value: found.value }, alias.or(found.via)))
        }
        Segment::Index(index) => {
            let list = arena.target(from);
            let is_list = matches!(arena.raw(list).shape, Shape::Seq { .. });
            let item = is_list.then(|| arena.children(list).nth(*index)).flatten()?;
            Some((Place::Item { list, item }, alias))
        }
    }
}

fn nearest(arena: &Arena<'_>, place: Place, via: Option<u32>) -> Resolved {
    if let Place::Root = place {
        let kind = keys::find(arena, 0, "kind").map(|found| arena.raw(found.value).span());
        let start = arena.raw(0).span().start;
        return Resolved { span: kind.unwrap_or(Span::new(start, start)), anchor: None, exact: false };
    }
    finish(arena, place, Part::Key, via, false)
}

fn finish(arena: &Arena<'_>, place: Place, part: Part, via: Option<u32>, exact: bool) -> Resolved {
    let span = part_span(arena, place, part);
    if let Some(alias) = via {
        return Resolved { span: arena.raw(alias).span(), anchor: Some(span), exact };
    }
    let names_value = part != Part::Key || !matches!(place, Place::Entry { .. });
    let target = alias(arena, place.value()).filter(|_| names_value).map(|alias| arena.target(alias));
    Resolved { span, anchor: target.map(|target| arena.raw(target).span()), exact }
}

fn part_span(arena: &Arena<'_>, place: Place, part: Part) -> Span {
    let value = arena.raw(place.value()).span();
    match (place, part) {
        (Place::Root, _) | (Place::Item { .. }, Part::Value | Part::Key) if value.start < value.end => value,
        (Place::Root, _) => value,
        (Place::Item { list, item }, _) => item_entry(arena, list, item),
        (Place::Entry { key, .. }, Part::Key) => arena.raw(key).span(),
        (Place::Entry { key, .. }, Part::Value) if value.start == value.end => arena.raw(key).span(),
        (Place::Entry { .. }, Part::Value) => value,
        (Place::Entry { key, .. }, Part::Entry) => arena.raw(key).span().to(value),
    }
}

/// An item with its dash; in a flow list the item alone.
fn item_entry(arena: &Arena<'_>, list: u32, item: u32) -> Span {
    let span = arena.raw(item).span();
    if arena.raw(list).shape != (Shape::Seq { flow: false }) {
        return span;
    }
    let before = arena.children(list).take_while(|&child| child != item).last();
    let from = before.map_or(arena.raw(list).span().start, |before| arena.raw(before).span().end);
    let dash = Gap::new(arena.text(), from).find(|&(first, _)| first == b'-');
    dash.map_or(span, |(_, dash)| dash.to(span))
}

fn alias(arena: &Arena<'_>, node: u32) -> Option<u32> {
    (arena.raw(node).shape == Shape::Alias).then_some(node)
}
