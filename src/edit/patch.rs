//! The bytes that edits of a file take together, and the proof that they change nothing else.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::bytes::{Site, Splice};
use super::{Change, Edit, expected, write};
use crate::source::FileId;
use crate::yaml::{self, Chunk, Document, Span};

/// Bytes of a file, and what to write in their place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Patch {
    /// The file.
    pub file: FileId,
    /// Its bytes, as they are read; empty where something is added.
    pub span: Span,
    /// The text that takes their place.
    pub text: String,
}

/// The text with the patches of its file, which are sorted and apart from one another.
#[must_use]
pub fn apply<'p>(text: &str, patches: impl IntoIterator<Item = (Span, &'p str)>) -> String {
    let mut changed = String::with_capacity(text.len());
    let mut done = 0;
    for (span, new) in patches {
        changed.push_str(text.get(done..span.start).unwrap_or_default());
        changed.push_str(new);
        done = span.end.max(done);
    }
    changed.push_str(text.get(done..).unwrap_or_default());
    changed
}

/// Whether patches of two fixes are about the same bytes, or touch. New documents at the end of a file do not.
#[must_use]
pub fn overlap(left: &[Patch], right: &[Patch]) -> bool {
    let meets = |one: &Patch, other: &Patch| {
        let is_document = |patch: &Patch| patch.span.is_empty() && patch.text.trim_start().starts_with("---");
        one.file == other.file
            && one.span.start <= other.span.end
            && other.span.start <= one.span.end
            && !(is_document(one) && is_document(other))
            // Whole lines that follow one another.
            && !(one.span.end == other.span.start && !one.span.is_empty() && !other.span.is_empty())
            && !(other.span.end == one.span.start && !one.span.is_empty() && !other.span.is_empty())
    };
    left.iter().any(|one| right.iter().any(|other| meets(one, other)))
}

/// The bytes that edits of one file take, sorted and apart from one another.
///
/// # Errors
/// Why they cannot be made so that the file says what they ask for and nothing else, as a sentence without a full stop.
pub fn plan(text: &str, edits: &[&Edit]) -> Result<Vec<(Span, String)>, String> {
    let chunks = yaml::split(text);
    let mut of_documents: BTreeMap<u32, Vec<&Edit>> = BTreeMap::new();
    for edit in edits {
        of_documents.entry(edit.at.document).or_default().push(edit);
    }
    let mut splices: Vec<Splice> = Vec::new();
    for (&index, edits) in &of_documents {
        let chunk = chunks.get(index as usize).copied().ok_or("the file is not as it was read")?;
        let document = yaml::parse(text, chunk).map_err(|_| "the document does not parse".to_owned())?;
        let site = Site::new(text, &document);
        for edit in edits {
            splices.extend(match &edit.change {
                Change::RemoveDocument => vec![without(text, &chunks, chunk)?],
                Change::AddDocument(value) => vec![added(text, &document, &write::document(value))?],
                _ => site.splices(edit)?,
            });
        }
    }
    splices.sort_by_key(|(span, _)| *span);
    let are_apart = splices.windows(2).all(|pair| match pair {
        [(first, _), (second, _)] => first.end <= second.start,
        _ => true,
    });
    if !are_apart {
        return Err("its changes are about the same lines".to_owned());
    }
    let changed = apply(text, splices.iter().map(|(span, text)| (*span, text.as_str())));
    verify(text, &chunks, &of_documents, &changed)?;
    Ok(splices)
}

/// A document at the end of a text.
fn added(text: &str, document: &Document<'_>, new: &str) -> Result<Splice, String> {
    let is_json = document.root().is_some_and(|root| root.span().slice(text).starts_with('{'));
    if is_json {
        return Err("a JSON file holds one object".to_owned());
    }
    let is_crlf = text.contains("\r\n");
    let before = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    let added = format!("{before}---\n{new}");
    let added = if is_crlf { added.replace('\n', "\r\n") } else { added };
    Ok((Span::new(text.len(), text.len()), added))
}

/// A text without one of its documents.
fn without(text: &str, chunks: &[Chunk], chunk: Chunk) -> Result<Splice, String> {
    let has_content = |other: &&Chunk| {
        other.index != chunk.index && yaml::parse(text, **other).map_or(true, |document| document.root().is_some())
    };
    if !chunks.iter().any(|other| has_content(&other)) {
        return Err("it is the only object of its file: delete the file, and whatever names it".to_owned());
    }
    Ok((chunk.span, String::new()))
}

/// Proves that a changed text says what the edits ask for, and what it said before.
fn verify(
    text: &str,
    chunks: &[Chunk],
    edits: &BTreeMap<u32, Vec<&Edit>>,
    changed: &str,
) -> Result<(), String> {
    const FAILED: &str = "what is written there cannot be changed without a change of something else";
    let failed = || FAILED.to_owned();
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    let mut new = Vec::new();
    for chunk in chunks {
        let own = edits.get(&chunk.index).map_or(&[][..], Vec::as_slice);
        new.extend(own.iter().filter_map(|edit| match &edit.change {
            Change::AddDocument(value) => Some(Wanted::Value(value.into())),
            _ => None,
        }));
        if own.iter().any(|edit| edit.change == Change::RemoveDocument) {
            continue;
        }
        let is_of_fields = |edit: &&&Edit| !matches!(edit.change, Change::AddDocument(_));
        let of_fields: Vec<&Edit> = own.iter().filter(is_of_fields).copied().collect();
        wanted.push(if of_fields.is_empty() {
            Wanted::Text(chunk.span.slice(text))
        } else {
            let (mut value, duplicates) = value(text, *chunk).ok_or_else(failed)?;
            expected::apply(&mut value, &of_fields).ok_or_else(failed)?;
            if duplicates > 0 {
                return Err("the document has a key twice".to_owned());
            }
            Wanted::Value(value)
        });
    }
    wanted.extend(new);
    let found = yaml::split(changed);
    let is_met = |(wanted, chunk): (&Wanted<'_>, &Chunk)| match wanted {
        Wanted::Text(text) if chunk.span.slice(changed) == *text => true,
        Wanted::Text(text) => {
            let before = yaml::split(text).first().and_then(|chunk| value(text, *chunk));
            before.is_some() && before == value(changed, *chunk)
        }
        Wanted::Value(wanted) => {
            value(changed, *chunk).is_some_and(|(value, duplicates)| value == *wanted && duplicates == 0)
        }
    };
    let is_proved = found.len() == wanted.len() && wanted.iter().zip(&found).all(is_met);
    if is_proved { Ok(()) } else { Err(failed()) }
}

/// What a document of the changed text must say.
enum Wanted<'t> {
    /// What it said, most often in the same words.
    Text(&'t str),
    /// This.
    Value(Json),
}

/// What a document says, and how many keys it has twice.
fn value(text: &str, chunk: Chunk) -> Option<(Json, usize)> {
    let document = yaml::parse(text, chunk).ok()?;
    let value = document.root().map_or(Some(Json::Null), |root| yaml::from_node::<Json>(root).ok())?;
    Some((value, document.duplicate_keys().len()))
}
