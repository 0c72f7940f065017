//! JSON patches (RFC 6902), as kustomize applies them.

use super::merge::Inexact;
use super::object::Object;
use super::tree::{Tree, Value};
use crate::source::Origin;

/// Applies the operations of a patch, which is written at `origin`.
pub(super) fn apply(object: &mut Object, patch: &Tree, origin: &Origin) -> Result<(), Inexact> {
    if patch.items().len() > MOST {
        return Err(Inexact);
    }
    object.change(|tree| {
        tree.unshare();
        patch.items().iter().enumerate().try_for_each(|(index, operation)| {
            let value = operation.get("value").map(|value| value.clone().at(origin.index(index).key("value")));
            let path = pointer(operation, "path")?;
            match operation.text(&["op"]).ok_or(Inexact)? {
                "add" => put(tree, &path, value.ok_or(Inexact)?, true),
                "replace" => put(tree, &path, value.ok_or(Inexact)?, false),
                "remove" => take(tree, &path).map(drop),
                "test" => {
                    let found = at(tree, &path)?;
                    if is_same(found, &value.ok_or(Inexact)?) { Ok(()) } else { Err(Inexact) }
                }
                "copy" => {
                    let from = settled(tree, &pointer(operation, "from")?)?;
                    put(tree, &path, from, true)
                }
                "move" => {
                    let from = take(tree, &pointer(operation, "from")?)?;
                    put(tree, &path, from, true)
                }
                _ => Err(Inexact),
            }
        })
    })
}

/// How deep and how large a value may be that a patch puts somewhere: more than any manifest has, and too little to
/// grow without bounds.
const DEEPEST: usize = 100;
const LARGEST: usize = 2_000;

/// How many operations a patch may have.
const MOST: usize = 1_000;

/// Refuses what would grow without bounds.
fn bounded(path: &[String], value: Tree) -> Result<Tree, Inexact> {
    let (depth, size) = value.extent();
    if path.len() + depth <= DEEPEST && size <= LARGEST { Ok(value) } else { Err(Inexact) }
}

/// The steps of a JSON pointer (RFC 6901).
fn pointer(operation: &Tree, key: &str) -> Result<Vec<String>, Inexact> {
    let text = operation.text(&[key]).ok_or(Inexact)?;
    let steps = text.strip_prefix('/').ok_or(Inexact)?;
    Ok(steps.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect())
}

/// The index that a step means in a list.
fn index(step: &str) -> Result<usize, Inexact> {
    let is_number = step == "0" || !step.starts_with(['0', '+', '-']);
    step.parse().ok().filter(|_| is_number).ok_or(Inexact)
}

fn at<'t>(tree: &'t Tree, path: &[String]) -> Result<&'t Tree, Inexact> {
    path.iter().try_fold(tree, |tree, step| match &tree.value {
        Value::Map(_) => tree.get(step).ok_or(Inexact),
        Value::Seq(items) => items.get(index(step)?).ok_or(Inexact),
        _ => Err(Inexact),
    })
}

/// The value that a path leads to, with its place.
fn settled(tree: &Tree, path: &[String]) -> Result<Tree, Inexact> {
    let mut origin = tree.origin.as_deref().cloned().ok_or(Inexact)?;
    let mut found = tree;
    for step in path {
        origin = below(found, &origin, step)?;
        found = at(found, std::slice::from_ref(step))?;
        origin = found.origin.as_deref().cloned().unwrap_or(origin);
    }
    Ok(found.clone().at(origin))
}

/// Where the child of a value stands that is written at `origin`.
fn below(parent: &Tree, origin: &Origin, step: &str) -> Result<Origin, Inexact> {
    match parent.value {
        Value::Seq(_) => Ok(origin.index(index(step)?)),
        _ => Ok(origin.key(step.to_owned())),
    }
}

/// The parent that a path leads to, its items with places of their own, and the last step.
fn parent<'t, 'p>(tree: &'t mut Tree, path: &'p [String]) -> Result<(&'t mut Tree, &'p str), Inexact> {
    let (last, steps) = path.split_last().ok_or(Inexact)?;
    let mut origin = tree.origin.as_deref().cloned().ok_or(Inexact)?;
    let mut found = tree;
    for step in steps {
        let own = below(found, &origin, step)?;
        found = match &mut found.value {
            Value::Map(entries) => entries.iter_mut().find(|(key, _)| key == step).map(|(_, value)| value),
            Value::Seq(items) => items.get_mut(index(step)?),
            _ => None,
        }
        .ok_or(Inexact)?;
        origin = found.origin.as_deref().cloned().unwrap_or(own);
    }
    found.settle_items(&origin);
    Ok((found, last))
}

/// Puts a value where the path leads. In a list it is inserted, or put instead of the item that is there.
fn put(tree: &mut Tree, path: &[String], value: Tree, insert: bool) -> Result<(), Inexact> {
    let value = bounded(path, value)?;
    let (parent, last) = parent(tree, path)?;
    match &mut parent.value {
        Value::Map(_) => parent.set(last, value),
        Value::Seq(items) if insert => {
            let at = if last == "-" { items.len() } else { index(last)? };
            if at > items.len() {
                return Err(Inexact);
            }
            items.insert(at, value);
        }
        Value::Seq(items) => *items.get_mut(index(last)?).ok_or(Inexact)? = value,
        _ => return Err(Inexact),
    }
    Ok(())
}

/// Takes a value out, with its place.
fn take(tree: &mut Tree, path: &[String]) -> Result<Tree, Inexact> {
    let taken = settled(tree, path)?;
    let (parent, last) = parent(tree, path)?;
    match &mut parent.value {
        Value::Map(_) => parent.remove(last),
        Value::Seq(items) => drop(items.remove(index(last)?)),
        _ => return Err(Inexact),
    }
    Ok(taken)
}

/// Whether two values are the same, wherever they are written.
fn is_same(left: &Tree, right: &Tree) -> bool {
    match (&left.value, &right.value) {
        (Value::Seq(left), Value::Seq(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_same(left, right))
        }
        (Value::Map(own), Value::Map(other)) => {
            own.len() == other.len()
                && own.iter().all(|(key, value)| right.get(key).is_some_and(|other| is_same(value, other)))
        }
        (left, right) => left == right,
    }
}
