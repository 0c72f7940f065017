//! How a text is laid out, so that what is added looks like the rest.

use crate::yaml::{Kind, Node, Span};

/// The habits of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// How much further a nested mapping is indented.
    pub(super) step: usize,
    /// How much further the dashes of a list are indented than the key above them.
    pub(super) list_step: usize,
    /// `\n` or `\r\n`.
    pub(super) line_break: &'static str,
    /// Whether collections that are short and not deep are written in brackets.
    pub(super) is_compact: bool,
}

impl Default for Layout {
    fn default() -> Self {
        Self { step: 2, list_step: 2, line_break: "\n", is_compact: false }
    }
}

impl Layout {
    /// That of a document of a text.
    pub(super) fn of(text: &str, root: Option<Node<'_>>) -> Self {
        let line_break = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let mut seen = Seen::default();
        if let Some(root) = root {
            seen.look(text, root);
        }
        let usual = Self::default();
        let (step, list_step) = (seen.step.unwrap_or(usual.step), seen.list_step.unwrap_or(usual.list_step));
        Self { step, list_step, line_break, ..usual }
    }
}

/// What was seen first.
#[derive(Default)]
struct Seen {
    step: Option<usize>,
    list_step: Option<usize>,
}

impl Seen {
    fn look(&mut self, text: &str, node: Node<'_>) {
        if self.step.is_some() && self.list_step.is_some() || is_flow(text, node.span()) {
            return;
        }
        for (_, key, value) in node.entries() {
            let (outer, inner) = (column(text, key.span().start), column(text, value.span().start));
            let is_below = value.span().start < value.span().end
                && line_start(text, value.span().start) > key.span().start
                && !is_flow(text, value.span());
            match value.kind() {
                Kind::Map if is_below && inner > outer => drop(self.step.get_or_insert(inner - outer)),
                Kind::Seq if is_below && inner >= outer => drop(self.list_step.get_or_insert(inner - outer)),
                _ => {}
            }
            self.look(text, value);
        }
        for item in node.items() {
            self.look(text, item);
        }
    }
}

/// Whether a collection is written in brackets.
pub(super) fn is_flow(text: &str, span: Span) -> bool {
    span.slice(text).starts_with(['{', '['])
}

/// Where the line of an offset starts.
pub(super) fn line_start(text: &str, offset: usize) -> usize {
    text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |line_break| line_break + 1)
}

/// Where the line of an offset ends, before its line break.
pub(super) fn line_end(text: &str, offset: usize) -> usize {
    let rest = text.get(offset..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    offset + line.strip_suffix('\r').unwrap_or(line).len()
}

/// Where the line after that of an offset starts: behind the line break, or at the end of the text.
pub(super) fn next_line(text: &str, offset: usize) -> usize {
    let rest = text.get(offset..).unwrap_or_default();
    rest.find('\n').map_or(text.len(), |line_break| offset + line_break + 1)
}

/// How many columns are before an offset in its line.
pub(super) fn column(text: &str, offset: usize) -> usize {
    let before = text.get(line_start(text, offset)..offset).unwrap_or_default();
    before.trim_start_matches('\u{feff}').chars().count()
}

/// Whether nothing but white space is before an offset in its line.
pub(super) fn is_first_of_line(text: &str, offset: usize) -> bool {
    let before = text.get(line_start(text, offset)..offset).unwrap_or_default();
    before.trim_start_matches('\u{feff}').trim().is_empty()
}
