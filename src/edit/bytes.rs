//! Edits as bytes of the document that they change.

use super::layout::{Layout, column, is_first_of_line, is_flow, line_end, line_start, next_line};
use super::{Change, Edit, Value, write};
use crate::yaml::{Document, FieldPath, Kind, Node, Part, Segment, Span};

/// Bytes of a text, and what to write in their place.
pub(super) type Splice = (Span, String);

/// Why an edit cannot be made of bytes, as a sentence without a full stop.
pub(super) type Refusal = String;

/// A document whose bytes change.
pub(super) struct Site<'t> {
    text: &'t str,
    document: &'t Document<'t>,
    layout: Layout,
    /// Whether it is JSON, which takes no other quotes.
    is_json: bool,
}

impl<'t> Site<'t> {
    pub(super) fn new(text: &'t str, document: &'t Document<'t>) -> Self {
        let root = document.root();
        let is_json = root.is_some_and(|root| {
            let mut keys = root.entries().map(|(_, key, _)| key.span().slice(text));
            is_flow(text, root.span()) && keys.all(|key| key.starts_with('"'))
        });
        Self { text, document, layout: Layout::of(text, root), is_json }
    }

    /// The bytes that an edit of a field takes.
    pub(super) fn splices(&self, Edit { at, change }: &Edit) -> Result<Vec<Splice>, Refusal> {
        let path = &at.path;
        let splices = match change {
            Change::Set(value) => vec![self.set(path, value)?],
            Change::Rename(key) => vec![self.rename(path, key)?],
            Change::Wrap(key) => self.wrap(path, key)?,
            Change::Enlist => self.around(self.node(path)?.span(), "[", "]"),
            Change::Remove => self.remove(path)?,
            Change::Insert { key, value, after } => self.insert(path, (key, value), *after)?,
            Change::Append(item) => self.append(path, item)?,
            Change::Comment(span, text) => vec![(*span, text.clone())],
            Change::AddDocument(_) | Change::RemoveDocument => Vec::new(),
        };
        for (span, _) in &splices {
            self.refuse_shared(path, *span)?;
        }
        Ok(splices)
    }

    /// Refuses what would change a value that aliases stand for, or that is reached through an alias.
    fn refuse_shared(&self, path: &FieldPath, span: Span) -> Result<(), Refusal> {
        let is_reached = self.document.resolve(path, Part::Entry);
        let around = self.document.resolve(&path.parent(), Part::Value);
        let is_inside = |shared: Span| span.start < shared.end && shared.start < span.end.max(span.start + 1);
        if is_reached.anchor.is_some() || around.anchor.is_some() || self.document.shared().any(is_inside) {
            return Err(format!("`{path}` is written once and used in several places through an alias"));
        }
        Ok(())
    }

    fn node(&self, path: &FieldPath) -> Result<Node<'t>, Refusal> {
        let mut found = self.document.root();
        for segment in path.segments() {
            found = found.and_then(|node| match segment {
                Segment::Key(key) => node.get(key),
                Segment::Index(index) => node.items().nth(*index),
            });
        }
        found.ok_or_else(|| format!("`{path}` is not in the file as it is"))
    }

    /// The key of an entry.
    fn key(&self, path: &FieldPath) -> Span {
        self.document.resolve(path, Part::Key).span
    }

    fn flow(&self, value: &Value) -> String {
        if self.is_json { write::json(value) } else { write::flow(value) }
    }

    fn set(&self, path: &FieldPath, value: &Value) -> Result<Splice, Refusal> {
        let node = self.node(path)?;
        let (span, old) = (node.span(), node.span().slice(self.text));
        let text = match value {
            _ if old.starts_with(['|', '>']) => return Err(format!("`{path}` is a block of text")),
            // Quotes that make a string of what is not one are what is wrong.
            Value::Text(text) if node.kind() == Kind::Str => write::like(text, old),
            Value::Text(text) => write::quoted(text),
            other => self.flow(other),
        };
        Ok((span, if span.is_empty() { format!(" {text}") } else { text }))
    }

    fn rename(&self, path: &FieldPath, key: &str) -> Result<Splice, Refusal> {
        self.node(path)?;
        let span = self.key(path);
        Ok((span, write::like(key, span.slice(self.text))))
    }

    fn around(&self, span: Span, before: &str, after: &str) -> Vec<Splice> {
        let at = |offset, text: &str| (Span::new(offset, offset), text.to_owned());
        vec![at(span.start, before), at(span.end, after)]
    }

    fn wrap(&self, path: &FieldPath, key: &str) -> Result<Vec<Splice>, Refusal> {
        let node = self.node(path)?;
        let span = node.span();
        let key = if self.is_json { write::quoted(key) } else { write::scalar(key) };
        if node.kind() != Kind::Map || is_flow(self.text, span) {
            return Ok(self.around(span, &format!("{{{key}: "), "}"));
        }
        let step = " ".repeat(self.layout.step);
        let indent = " ".repeat(column(self.text, span.start));
        let head = format!("{key}:{}{indent}{step}", self.layout.line_break);
        let mut splices = vec![(Span::new(span.start, span.start), head)];
        let mut line = next_line(self.text, span.start);
        while line < span.end {
            if line_end(self.text, line) > line {
                splices.push((Span::new(line, line), step.clone()));
            }
            line = next_line(self.text, line);
        }
        Ok(splices)
    }

    fn insert(
        &self,
        path: &FieldPath,
        (key, value): (&str, &Value),
        after: Option<&str>,
    ) -> Result<Vec<Splice>, Refusal> {
        let mapping = self.node(path)?;
        let span = mapping.span();
        let entries: Vec<(&str, Node<'_>, Node<'_>)> = mapping.entries().collect();
        let entry = Value::map([(key, value.clone())]);
        if let Some((_, _, null)) = entries.iter().find(|(name, ..)| *name == key) {
            return if null.is_null() { self.fill(path, key, value) } else { Err(format!("`{path}` has `{key}`")) };
        }
        if entries.is_empty() {
            return Ok(vec![match mapping.is_null() && span.is_empty() {
                true => (span, format!(" {}", self.flow(&entry))),
                false => (span, self.flow(&entry)),
            }]);
        }
        let last = entries.iter().find(|(name, ..)| Some(*name) == after).or(entries.last());
        let Some((_, last_key, last_value)) = last else { return Ok(Vec::new()) };
        if is_flow(self.text, span) {
            let entry = self.flow(&entry);
            let entry = entry.get(1..entry.len().saturating_sub(1)).unwrap_or_default();
            return Ok(vec![self.in_flow(last_key.span().to(last_value.span()), entry)]);
        }
        let indent = column(self.text, span.start);
        let text = match self.fits_beside(last_value.span(), indent + key.len() + 2, value) {
            true => format!("{}: {}", write::scalar(key), self.flow(value)),
            false => write::block(&entry, indent, self.layout),
        };
        Ok(vec![self.behind(last_key.span().to(last_value.span()), indent, &text)])
    }

    /// Writes a value behind a key that has none.
    fn fill(&self, path: &FieldPath, key: &str, value: &Value) -> Result<Vec<Splice>, Refusal> {
        let path = path.key(key.to_owned());
        let (key, old) = (self.key(&path), self.node(&path)?.span());
        let is_in_flow = is_flow(self.text, self.node(&path.parent())?.span());
        if !is_in_flow && value.is_collection() && !value.is_empty() {
            return Ok(self.replace_below(key, old, value));
        }
        let text = self.flow(value);
        Ok(vec![(old, if old.is_empty() { format!(" {text}") } else { text })])
    }

    /// Writes a value on lines below its key, in place of one that is on the key's line. What follows that one on the
    /// line, a comment, stays there.
    fn replace_below(&self, key: Span, old: Span, value: &Value) -> Vec<Splice> {
        let gap = Span::new(key.end, old.start.max(key.end)).slice(self.text);
        let colon = gap.find(':').map_or(old.start, |colon| key.end + colon + 1);
        let end = line_end(self.text, old.end);
        let lines = write::lines_below(value, column(self.text, key.start), self.layout);
        vec![(Span::new(colon, old.end), String::new()), (Span::new(end, end), lines)]
    }

    /// An entry of a block mapping or item of a block list on lines of its own behind another one.
    fn behind(&self, last: Span, indent: usize, added: &str) -> Splice {
        let end = line_end(self.text, last.end);
        (Span::new(end, end), format!("{}{}{added}", self.layout.line_break, " ".repeat(indent)))
    }

    /// Whether a collection is written in brackets, because its neighbour is and the line does not get long.
    fn fits_beside(&self, neighbour: Span, before: usize, value: &Value) -> bool {
        const LONGEST_LINE: usize = 100;
        value.is_collection()
            && is_flow(self.text, neighbour)
            && before + self.flow(value).chars().count() <= LONGEST_LINE
    }

    /// An entry or item behind the last one of a collection in brackets: on a line of its own where that one is.
    fn in_flow(&self, last: Span, added: &str) -> Splice {
        let between = if is_first_of_line(self.text, last.start) {
            let indent = " ".repeat(column(self.text, last.start));
            format!("{}{indent}", self.layout.line_break)
        } else {
            " ".to_owned()
        };
        (Span::new(last.end, last.end), format!(",{between}{added}"))
    }

    fn append(&self, path: &FieldPath, item: &Value) -> Result<Vec<Splice>, Refusal> {
        let list = Value::List(vec![item.clone()]);
        let (parent, last) = (path.parent(), path.last());
        let Ok(node) = self.node(path) else {
            let Some(Segment::Key(key)) = last else { return Err(format!("`{path}` is not in the file as it is")) };
            return self.insert(&parent, (key, &list), None);
        };
        let span = node.span();
        let Some(last_item) = node.items().last() else {
            let Some(Segment::Key(_)) = last else { return Ok(vec![(span, self.flow(&list))]) };
            if is_flow(self.text, self.node(&parent)?.span()) {
                return Ok(vec![(span, format!("{}{}", if span.is_empty() { " " } else { "" }, self.flow(&list)))]);
            }
            return Ok(self.replace_below(self.key(path), span, &list));
        };
        if is_flow(self.text, span) {
            return Ok(vec![self.in_flow(last_item.span(), &self.flow(item))]);
        }
        let indent = column(self.text, span.start);
        let text = match self.fits_beside(last_item.span(), indent + 2, item) {
            true => format!("- {}", self.flow(item)),
            false => write::block(&list, indent, self.layout),
        };
        Ok(vec![self.behind(last_item.span(), indent, &text)])
    }

    fn remove(&self, path: &FieldPath) -> Result<Vec<Splice>, Refusal> {
        self.node(path)?;
        let parent = self.node(&path.parent())?;
        let entry = self.document.resolve(path, Part::Entry).span;
        let is_map = parent.kind() == Kind::Map;
        let siblings: Vec<Span> = match is_map {
            true => parent.entries().map(|(_, key, value)| key.span().to(value.span())).collect(),
            false => parent.items().map(|item| item.span()).collect(),
        };
        if siblings.len() == 1 {
            return Ok(self.empty(&path.parent(), parent, if is_map { "{}" } else { "[]" }));
        }
        if is_flow(self.text, parent.span()) {
            return Ok(vec![(self.with_comma(entry, &siblings), String::new())]);
        }
        if is_first_of_line(self.text, entry.start) {
            return Ok(vec![(self.lines(entry), String::new())]);
        }
        // It follows a dash, and so does what comes after it then.
        let next = siblings.iter().map(|it| it.start).filter(|&start| start >= entry.end).min();
        let next = next.ok_or_else(|| format!("`{path}` shares its line with what stays"))?;
        Ok(vec![(Span::new(entry.start, next), String::new())])
    }

    /// An empty collection in place of one whose only entry goes away.
    fn empty(&self, path: &FieldPath, node: Node<'_>, brackets: &str) -> Vec<Splice> {
        let span = node.span();
        let key = self.key(path);
        if is_flow(self.text, span)
            || !matches!(path.last(), Some(Segment::Key(_)))
            || !is_first_of_line(self.text, span.start)
        {
            return vec![(span, brackets.to_owned())];
        }
        let colon = Span::new(key.end, span.start).slice(self.text).find(':').map_or(span.start, |at| key.end + at + 1);
        vec![(Span::new(colon, colon), format!(" {brackets}")), (self.lines(span), String::new())]
    }

    /// The whole lines of a span. At the end of a text without a last line break, the break before them goes too.
    fn lines(&self, span: Span) -> Span {
        let (start, end) = (line_start(self.text, span.start), next_line(self.text, span.end));
        if end == self.text.len() && !self.text.ends_with('\n') && start > 0 {
            let before = line_start(self.text, start - 1);
            return Span::new(line_end(self.text, before), end);
        }
        Span::new(start, end)
    }

    /// An item of a collection in brackets, with the comma that separates it from its neighbour.
    fn with_comma(&self, entry: Span, siblings: &[Span]) -> Span {
        let next = siblings.iter().map(|it| it.start).filter(|&start| start >= entry.end).min();
        let before = siblings.iter().map(|it| it.end).filter(|&end| end <= entry.start).max();
        match (next, before) {
            (Some(next), _) => Span::new(entry.start, next),
            (None, Some(before)) => Span::new(before, entry.end),
            (None, None) => entry,
        }
    }
}
