//! Objects on their way through JSON: what kustomize writes, and what it reads again where a JSON patch is applied.

use std::collections::BTreeMap;

use super::error::{Refusal, Result};
use super::node::{Key, Node, NodeId, Tree, Value as NodeValue};
use super::object::Object;
use super::scalar::{Plain, Tag, is_written_in_quotes, resolve, timestamp};
use super::value::{Content, Value};
use crate::source::{Location, Origin, Written};
use crate::text::go_number::general;
use crate::yaml::{FieldPath, Segment};

/// What a scalar becomes.
enum Json {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text,
    Timestamp(String),
}

/// What go-yaml writes a scalar as, and reads again. The type that a node has counts as long as its content fits.
fn scalar(node: &Node, tag: Tag, text: &str) -> std::result::Result<Json, String> {
    let plain = resolve(text);
    let is_text = node.is_quoted || text.contains('\n');
    match tag {
        Tag::Text | Tag::Other => return Ok(Json::Text),
        Tag::None if is_text => return Ok(Json::Text),
        Tag::None => {}
        _ if plain.tag() == tag && is_text => return Ok(Json::Text),
        _ if plain.tag() == tag => {}
        // An integer is a number, too.
        Tag::Float if plain.tag() == Tag::Int => {}
        _ => {
            let name = match tag {
                Tag::Null => "null",
                Tag::Bool => "a boolean",
                Tag::Timestamp => "a date",
                _ => "a number",
            };
            return Err(format!("`{text}` is written to a field that holds {name}, and kustomize cannot write that"));
        }
    }
    Ok(match plain {
        Plain::Null => Json::Null,
        Plain::Bool(value) => Json::Bool(value),
        Plain::Int(value) => Json::Int(value),
        Plain::Float(value) if value.is_finite() => Json::Float(value),
        Plain::Float(_) => return Err(format!("`{text}` cannot be written as JSON")),
        Plain::Timestamp => timestamp(text).map_or(Json::Text, Json::Timestamp),
        Plain::Merge | Plain::Text => Json::Text,
    })
}

/// Refuses what kustomize cannot write.
fn check(object: &Object) -> Result<()> {
    if let Some(again) = object.duplicate {
        let message = "kustomize refuses a key that is written twice";
        return Err(Refusal::new(Location::Bytes(object.file, again), message)
            .help("keep one of the two, or merge their values"));
    }
    Ok(())
}

fn check_key(object: &Object, key: &Key, value: NodeId, is_root: bool) -> Result<()> {
    if key.is_text || is_root {
        return Ok(());
    }
    Err(object
        .refuse(value, format!("the key `{}` is not a string, and kustomize cannot write it", key.text))
        .help("write it in quotes"))
}

/// An object as a JSON text, and where its parts are written.
pub(super) fn write(object: &Object, out: &mut String) -> Result<Written> {
    check(object)?;
    let mut writer = Writer { object, out, places: BTreeMap::new(), path: Vec::new() };
    writer.value(object.tree.root, None)?;
    Ok(writer.places)
}

struct Writer<'w> {
    object: &'w Object,
    out: &'w mut String,
    places: Written,
    path: Vec<Segment>,
}

impl Writer<'_> {
    /// Writes a value, which would be written at `expected` if nothing else were said.
    fn value(&mut self, id: NodeId, expected: Option<Origin>) -> Result<()> {
        let node = self.object.tree.node(id);
        let place = node.origin.clone().or_else(|| expected.clone()).unwrap_or_else(|| self.object.place.clone());
        if expected.as_ref() != Some(&place) {
            self.places.insert(self.path.iter().cloned().collect::<FieldPath>(), place.clone());
        }
        match &node.value {
            NodeValue::Scalar(tag, text) => {
                let json = scalar(node, *tag, text).map_err(|message| self.object.refuse(id, message))?;
                match json {
                    Json::Null => self.out.push_str("null"),
                    Json::Bool(value) => self.out.push_str(if value { "true" } else { "false" }),
                    Json::Int(value) => self.out.push_str(&value.to_string()),
                    Json::Float(value) => self.out.push_str(&serde_json::Value::from(value).to_string()),
                    Json::Text => push_string(text, self.out),
                    Json::Timestamp(text) => push_string(&text, self.out),
                }
            }
            NodeValue::Seq(items) => {
                self.out.push('[');
                for (index, &item) in items.iter().enumerate() {
                    if index > 0 {
                        self.out.push(',');
                    }
                    self.path.push(Segment::Index(index));
                    self.value(item, Some(place.index(index)))?;
                    self.path.pop();
                }
                self.out.push(']');
            }
            NodeValue::Map(entries) => {
                self.out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    check_key(self.object, key, *value, self.path.is_empty())?;
                    if index > 0 {
                        self.out.push(',');
                    }
                    push_string(&key.text, self.out);
                    self.out.push(':');
                    self.path.push(Segment::Key(key.text.to_string().into()));
                    self.value(*value, Some(place.key(key.text.to_string())))?;
                    self.path.pop();
                }
                self.out.push('}');
            }
        }
        Ok(())
    }
}

fn push_string(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

/// An object read again from the JSON that kustomize makes of it: every value has a node of its own, and its own type.
pub(super) fn read_again(object: &Object) -> Result<Tree> {
    check(object)?;
    let mut tree = Tree::new();
    tree.root = again(object, object.tree.root, &mut tree, true)?;
    Ok(tree)
}

fn again(object: &Object, id: NodeId, tree: &mut Tree, is_root: bool) -> Result<NodeId> {
    let node = object.tree.node(id);
    let made = match &node.value {
        NodeValue::Scalar(tag, text) => {
            match scalar(node, *tag, text).map_err(|message| object.refuse(id, message))? {
                Json::Null => null(),
                Json::Bool(value) => Node::scalar(Tag::Bool, if value { "true" } else { "false" }),
                Json::Int(value) => float(value as f64),
                Json::Float(value) => float(value),
                Json::Text => string(text),
                Json::Timestamp(text) => string(&text),
            }
        }
        NodeValue::Seq(items) => {
            let items = items.iter().map(|&item| again(object, item, tree, false)).collect::<Result<Vec<_>>>()?;
            Node::new(NodeValue::Seq(items))
        }
        NodeValue::Map(entries) => {
            let mut made = Vec::new();
            for (key, value) in entries {
                check_key(object, key, *value, is_root)?;
                made.push((Key::text(&key.text), again(object, *value, tree, false)?));
            }
            made.sort_by(|left, right| left.0.text.cmp(&right.0.text));
            Node::new(NodeValue::Map(made))
        }
    };
    Ok(tree.add(made.at(node.origin.clone())))
}

fn null() -> Node {
    Node::scalar(Tag::Null, "null")
}

fn float(value: f64) -> Node {
    let text = general(value);
    Node::scalar(resolve(&text).tag(), &text)
}

fn string(text: &str) -> Node {
    Node { is_quoted: is_written_in_quotes(text), ..Node::text(text) }
}

/// A value of a JSON patch as nodes of an object.
pub(super) fn add(value: &Value, tree: &mut Tree) -> NodeId {
    let node = match &value.content {
        Content::Null => null(),
        Content::Bool(value) => Node::scalar(Tag::Bool, if *value { "true" } else { "false" }),
        Content::Int(value) => float(*value as f64),
        Content::Float(value) => float(*value),
        Content::Text(text) => string(text),
        Content::List(items) => Node::new(NodeValue::Seq(items.iter().map(|item| add(item, tree)).collect())),
        Content::Map(entries) => {
            Node::new(NodeValue::Map(entries.iter().map(|(key, value)| (Key::text(key), add(value, tree))).collect()))
        }
    };
    tree.add(node.at(Some(value.origin.clone())))
}

/// Whether two values are the same, wherever they are written.
pub(super) fn is_same(tree: &Tree, left: NodeId, right: NodeId) -> bool {
    match (&tree.node(left).value, &tree.node(right).value) {
        (NodeValue::Seq(own), NodeValue::Seq(other)) => {
            own.len() == other.len() && own.iter().zip(other).all(|(own, other)| is_same(tree, *own, *other))
        }
        (NodeValue::Map(own), NodeValue::Map(other)) => {
            own.len() == other.len()
                && own
                    .iter()
                    .all(|(key, value)| tree.get(right, &key.text).is_some_and(|other| is_same(tree, *value, other)))
        }
        (NodeValue::Scalar(own_tag, own), NodeValue::Scalar(tag, text)) => own_tag == tag && own == text,
        _ => false,
    }
}
