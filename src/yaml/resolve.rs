//! Field paths into byte ranges.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use super::arena::keys;
use super::arena::{Arena, Shape};
use super::gap::Gap;
use super::inside;
use super::path::{FieldPath, Part, Segment};
use super::span::Span;
use super::words::Word;

/// Where a field is.
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

/// Where the children of collections are, remembered so that one of very many is found at once.
#[derive(Debug, Default)]
pub struct Index {
    lists: HashMap<u32, Vec<u32>>,
    maps: HashMap<u32, HashMap<String, (u32, u32)>>,
}

impl Index {
    /// The item of a list, and the one before it.
    fn item(&mut self, arena: &Arena<'_>, list: u32, index: usize) -> Option<(u32, Option<u32>)> {
        let items = self.lists.entry(list).or_insert_with(|| arena.children(list).collect());
        Some((*items.get(index)?, index.checked_sub(1).and_then(|before| items.get(before).copied())))
    }

    /// The entry of a mapping that counts for this key.
    fn entry(&mut self, arena: &Arena<'_>, map: u32, key: &str) -> Option<keys::Found> {
        // A search through few entries takes no longer than a table.
        const FEW: usize = 16;
        let target = arena.target(map);
        let found = match self.maps.entry(target) {
            Slot::Occupied(entries) => entries.get().get(key).copied(),
            Slot::Vacant(entries) => {
                // What is merged has a way of its own.
                let is_merged = || arena.pairs(target).any(|(key, _)| arena.is_merge(key));
                if arena.pairs(target).nth(FEW).is_none() || is_merged() {
                    return keys::find(arena, map, Word::new(key));
                }
                let named = |(key, value)| Some((keys::name(arena, key)?.to_owned(), (key, value)));
                entries.insert(arena.pairs(target).filter_map(named).collect()).get(key).copied()
            }
        };
        found.map(|(key, value)| keys::Found { key, value, via: None })
    }
}

/// A step that was taken.
#[derive(Clone, Copy)]
enum Step {
    Root,
    Entry { key: u32, value: u32 },
    Item { list: u32, before: Option<u32>, item: u32 },
}

impl Step {
    fn value(self) -> u32 {
        match self {
            Self::Root => 0,
            Self::Entry { value, .. } => value,
            Self::Item { item, .. } => item,
        }
    }
}

/// Resolves `path` from the root of the document in `chunk`.
pub(super) fn resolve(arena: &Arena<'_>, chunk: Span, (path, part): (&FieldPath, Part), index: &mut Index) -> Resolved {
    if arena.is_empty() {
        return Resolved { span: Span::new(chunk.start, chunk.start), anchor: None, exact: path.is_root() };
    }
    let mut place = Step::Root;
    let mut via = None;
    for segment in path.segments() {
        let (next, alias) = match step(arena, place.value(), segment, index) {
            Some(taken) => taken,
            None => return nearest(arena, place, via),
        };
        place = next;
        via = via.or(alias);
    }
    finish(arena, place, part, via, true)
}

fn step(arena: &Arena<'_>, from: u32, segment: &Segment, known: &mut Index) -> Option<(Step, Option<u32>)> {
    let alias = alias(arena, from);
    match segment {
        Segment::Key(key) => {
            let found = known.entry(arena, from, key)?;
            Some((Step::Entry { key: found.key, value: found.value }, alias.or(found.via)))
        }
        Segment::Index(index) => {
            let list = arena.target(from);
            let is_list = matches!(arena.raw(list).shape, Shape::Seq { .. });
            let (item, before) = is_list.then(|| known.item(arena, list, *index)).flatten()?;
            Some((Step::Item { list, before, item }, alias))
        }
    }
}

fn nearest(arena: &Arena<'_>, place: Step, via: Option<u32>) -> Resolved {
    if let Step::Root = place {
        let kind = keys::find(arena, 0, Word::new("kind")).map(|found| arena.raw(found.value).span());
        let start = arena.raw(0).span().start;
        return Resolved { span: kind.unwrap_or(Span::new(start, start)), anchor: None, exact: false };
    }
    finish(arena, place, Part::Key, via, false)
}

fn finish(arena: &Arena<'_>, place: Step, part: Part, via: Option<u32>, exact: bool) -> Resolved {
    let span = part_span(arena, place, part);
    if let Some(alias) = via {
        return Resolved { span: arena.raw(alias).span(), anchor: Some(span), exact };
    }
    let names_value = part != Part::Key || !matches!(place, Step::Entry { .. });
    let target = alias(arena, place.value()).filter(|_| names_value).map(|alias| arena.target(alias));
    Resolved { span, anchor: target.map(|target| arena.raw(target).span()), exact }
}

fn part_span(arena: &Arena<'_>, place: Step, part: Part) -> Span {
    if let Part::Inside(inside) = part {
        return inside::find(arena, place.value(), inside).unwrap_or_else(|| part_span(arena, place, Part::Value));
    }
    let value = arena.raw(place.value()).span();
    match (place, part) {
        (Step::Root, _) | (Step::Item { .. }, Part::Value | Part::Key) if value.start < value.end => value,
        (Step::Root, _) => value,
        (Step::Item { list, before, item }, _) => item_entry(arena, list, before, item),
        (Step::Entry { key, .. }, Part::Key) => arena.raw(key).span(),
        (Step::Entry { key, .. }, Part::Value | Part::Inside(_)) if value.start == value.end => arena.raw(key).span(),
        (Step::Entry { .. }, Part::Value | Part::Inside(_)) => value,
        (Step::Entry { key, .. }, Part::Entry) => arena.raw(key).span().to(value),
    }
}

/// An item with its dash; in a flow list the item alone.
fn item_entry(arena: &Arena<'_>, list: u32, before: Option<u32>, item: u32) -> Span {
    let span = arena.raw(item).span();
    if arena.raw(list).shape != (Shape::Seq { flow: false }) {
        return span;
    }
    let from = before.map_or(arena.raw(list).span().start, |before| arena.raw(before).span().end);
    let dash = Gap::new(arena.text(), from).find(|&(first, _)| first == b'-');
    dash.map_or(span, |(_, dash)| dash.to(span))
}

fn alias(arena: &Arena<'_>, node: u32) -> Option<u32> {
    (arena.raw(node).shape == Shape::Alias).then_some(node)
}
