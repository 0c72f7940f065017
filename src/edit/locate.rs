//! From the places of a fix to bytes of the input.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::expected::at;
use super::{Change, Edit, Fix, Patch, patch};
use crate::source::{FileId, Origin, Sources};
use crate::yaml::{self, Chunk};

/// Documents larger than this carry no patches: each fix takes a look at the whole of its document.
const LARGEST: usize = 1 << 20;

/// The most bytes of documents that one report takes a look at for its fixes.
const MOST: usize = 32 << 20;

/// Makes bytes of fixes, for reports that carry them.
#[derive(Debug)]
pub struct Locator<'s> {
    sources: &'s Sources,
    /// How many bytes of documents it took a look at.
    looked_at: usize,
    chunks: BTreeMap<FileId, Vec<Chunk>>,
}

impl<'s> Locator<'s> {
    /// For findings about these texts.
    #[must_use]
    pub fn new(sources: &'s Sources) -> Self {
        Self { sources, looked_at: 0, chunks: BTreeMap::new() }
    }

    /// The bytes that a fix takes, sorted by file and place.
    ///
    /// # Errors
    /// Why it cannot be made of bytes, as a sentence without a full stop.
    pub fn patches(&mut self, fix: &Fix) -> Result<Vec<Patch>, String> {
        let edits = written(fix, self.sources)?;
        let mut of_files: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
        for edit in &edits {
            of_files.entry(edit.at.file).or_default().push(edit);
        }
        let mut patches = Vec::new();
        for (file, edits) in of_files {
            let text = self.sources.text(file);
            let chunks = self.chunks.entry(file).or_insert_with(|| yaml::split(text));
            let size = |edit: &&Edit| chunks.get(edit.at.document as usize).map_or(0, |chunk| chunk.span.len());
            if edits.iter().map(size).max() > Some(LARGEST) {
                return Err("the document is too large".to_owned());
            }
            self.looked_at = self.looked_at.saturating_add(edits.iter().map(size).sum());
            if self.looked_at > MOST {
                return Err("the report has too many fixes of large documents".to_owned());
            }
            let splices = patch::of_chunks(text, chunks, &edits)?;
            patches.extend(splices.into_iter().map(|(span, text)| Patch { file, span, text }));
        }
        Ok(patches)
    }
}

/// The changes of a fix at the places where what they change is written.
///
/// # Errors
/// Why one of them cannot be made there, as a sentence without a full stop.
pub fn written(fix: &Fix, sources: &Sources) -> Result<Vec<Edit>, String> {
    fix.edits.iter().map(|edit| written_edit(edit, sources)).collect()
}

/// The edit at the place where what it changes is written. Refused where that says something else than what was read:
/// where a kustomization changes it on the way, nobody knows what an edit of it would come to.
fn written_edit(edit: &Edit, sources: &Sources) -> Result<Edit, String> {
    let read = &edit.at;
    let place = match &edit.change {
        // What is new has no place of its own yet.
        Change::Append(_) if value(read, sources).is_none() => {
            let Origin { path, .. } = read;
            let parent = sources.written(&read.parent());
            Origin { path: parent.path.join(path.last().cloned()), ..parent }
        }
        _ => sources.written(read),
    };
    if sources.template(place.file, place.document).is_some() {
        return Err("it is rendered from a template: change the template".to_owned());
    }
    let (host, _) = sources.host(place.file, yaml::Span::default());
    if host != place.file {
        return Err("it is written inside another object".to_owned());
    }
    if !place.file.is_input() && place.file != FileId::CONFIGURATION {
        return Err("a kustomization makes it, and no file has it as it is".to_owned());
    }
    if place != *read {
        let is_new = matches!(edit.change, Change::Insert { .. } | Change::AddDocument(_) | Change::RemoveDocument);
        let is_same = || value(read, sources) == value(&place, sources);
        let is_as_written = is_new || is_same() && sources.written_apart(read).is_empty();
        if !is_as_written {
            return Err("a kustomization changes it, or adds to it".to_owned());
        }
    }
    Ok(Edit { at: place, change: edit.change.clone() })
}

/// What is at a place.
fn value(origin: &Origin, sources: &Sources) -> Option<Json> {
    let text = sources.text(origin.file);
    let chunk = *yaml::split(text).get(origin.document as usize)?;
    let document = yaml::parse(text, chunk).ok()?;
    let mut whole: Json = yaml::from_node(document.root()?).ok()?;
    at(&mut whole, &origin.path).map(Json::take)
}
