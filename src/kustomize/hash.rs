//! The end of the name of a generated object, which follows from its content (kustomize's `hasher`).

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::context::Context;
use super::error::Result;
use super::node::{NodeId, Tree, Value as NodeValue};
use super::object::{Object, remembered};
use super::resources::Resources;

/// Adds the hashes to the names of the objects that want one.
pub(super) fn transform(resources: &mut Resources, context: &mut Context<'_, '_>) -> Result<()> {
    let wants = |object: &Object| object.annotation(remembered::HASH) == Some("enabled");
    if !resources.as_slice().iter().any(wants) {
        return Ok(());
    }
    for object in resources.as_mut().iter_mut().filter(|object| wants(object)) {
        let place = object.place.clone();
        context.spend(4 + object.tree.len(), &place)?;
        let name = format!("{}-{}", object.name(), hash(object));
        object.remember_id();
        let place = object.tree.find(&["metadata", "name"]).and_then(|name| object.tree.origin(name));
        object.set_text(&["metadata", "name"], &name, place);
    }
    Ok(())
}

fn hash(object: &Object) -> String {
    let mut parts: BTreeMap<&str, String> = BTreeMap::new();
    // kustomize looks for a field of this name, and finds none.
    parts.insert("name", "\"\"".to_owned());
    parts.insert("kind", string(object.kind()));
    let root = object.tree.root;
    let value = |key: &str| match object.tree.get(root, key) {
        None => "\"\"".to_owned(),
        Some(value) => json(&object.tree, value),
    };
    let is_map = |key: &str| object.tree.get(root, key).is_some_and(|value| !object.tree.entries(value).is_empty());
    parts.insert("data", value("data"));
    if object.kind() == "Secret" {
        parts.insert("type", value("type"));
    }
    let other = if object.kind() == "Secret" { "stringData" } else { "binaryData" };
    if is_map(other) {
        parts.insert(other, value(other));
    }
    let parts: Vec<String> = parts.into_iter().map(|(key, value)| format!("{}:{value}", string(key))).collect();
    let digest = Sha256::digest(format!("{{{}}}", parts.join(",")));
    let digits: String = digest.iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    let letters = digits.chars().map(|digit| match digit {
        '0' => 'g',
        '1' => 'h',
        '3' => 'k',
        'a' => 'm',
        'e' => 't',
        other => other,
    });
    letters.collect()
}

fn json(tree: &Tree, id: NodeId) -> String {
    match &tree.node(id).value {
        NodeValue::Map(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|left, right| left.0.text.cmp(&right.0.text));
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}:{}", string(&key.text), json(tree, *value))).collect();
            format!("{{{}}}", entries.join(","))
        }
        _ => string(tree.content(id)),
    }
}

/// A string as Go writes it in JSON: safe within HTML.
fn string(text: &str) -> String {
    let mut out = String::new();
    for letter in serde_json::Value::from(text).to_string().chars() {
        match letter {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(letter))),
            other => out.push(other),
        }
    }
    out
}
