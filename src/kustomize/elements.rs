//! Lists whose items are distinguished by keys, as kustomize changes them (its `ElementSetter` and `appendListNode`).

use super::node::{Form, NodeId, Tree, Value};

/// Why a patch cannot be applied, and where.
#[derive(Clone, Debug)]
pub(super) struct Stuck {
    pub(super) node: NodeId,
    pub(super) message: String,
}

impl Stuck {
    pub(super) fn new(node: NodeId, message: impl Into<String>) -> Self {
        Self { node, message: message.into() }
    }
}

/// The key of an item with this text; any text where it is empty. The item itself where there is no key.
fn key_matches(tree: &Tree, item: NodeId, key: &str, text: &str) -> Result<bool, Stuck> {
    let node = tree.node(item);
    let expected = if key.is_empty() { Form::Scalar } else { Form::Map };
    if node.form() != expected {
        return Err(Stuck::new(item, "the items of this list are of different types"));
    }
    if key.is_empty() {
        return Ok(node.content() == text);
    }
    Ok(tree.get(item, key).is_some_and(|value| text.is_empty() || tree.content(value) == text))
}

/// Puts an item instead of those with these keys, or at the end where there is none; without an item those are taken
/// out. Items that are empty are taken out as well.
pub(super) fn set(
    tree: &mut Tree,
    list: NodeId,
    item: Option<NodeId>,
    keys: &[String],
    values: &[String],
) -> Result<(), Stuck> {
    let is_of_maps = keys.first().is_some_and(|key| !key.is_empty()) && values.first().is_some_and(|it| !it.is_empty());
    let mut content = Vec::new();
    let mut is_found = false;
    for old in tree.items(list).to_vec() {
        let node = tree.node(old);
        if node.is_null() || matches!(&node.value, Value::Map(entries) if entries.is_empty()) {
            continue;
        }
        if node.form() != Form::Map && is_of_maps {
            content.push(old);
            continue;
        }
        // A key without a value counts as the one before.
        let mut is_match = false;
        for (at, key) in keys.iter().enumerate() {
            if let Some(value) = values.get(at) {
                is_match = key_matches(tree, old, key, value)?;
            }
            if !is_match {
                break;
            }
        }
        if is_match {
            is_found = true;
            content.extend(item);
        } else if !values.is_empty() {
            content.push(old);
        }
    }
    if !is_found {
        content.extend(item);
    }
    tree.change(list, |node| node.value = Value::Seq(content));
    Ok(())
}

/// The first item with these keys. A text that is empty means an empty one here.
pub(super) fn find(tree: &Tree, list: NodeId, keys: &[String], values: &[String]) -> Option<NodeId> {
    if keys.first().is_none_or(String::is_empty) {
        let text = values.first().map_or("", String::as_str);
        return tree.items(list).iter().copied().find(|&item| tree.content(item) == text);
    }
    tree.items(list).iter().copied().find(|&item| {
        keys.iter().zip(values).all(|(key, text)| tree.get(item, key).is_some_and(|value| tree.content(value) == *text))
    })
}

/// Puts all items of one list into another: each instead of the one with the same keys, or at the end.
pub(super) fn append_all(tree: &mut Tree, list: NodeId, from: NodeId, keys: &[String]) -> Result<(), Stuck> {
    for item in tree.items(from).to_vec() {
        if keys.first().is_none_or(String::is_empty) {
            let text = tree.content(item).to_owned();
            set(tree, list, Some(item), &[String::new()], &[text])?;
            continue;
        }
        let mut values = Vec::new();
        for key in keys {
            let node = tree.node(item);
            if !node.is_null() && node.form() != Form::Map {
                return Err(Stuck::new(item, "the items of this list are of different types"));
            }
            match tree.get(item, key) {
                Some(value) => values.push(tree.content(value).to_owned()),
                None => {
                    tree.change(list, |node| {
                        if let Value::Seq(items) = &mut node.value {
                            items.push(item);
                        }
                    });
                }
            }
        }
        if keys.len() > 1 {
            set(tree, list, None, keys, &values)?;
        }
        set(tree, list, Some(item), keys, &values)?;
    }
    Ok(())
}

/// Completes the keys of items by those of others that have one in common and contradict them in none.
pub(super) fn complete(values: &mut [Vec<String>]) {
    for left in 0..values.len() {
        for right in 0..values.len() {
            let (Some(own), Some(other)) = (values.get(left), values.get(right)) else { continue };
            if let Some(both) = united(own, other) {
                if let Some(own) = values.get_mut(left) {
                    own.clone_from(&both);
                }
                if let Some(other) = values.get_mut(right) {
                    *other = both;
                }
            }
        }
    }
}

fn united(left: &[String], right: &[String]) -> Option<Vec<String>> {
    let mut is_common = false;
    let mut both = Vec::new();
    for (own, other) in left.iter().zip(right) {
        if own == other {
            is_common = true;
        } else if !own.is_empty() && !other.is_empty() {
            return None;
        }
        both.push(if own.is_empty() { other.clone() } else { own.clone() });
    }
    is_common.then_some(both)
}

/// For each key whether any item has it.
pub(super) fn keys_in_use(values: &[Vec<String>], keys: &[String]) -> Vec<bool> {
    let is_used = |at: usize| values.iter().any(|of_item| of_item.get(at).is_some_and(|text| !text.is_empty()));
    (0..keys.len()).map(is_used).collect()
}

/// The keys in use, with the texts of an item; all of them where none is.
pub(super) fn restrict(used: &[bool], of_item: &[String], keys: &[String]) -> (Vec<String>, Vec<String>) {
    if !used.contains(&true) {
        return (keys.to_vec(), of_item.to_vec());
    }
    let kept = |texts: &[String]| {
        texts.iter().zip(used).filter(|(_, is_used)| **is_used).map(|(text, _)| text.clone()).collect::<Vec<_>>()
    };
    (kept(keys), kept(of_item))
}

/// The keys that an item has, by its own texts alone.
pub(super) fn restrict_alone(of_item: &[String], keys: &[String]) -> (Vec<String>, Vec<String>) {
    let used: Vec<bool> = of_item.iter().map(|text| !text.is_empty()).collect();
    restrict(&used, of_item, keys)
}
