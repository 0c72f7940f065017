//! Configuration: what a kustomization, or a file that configures a part of one, says.

use smol_str::SmolStr;

use super::node::{self, NodeId, Tree};
use super::scalar::{Plain, Tag, resolve};
use crate::source::Origin;
use crate::yaml::{Kind, Node};

/// A value, and where it is written.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) content: Content,
    pub(super) origin: Origin,
}

/// What a value is, by the rules of JSON.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Content {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(SmolStr),
    List(Vec<Value>),
    Map(Vec<(SmolStr, Value)>),
}

/// Values are the same wherever they are written.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.content == other.content
    }
}

impl Value {
    /// The value of a node, by the rules of YAML 1.1.
    pub(super) fn read(node: Node<'_>, origin: Origin) -> Self {
        let content = match node.kind() {
            Kind::Null => Content::Null,
            Kind::Bool => Content::Bool(node.as_bool().unwrap_or_default()),
            Kind::Int => Content::Int(node.as_i64().unwrap_or_default()),
            Kind::Float => Content::Float(node.as_f64().unwrap_or_default()),
            Kind::Str => Content::Text(node.as_str().unwrap_or_default().into()),
            Kind::Seq => Content::List(
                node.items().enumerate().map(|(index, item)| Self::read(item, origin.index(index))).collect(),
            ),
            Kind::Map => {
                let entry = |(key, _, value): (&str, _, _)| (key.into(), Self::read(value, origin.key(key.to_owned())));
                Content::Map(node.entries().map(entry).collect())
            }
        };
        Self { content, origin }
    }

    /// The value of a node of an object, which is at `place` where nothing else is said.
    pub(super) fn of_tree(tree: &Tree, id: NodeId, place: &Origin) -> Self {
        let node = tree.node(id);
        let origin = node.origin.clone().unwrap_or_else(|| place.clone());
        let content = match &node.value {
            node::Value::Scalar(tag, text) => of_scalar(*tag, text, node.is_quoted),
            node::Value::Seq(items) => {
                Content::List(items.iter().map(|&item| Self::of_tree(tree, item, &origin)).collect())
            }
            node::Value::Map(entries) => Content::Map(
                entries.iter().map(|(key, value)| (key.text.clone(), Self::of_tree(tree, *value, &origin))).collect(),
            ),
        };
        Self { content, origin }
    }

    /// Says of all values that they are written at one place.
    pub(super) fn relocate(&mut self, place: &Origin) {
        self.origin = place.clone();
        match &mut self.content {
            Content::List(items) => items.iter_mut().for_each(|item| item.relocate(place)),
            Content::Map(entries) => entries.iter_mut().for_each(|(_, value)| value.relocate(place)),
            _ => {}
        }
    }

    pub(super) fn null(origin: Origin) -> Self {
        Self { content: Content::Null, origin }
    }

    pub(super) fn is_null(&self) -> bool {
        self.content == Content::Null
    }

    /// The value under a key; `None` for null, too.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, value)| value).filter(|value| !value.is_null())
    }

    /// The text of a string; empty where it is none.
    pub(super) fn as_text(&self) -> &str {
        match &self.content {
            Content::Text(text) => text,
            _ => "",
        }
    }

    /// The text under a key; empty where there is none.
    pub(super) fn text(&self, key: &str) -> &str {
        self.get(key).map_or("", Self::as_text)
    }

    /// Whether the value under a key is true.
    pub(super) fn flag(&self, key: &str) -> bool {
        self.get(key).is_some_and(|value| value.content == Content::Bool(true))
    }

    /// The whole number under a key; 0 where there is none.
    pub(super) fn number(&self, key: &str) -> i64 {
        match self.get(key).map(|value| &value.content) {
            Some(Content::Int(number)) => *number,
            _ => 0,
        }
    }

    /// The items of a list; nothing where this is none.
    pub(super) fn items(&self) -> &[Value] {
        match &self.content {
            Content::List(items) => items,
            _ => &[],
        }
    }

    /// The items under a key.
    pub(super) fn list(&self, key: &str) -> &[Value] {
        self.get(key).map(Self::items).unwrap_or_default()
    }

    /// The entries of a mapping; nothing where this is none.
    pub(super) fn entries(&self) -> &[(SmolStr, Value)] {
        match &self.content {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The entries of a string map under a key, sorted.
    pub(super) fn texts(&self, key: &str) -> Vec<(&str, &str, &Origin)> {
        let entries = self.get(key).map(Self::entries).unwrap_or_default();
        let mut texts: Vec<_> =
            entries.iter().map(|(name, value)| (name.as_str(), value.as_text(), &value.origin)).collect();
        texts.sort_by_key(|(name, ..)| *name);
        texts
    }

    /// What an error says of a value that is not what it should be.
    pub(super) fn described(&self) -> &'static str {
        match self.content {
            Content::Null => "null",
            Content::Bool(_) => "a boolean",
            Content::Int(_) | Content::Float(_) => "a number",
            Content::Text(_) => "a string",
            Content::List(_) => "a list",
            Content::Map(_) => "a mapping",
        }
    }
}

/// What a scalar is once it was written and read again.
fn of_scalar(tag: Tag, text: &SmolStr, is_quoted: bool) -> Content {
    let is_text = tag == Tag::Text || is_quoted;
    match resolve(text) {
        _ if is_text => Content::Text(text.clone()),
        Plain::Null => Content::Null,
        Plain::Bool(value) => Content::Bool(value),
        Plain::Int(value) => i64::try_from(value).map_or(Content::Float(value as f64), Content::Int),
        Plain::Float(value) if value.fract() == 0.0 && value.abs() < 9e15 => Content::Int(value as i64),
        Plain::Float(value) => Content::Float(value),
        Plain::Timestamp | Plain::Merge | Plain::Text => Content::Text(text.clone()),
    }
}
