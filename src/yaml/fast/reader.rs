//! The place in the text, and what has been read.

use super::super::arena::{Builder, Content};
use super::super::build::Built;
use super::super::build::Comment;
use super::super::scalar::{Style, Tag};
use super::super::span::Span;

/// Eight bytes that are the same.
const fn eight_times(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Sets bits in the first of eight bytes that is below a limit of at most 128, and in none before it.
const fn below(eight: u64, limit: u8) -> u64 {
    eight.wrapping_sub(eight_times(limit)) & !eight & eight_times(0x80)
}

/// A block collection that is open.
#[derive(Clone, Copy)]
pub(super) struct Level {
    /// Spaces before its keys or dashes, or the column of the first one inside another collection's line.
    pub(super) column: usize,
    pub(super) is_seq: bool,
}

/// Reads one document. Functions return `None` to give up.
pub(super) struct Reader<'s> {
    text: &'s str,
    /// The text up to the end of the chunk.
    bytes: &'s [u8],
    /// The start of the next line to read.
    pub(super) at: usize,
    pub(super) builder: Builder<'s>,
    pub(super) comments: Vec<Comment>,
    pub(super) levels: Vec<Level>,
    /// The end of the `:`, `-` or `---` whose value has not come yet.
    pub(super) awaiting: Option<usize>,
}

impl<'s> Reader<'s> {
    pub(super) fn new(text: &'s str, chunk: Span) -> Option<Self> {
        let bytes = text.as_bytes().get(..chunk.end)?;
        Some(Self {
            text,
            bytes,
            at: chunk.start,
            builder: Builder::new(text, chunk.len()),
            comments: Vec::new(),
            levels: Vec::with_capacity(16),
            awaiting: Some(chunk.start),
        })
    }

    pub(super) fn finish(self) -> Option<Built<'s>> {
        Some(Built { arena: self.builder.finish(), comments: self.comments, ignored: None })
    }

    /// The byte at an offset; a line feed for any line break and at the end of the document.
    pub(super) fn byte(&self, at: usize) -> u8 {
        match self.bytes.get(at) {
            None | Some(b'\r') => b'\n',
            Some(&byte) => byte,
        }
    }

    pub(super) fn is_end(&self, at: usize) -> bool {
        at >= self.bytes.len()
    }

    pub(super) fn slice(&self, span: Span) -> &'s str {
        span.slice(self.text)
    }

    /// The first offset from `at` on that holds no space.
    pub(super) fn skip_spaces(&self, at: usize) -> usize {
        self.find(at, |eight| eight ^ eight_times(b' '), |byte| byte != b' ')
    }

    /// The first offset from `at` on that holds a byte which may end a plain scalar.
    pub(super) fn skip_ordinary(&self, at: usize) -> usize {
        // White space and `#` are among the bytes below `$`.
        let specials = |eight: u64| below(eight, b'$') | below(eight ^ eight_times(b':'), 1);
        self.find(at, specials, |byte| byte < b'$' || byte == b':')
    }

    /// The first offset from `at` on that is marked. `marks` looks at eight bytes at once, the first of which is the
    /// lowest, and sets bits in the first of them that `is_marked`, and in none before it.
    fn find(&self, at: usize, marks: impl Fn(u64) -> u64, is_marked: impl Fn(u8) -> bool) -> usize {
        let Some(mut rest) = self.bytes.get(at..) else { return at };
        while let Some((eight, after)) = rest.split_first_chunk::<8>() {
            let marked = marks(u64::from_le_bytes(*eight));
            if marked != 0 {
                return self.bytes.len() - rest.len() + marked.trailing_zeros() as usize / 8;
            }
            rest = after;
        }
        self.bytes.len() - rest.iter().position(|&byte| is_marked(byte)).map_or(0, |before| rest.len() - before)
    }

    /// The offset of the line break that ends the line of `at`, or the end of the document.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let line = memchr::memchr(b'\n', rest).and_then(|end| rest.get(..end)).unwrap_or(rest);
        at + line.strip_suffix(b"\r").unwrap_or(line).len()
    }

    /// The offset after the line break at `end`.
    pub(super) fn after_break(&self, end: usize) -> usize {
        end + if self.bytes.get(end) == Some(&b'\r') { 2 } else { 1 }
    }

    /// Moves to the next line, if nothing but spaces and a comment is between `at` and it. A comment needs a
    /// space before its `#`.
    pub(super) fn end_line(&mut self, at: usize) -> Option<()> {
        let next = self.skip_spaces(at);
        match self.byte(next) {
            b'\n' => self.at = self.after_break(next),
            b'#' if next > at => self.comment(next, false),
            _ => return None,
        }
        Some(())
    }

    /// Takes the comment that starts at `start` and moves to the next line.
    pub(super) fn comment(&mut self, start: usize, own_line: bool) {
        let end = self.line_end(start);
        self.comments.push(Comment { span: Span::new(start, end), own_line });
        self.at = self.after_break(end);
    }

    /// Adds a scalar.
    pub(super) fn add(&mut self, span: Span, style: Style, content: Content) -> Option<()> {
        self.builder.scalar(span, (style, Tag::None), content, None).ok()
    }
}
