//! Strategic merge patches, as kustomize applies them.

use std::cell::RefCell;
use std::sync::Arc;

use super::object::Object;
use super::tree::{Tree, Value};
use crate::objects::kinds::workload_kind;
use crate::source::Origin;

/// The patch does something that is not done here exactly, or that kustomize refuses.
#[derive(Debug)]
pub(super) struct Inexact;

/// What becomes of the patched value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Kept,
    Deleted,
}

/// A patch, or a part of one, and where it is written.
struct Patch<'p> {
    tree: &'p Tree,
    origin: Origin,
}

/// Applies a patch to an object. Its name, namespace and kind stay.
pub(super) fn merge(object: &mut Object, patch: &Tree, origin: &Origin) -> Result<Fate, Inexact> {
    let mut patch = patch.clone();
    patch.remove("apiVersion");
    patch.remove("kind");
    if let Some(metadata) = patch.get_mut("metadata") {
        metadata.remove("name");
        metadata.remove("namespace");
    }
    let lists = Lists::of(object);
    let place = object.tree.origin.clone().ok_or(Inexact)?;
    let patch = Patch { tree: &patch, origin: origin.clone() };
    let fate = merge_value(&mut object.tree, &place, patch, &lists, &mut Vec::new())?;
    for (old, new) in lists.changed.take() {
        object.tree.replace_shared(&old, &new);
    }
    Ok(fate)
}

fn merge_value<'p>(
    target: &mut Tree,
    place: &Origin,
    patch: Patch<'p>,
    lists: &Lists,
    path: &mut Vec<&'p str>,
) -> Result<Fate, Inexact> {
    match (&target.value, &patch.tree.value) {
        (Value::Map(_), Value::Map(entries)) => {
            match patch.tree.text(&["$patch"]) {
                Some("delete") => return Ok(Fate::Deleted),
                Some("replace") => {
                    let mut new = patch.tree.clone();
                    new.remove("$patch");
                    *target = plain(new)?.at(patch.origin);
                    return Ok(Fate::Kept);
                }
                _ => {}
            }
            for (key, value) in entries {
                merge_entry(target, place, (key, value), &patch.origin, lists, path)?;
            }
        }
        (Value::Seq(_), Value::Seq(_)) => merge_list(target, place, patch, lists, path)?,
        (Value::Map(_) | Value::Seq(_), _) | (_, Value::Map(_) | Value::Seq(_)) if target.value != Value::Null => {
            return Err(Inexact);
        }
        _ => {
            let new = new_value(patch, lists, path)?;
            let old = std::mem::replace(target, new);
            lists.changed.borrow_mut().extend(old.origin.map(|origin| (origin, target.clone())));
        }
    }
    Ok(Fate::Kept)
}

/// Merges one entry of a mapping.
fn merge_entry<'p>(
    target: &mut Tree,
    place: &Origin,
    (key, value): (&'p String, &'p Tree),
    origin: &Origin,
    lists: &Lists,
    path: &mut Vec<&'p str>,
) -> Result<(), Inexact> {
    if key.starts_with('$') {
        return Err(Inexact);
    }
    if value.is_null() {
        target.remove(key);
        return Ok(());
    }
    let patch = Patch { tree: value, origin: origin.key(key.clone()) };
    path.push(key);
    match target.get_mut(key).filter(|child| !child.is_null()) {
        Some(child) => {
            let own = child.origin.as_deref().cloned().unwrap_or_else(|| place.key(key.clone()));
            if merge_value(child, &own, patch, lists, path)? == Fate::Deleted {
                target.remove(key);
            }
        }
        None if value.text(&["$patch"]) == Some("delete") => {}
        None => target.set(key, new_value(patch, lists, path)?),
    }
    path.pop();
    Ok(())
}

/// What a patch puts where nothing was: what it says, without its nulls.
fn new_value<'p>(patch: Patch<'p>, lists: &Lists, path: &mut Vec<&'p str>) -> Result<Tree, Inexact> {
    match &patch.tree.value {
        Value::Map(_) => {
            let mut new = Tree::map().at(patch.origin.clone());
            let place = patch.origin.clone();
            merge_value(&mut new, &place, patch, lists, path)?;
            Ok(new)
        }
        _ => Ok(plain(patch.tree.clone())?.at(patch.origin)),
    }
}

/// A value in which nothing is left for kustomize to do.
fn plain(tree: Tree) -> Result<Tree, Inexact> {
    fn is_plain(tree: &Tree) -> bool {
        tree.items().iter().all(is_plain)
            && tree.entries().iter().all(|(key, value)| !key.starts_with('$') && is_plain(value))
    }
    if is_plain(&tree) { Ok(tree) } else { Err(Inexact) }
}

fn merge_list<'p>(
    target: &mut Tree,
    place: &Origin,
    patch: Patch<'p>,
    lists: &Lists,
    path: &mut Vec<&'p str>,
) -> Result<(), Inexact> {
    let Some(keys) = lists.keys(path)? else {
        *target = plain(patch.tree.clone())?.at(patch.origin);
        return Ok(());
    };
    target.settle_items(place);
    let keys = keys_in_use(keys, target.items(), patch.tree.items())?;
    let Value::Seq(old) = &mut target.value else { return Err(Inexact) };
    let mut front = Vec::new();
    for (index, item) in patch.tree.items().iter().enumerate() {
        let origin = patch.origin.index(index);
        let is_same = |other: &Tree| keys.iter().all(|key| scalar(other, key) == scalar(item, key));
        match old.iter().position(is_same) {
            Some(at) => {
                let Some(found) = old.get_mut(at) else { return Err(Inexact) };
                let own = found.origin.as_deref().cloned().ok_or(Inexact)?;
                let fate = merge_value(found, &own, Patch { tree: item, origin }, lists, path)?;
                // With one key, what is patched comes first; with two, it stays where it is.
                if fate == Fate::Deleted {
                    old.remove(at);
                } else if keys.len() == 1 {
                    front.push(old.remove(at));
                }
            }
            None if item.text(&["$patch"]) == Some("delete") => {}
            None => front.push(new_value(Patch { tree: item, origin }, lists, path)?),
        }
    }
    front.append(old);
    *old = front;
    Ok(())
}

/// The keys by which the items of two lists are told apart. kustomize is regular where either all of the items have a
/// second key or none has, and no two of a list are alike.
fn keys_in_use(keys: &'static [&'static str], target: &[Tree], patch: &[Tree]) -> Result<Vec<&'static str>, Inexact> {
    let has = |key| target.iter().chain(patch).filter(|item| scalar(item, key).is_some()).count();
    let all = target.len() + patch.len();
    let mut used = Vec::new();
    for (index, &key) in keys.iter().enumerate() {
        match has(key) {
            number if number == all => used.push(key),
            0 if index > 0 => {}
            _ => return Err(Inexact),
        }
    }
    let is_unique = |items: &[Tree]| {
        let mut seen: Vec<Vec<Option<&Value>>> =
            items.iter().map(|item| used.iter().map(|key| scalar(item, key)).collect()).collect();
        seen.sort_by_key(|key| format!("{key:?}"));
        seen.windows(2).all(|pair| pair.first() != pair.last())
    };
    if is_unique(target) && is_unique(patch) { Ok(used) } else { Err(Inexact) }
}

fn scalar<'t>(item: &'t Tree, key: &str) -> Option<&'t Value> {
    item.get(key).map(|value| &value.value).filter(|value| matches!(value, Value::Str(_) | Value::Int(_)))
}

/// Which lists of an object are merged item by item, and what was changed so far.
struct Lists {
    /// The keys that lead to the pod spec; `None` where the API says nothing of the kind.
    pod_spec: Option<&'static [&'static str]>,
    /// Whether kustomize knows the kind's lists, so that those that are not named here are replaced as a whole.
    is_known: bool,
    is_service: bool,
    /// Values that the patch changed, by where they stood, and what they are now.
    changed: RefCell<Vec<(Arc<Origin>, Tree)>>,
}

/// The versions of the API whose kinds kustomize knows.
const KNOWN: &[(&str, &str)] =
    &[("", "v1"), ("apps", "v1"), ("batch", "v1"), ("networking.k8s.io", "v1"), ("policy", "v1")];

impl Lists {
    fn of(object: &Object) -> Self {
        let version = object.group_version();
        let is_known = KNOWN.contains(&version);
        let workload = workload_kind(object.kind()).filter(|_| is_known);
        Self {
            pod_spec: workload.map(|it| it.pod_spec),
            is_known: is_known || object.is_custom(),
            is_service: is_known && object.kind() == "Service",
            changed: RefCell::default(),
        }
    }

    /// The keys by which the items of the list at this path are told apart; `None` where it is replaced as a whole
    /// (`x-kubernetes-patch-merge-key` of the API).
    fn keys(&self, path: &[&str]) -> Result<Option<&'static [&'static str]>, Inexact> {
        if self.is_service && path == ["spec", "ports"] {
            return Ok(Some(&["port", "protocol"]));
        }
        let below = self.pod_spec.and_then(|spec| path.strip_prefix(spec));
        let keys: &[&str] = match below {
            Some(["containers" | "initContainers" | "ephemeralContainers" | "volumes" | "imagePullSecrets"]) => {
                &["name"]
            }
            Some(["hostAliases"]) => &["ip"],
            Some(["topologySpreadConstraints"]) => return Err(Inexact),
            Some(["containers" | "initContainers" | "ephemeralContainers", list]) => match *list {
                "ports" => &["containerPort", "protocol"],
                "env" => &["name"],
                "volumeMounts" => &["mountPath"],
                "volumeDevices" => &["devicePath"],
                _ => return Ok(None),
            },
            _ if path == ["metadata", "finalizers"] || path == ["metadata", "ownerReferences"] => return Err(Inexact),
            _ if self.is_known => return Ok(None),
            _ => return Err(Inexact),
        };
        Ok(Some(keys))
    }
}
