//! The objects of a text, as kustomize reads them: resources, patches, and the configuration of plugins.

use super::error::{Refusal, Result};
use super::node::{Form, Key, Node, NodeId, Tree, Value};
use super::object::Object;
use super::scalar::{Plain, Tag, resolve};
use crate::source::{FileId, Location, Origin};
use crate::yaml::{self, Chunk, Document, FieldPath, Kind, Span};

/// The most values that one text may hold: aliases multiply.
const MOST: usize = 3_000_000;

/// A text to be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text<'t> {
    pub(super) file: FileId,
    pub(super) text: &'t str,
}

/// Reads the objects of a text; a List is taken apart.
///
/// # Errors
/// Where kustomize cannot read it: broken YAML, and objects without a kind or a name.
pub(super) fn objects(text: Text<'_>) -> Result<Vec<Object>> {
    separators(text)?;
    let chunks = yaml::split(text.text);
    let mut left = MOST;
    let mut documents = Vec::new();
    for &chunk in &chunks {
        documents.extend(document(text, chunk, &mut left)?);
    }
    // kustomize takes a single List apart as it is, and others by way of JSON.
    let mut queue = Vec::new();
    let single = if let [object] = documents.as_slice() { Some(object) } else { None };
    match single.filter(|object| ["List", "ResourceList"].contains(&object.kind())).and_then(|list| {
        let items = list.tree.get(list.tree.root, "items");
        items.or_else(|| list.tree.get(list.tree.root, "functionConfig")).map(|_| (list, items))
    }) {
        Some((list, items)) => {
            let items = items.map(|items| list.tree.items(items)).unwrap_or_default();
            queue.extend(items.iter().map(|&item| part(list, item)));
        }
        None => queue = documents,
    }
    let mut objects = Vec::new();
    let mut queue: std::collections::VecDeque<Object> = queue.into();
    while let Some(object) = queue.pop_front() {
        if object.tree.node(object.tree.root).is_null_or_empty() {
            continue;
        }
        validate(&object)?;
        let items = object.tree.get(object.tree.root, "items").filter(|_| object.kind().ends_with("List"));
        let Some(items) = items else {
            objects.push(object);
            continue;
        };
        let node = object.tree.node(items);
        if node.form() != Form::Seq && !node.is_null() {
            return Err(object.refuse(items, "expected a list of objects under `items`"));
        }
        let parts = object.tree.items(items).iter().map(|&item| part(&object, item));
        queue.extend(parts.map(|mut part| {
            part.tree.quote_strings(part.tree.root);
            part
        }));
    }
    Ok(objects)
}

/// An item of a List as an object of its own.
fn part(list: &Object, item: NodeId) -> Object {
    let mut tree = Tree::new();
    tree.root = tree.import(&list.tree, item);
    Object { tree, duplicate: list.duplicate, ..Object::new(list.file, list.place.clone()) }
}

/// kustomize permits a comment after `---` and nothing else.
fn separators(text: Text<'_>) -> Result<()> {
    let mut start = 0;
    for line in text.text.split_inclusive('\n') {
        let rest = line.strip_prefix("---").filter(|_| start > 0 && line.ends_with('\n')).map(str::trim);
        if rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('#')) {
            let span = Span::new(start, start + line.trim_end().len());
            return Err(Refusal::new(
                Location::Bytes(text.file, span),
                "kustomize refuses content on the line of a `---` separator",
            )
            .help("move it to a line of its own"));
        }
        start += line.len();
    }
    Ok(())
}

/// Reads one document; `None` where it is empty.
fn document(text: Text<'_>, chunk: Chunk, left: &mut usize) -> Result<Option<Object>> {
    let document = match yaml::parse(text.text, chunk) {
        Ok(document) => document,
        Err(error) => {
            let message = format!("kustomize cannot read this file: {}", error.message);
            let mut refusal = Refusal::new(Location::Bytes(text.file, error.span), message);
            refusal.help = error.help;
            return Err(refusal);
        }
    };
    let Some(root) = document.root() else { return Ok(None) };
    let origin = Origin { file: text.file, document: chunk.index, path: FieldPath::root() };
    let mut tree = Tree::new();
    let read = add(&mut tree, root, origin.clone(), left);
    let Some(root) = read else {
        return Err(Refusal::at(&origin, "the document holds more values than netlint is willing to read")
            .help("check that its aliases do not multiply"));
    };
    tree.root = root;
    if tree.is_null(root) {
        return Ok(None);
    }
    let duplicate = first_duplicate(&document);
    Ok(Some(Object { tree, duplicate, ..Object::new(text.file, origin) }))
}

fn first_duplicate(document: &Document<'_>) -> Option<Span> {
    document.duplicate_keys().first().map(|duplicate| duplicate.again)
}

/// Copies a value into a tree; `None` where it is too large.
fn add(tree: &mut Tree, node: yaml::Node<'_>, origin: Origin, left: &mut usize) -> Option<NodeId> {
    *left = left.checked_sub(1)?;
    let mut is_quoted = false;
    let value = match node.kind() {
        Kind::Seq => {
            let mut items = Vec::new();
            for (index, item) in node.items().enumerate() {
                items.push(add(tree, item, origin.index(index), left)?);
            }
            Value::Seq(items)
        }
        Kind::Map => {
            let mut entries = Vec::new();
            for (name, key, value) in node.entries() {
                let text = key.scalar_text().unwrap_or(name);
                let key = if key.is_quoted() { Key::text(text) } else { Key::plain(text) };
                entries.push((key, add(tree, value, origin.key(name.to_owned()), left)?));
            }
            Value::Map(entries)
        }
        kind => {
            let text = node.scalar_text().unwrap_or_default();
            is_quoted = node.is_quoted() && kind == Kind::Str;
            Value::Scalar(tag(kind, text, node.is_quoted()), text.into())
        }
    };
    Some(tree.add(Node { value, is_quoted, origin: Some(origin) }))
}

/// The tag that go-yaml v3 gives to a scalar, derived from what the API's reader makes of it.
fn tag(kind: Kind, text: &str, is_quoted: bool) -> Tag {
    let plain = resolve(text);
    match kind {
        Kind::Null => Tag::Null,
        Kind::Str if is_quoted || plain != Plain::Timestamp => Tag::Text,
        // With quotes, only a tag makes anything but a string of it.
        Kind::Bool if is_quoted => Tag::Bool,
        Kind::Int if is_quoted => Tag::Int,
        Kind::Float if is_quoted => Tag::Float,
        _ => plain.tag(),
    }
}

/// What kustomize demands of every object.
fn validate(object: &Object) -> Result<()> {
    let root = object.tree.root;
    let at = |message: &str| Err(object.refuse(root, message));
    if object.tree.node(root).form() != Form::Map {
        return at("expected an object, a mapping with `kind` and `metadata`");
    }
    if object.kind().is_empty() {
        return at("an object without `kind`");
    }
    if !object.kind().ends_with("List") && object.name().is_empty() {
        return Err(object.refuse(
            object.tree.get(root, "metadata").unwrap_or(root),
            format!("a {} without `metadata.name`", object.kind()),
        ));
    }
    Ok(())
}

impl Tree {
    /// Writes all strings in quotes, as JSON does.
    fn quote_strings(&mut self, id: NodeId) {
        let children: Vec<NodeId> = match &self.node(id).value {
            Value::Scalar(tag, _) => {
                let is_text = *tag == Tag::Text;
                self.change(id, |node| node.is_quoted = is_text);
                return;
            }
            Value::Seq(items) => items.clone(),
            Value::Map(entries) => entries.iter().map(|(_, value)| *value).collect(),
        };
        for child in children {
            self.quote_strings(child);
        }
    }
}
