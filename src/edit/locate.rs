//! From the places of a fix to bytes of the input.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::expected::at;
use super::{Change, Edit, Fix, LocatedFix, Patch, plan};
use crate::source::{FileId, Origin, Sources};
use crate::yaml;

/// The fix at the places where what it changes is written, and as bytes of the input.
#[must_use]
pub fn locate(fix: Fix, sources: &Sources) -> LocatedFix {
    let Fix { safety, title, edits } = fix;
    let written: Result<Vec<Edit>, String> = edits.iter().map(|edit| written(edit, sources)).collect();
    match written {
        Ok(edits) => {
            let patches = patches(&edits, sources);
            LocatedFix { safety, title, edits, patches }
        }
        Err(reason) => LocatedFix { safety, title, edits, patches: Err(reason) },
    }
}

/// The edits as bytes, sorted by file and place.
fn patches(edits: &[Edit], sources: &Sources) -> Result<Vec<Patch>, String> {
    let mut of_files: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    for edit in edits {
        of_files.entry(edit.at.file).or_default().push(edit);
    }
    let mut patches = Vec::new();
    for (file, edits) in of_files {
        let splices = plan(sources.text(file), &edits)?;
        patches.extend(splices.into_iter().map(|(span, text)| Patch { file, span, text }));
    }
    Ok(patches)
}

/// The edit at the place where what it changes is written. Refused where that says something else than what was read:
/// where a kustomization changes it on the way, nobody knows what an edit of it would come to.
fn written(edit: &Edit, sources: &Sources) -> Result<Edit, String> {
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
    if place.file == FileId::CONFIGURATION {
        return Err("the configuration is not changed".to_owned());
    }
    if sources.template(place.file, place.document).is_some() {
        return Err("it is rendered from a template: change the template".to_owned());
    }
    let (host, _) = sources.host(place.file, yaml::Span::default());
    if host != place.file {
        return Err("it is written inside another object".to_owned());
    }
    if !place.file.is_input() {
        return Err("a kustomization makes it, and no file has it as it is".to_owned());
    }
    if place != *read {
        let is_new = matches!(edit.change, Change::Insert { .. } | Change::AddDocument(_) | Change::RemoveDocument);
        let is_same = || value(read, sources) == value(&place, sources);
        if (!is_new && !is_same()) || (!is_new && !sources.written_apart(read).is_empty()) {
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
