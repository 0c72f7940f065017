//! `configMapGenerator` and `secretGenerator`.

use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::context::Context;
use super::error::{Refusal, Result};
use super::files::Unreadable;
use super::node::{Form, Key, Node, NodeId};
use super::object::{Object, remembered};
use super::resources::{Resources, name_of};
use super::scalar::Tag;
use super::unread;
use super::value::Value;
use crate::source::Origin;

/// What is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    ConfigMap,
    Secret,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::ConfigMap => "ConfigMap",
            Self::Secret => "Secret",
        }
    }
}

/// A key, its value, and where it is written.
type Pair = (String, Vec<u8>, Origin);

/// Generates an object. `options` are those of the whole kustomization; `None` where a file cannot be known.
pub(super) fn generate(
    kind: Kind,
    entry: &Value,
    options: Option<&Value>,
    directory: &Path,
    context: &mut Context<'_, '_>,
) -> Result<Option<Object>> {
    let name = entry.text("name");
    if name.is_empty() {
        return Err(
            Refusal::at(&entry.origin, format!("a generated {} wants a name", kind.name())).help("write `name`")
        );
    }
    let mut object = Object::new(entry.origin.file, entry.origin.clone());
    let place = |key: &str| Some(entry.get(key).map_or(&entry.origin, |value| &value.origin).clone());
    object.set_text(&["apiVersion"], "v1", Some(entry.origin.clone()));
    object.set_text(&["kind"], kind.name(), Some(entry.origin.clone()));
    object.set_text(&["metadata", "name"], name, place("name"));
    mark_text(&mut object, &["metadata", "name"]);
    if !entry.text("namespace").is_empty() {
        object.set_text(&["metadata", "namespace"], entry.text("namespace"), place("namespace"));
        mark_text(&mut object, &["metadata", "namespace"]);
    }
    if kind == Kind::Secret {
        let of = if entry.text("type").is_empty() { "Opaque" } else { entry.text("type") };
        object.set_text(&["type"], of, place("type"));
        mark_text(&mut object, &["type"]);
    }
    let Some(mut pairs) = pairs(entry, directory, context)? else { return Ok(None) };
    pairs.sort_by(|left, right| left.0.cmp(&right.0));
    if let Some(again) =
        pairs.windows(2).find_map(|pair| pair.last().filter(|last| pair.first().map(|it| &it.0) == Some(&last.0)))
    {
        return Err(
            Refusal::at(&again.2, format!("the key `{}` is generated twice", again.0)).help("remove one of the two")
        );
    }
    let root = object.tree.root;
    if kind == Kind::Secret || !pairs.is_empty() {
        if kind == Kind::Secret {
            make_map(&mut object, "data");
        }
        for (key, bytes, origin) in pairs {
            let (map, text) = match String::from_utf8(bytes) {
                Ok(text) if kind == Kind::ConfigMap => ("data", text),
                Ok(text) => ("data", base64(text.as_bytes())),
                Err(error) if kind == Kind::ConfigMap => ("binaryData", base64(error.as_bytes())),
                Err(error) => ("data", base64(error.as_bytes())),
            };
            let map = make_map(&mut object, map);
            let is_quoted = text.contains('\n');
            let value = object.tree.add(Node { is_quoted, ..Node::text(&text) }.at(Some(origin)));
            object.tree.set(map, Key::plain(&key), value);
        }
    }
    let local = entry.get("options");
    for (map, set) in [("labels", "labels"), ("annotations", "annotations")] {
        let mut all: Vec<(&str, &str, &Origin)> = options.map(|options| options.texts(map)).unwrap_or_default();
        let own = local.map(|local| local.texts(map)).unwrap_or_default();
        all.retain(|(key, ..)| own.iter().all(|(own, ..)| own != key));
        all.extend(own);
        if !all.is_empty() {
            let all = all.into_iter().map(|(key, text, origin)| (key.into(), text.into(), Some(origin.clone())));
            let all = all.collect();
            object.set_string_map(set, all);
        }
    }
    let flag = |key: &str| [local, options].into_iter().flatten().any(|options| options.flag(key));
    if flag("immutable") {
        let value = object.tree.add(Node::scalar(Tag::Bool, "true").at(Some(entry.origin.clone())));
        object.tree.push_entry(root, Key::text("immutable"), value);
    }
    let mut annotations = object.string_map("annotations");
    if !flag("disableNameSuffixHash") {
        annotations.push((remembered::HASH.into(), "enabled".into(), None));
    }
    let behavior = match entry.text("behavior") {
        known @ ("create" | "replace" | "merge") => known,
        _ => "unspecified",
    };
    annotations.push((remembered::BEHAVIOR.into(), behavior.into(), None));
    object.set_string_map("annotations", annotations);
    context.spend(object.tree.len(), &entry.origin)?;
    Ok(Some(object))
}

/// The mapping of this name, made where there is none.
fn make_map(object: &mut Object, name: &str) -> NodeId {
    let root = object.tree.root;
    match object.tree.get(root, name) {
        Some(map) => map,
        None => {
            let map = object.tree.add(Node::of(Form::Map).at(Some(object.place.clone())));
            object.tree.push_entry(root, Key::text(name), map);
            map
        }
    }
}

/// Says of a scalar that it is a string.
fn mark_text(object: &mut Object, path: &[&str]) {
    if let Some(node) = object.tree.find(path) {
        let text = object.tree.content(node).to_owned();
        let origin = object.tree.origin(node);
        object.tree.set_node(node, Node::text(&text).at(origin));
    }
}

/// The content of the object: from files of `key=value` lines, from literals, and from whole files.
fn pairs(entry: &Value, directory: &Path, context: &mut Context<'_, '_>) -> Result<Option<Vec<Pair>>> {
    let mut pairs = Vec::new();
    let single = entry.get("env").filter(|env| !env.as_text().is_empty());
    for source in entry.list("envs").iter().chain(single) {
        let Some(bytes) = load(source, source.as_text(), directory, context)? else { return Ok(None) };
        let text = String::from_utf8(bytes)
            .map_err(|_| Refusal::at(&source.origin, format!("`{}` is not text in UTF-8", source.as_text())))?;
        for (number, line) in text.lines().enumerate() {
            let line = if number == 0 { line.strip_prefix('\u{feff}').unwrap_or(line) } else { line };
            let line = line.trim_start();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            if !key.is_empty() {
                pairs.push((key.to_owned(), value.as_bytes().to_vec(), source.origin.clone()));
            }
        }
    }
    for source in entry.list("literals") {
        let text = source.as_text();
        let Some((key, value)) = text.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            return Err(Refusal::at(&source.origin, format!("`{text}` is not a literal")).help("write `key=value`"));
        };
        pairs.push((key.to_owned(), without_quotes(value).as_bytes().to_vec(), source.origin.clone()));
    }
    for source in entry.list("files") {
        let text = source.as_text();
        let (key, path) = match text.split_once('=') {
            None => (text.trim_end_matches('/').rsplit('/').next().unwrap_or_default(), text),
            Some((key, path)) if !key.is_empty() && !path.is_empty() && !path.contains('=') => (key, path),
            Some(_) => {
                return Err(Refusal::at(&source.origin, format!("`{text}` does not name a file"))
                    .help("write the path of a file, or `key=path`"));
            }
        };
        let Some(content) = load(source, path, directory, context)? else { return Ok(None) };
        pairs.push((key.to_owned(), content, source.origin.clone()));
    }
    Ok(Some(pairs))
}

fn without_quotes(text: &str) -> &str {
    ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(text)
}

/// The content of a file; `None` where it has to be fetched or is left out.
fn load(source: &Value, path: &str, directory: &Path, context: &mut Context<'_, '_>) -> Result<Option<Vec<u8>>> {
    match context.files.load_data(directory, path) {
        Ok(bytes) => {
            context.spend(1 + bytes.len() / 256, &source.origin)?;
            Ok(Some(bytes))
        }
        Err(Unreadable::Remote | Unreadable::Excluded) => Ok(None),
        Err(why) => Err(unread::refusal(&source.origin, path, why)),
    }
}

/// Base64, in lines where it is long, as kustomize writes it.
fn base64(bytes: &[u8]) -> String {
    const LINE: usize = 70;
    let digits = BASE64_STANDARD.encode(bytes);
    if digits.len() < LINE {
        return digits;
    }
    let lines = digits.as_bytes().chunks(LINE).map(|line| format!("{}\n", String::from_utf8_lossy(line)));
    lines.collect()
}

/// Adds a generated object: a new one, or one that changes what is there.
pub(super) fn absorb(resources: &mut Resources, mut object: Object, context: &mut Context<'_, '_>) -> Result<()> {
    let id = object.id();
    let place = object.place.clone();
    context.spend(1 + resources.as_slice().len() / 16, &place)?;
    let found = resources.with_id(&id);
    let behavior = object.annotation(remembered::BEHAVIOR).unwrap_or_default().to_owned();
    let changes = ["merge", "replace"].contains(&behavior.as_str());
    let at = match found.as_slice() {
        [] if changes => {
            return Err(Refusal::at(&place, format!("there is no {} to {behavior}", id.printed()))
                .help("write the name and namespace of an object that is generated or listed before")
                .absent());
        }
        [] => return resources.append(object, &place),
        [one] => *one,
        _ => return Err(Refusal::at(&place, format!("several objects are or were called {}", id.printed()))),
    };
    let Some(old) = resources.as_mut().get_mut(at) else { return Ok(()) };
    if !changes {
        return Err(Refusal::at(&place, format!("{} is there already", id.printed()))
            .help("write `behavior: merge` or `behavior: replace`, or another name")
            .because(&name_of(old), "first defined here"));
    }
    take_metadata(&mut object, old);
    if behavior == "merge" {
        for map in ["data", "binaryData"] {
            merge_data(&mut object, old, map);
        }
    }
    *old = object;
    Ok(())
}

/// The labels, annotations, name and namespace of the old object stay.
fn take_metadata(object: &mut Object, old: &Object) {
    let united = |new: &Object, map: &str| {
        let own = new.string_map(map);
        let mut all = old.string_map(map);
        all.retain(|(key, ..)| own.iter().all(|(name, ..)| name != key));
        all.extend(own);
        all
    };
    let labels = united(object, "labels");
    object.set_string_map("labels", labels);
    let wants_hash = object.annotation(remembered::HASH).is_some();
    let mut annotations = united(object, "annotations");
    annotations.retain(|(name, ..)| !remembered::ALL.contains(&name.as_str()));
    let remembered = old.string_map("annotations").into_iter();
    annotations.extend(
        remembered
            .filter(|(name, ..)| remembered::ALL.contains(&name.as_str()) && (wants_hash || name != remembered::HASH)),
    );
    object.set_string_map("annotations", annotations);
    let place = |object: &Object, key| object.tree.find(&["metadata", key]).and_then(|node| object.tree.origin(node));
    let name_place = place(object, "name");
    object.set_text(&["metadata", "name"], old.name(), name_place);
    if old.namespace().is_empty() {
        if let Some(metadata) = object.tree.find(&["metadata"]) {
            object.tree.remove(metadata, "namespace");
        }
    } else {
        object.set_text(&["metadata", "namespace"], old.namespace(), place(old, "namespace"));
    }
    object.variables.clone_from(&old.variables);
}

fn merge_data(object: &mut Object, old: &Object, map: &str) {
    let entries = |object: &Object| -> Vec<(String, String, Option<Origin>)> {
        let data = object.tree.get(object.tree.root, map);
        let entries = data.map(|data| object.tree.entries(data)).unwrap_or_default();
        let text =
            |value| if object.tree.is_null(value) { String::new() } else { object.tree.content(value).to_owned() };
        entries.iter().map(|(key, value)| (key.text.to_string(), text(*value), object.tree.origin(*value))).collect()
    };
    let own = entries(object);
    let mut all = entries(old);
    all.retain(|(key, ..)| own.iter().all(|(name, ..)| name != key));
    all.extend(own);
    all.sort_by(|left, right| left.0.cmp(&right.0));
    let root = object.tree.root;
    object.tree.remove(root, map);
    if all.is_empty() {
        return;
    }
    let data = object.tree.add(Node::of(Form::Map).at(Some(object.place.clone())));
    object.tree.push_entry(root, Key::text(map), data);
    for (key, text, origin) in all {
        let value = object.tree.add(Node { is_quoted: text.contains('\n'), ..Node::text(&text) }.at(origin));
        object.tree.set(data, Key::plain(&key), value);
    }
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base_64_is_padded_and_broken_into_lines() {
        assert_eq!(base64(b"a"), "YQ==");
        assert_eq!(base64(b"abc"), "YWJj");
        assert_eq!(base64(&[b'a'; 60]).lines().map(str::len).collect::<Vec<_>>(), [70, 10]);
    }
}
