//! Block collections.

use super::super::arena::Shape;
use super::super::scalar::Style;
use super::super::span::Span;
use super::reader::{Level, Reader};

/// The longest key, in bytes. YAML limits keys to 1024 characters.
pub(super) const MAX_KEY: usize = 1000;

impl Reader<'_> {
    /// Reads the whole document.
    pub(super) fn document(&mut self) -> Option<()> {
        self.mark()?;
        while !self.is_end(self.at) {
            let start = self.skip_spaces(self.at);
            match self.byte(start) {
                b'\n' => self.at = self.after_break(start),
                b'#' => self.comment(start, true),
                _ => self.line(start, start - self.at)?,
            }
        }
        if !self.levels.is_empty() {
            self.outdent(0, false)?;
            while self.levels.pop().is_some() {
                self.builder.close(None).ok()?;
            }
        }
        Some(())
    }

    /// Takes the `---` that the document may start with.
    fn mark(&mut self) -> Option<()> {
        if self.slice(Span::new(self.at, self.at + 3)) == "---" {
            self.end_line(self.at + 3)?;
        }
        Some(())
    }

    /// Reads a line that starts with a token at this column.
    fn line(&mut self, start: usize, column: usize) -> Option<()> {
        // A directive, or the end of the document.
        if column == 0 && (self.byte(start) == b'%' || self.slice(Span::new(start, start + 3)) == "...") {
            return None;
        }
        let (mut at, mut column) = (start, column);
        let mut is_item = self.is_dash(at);
        self.outdent(column, is_item)?;
        while is_item {
            self.item(at, column)?;
            let next = self.skip_spaces(at + 1);
            if matches!(self.byte(next), b'\n' | b'#') {
                return self.end_line(at + 1);
            }
            (column, at) = (column + next - at, next);
            is_item = self.is_dash(at);
        }
        self.entry_or_value(at, column)
    }

    /// Whether a list item starts here.
    fn is_dash(&self, at: usize) -> bool {
        self.byte(at) == b'-' && matches!(self.byte(at + 1), b' ' | b'\n')
    }

    /// Closes the collections that a line at this column does not belong to. A value that was awaited, and that the
    /// line is not, is null.
    fn outdent(&mut self, column: usize, is_item: bool) -> Option<()> {
        if let (Some(at), Some(&level)) = (self.awaiting, self.levels.last()) {
            // A list may be at the column of its key.
            if column > level.column || (column == level.column && is_item && !level.is_seq) {
                return Some(());
            }
            self.awaiting = None;
            self.builder.plain(Span::new(at, at));
        }
        while let Some(level) = self.levels.last() {
            if level.column < column || (level.column == column && (is_item || !level.is_seq)) {
                break;
            }
            self.levels.pop();
            self.builder.close(None).ok()?;
        }
        Some(())
    }

    /// Starts the item of the dash at `at`: the next of the innermost list, or the first of a new one.
    fn item(&mut self, at: usize, column: usize) -> Option<()> {
        self.enter(at, Level { column, is_seq: true }, Shape::Seq { flow: false })?;
        self.awaiting = Some(at + 1);
        Some(())
    }

    /// Continues the innermost collection, or opens a new one where a value is awaited.
    fn enter(&mut self, at: usize, level: Level, shape: Shape) -> Option<()> {
        if self.awaiting.take().is_some() {
            self.levels.push(level);
            return self.builder.open(at, shape, None).ok();
        }
        let innermost = self.levels.last()?;
        (innermost.column == level.column && innermost.is_seq == level.is_seq).then_some(())
    }

    /// Reads `key: value`, or the awaited value, which starts at `at`.
    fn entry_or_value(&mut self, at: usize, column: usize) -> Option<()> {
        match self.byte(at) {
            b'[' | b'{' => self.awaited_flow(at),
            // After a dash; on a line of its own it is unusual.
            b'|' | b'>' if self.awaiting.is_some_and(|after| after > self.at) => self.awaited_block_scalar(at),
            b'"' | b'\'' => {
                let (span, content) = self.quoted(at)?;
                if self.byte(span.end) != b':' {
                    self.take_awaited()?;
                    self.add(span, Style::Text, content)?;
                    return self.end_line(span.end);
                }
                self.key(span, column)?;
                self.add(span, Style::Text, content)?;
                self.value_after(span.end)
            }
            _ => {
                let span = self.plain(at)?;
                if self.byte(span.end) == b':' {
                    self.key(span, column)?;
                    self.builder.plain(span);
                    return self.value_after(span.end);
                }
                self.awaited_plain(span)
            }
        }
    }

    /// Makes room for a key in the mapping at this column.
    fn key(&mut self, key: Span, column: usize) -> Option<()> {
        if key.len() > MAX_KEY || !matches!(self.byte(key.end + 1), b' ' | b'\n') {
            return None;
        }
        self.enter(key.start, Level { column, is_seq: false }, Shape::Map { flow: false, simple: true })
    }

    /// Reads what follows the colon of a key.
    fn value_after(&mut self, colon: usize) -> Option<()> {
        self.awaiting = Some(colon + 1);
        let at = self.skip_spaces(colon + 1);
        match self.byte(at) {
            b'\n' | b'#' => self.end_line(colon + 1),
            b'[' | b'{' => self.awaited_flow(at),
            b'|' | b'>' => self.awaited_block_scalar(at),
            b'"' | b'\'' => {
                self.take_awaited()?;
                let (span, content) = self.quoted(at)?;
                self.add(span, Style::Text, content)?;
                self.end_line(span.end)
            }
            _ => {
                let span = self.plain(at)?;
                if self.byte(span.end) == b':' {
                    return None;
                }
                self.awaited_plain(span)
            }
        }
    }

    /// Notes that the awaited value comes now. No collection, no value: a document that is only a scalar is unusual.
    pub(super) fn take_awaited(&mut self) -> Option<()> {
        self.awaiting.take()?;
        self.levels.last().map(|_| ())
    }

    /// The column that further lines of a scalar must be right of.
    pub(super) fn parent_column(&self) -> usize {
        self.levels.last().map_or(0, |level| level.column)
    }
}
