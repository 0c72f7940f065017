//! Plain and quoted scalars.

use super::super::arena::Content;
use super::super::scalar::Style;
use super::super::span::Span;
use super::reader::Reader;

impl Reader<'_> {
    /// The plain scalar at `at`, as far as it is on this line. A colon after it makes it a key.
    pub(super) fn plain(&self, at: usize) -> Option<Span> {
        let first = self.byte(at);
        let is_indicator = matches!(
            first,
            b'?' | b','
                | b'['
                | b']'
                | b'{'
                | b'}'
                | b'#'
                | b'&'
                | b'*'
                | b'!'
                | b'|'
                | b'>'
                | b'\''
                | b'"'
                | b'%'
                | b'@'
                | b'`'
                | b'\t'
        );
        if is_indicator || (matches!(first, b'-' | b':') && matches!(self.byte(at + 1), b' ' | b'\t' | b'\n')) {
            return None;
        }
        self.plain_rest(at)
    }

    /// The rest of a plain scalar's line, without the spaces at its end.
    fn plain_rest(&self, start: usize) -> Option<Span> {
        let mut at = start;
        // After the last byte that is not a space.
        let mut end = start;
        loop {
            let ordinary = self.skip_ordinary(at);
            if ordinary > at {
                (at, end) = (ordinary, ordinary);
            }
            match self.byte(at) {
                b' ' => {}
                b'\n' => return Some(Span::new(start, end)),
                b':' if matches!(self.byte(at + 1), b' ' | b'\n') => {
                    // `key : value` is unusual.
                    return (end == at).then_some(Span::new(start, end));
                }
                b'#' if end < at => return Some(Span::new(start, end)),
                b'\t' => return None,
                _ => end = at + 1,
            }
            at += 1;
        }
    }

    /// Adds the plain scalar that is the awaited value, with its further lines.
    pub(super) fn awaited_plain(&mut self, first: Span) -> Option<()> {
        self.take_awaited()?;
        let comments = self.comments.len();
        self.end_line(first.end)?;
        // A comment ends a scalar.
        let is_last = self.comments.len() > comments;
        match if is_last { None } else { self.continuation()? } {
            None => self.builder.plain(first),
            Some(second) => self.folded_plain(first, second)?,
        }
        Some(())
    }

    /// Adds a plain scalar of several lines.
    fn folded_plain(&mut self, first: Span, second: (usize, Span)) -> Option<()> {
        let mut content = self.slice(first).to_owned();
        let mut end = first.end;
        let mut next = Some(second);
        while let Some((breaks, line)) = next {
            fold(&mut content, breaks);
            content.push_str(self.slice(line));
            end = line.end;
            let is_last = self.byte(self.skip_spaces(end)) != b'\n';
            self.end_line(end)?;
            next = if is_last { None } else { self.continuation()? };
        }
        self.add(Span::new(first.start, end), Style::Plain, Content::Decoded(content))
    }

    /// The next line, if it continues a plain scalar, and the number of line breaks before it.
    fn continuation(&self) -> Option<Option<(usize, Span)>> {
        let parent = self.parent_column();
        let mut line = self.at;
        let mut breaks = 1;
        loop {
            if self.is_end(line) {
                return Some(None);
            }
            let start = self.skip_spaces(line);
            match self.byte(start) {
                b'\n' => {
                    breaks += 1;
                    line = self.after_break(start);
                }
                b'#' => return Some(None),
                _ if start - line <= parent => return Some(None),
                _ => {
                    let span = self.plain(start)?;
                    // A key cannot start within a scalar.
                    return if self.byte(span.end) == b':' { None } else { Some(Some((breaks, span))) };
                }
            }
        }
    }

    /// The quoted scalar at `at`, which ends on this line.
    pub(super) fn quoted(&self, at: usize) -> Option<(Span, Content)> {
        let quote = self.byte(at);
        let start = at + 1;
        let mut decoded: Option<String> = None;
        // What is copied so far reaches to here.
        let mut copied = start;
        let mut at = start;
        loop {
            match self.byte(at) {
                b'\n' | b'\t' => return None,
                b'\'' if quote == b'\'' && self.byte(at + 1) == b'\'' => {
                    let decoded = decoded.get_or_insert_default();
                    decoded.push_str(self.slice(Span::new(copied, at + 1)));
                    at += 2;
                    copied = at;
                }
                b'\\' if quote == b'"' => {
                    let escaped = match self.byte(at + 1) {
                        b'n' => '\n',
                        b't' => '\t',
                        same @ (b'"' | b'\\' | b'/') => char::from(same),
                        _ => return None,
                    };
                    let decoded = decoded.get_or_insert_default();
                    decoded.push_str(self.slice(Span::new(copied, at)));
                    decoded.push(escaped);
                    at += 2;
                    copied = at;
                }
                byte if byte == quote => break,
                _ => at += 1,
            }
        }
        let content = match decoded {
            None => Content::Source(Span::new(start, at)),
            Some(mut decoded) => {
                decoded.push_str(self.slice(Span::new(copied, at)));
                Content::Decoded(decoded)
            }
        };
        Some((Span::new(start - 1, at + 1), content))
    }
}

/// Joins two lines: one break is a space, of more the first is lost.
pub(super) fn fold(content: &mut String, breaks: usize) {
    if breaks == 1 {
        content.push(' ');
    }
    content.extend(std::iter::repeat_n('\n', breaks - 1));
}
