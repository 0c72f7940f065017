//! The bytes that edits of a file take together, and the proof that they change nothing else.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::bytes::{Site, Splice};
use super::{Change, Edit, Value, expected, write};
use crate::source::FileId;
use crate::yaml::{self, Chunk, Span};

const FAILED: &str = "what is written there cannot be changed without a change of something else";

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

/// The bytes that edits of one file take, sorted and apart from one another.
///
/// # Errors
/// Why they cannot be made so that the file says what they ask for and nothing else, as a sentence without a full stop.
pub fn plan(text: &str, edits: &[&Edit]) -> Result<Vec<(Span, String)>, String> {
    of_chunks(text, &yaml::split(text), edits)
}

/// Like [`plan`], of a text whose documents are known.
pub(super) fn of_chunks(text: &str, chunks: &[Chunk], edits: &[&Edit]) -> Result<Vec<Splice>, String> {
    let mut of_documents: BTreeMap<u32, Vec<&Edit>> = BTreeMap::new();
    for edit in edits {
        of_documents.entry(edit.at.document).or_default().push(edit);
    }
    let mut splices: Vec<Splice> = Vec::new();
    let (mut added, mut removed) = (Vec::new(), 0);
    for (&index, edits) in &of_documents {
        let chunk = chunks.get(index as usize).copied().ok_or("the file is not as it was read")?;
        let mut of_fields = Vec::new();
        for edit in edits {
            match &edit.change {
                Change::AddDocument(value) => added.push(value),
                Change::RemoveDocument => {
                    removed += 1;
                    splices.push((chunk.span, String::new()));
                }
                _ => of_fields.push(*edit),
            }
        }
        if !of_fields.is_empty() {
            splices.extend(of_document(text, chunk, &of_fields)?);
        }
    }
    if removed > 0 {
        refuse_emptiness(text, chunks, &splices)?;
    }
    splices.sort_by_key(|(span, _)| *span);
    let are_apart = splices.windows(2).all(|pair| match pair {
        [(first, _), (second, _)] => first.end <= second.start,
        _ => true,
    });
    if !are_apart {
        return Err("its changes are about the same lines".to_owned());
    }
    if !added.is_empty() {
        splices.push(new_documents(text, chunks, &added)?);
    }
    Ok(splices)
}

/// The bytes that edits of the fields of one document take. They leave it one document, which says what they ask for.
fn of_document(text: &str, chunk: Chunk, edits: &[&Edit]) -> Result<Vec<Splice>, String> {
    let document = yaml::parse(text, chunk).map_err(|_| "the document does not parse".to_owned())?;
    if !document.duplicate_keys().is_empty() {
        return Err("the document has a key twice".to_owned());
    }
    let site = Site::new(text, &document);
    let mut splices: Vec<Splice> = Vec::new();
    for edit in edits {
        splices.extend(site.splices(edit)?);
    }
    splices.sort_by_key(|(span, _)| *span);
    let within = splices.iter().map(|(span, text)| {
        let span = Span::new(span.start.saturating_sub(chunk.span.start), span.end.saturating_sub(chunk.span.start));
        (span, text.as_str())
    });
    let changed = apply(chunk.span.slice(text), within);
    let is_proved = || {
        let mut wanted = yaml::from_node::<Json>(document.root()?).ok()?;
        expected::apply(&mut wanted, edits)?;
        let (found, duplicates) = only_value(&changed)?;
        Some(found == wanted && duplicates == 0)
    };
    if is_proved() == Some(true) { Ok(splices) } else { Err(FAILED.to_owned()) }
}

/// Documents at the end of a text.
fn new_documents(text: &str, chunks: &[Chunk], new: &[&Value]) -> Result<Splice, String> {
    let last = chunks.last().map_or("", |chunk| chunk.span.slice(text));
    if last.trim_start().starts_with('{') {
        return Err("a JSON file holds one object".to_owned());
    }
    let before = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    let documents: Vec<String> = new.iter().map(|value| format!("---\n{}", write::document(value))).collect();
    let added = format!("{before}{}", documents.concat());
    let added = if text.contains("\r\n") { added.replace('\n', "\r\n") } else { added };
    let wanted = std::iter::once(value_of(last)).chain(new.iter().map(|value| Some((Json::from(*value), 0))));
    let together = format!("{last}{added}");
    let found = yaml::split(&together).into_iter().map(|chunk| value_of(chunk.span.slice(&together)));
    // What did not parse before is left alone, and is still a document of its own.
    let is_proved = found.eq(wanted);
    if is_proved { Ok((Span::new(text.len(), text.len()), added)) } else { Err(FAILED.to_owned()) }
}

/// Refuses to take the last object out of a file.
fn refuse_emptiness(text: &str, chunks: &[Chunk], removed: &[Splice]) -> Result<(), String> {
    let stays = |chunk: &&Chunk| !removed.iter().any(|(span, text)| *span == chunk.span && text.is_empty());
    let has_content = |chunk: &Chunk| yaml::parse(text, *chunk).map_or(true, |document| document.root().is_some());
    if chunks.iter().filter(stays).any(has_content) {
        return Ok(());
    }
    Err("it is the only object of its file: delete the file, and whatever names it".to_owned())
}

/// What a text says that is one document, and how many keys it has twice.
fn only_value(text: &str) -> Option<(Json, usize)> {
    match yaml::split(text).as_slice() {
        [_] => value_of(text),
        _ => None,
    }
}

/// What the first document of a text says, and how many keys it has twice.
fn value_of(text: &str) -> Option<(Json, usize)> {
    let document = yaml::parse(text, *yaml::split(text).first()?).ok()?;
    let value = document.root().map_or(Some(Json::Null), |root| yaml::from_node::<Json>(root).ok())?;
    Some((value, document.duplicate_keys().len()))
}
