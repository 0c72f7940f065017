//! The keys of mappings: what Kubernetes refuses, duplicate keys, and merges.
//!
//! go-yaml v2, which the API's reader is built on, carries out a mapping's entries one after the other, merge keys
//! among them: the last to write a key wins, be it written out or merged. Within a list of mappings to merge, the
//! first wins. (Its `decode.go`, `mapping` and `merge`.)

use super::super::error::SyntaxError;
use super::super::scalar::{self, Class};
use super::super::span::Span;
use super::super::words::Word;
use super::{Arena, DuplicateKey, Shape};
use std::borrow::Cow;
use std::collections::HashMap;

/// An entry as the API sees it, by the nodes of its key and value.
#[derive(Clone, Copy, Debug)]
pub(in crate::yaml) struct Entry<'d> {
    pub(in crate::yaml) name: &'d str,
    pub(in crate::yaml) key: u32,
    pub(in crate::yaml) value: u32,
}

/// The text of a key as the API sees it, of a mapping that [`check`] found good.
pub(in crate::yaml) fn name<'d>(arena: &'d Arena<'_>, key: u32) -> Option<&'d str> {
    match arena.value(key).shape {
        Shape::Scalar { class: Class::Str, .. } => Some(arena.content(key)),
        _ => arena.names.get(&key).map(|name| &**name),
    }
}

/// The text of a key as the API sees it: `yes` is `true`, `0777` is `511`. `None` where it cannot be a key.
fn resolve<'d>(arena: &'d Arena<'_>, key: u32) -> Option<Cow<'d, str>> {
    match arena.value(key).shape {
        Shape::Scalar { class: Class::Str, .. } => Some(Cow::Borrowed(arena.content(key))),
        Shape::Scalar { style, tag, .. } => scalar::key(arena.content(key), style, tag),
        _ => None,
    }
}

/// Checks the keys of a finished mapping, and notes the names of those that are not strings and those that stand twice.
/// Returns whether it is simple.
pub(in crate::yaml) fn check(arena: &mut Arena<'_>, map: u32) -> Result<bool, SyntaxError> {
    let mut simple = true;
    let (mut duplicates, mut names) = (Vec::new(), Vec::new());
    let mut seen: Names<'_> = Names::default();
    for (key, value) in arena.pairs(map) {
        if arena.is_merge(key) {
            simple = false;
            check_merge(arena, value)?;
            continue;
        }
        let Some(name) = resolve(arena, key) else { return Err(invalid(arena, key)) };
        if !matches!(arena.raw(key).shape, Shape::Scalar { class: Class::Str, .. }) {
            simple = false;
            names.push((key, Box::from(&*name)));
        }
        if let Some(first) = seen.insert(name.clone(), key) {
            simple = false;
            duplicates.push(DuplicateKey {
                key: name.into_owned(),
                first: arena.raw(first).span(),
                again: arena.raw(key).span(),
            });
        }
    }
    drop(seen);
    arena.duplicates.append(&mut duplicates);
    arena.names.extend(names);
    Ok(simple)
}

/// Where a key was found.
#[derive(Clone, Copy, Debug)]
pub(in crate::yaml) struct Found {
    pub(in crate::yaml) key: u32,
    pub(in crate::yaml) value: u32,
    /// The outermost alias that merged it in.
    pub(in crate::yaml) via: Option<u32>,
}

/// The entry of a mapping that counts for this key.
pub(in crate::yaml) fn find(arena: &Arena<'_>, map: u32, wanted: Word<'_>) -> Option<Found> {
    let map = arena.target(map);
    match arena.raw(map).shape {
        Shape::Map { simple: true, .. } => {
            let (key, value) = arena.entry(map, wanted)?;
            Some(Found { key, value, via: None })
        }
        Shape::Map { .. } => find_last(arena, map, wanted),
        _ => None,
    }
}

/// The last entry that writes this key, in a mapping that is not simple.
#[inline(never)]
fn find_last(arena: &Arena<'_>, map: u32, wanted: Word<'_>) -> Option<Found> {
    let found = arena.pairs(map).filter_map(|(key, value)| {
        if arena.is_merge(key) {
            find_merged(arena, value, wanted)
        } else {
            (name(arena, key)? == wanted.text).then_some(Found { key, value, via: None })
        }
    });
    found.last()
}

/// The values that count for these keys.
pub(in crate::yaml) fn find_all<const N: usize>(
    arena: &Arena<'_>,
    map: u32,
    wanted: [Word<'_>; N],
) -> [Option<u32>; N] {
    let target = arena.target(map);
    match arena.raw(target).shape {
        Shape::Map { simple: true, .. } => arena.values(target, wanted),
        _ => wanted.map(|key| find(arena, map, key).map(|found| found.value)),
    }
}

fn find_merged(arena: &Arena<'_>, merge: u32, wanted: Word<'_>) -> Option<Found> {
    let alias = |node| (arena.raw(node).shape == Shape::Alias).then_some(node);
    merged(arena, merge).find_map(|map| {
        let found = find(arena, map, wanted)?;
        Some(Found { via: alias(merge).or(alias(map)).or(found.via), ..found })
    })
}

/// All entries of a mapping, merged and each key once; of anything else none.
#[inline]
pub(in crate::yaml) fn entries<'d>(arena: &'d Arena<'_>, map: u32) -> impl Iterator<Item = Entry<'d>> + use<'d> {
    let map = arena.target(map);
    match arena.raw(map).shape {
        Shape::Map { simple: true, .. } => {
            let entry = |(key, value)| Entry { name: arena.text_of(arena.raw(key)), key, value };
            Entries::Written(arena.pairs(map).map(entry))
        }
        _ => Entries::Merged(merge(arena, map).into_iter()),
    }
}

/// The entries of a mapping that is not simple.
#[inline(never)]
fn merge<'d>(arena: &'d Arena<'_>, map: u32) -> Vec<Entry<'d>> {
    let mut found = Vec::new();
    if matches!(arena.raw(map).shape, Shape::Map { .. }) {
        collect(arena, map, &mut found, &mut HashMap::new());
    }
    found
}

/// The entries of a mapping: as they are written, or what comes of merging.
enum Entries<'d, Written> {
    Written(Written),
    Merged(std::vec::IntoIter<Entry<'d>>),
}

impl<'d, Written: Iterator<Item = Entry<'d>>> Iterator for Entries<'d, Written> {
    type Item = Entry<'d>;

    #[inline]
    fn next(&mut self) -> Option<Entry<'d>> {
        match self {
            Self::Written(entries) => entries.next(),
            Self::Merged(entries) => entries.next(),
        }
    }
}

fn collect<'d>(arena: &'d Arena<'_>, map: u32, found: &mut Vec<Entry<'d>>, places: &mut HashMap<&'d str, usize>) {
    for (key, value) in arena.pairs(map) {
        if arena.is_merge(key) {
            // Backwards, so that the first writes last.
            let maps: Vec<u32> = merged(arena, value).collect();
            for map in maps.into_iter().rev() {
                collect(arena, arena.target(map), found, places);
            }
            continue;
        }
        let Some(name) = name(arena, key) else { continue };
        match places.get(name).and_then(|&place| found.get_mut(place)) {
            Some(entry) => (entry.key, entry.value) = (key, value),
            None => {
                places.insert(name, found.len());
                found.push(Entry { name, key, value });
            }
        }
    }
}

/// The mappings that the value of a merge key stands for.
fn merged(arena: &Arena<'_>, value: u32) -> impl Iterator<Item = u32> {
    let target = arena.target(value);
    let is_list = matches!(arena.raw(target).shape, Shape::Seq { .. });
    let items = is_list.then(|| arena.children(target)).into_iter().flatten();
    (!is_list).then_some(value).into_iter().chain(items)
}

fn check_merge(arena: &Arena<'_>, value: u32) -> Result<(), SyntaxError> {
    let is_map = |node: u32| matches!(arena.value(node).shape, Shape::Map { .. });
    match merged(arena, value).find(|&node| !is_map(node)) {
        None => Ok(()),
        Some(node) => Err(SyntaxError::new(arena.raw(node).span(), "`<<` merges something that is not a mapping")
            .help("give it an alias of a mapping, or a list of them")),
    }
}

fn invalid(arena: &Arena<'_>, key: u32) -> SyntaxError {
    let span = arena.raw(key).span();
    let braces = Span::new(span.start.saturating_sub(1), span.start + 1);
    match arena.value(key).shape {
        Shape::Map { .. } if braces.slice(arena.text()) == "{{" => SyntaxError::template(arena.text(), braces),
        Shape::Map { .. } => SyntaxError::new(span, "expected a key, found a ").help("a key is a string"),
        Shape::Seq { .. } => SyntaxError::new(span, "expected a key, found a ").help("a key is a string"),
        _ => SyntaxError::new(span, "a key is null").help("name the key, or quote it: `\"null\":`"),
    }
}

/// The keys of one mapping that were seen, with their nodes.
#[derive(Default)]
struct Names<'d> {
    few: Vec<(Cow<'d, str>, u32)>,
    many: HashMap<Cow<'d, str>, u32>,
}

impl<'d> Names<'d> {
    /// A hash table does not pay for mappings with fewer keys.
    const FEW: usize = 16;

    /// Notes the key; where it was seen before, returns the first.
    fn insert(&mut self, name: Cow<'d, str>, key: u32) -> Option<u32> {
        if self.many.is_empty() {
            if let Some((_, first)) = self.few.iter().find(|(seen, _)| *seen == name) {
                return Some(*first);
            }
            if self.few.is_empty() {
                self.few.reserve(8);
            }
            self.few.push((name, key));
            if self.few.len() > Self::FEW {
                self.many.extend(self.few.drain(..));
            }
            return None;
        }
        if let Some(first) = self.many.get(&name) {
            return Some(*first);
        }
        self.many.insert(name, key);
        None
    }
}
