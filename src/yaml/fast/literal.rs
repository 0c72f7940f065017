//! Block scalars: `|` and `>`.

use super::super::arena::Content;
use super::super::scalar::Style;
use super::super::span::Span;
use super::reader::Reader;
use super::scalar::fold;

/// The line breaks at the end.
#[derive(Clone, Copy)]
enum Chomping {
    One,
    None,
    All,
}

impl Reader<'_> {
    /// Adds the block scalar that is the awaited value.
    pub(super) fn awaited_block_scalar(&mut self, header: usize) -> Option<()> {
        self.take_awaited()?;
        let is_folded = self.byte(header) == b'>';
        let (chomping, after) = match self.byte(header + 1) {
            b'-' => (Chomping::None, header + 2),
            b'+' => (Chomping::All, header + 2),
            _ => (Chomping::One, header + 1),
        };
        self.end_line(after)?;
        let indent = self.content_indent()?;
        let mut content = String::new();
        // The end of the last line with content, and the line breaks after it.
        let (mut end, mut breaks) = (None, 0);
        let mut was_flush = false;
        while let Some(line) = self.content_line(indent)? {
            if let Some(span) = line {
                let line = self.slice(span);
                // Lines that are indented further keep their breaks.
                let is_flush = !line.starts_with([' ', '\t']);
                if is_folded && was_flush && is_flush {
                    fold(&mut content, breaks);
                } else {
                    content.extend(std::iter::repeat_n('\n', breaks));
                }
                content.push_str(line);
                (end, breaks, was_flush) = (Some(span.end), 0, is_flush);
            }
            breaks += 1;
        }
        let end = end?;
        let kept = match chomping {
            Chomping::None => 0,
            Chomping::One => 1,
            Chomping::All => breaks,
        };
        content.extend(std::iter::repeat_n('\n', kept));
        self.add(Span::new(header, end), Style::Text, Content::Decoded(content))
    }

    /// The indentation of a block scalar: that of its first line which is not blank.
    fn content_indent(&self) -> Option<usize> {
        let mut line = self.at;
        let mut deepest_blank = 0;
        loop {
            if self.is_end(line) {
                return None;
            }
            let start = self.skip_spaces(line);
            let indent = start - line;
            match self.byte(start) {
                b'\n' => deepest_blank = deepest_blank.max(indent),
                b'\t' => return None,
                _ => return (indent > self.parent_column() && indent >= deepest_blank).then_some(indent),
            }
            line = self.after_break(start);
        }
    }

    /// Takes the next line of the scalar: `Some(None)` if it is blank, `None` if the scalar ends before it.
    fn content_line(&mut self, indent: usize) -> Option<Option<Option<Span>>> {
        if self.is_end(self.at) {
            return Some(None);
        }
        let line = self.at;
        let start = self.skip_spaces(line);
        let end = self.line_end(start);
        let is_blank = self.slice(Span::new(start, end)).bytes().all(|byte| matches!(byte, b' ' | b'\t'));
        if !is_blank && start - line < indent {
            return Some(None);
        }
        // Without a line break at the end of the text there is none to keep.
        if self.is_end(end) {
            return None;
        }
        if is_blank {
            // Spaces beyond the indentation, and tabs, are content that does not look like any.
            if start < end || end - line > indent {
                return None;
            }
            self.at = self.after_break(end);
            return Some(Some(None));
        }
        self.at = self.after_break(end);
        Some(Some(Some(Span::new(line + indent, end))))
    }
}
