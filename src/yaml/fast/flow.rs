//! Flow collections.

use super::super::arena::{Content, Shape};
use super::super::scalar::Style;
use super::super::span::Span;
use super::block::MAX_KEY;
use super::reader::Reader;

impl Reader<'_> {
    /// Adds the flow collection that is the awaited value.
    pub(super) fn awaited_flow(&mut self, at: usize) -> Option<()> {
        self.take_awaited()?;
        let end = self.flow(at)?;
        self.end_line(end)
    }

    /// Reads the collection whose bracket is at `at` and returns its end. The builder limits the depth.
    fn flow(&mut self, at: usize) -> Option<usize> {
        let is_map = self.byte(at) == b'{';
        let (shape, close) =
            if is_map { (Shape::Map { flow: true, simple: true }, b'}') } else { (Shape::Seq { flow: true }, b']') };
        self.builder.open(at, shape, None).ok()?;
        let mut at = self.flow_space(at + 1)?;
        if self.byte(at) != close {
            loop {
                if is_map {
                    at = self.flow_key(at)?;
                }
                let end = self.flow_value(at)?;
                at = self.flow_space(end)?;
                match self.byte(at) {
                    b',' => at = self.flow_space(at + 1)?,
                    byte if byte == close => break,
                    _ => return None,
                }
            }
        }
        self.builder.close(Some(at + 1)).ok()?;
        Some(at + 1)
    }

    /// The first offset from `at` on that holds a token. Between tokens the line may end, with a comment or without;
    /// what follows is right of the column that holds the collection.
    fn flow_space(&mut self, at: usize) -> Option<usize> {
        let mut next = self.skip_spaces(at);
        if !matches!(self.byte(next), b'\n' | b'#') {
            return Some(next);
        }
        self.end_line(at)?;
        loop {
            next = self.skip_spaces(self.at);
            match self.byte(next) {
                _ if self.is_end(next) => return None,
                b'\n' => self.at = self.after_break(next),
                b'#' => self.comment(next, true),
                _ => return (next - self.at > self.parent_column()).then_some(next),
            }
        }
    }

    /// Reads a key with its colon and returns where its value starts.
    fn flow_key(&mut self, at: usize) -> Option<usize> {
        let (span, style, content) = self.flow_scalar(at)?;
        if self.byte(span.end) != b':' || span.end - span.start > MAX_KEY {
            return None;
        }
        self.add(span, style, content)?;
        Some(self.skip_spaces(span.end + 1))
    }

    fn flow_value(&mut self, at: usize) -> Option<usize> {
        if matches!(self.byte(at), b'[' | b'{') {
            return self.flow(at);
        }
        let (span, style, content) = self.flow_scalar(at)?;
        self.add(span, style, content)?;
        Some(span.end)
    }

    fn flow_scalar(&self, at: usize) -> Option<(Span, Style, Content)> {
        if matches!(self.byte(at), b'"' | b'\'') {
            let (span, content) = self.quoted(at)?;
            return Some((span, Style::Text, content));
        }
        let span = self.flow_plain(at)?;
        Some((span, Style::Plain, Content::Source(span)))
    }

    /// The plain scalar at `at`; a colon after it makes it a key.
    fn flow_plain(&self, start: usize) -> Option<Span> {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80;
        let first = self.byte(start);
        let second = self.byte(start + 1);
        let is_start = match first {
            b'.' | b'/' | b'_' | b'-' | b'$' => is_word(second),
            b':' => second == b':',
            _ => is_word(first),
        };
        if !is_start {
            return None;
        }
        let mut at = start;
        // After the last byte that is not a space.
        let mut end = start;
        loop {
            match self.byte(at) {
                b' ' => {}
                b',' | b']' | b'}' => return Some(Span::new(start, end)),
                b':' => match self.byte(at + 1) {
                    b' ' => return (end == at).then_some(Span::new(start, end)),
                    next if is_word(next) || matches!(next, b'/' | b':') => end = at + 1,
                    _ => return None,
                },
                b'\n' => return Some(Span::new(start, end)),
                b'#' if end < at => return Some(Span::new(start, end)),
                b'#' | b'\t' | b'[' | b'{' => return None,
                _ => end = at + 1,
            }
            at += 1;
        }
    }
}
