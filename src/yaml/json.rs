//! The tree of a JSON document.
//!
//! Most JSON is YAML, but not all: keys of more than 1024 characters, tabs, surrogate pairs. kubectl therefore reads
//! what starts with `{` as JSON first, and as YAML if that fails (`GuessJSONStream` in apimachinery); so do we.

use super::arena::{Arena, Builder, Content, Shape};
use super::error::SyntaxError;
use super::scalar::{Style, Tag};
use super::span::Span;

/// Whether this text of a document, leading `---` included, may be JSON.
pub(super) fn is_likely(chunk: &str) -> bool {
    body(chunk).starts_with('{')
}

/// The document without what may precede its value.
fn body(chunk: &str) -> &str {
    let chunk = chunk.trim_start_matches('\u{FEFF}');
    chunk.strip_prefix("---").unwrap_or(chunk).trim_start_matches(SPACE)
}

/// Builds the tree; `None` where the chunk is not JSON.
///
/// # Errors
/// What Kubernetes refuses in correct JSON.
pub(super) fn build(text: &str, chunk: Span) -> Option<Result<Arena<'_>, SyntaxError>> {
    let source = chunk.slice(text);
    let at = chunk.end - body(source).len();
    let mut reader = Reader { text, at, end: chunk.end, builder: Builder::new(text, chunk.len()) };
    let read = reader.value().and_then(|()| if reader.peek().is_none() { Ok(()) } else { Err(Stop::NotJson) });
    match read {
        Ok(()) => Some(Ok(reader.builder.finish())),
        Err(Stop::Refused(error)) => Some(Err(error)),
        Err(Stop::NotJson) => None,
    }
}

/// Where a second object starts that follows the one at the start of the chunk without `---`.
pub(super) fn next_object(chunk: &str) -> Option<usize> {
    let body = body(chunk);
    if !body.starts_with('{') {
        return None;
    }
    let rest = body.get(object_length(body)?..)?.trim_start_matches(SPACE);
    rest.starts_with('{').then(|| chunk.len() - rest.len())
}

/// Length of the object that `text` starts with, if brackets and quotes balance.
fn object_length(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

enum Stop {
    NotJson,
    Refused(SyntaxError),
}

impl From<SyntaxError> for Stop {
    fn from(error: SyntaxError) -> Self {
        Self::Refused(error)
    }
}

struct Reader<'s> {
    text: &'s str,
    at: usize,
    end: usize,
    builder: Builder<'s>,
}

impl Reader<'_> {
    /// Reads a value. The builder limits the depth of the recursion.
    fn value(&mut self) -> Result<(), Stop> {
        match self.peek().ok_or(Stop::NotJson)? {
            b'{' => self.collection(Shape::Map { flow: true, simple: true }, b'}'),
            b'[' => self.collection(Shape::Seq { flow: true }, b']'),
            b'"' => self.string(),
            _ => self.literal(),
        }
    }

    fn collection(&mut self, shape: Shape, close: u8) -> Result<(), Stop> {
        self.builder.open(self.at, shape, None)?;
        self.at += 1;
        let mut first = true;
        while self.peek() != Some(close) {
            if !first {
                self.take(b',')?;
            }
            first = false;
            if matches!(shape, Shape::Map { .. }) {
                if self.peek() != Some(b'"') {
                    return Err(Stop::NotJson);
                }
                self.string()?;
                self.take(b':')?;
            }
            self.value()?;
        }
        self.at += 1;
        self.builder.close(Some(self.at))?;
        Ok(())
    }

    fn string(&mut self) -> Result<(), Stop> {
        let start = self.at;
        let mut escaped = false;
        let rest = self.rest().as_bytes().iter().enumerate().skip(1);
        let mut length = None;
        let mut skip = false;
        for (at, byte) in rest {
            match byte {
                _ if skip => skip = false,
                b'\\' => (skip, escaped) = (true, true),
                b'"' => {
                    length = Some(at + 1);
                    break;
                }
                0..0x20 => return Err(Stop::NotJson),
                _ => {}
            }
        }
        self.at += length.ok_or(Stop::NotJson)?;
        let span = Span::new(start, self.at);
        let content = if escaped {
            Content::Decoded(serde_json::from_str(span.slice(self.text)).map_err(|_| Stop::NotJson)?)
        } else {
            Content::Source(Span::new(span.start + 1, span.end - 1))
        };
        Ok(self.builder.scalar(span, (Style::Text, Tag::None), content, None)?)
    }

    /// A number, `true`, `false` or `null`: all of them mean the same in YAML.
    fn literal(&mut self) -> Result<(), Stop> {
        let rest = self.rest();
        let length = rest.find(|end: char| SPACE.contains(&end) || ",:]}".contains(end)).unwrap_or(rest.len());
        let span = Span::new(self.at, self.at + length);
        if serde_json::from_str::<serde::de::IgnoredAny>(span.slice(self.text)).is_err() {
            return Err(Stop::NotJson);
        }
        self.at = span.end;
        Ok(self.builder.scalar(span, (Style::Plain, Tag::None), Content::Source(span), None)?)
    }

    fn take(&mut self, expected: u8) -> Result<(), Stop> {
        if self.peek() != Some(expected) {
            return Err(Stop::NotJson);
        }
        self.at += 1;
        Ok(())
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.rest();
        self.at = self.end - rest.trim_start_matches(SPACE).len();
        self.rest().bytes().next()
    }

    fn rest(&self) -> &str {
        Span::new(self.at, self.end).slice(self.text)
    }
}
