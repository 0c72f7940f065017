//! Bytes of a scalar's content in the text that it is written in.

use super::arena::{Arena, Shape};
use super::span::Span;

/// Where some bytes of a scalar's content are written: within its quotes, or on the lines of a block. Bytes that are
/// white space or none at all are taken with the character before them. Nothing where the text has something else
/// than the content, such as an escape.
pub(super) fn find(arena: &Arena<'_>, scalar: u32, inside: Span) -> Option<Span> {
    let raw = arena.raw(scalar);
    matches!(raw.shape, Shape::Scalar { .. }).then_some(())?;
    let (span, content) = (raw.span(), arena.content(scalar));
    let shown = visible(content, inside)?;
    let found = align(span.slice(arena.text()), content, shown)?;
    Some(Span::new(span.start + found.start, span.start + found.end))
}

/// The bytes without the white space around them; the last character before them where nothing is left.
fn visible(content: &str, inside: Span) -> Option<Span> {
    let text = content.get(inside.start..inside.end)?;
    let trimmed = text.trim();
    if !trimmed.is_empty() {
        let start = inside.start + (text.len() - text.trim_start().len());
        return Some(Span::new(start, start + trimmed.len()));
    }
    let before = content.get(..inside.start)?.trim_end();
    let last = before.chars().next_back()?;
    Some(Span::new(before.len() - last.len_utf8(), before.len()))
}

/// Finds in the text each character of the content that is no white space, one after the other.
fn align(text: &str, content: &str, shown: Span) -> Option<Span> {
    // The first line of a block scalar says how it is to be read.
    let header = if text.starts_with(['|', '>']) { text.find('\n')? } else { 0 };
    let mut written = text.char_indices().filter(|(at, _)| *at >= header);
    let mut found: Option<Span> = None;
    for (at, wanted) in content.char_indices().filter(|(_, character)| !character.is_whitespace()) {
        if at >= shown.end {
            break;
        }
        let (start, character) = written.find(|(_, character)| *character == wanted)?;
        if at >= shown.start {
            let end = start + character.len_utf8();
            found = Some(Span::new(found.map_or(start, |found| found.start), end));
        }
    }
    let is_same = |found: &Span| same_words(found.slice(text), content.get(shown.start..shown.end).unwrap_or_default());
    found.filter(is_same)
}

/// Whether two texts differ in white space alone.
fn same_words(left: &str, right: &str) -> bool {
    left.split_whitespace().eq(right.split_whitespace())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use crate::yaml::{FieldPath, Part, Span, parse, split};

    /// What is pointed at for the place of `part` in the value of `key`.
    fn found<'t>(text: &'t str, part: &str) -> &'t str {
        let document = parse(text, split(text)[0]).unwrap();
        let content = document.root().unwrap().get("key").unwrap().as_str().unwrap();
        let start = content.find(part).unwrap();
        let inside = Part::Inside(Span::new(start, start + part.len()));
        document.resolve(&FieldPath::root().key("key"), inside).span.slice(text)
    }

    #[test]
    fn parts_are_found_in_every_style() {
        for text in [
            "key: a == 'b' && c = d\n",
            "key: \"a == 'b' && c = d\"\n",
            "key: 'a == ''b'' && c = d'\n",
            "key: >-\n  a == 'b'\n  && c = d\n",
            "key: |\n  a == 'b'\n  && c = d\n",
            "{\"key\": \"a == 'b' && c = d\"}\n",
            "key: a == 'b' &&\n  c = d\n",
        ] {
            assert_eq!(found(text, "c"), "c", "{text}");
            assert_eq!(found(text, "= d"), "= d", "{text}");
        }
        assert_eq!(found("key: |\n  abc\n", "\n"), "c", "white space is taken with what is before it");
        assert_eq!(found("key: 'a ''b'' c'\n", "'b'"), "'a ''b'' c'", "escapes: the whole value");
        assert_eq!(found("key: \"a\\x62c\"\n", "b"), "\"a\\x62c\"");
    }
}
