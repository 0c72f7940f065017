//! Values that can be changed, and still know where each part of them is written.
//!
//! As in kustomize, a value is a graph of nodes: one node may be in several places, and whoever changes it there
//! changes it everywhere. A label that is added to an object and to its pods is such a node.

use smol_str::SmolStr;

use super::scalar::{Plain, Tag, is_old_boolean, resolve};
use crate::source::Origin;

/// Names a node of a [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NodeId(u32);

/// A value and where it is written.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) value: Value,
    /// Whether a scalar is written in quotes, or as a block. It stays so when its content is replaced.
    pub(super) is_quoted: bool,
    /// Where it is written; `None` for what kustomize makes up.
    pub(super) origin: Option<Origin>,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Scalar(Tag, SmolStr),
    Seq(Vec<NodeId>),
    Map(Vec<(Key, NodeId)>),
}

/// A key of a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) text: SmolStr,
    /// Whether it is read as a string again once it is written.
    pub(super) is_text: bool,
}

/// A node's form, whatever its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Scalar,
    Seq,
    Map,
}

/// A value and all values below it.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    pub(super) root: NodeId,
}

static NOTHING: Node =
    Node { value: Value::Scalar(Tag::Null, SmolStr::new_static("")), is_quoted: false, origin: None };

impl Key {
    /// A key that kustomize writes without quotes.
    pub(super) fn plain(text: &str) -> Self {
        Self { text: text.into(), is_text: resolve(text) == Plain::Text }
    }

    /// A key that is a string, whatever its content.
    pub(super) fn text(text: &str) -> Self {
        Self { text: text.into(), is_text: true }
    }
}

impl Node {
    pub(super) fn new(value: Value) -> Self {
        Self { value, is_quoted: false, origin: None }
    }

    pub(super) fn scalar(tag: Tag, text: &str) -> Self {
        Self::new(Value::Scalar(tag, text.into()))
    }

    /// A string as kustomize makes one: nothing is said about its type.
    pub(super) fn untyped(text: &str) -> Self {
        Self::scalar(Tag::None, text)
    }

    /// A string.
    pub(super) fn text(text: &str) -> Self {
        Self::scalar(Tag::Text, text)
    }

    pub(super) fn of(form: Form) -> Self {
        Self::new(match form {
            Form::Scalar => Value::Scalar(Tag::None, SmolStr::default()),
            Form::Seq => Value::Seq(Vec::new()),
            Form::Map => Value::Map(Vec::new()),
        })
    }

    pub(super) fn at(self, origin: Option<Origin>) -> Self {
        Self { origin, ..self }
    }

    pub(super) fn form(&self) -> Form {
        match self.value {
            Value::Scalar(..) => Form::Scalar,
            Value::Seq(_) => Form::Seq,
            Value::Map(_) => Form::Map,
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.value, Value::Scalar(Tag::Null, _))
    }

    /// Whether it is null, or a collection without content.
    pub(super) fn is_null_or_empty(&self) -> bool {
        match &self.value {
            Value::Scalar(tag, _) => *tag == Tag::Null,
            Value::Seq(items) => items.is_empty(),
            Value::Map(entries) => entries.is_empty(),
        }
    }

    /// The text of a scalar, whatever its type; empty for collections.
    pub(super) fn content(&self) -> &str {
        match &self.value {
            Value::Scalar(_, text) => text,
            _ => "",
        }
    }
}

/// Whether YAML 1.1 takes a plain scalar for anything but a string, so that kustomize quotes it.
fn is_old_non_string(text: &str) -> bool {
    !text.is_empty() && !text.contains('\n') && (resolve(text) != Plain::Text || is_old_boolean(text))
}

impl Tree {
    /// A tree whose root is an empty mapping.
    pub(super) fn new() -> Self {
        Self { nodes: vec![Node::of(Form::Map)], root: NodeId(0) }
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn add(&mut self, node: Node) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(node);
        id
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id.0 as usize).unwrap_or(&NOTHING)
    }

    /// Changes a node, wherever it stands.
    pub(super) fn change<T>(&mut self, id: NodeId, change: impl FnOnce(&mut Node) -> T) -> Option<T> {
        self.nodes.get_mut(id.0 as usize).map(change)
    }

    pub(super) fn set_node(&mut self, id: NodeId, node: Node) {
        self.change(id, |old| *old = node);
    }

    /// The items of a list; nothing where this is none.
    pub(super) fn items(&self, id: NodeId) -> &[NodeId] {
        match &self.node(id).value {
            Value::Seq(items) => items,
            _ => &[],
        }
    }

    /// The entries of a mapping; nothing where this is none.
    pub(super) fn entries(&self, id: NodeId) -> &[(Key, NodeId)] {
        match &self.node(id).value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The value under a key of a mapping.
    pub(super) fn get(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.entries(id).iter().find(|(name, _)| name.text == key).map(|(_, value)| *value)
    }

    /// The value that nested keys lead to from the root.
    pub(super) fn find(&self, keys: &[&str]) -> Option<NodeId> {
        keys.iter().try_fold(self.root, |node, key| self.get(node, key))
    }

    pub(super) fn content(&self, id: NodeId) -> &str {
        self.node(id).content()
    }

    pub(super) fn is_null(&self, id: NodeId) -> bool {
        self.node(id).is_null()
    }

    pub(super) fn origin(&self, id: NodeId) -> Option<Origin> {
        self.node(id).origin.clone()
    }

    /// Adds an entry to a mapping.
    pub(super) fn push_entry(&mut self, map: NodeId, key: Key, value: NodeId) {
        self.change(map, |node| {
            if let Value::Map(entries) = &mut node.value {
                entries.push((key, value));
            }
        });
    }

    /// Takes the first entry with this key out of a mapping.
    pub(super) fn remove(&mut self, map: NodeId, key: &str) {
        self.change(map, |node| {
            if let Value::Map(entries) = &mut node.value
                && let Some(at) = entries.iter().position(|(name, _)| name.text == key)
            {
                entries.remove(at);
            }
        });
    }

    /// Makes a node what another one is. The first keeps its own place in the graph, and the style of its content.
    pub(super) fn assign(&mut self, id: NodeId, from: NodeId) {
        if id != from {
            let is_quoted = self.node(id).is_quoted;
            self.change(from, |node| node.is_quoted = is_quoted);
            let node = self.node(from).clone();
            self.set_node(id, node);
        }
    }

    /// Puts a string in quotes that would not be one without. So what has no type yet becomes a string.
    pub(super) fn quote(&mut self, id: NodeId) {
        let is_string = matches!(self.node(id).value, Value::Scalar(Tag::None | Tag::Text, _));
        if is_string && is_old_non_string(self.content(id)) {
            self.change(id, |node| node.is_quoted = true);
        }
    }

    /// Puts a value under a key, as kustomize's `FieldSetter` does: in the node that is there already, so that all places
    /// of that node change. Null takes the entry out.
    pub(super) fn set(&mut self, map: NodeId, key: Key, value: NodeId) {
        if self.is_null(value) {
            return self.remove(map, &key.text);
        }
        self.quote(value);
        match self.get(map, &key.text) {
            Some(old) => self.assign(old, value),
            None => self.push_entry(map, key, value),
        }
    }

    /// Copies a value of another tree, with all that is below it.
    pub(super) fn import(&mut self, other: &Self, id: NodeId) -> NodeId {
        let node = other.node(id);
        let value = match &node.value {
            Value::Scalar(tag, text) => Value::Scalar(*tag, text.clone()),
            Value::Seq(items) => Value::Seq(items.iter().map(|&item| self.import(other, item)).collect()),
            Value::Map(entries) => {
                Value::Map(entries.iter().map(|(key, value)| (key.clone(), self.import(other, *value))).collect())
            }
        };
        self.add(Node { value, ..node.clone() })
    }

    /// Says of all values that they are written at one place.
    pub(super) fn relocate(&mut self, place: &Origin) {
        for node in &mut self.nodes {
            node.origin = Some(place.clone());
        }
    }

    /// How many values this one holds, itself included, counted as often as they are in it.
    pub(super) fn size(&self, id: NodeId) -> usize {
        let below = match &self.node(id).value {
            Value::Scalar(..) => 0,
            Value::Seq(items) => items.iter().map(|&item| self.size(item)).sum(),
            Value::Map(entries) => entries.iter().map(|(_, value)| self.size(*value)).sum(),
        };
        below + 1
    }
}
