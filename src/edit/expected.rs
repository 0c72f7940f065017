//! What a document must say once it is changed.

use serde_json::Value as Json;

use super::{Change, Edit};
use crate::yaml::{FieldPath, Segment};

/// Carries out the changes of a document's fields. The places are those before any change, so that what changes keys
/// comes later, and what takes something away comes last, from the end. `None` where a place does not exist or is taken.
pub(super) fn apply(document: &mut Json, edits: &[&Edit]) -> Option<()> {
    let (mut removals, others): (Vec<&Edit>, Vec<&Edit>) = edits.iter().partition(|edit| edit.change == Change::Remove);
    let (mut renames, others): (Vec<&Edit>, Vec<&Edit>) = others
        .into_iter()
        .partition(|edit| matches!(edit.change, Change::Rename(_) | Change::Wrap(_) | Change::Enlist));
    for edit in others {
        change(document, &edit.at.path, &edit.change)?;
    }
    renames.sort_by(|left, right| right.at.path.cmp(&left.at.path));
    for edit in renames {
        change(document, &edit.at.path, &edit.change)?;
    }
    removals.sort_by(|left, right| right.at.path.cmp(&left.at.path));
    for edit in removals {
        change(document, &edit.at.path, &edit.change)?;
    }
    Some(())
}

fn change(document: &mut Json, path: &FieldPath, change: &Change) -> Option<()> {
    match change {
        Change::Set(value) => *at(document, path)? = value.into(),
        Change::Wrap(key) => {
            let value = at(document, path)?;
            *value = Json::Object([(key.clone(), value.take())].into_iter().collect());
        }
        Change::Enlist => {
            let value = at(document, path)?;
            *value = Json::Array(vec![value.take()]);
        }
        Change::Rename(new) => {
            let (Json::Object(entries), Segment::Key(key)) = (at(document, &path.parent())?, path.last()?) else {
                return None;
            };
            let value = entries.remove(&**key)?;
            if entries.insert(new.clone(), value).is_some() {
                return None;
            }
        }
        Change::Remove => match (at(document, &path.parent())?, path.last()?) {
            (Json::Object(entries), Segment::Key(key)) => drop(entries.remove(&**key)?),
            (Json::Array(items), Segment::Index(index)) if *index < items.len() => drop(items.remove(*index)),
            _ => return None,
        },
        Change::Insert { key, value, .. } => insert(at(document, path)?, key, value.into())?,
        Change::Append(item) => append(document, path, item.into())?,
        // A comment says nothing.
        Change::AddDocument(_) | Change::RemoveDocument | Change::Comment(..) => {}
    }
    Some(())
}

fn insert(mapping: &mut Json, key: &str, value: Json) -> Option<()> {
    if mapping.is_null() {
        *mapping = Json::Object(serde_json::Map::new());
    }
    let entries = mapping.as_object_mut()?;
    entries.insert(key.to_owned(), value).is_none_or(|before| before.is_null()).then_some(())
}

fn append(document: &mut Json, path: &FieldPath, item: Json) -> Option<()> {
    match at(document, path) {
        Some(Json::Array(items)) => items.push(item),
        Some(null) if null.is_null() => *null = Json::Array(vec![item]),
        Some(_) => return None,
        None => {
            let Segment::Key(key) = path.last()? else { return None };
            insert(at(document, &path.parent())?, key, Json::Array(vec![item]))?;
        }
    }
    Some(())
}

/// The value at a path.
pub(super) fn at<'j>(document: &'j mut Json, path: &FieldPath) -> Option<&'j mut Json> {
    path.segments().into_iter().try_fold(document, |value, segment| match segment {
        Segment::Key(key) => value.as_object_mut()?.get_mut(&**key),
        Segment::Index(index) => value.as_array_mut()?.get_mut(*index),
    })
}
