//! Values that can be changed, and still know where each part of them is written.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::Origin;
use crate::yaml::{FieldPath, Kind, Node, Segment};

/// A value, and where it is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tree {
    pub(super) value: Value,
    /// Where it is written; `None` means below its parent, under its own key or index. A root always has one.
    pub(super) origin: Option<Arc<Origin>>,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(String),
    Seq(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

impl Tree {
    /// The value of a node, written where the caller says.
    pub(super) fn read(node: Node<'_>) -> Self {
        let value = match node.kind() {
            Kind::Null => Value::Null,
            Kind::Bool => Value::Bool(node.as_bool().unwrap_or_default()),
            Kind::Int => Value::Int(node.as_i64().unwrap_or_default()),
            Kind::Float => Value::Float(node.as_f64().unwrap_or_default()),
            Kind::Str => Value::Str(node.as_str().unwrap_or_default().to_owned()),
            Kind::Seq => Value::Seq(node.items().map(Self::read).collect()),
            Kind::Map => {
                Value::Map(node.entries().map(|(key, _, value)| (key.to_owned(), Self::read(value))).collect())
            }
        };
        Self { value, origin: None }
    }

    /// Makes a string of what only YAML 1.1 takes for a boolean, as kustomize does with objects: `yes`, `off`, `y`.
    /// Tells whether there was any.
    pub(super) fn read_object(node: Node<'_>) -> (Self, bool) {
        let mut tree = Self::read(node);
        let is_changed = tree.quote(node);
        (tree, is_changed)
    }

    fn quote(&mut self, node: Node<'_>) -> bool {
        let mut is_changed = false;
        match &mut self.value {
            Value::Bool(_) => {
                if let Some(text) = old_boolean(node) {
                    self.value = Value::Str(text.to_owned());
                    is_changed = true;
                }
            }
            Value::Seq(items) => {
                for (item, node) in items.iter_mut().zip(node.items()) {
                    is_changed |= item.quote(node);
                }
            }
            Value::Map(entries) => {
                for ((key, value), (_, key_node, node)) in entries.iter_mut().zip(node.entries()) {
                    if let Some(text) = old_boolean(key_node) {
                        *key = text.to_owned();
                        is_changed = true;
                    }
                    is_changed |= value.quote(node);
                }
            }
            _ => {}
        }
        is_changed
    }

    /// A text that is written at this place.
    pub(super) fn text_at(text: impl Into<String>, origin: &Origin) -> Self {
        Self { value: Value::Str(text.into()), origin: Some(Arc::new(origin.clone())) }
    }

    /// An empty mapping that is written nowhere.
    pub(super) fn map() -> Self {
        Self { value: Value::Map(Vec::new()), origin: None }
    }

    /// This value, written at this place.
    pub(super) fn at(self, origin: Origin) -> Self {
        Self { origin: Some(Arc::new(origin)), ..self }
    }

    pub(super) fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    /// The text of a string.
    pub(super) fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn as_bool(&self) -> bool {
        self.value == Value::Bool(true)
    }

    /// The items of a list; nothing where this is none.
    pub(super) fn items(&self) -> &[Tree] {
        match &self.value {
            Value::Seq(items) => items,
            _ => &[],
        }
    }

    /// The entries of a mapping; nothing where this is none.
    pub(super) fn entries(&self) -> &[(String, Tree)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The value under a key.
    pub(super) fn get(&self, key: &str) -> Option<&Tree> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The value that nested keys lead to.
    pub(super) fn find(&self, keys: &[&str]) -> Option<&Tree> {
        keys.iter().try_fold(self, |tree, key| tree.get(key))
    }

    /// The text that nested keys lead to.
    pub(super) fn text(&self, keys: &[&str]) -> Option<&str> {
        self.find(keys)?.as_str()
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Tree> {
        match &mut self.value {
            Value::Map(entries) => entries.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Puts a value under a key, instead of the one that is there. What is no mapping becomes one if it is null, and
    /// else stays as it is.
    pub(super) fn set(&mut self, key: &str, value: Tree) {
        if self.is_null() {
            self.value = Value::Map(Vec::new());
        }
        if let Some(old) = self.get_mut(key) {
            *old = value;
        } else if let Value::Map(entries) = &mut self.value {
            entries.push((key.to_owned(), value));
        }
    }

    /// Takes out what is under a key.
    pub(super) fn remove(&mut self, key: &str) {
        if let Value::Map(entries) = &mut self.value {
            entries.retain(|(name, _)| name != key);
        }
    }

    /// Puts a value wherever this one stands: kustomize makes one value of a label for all fields that it adds it to, and
    /// whoever changes one of them later changes them all (seen in kustomize 5.5).
    pub(super) fn replace_shared(&mut self, shared: &Arc<Origin>, new: &Tree) {
        if self.origin.as_ref().is_some_and(|own| Arc::ptr_eq(own, shared)) {
            *self = new.clone();
        }
        self.for_each_child(&mut |child| child.replace_shared(shared, new));
    }

    /// Makes every value one of its own, as kustomize does where an object goes through JSON.
    pub(super) fn unshare(&mut self) {
        if let Some(origin) = &mut self.origin {
            *origin = Arc::new(Origin::clone(origin));
        }
        self.for_each_child(&mut Self::unshare);
    }

    fn for_each_child(&mut self, change: &mut dyn FnMut(&mut Tree)) {
        match &mut self.value {
            Value::Seq(items) => items.iter_mut().for_each(change),
            Value::Map(entries) => entries.iter_mut().for_each(|(_, value)| change(value)),
            _ => {}
        }
    }

    /// How many values lie in one another, and how many there are.
    pub(super) fn extent(&self) -> (usize, usize) {
        let children = self.items().iter().chain(self.entries().iter().map(|(_, value)| value));
        children.map(Self::extent).fold((1, 1), |(depth, size), (below, more)| (depth.max(below + 1), size + more))
    }

    /// Fixes where the items of this list, which is written at `origin`, stand, so that they may change their places.
    pub(super) fn settle_items(&mut self, origin: &Origin) {
        if let Value::Seq(items) = &mut self.value {
            for (index, item) in items.iter_mut().enumerate() {
                item.origin.get_or_insert_with(|| Arc::new(origin.index(index)));
            }
        }
    }

    /// Writes the value as JSON, and notes which parts of it are written elsewhere than their parents.
    pub(super) fn write(&self, out: &mut String, origins: &mut BTreeMap<FieldPath, Origin>) {
        self.write_below(&mut Vec::new(), out, origins);
    }

    fn write_below(&self, path: &mut Vec<Segment>, out: &mut String, origins: &mut BTreeMap<FieldPath, Origin>) {
        if let Some(origin) = &self.origin {
            origins.insert(path.iter().cloned().collect(), Origin::clone(origin));
        }
        match &self.value {
            Value::Null => out.push_str("null"),
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Int(value) => out.push_str(&value.to_string()),
            Value::Float(value) => out.push_str(&serde_json::Value::from(*value).to_string()),
            Value::Str(text) => push_string(text, out),
            Value::Seq(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    path.push(Segment::Index(index));
                    item.write_below(path, out, origins);
                    path.pop();
                }
                out.push(']');
            }
            Value::Map(entries) => {
                out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    push_string(key, out);
                    out.push(':');
                    path.push(Segment::Key(key.clone().into()));
                    value.write_below(path, out, origins);
                    path.pop();
                }
                out.push('}');
            }
        }
    }
}

/// The text of a boolean that only YAML 1.1 knows.
fn old_boolean(node: Node<'_>) -> Option<&str> {
    let text = node.scalar_text().filter(|_| node.kind() == Kind::Bool)?;
    (!["true", "false"].contains(&text.to_ascii_lowercase().as_str())).then_some(text)
}

fn push_string(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}
