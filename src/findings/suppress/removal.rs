//! How to take away suppressions that suppress nothing.

use super::directive::annotation;
use super::{Scope, Suppression};
use crate::analysis::Analysis;
use crate::edit::{Change, Edit, Fix, Safety};
use crate::source::{FileId, Location, Origin, Sources};
use crate::yaml::{self, FieldPath, Span};

/// What takes a suppression away and leaves others that stand beside it.
pub(super) fn of(analysis: &Analysis, suppression: &Suppression) -> Option<Fix> {
    let sources = analysis.sources();
    let (edit, title) = match (&suppression.scope, &suppression.place) {
        (Scope::Lines { .. }, Location::Bytes(file, name)) => {
            (of_comment(sources, *file, *name)?, "delete the comment")
        }
        (Scope::Object, Location::Field(place)) => {
            let value = text_at(sources, &place.origin)?;
            (of_annotation(&place.origin, &value, &suppression.rule)?, "delete the annotation")
        }
        (Scope::Entry(_), Location::Field(place)) => {
            (Edit { at: place.origin.clone(), change: Change::Remove }, "delete the entry")
        }
        _ => return None,
    };
    let title = match edit.change {
        Change::Remove => title.to_owned(),
        Change::Comment(_, ref text) if text.is_empty() => title.to_owned(),
        _ => format!("delete `{}`", suppression.rule),
    };
    Some(Fix { safety: Safety::Neutral, title, edits: vec![edit] })
}

/// Takes a rule out of a comment, or the whole comment where it names no other one.
fn of_comment(sources: &Sources, file: FileId, name: Span) -> Option<Edit> {
    let text = sources.text(file);
    let start = text.get(..name.start)?.rfind('\n').map_or(0, |line_break| line_break + 1);
    let end = text.get(name.end..)?.find('\n').map_or(text.len(), |line_break| name.end + line_break);
    let open = text.get(start..name.start)?.rfind('[').map(|at| start + at + 1)?;
    let close = text.get(name.end..end)?.find(']').map(|at| name.end + at)?;
    let is_only = text.get(open..close)?.split(',').filter(|part| !part.trim().is_empty()).count() == 1;
    let span = if is_only { whole(text, start, open, end)? } else { with_comma(text, open, name, close)? };
    let chunks = yaml::split(text);
    let document = chunks.iter().position(|chunk| chunk.span.start <= name.start && name.end <= chunk.span.end)?;
    let at = Origin { file, document: u32::try_from(document).ok()?, path: FieldPath::root() };
    // What is left of a list of names is written again, so that what is removed whole is recognized by its empty text.
    let change = if is_only {
        Change::Comment(span, String::new())
    } else {
        Change::Comment(
            Span::new(open, close),
            format!("{}{}", text.get(open..span.start)?, text.get(span.end..close)?),
        )
    };
    Some(Edit { at, change })
}

/// The comment whose list of names begins at `open`: with its line, where nothing else is on that.
fn whole(text: &str, start: usize, open: usize, end: usize) -> Option<Span> {
    let hash = text.get(start..open)?.rfind('#').map(|at| start + at)?;
    let before = text.get(start..hash)?;
    if before.trim().is_empty() {
        return Some(Span::new(start, (end + 1).min(text.len())));
    }
    let end = if text.get(..end)?.ends_with('\r') { end - 1 } else { end };
    Some(Span::new(start + before.trim_end().len(), end))
}

/// A name of a list with the comma that separates it from its neighbour.
fn with_comma(text: &str, open: usize, name: Span, close: usize) -> Option<Span> {
    if let Some(comma) = text.get(name.end..close)?.find(',') {
        let next = name.end + comma + 1;
        let blanks = text.get(next..close)?;
        return Some(Span::new(name.start, next + blanks.len() - blanks.trim_start().len()));
    }
    let comma = text.get(open..name.start)?.rfind(',')?;
    Some(Span::new(open + comma, name.end))
}

/// Takes a rule out of an annotation, or the whole annotation where it names no other one.
fn of_annotation(origin: &Origin, value: &str, rule: &str) -> Option<Edit> {
    let directive = annotation(value).ok()?;
    let left: Vec<&str> = directive.rules.iter().map(|(name, _)| name.as_str()).filter(|name| *name != rule).collect();
    let change = if left.is_empty() {
        Change::Remove
    } else {
        let reason = value.split_once(':').map(|(_, reason)| format!(":{reason}")).unwrap_or_default();
        Change::Set(format!("{}{reason}", left.join(", ")).into())
    };
    Some(Edit { at: origin.clone(), change })
}

/// The string at a place.
fn text_at(sources: &Sources, origin: &Origin) -> Option<String> {
    let text = sources.text(origin.file);
    let document = yaml::parse(text, *yaml::split(text).get(origin.document as usize)?).ok()?;
    let mut node = document.root()?;
    for segment in origin.path.segments() {
        node = match segment {
            yaml::Segment::Key(key) => node.get(key)?,
            yaml::Segment::Index(index) => node.items().nth(*index)?,
        };
    }
    node.as_str().map(str::to_owned)
}
