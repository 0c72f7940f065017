//! Strategic merge patches, as kustomize applies them (its `merge2` and `walk`): with all of its habits, for what it
//! builds counts.

use std::collections::{BTreeSet, HashSet};

use smol_str::SmolStr;

use super::elements::{self, Stuck};
use super::lookup::described;
use super::node::{Form, Key, Node, NodeId, Tree, Value};
use super::openapi::{Schema, Schemas};

/// What becomes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is taken out.
    Cleared,
    /// It stays as it is: a null that is written as such, and that the patch does not name.
    Left,
    /// It is this node.
    Is(NodeId),
}

/// What a `$patch` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Directive {
    Merge,
    Replace,
    Delete,
}

/// Merges a patch, whose nodes are in the same tree, into a value. Returns, too, how much work that was.
pub(super) fn merge(tree: &mut Tree, target: NodeId, patch: NodeId, schemas: &Schemas) -> Result<(Fate, usize), Stuck> {
    let mut merge = Merge { tree, schemas, work: 0 };
    let fate = merge.walk(Some(target), Some(patch), None)?;
    Ok((fate, merge.work))
}

struct Merge<'m> {
    tree: &'m mut Tree,
    schemas: &'m Schemas,
    /// Comparisons of items, in the unit of the budget.
    work: usize,
}

/// The most items that two lists may have that are merged item by item: each is compared with each.
const MOST_ITEMS: usize = 5_000;

const DIRECTIVE: &str = "$patch";

impl<'m> Merge<'m> {
    fn is_absent(&self, node: Option<NodeId>) -> bool {
        node.is_none_or(|node| self.tree.is_null(node))
    }

    fn schema_of(&self, node: Option<NodeId>) -> Option<Schema<'m>> {
        let node = node?;
        let text = |key| self.tree.get(node, key).map(|value| self.tree.content(value)).filter(|text| !text.is_empty());
        self.schemas.of_kind(text("apiVersion")?, text("kind")?)
    }

    fn walk(
        &mut self,
        target: Option<NodeId>,
        patch: Option<NodeId>,
        schema: Option<Schema<'m>>,
    ) -> Result<Fate, Stuck> {
        let schema = schema.or_else(|| self.schema_of(target)).or_else(|| self.schema_of(patch));
        let present: Vec<NodeId> =
            [target, patch].into_iter().flatten().filter(|&node| !self.tree.is_null(node)).collect();
        let form = present.first().map(|&node| self.tree.node(node).form());
        if let Some(form) = form
            && let Some(&other) = present.iter().find(|&&node| self.tree.node(node).form() != form)
        {
            let found = described(self.tree.node(other).form());
            return Err(Stuck::new(other, format!("the patch has {found} where the object has {}", described(form))));
        }
        match form {
            Some(Form::Map) | None => self.walk_map(target, patch, schema),
            Some(Form::Scalar) => Ok(self.newer(target, patch)),
            Some(Form::Seq) => match schema.and_then(|schema| schema.merge_keys()) {
                Some(keys) => self.walk_list(target, patch, schema, &keys),
                None => Ok(self.newer(target, patch)),
            },
        }
    }

    /// What the patch says, if it says anything.
    fn newer(&self, target: Option<NodeId>, patch: Option<NodeId>) -> Fate {
        patch.or(target).map_or(Fate::Cleared, Fate::Is)
    }

    fn walk_map(
        &mut self,
        target: Option<NodeId>,
        patch: Option<NodeId>,
        schema: Option<Schema<'m>>,
    ) -> Result<Fate, Stuck> {
        let result = if self.is_absent(target) {
            if let Some(patch) = patch
                && matches!(self.directive(patch), Ok(Directive::Delete))
            {
                return Ok(Fate::Cleared);
            }
            let is_written = target.is_some_and(|target| !self.tree.content(target).is_empty());
            match patch {
                None if is_written => return Ok(Fate::Left),
                None => return Ok(Fate::Cleared),
                Some(patch) => patch,
            }
        } else {
            match self.choose(target, patch)? {
                Some(chosen) => chosen,
                None => return Ok(Fate::Cleared),
            }
        };
        let names = |tree: &Tree, node: Option<NodeId>| -> Vec<SmolStr> {
            node.map(|node| tree.entries(node).iter().map(|(key, _)| key.text.clone()).collect()).unwrap_or_default()
        };
        let mut keys: BTreeSet<SmolStr> = names(self.tree, Some(result)).into_iter().collect();
        keys.extend(names(self.tree, patch));
        for name in keys {
            let (own, new) = (self.tree.get(result, &name), patch.and_then(|patch| self.tree.get(patch, &name)));
            let field = schema.and_then(|schema| self.schemas.field(schema, &name));
            match self.walk(own, new, field)? {
                Fate::Left => {}
                Fate::Cleared => self.tree.remove(result, &name),
                Fate::Is(node) => {
                    let entries = patch.map(|patch| self.tree.entries(patch)).unwrap_or_default();
                    let key = entries.iter().find(|(key, _)| key.text == name).map(|(key, _)| key.clone());
                    self.tree.set(result, key.unwrap_or_else(|| Key::plain(&name)), node);
                }
            }
        }
        Ok(Fate::Is(result))
    }

    /// Which of two values is gone on with, where the object has one; `None` where it is taken out.
    fn choose(&mut self, target: Option<NodeId>, patch: Option<NodeId>) -> Result<Option<NodeId>, Stuck> {
        let Some(patch) = patch else { return Ok(target) };
        if self.tree.is_null(patch) {
            return Ok(None);
        }
        Ok(match self.directive(patch)? {
            Directive::Delete => None,
            Directive::Replace => Some(patch),
            Directive::Merge => target,
        })
    }

    /// Reads the `$patch` of a mapping, or of a list one of whose items consists of it, and takes it out.
    fn directive(&mut self, patch: NodeId) -> Result<Directive, Stuck> {
        let is_list = self.tree.node(patch).form() == Form::Seq;
        let holder = if is_list {
            let items = self.tree.items(patch).iter().copied();
            let found = items.into_iter().find(|&item| self.tree.get(item, DIRECTIVE).is_some());
            found.filter(|&item| self.tree.entries(item).len() == 1)
        } else {
            Some(patch)
        };
        let Some(value) = holder.and_then(|holder| self.tree.get(holder, DIRECTIVE)) else {
            return Ok(Directive::Merge);
        };
        let text = self.tree.content(value).to_owned();
        let directive = match text.as_str() {
            "delete" => Directive::Delete,
            "replace" => Directive::Replace,
            "merge" => Directive::Merge,
            _ => {
                return Err(Stuck::new(
                    value,
                    format!("`{text}` is not a patch strategy: write delete, replace or merge"),
                ));
            }
        };
        if is_list {
            elements::set(self.tree, patch, None, &[DIRECTIVE.to_owned()], &[text])?;
        } else {
            self.tree.remove(patch, DIRECTIVE);
        }
        Ok(directive)
    }

    fn walk_list(
        &mut self,
        target: Option<NodeId>,
        patch: Option<NodeId>,
        schema: Option<Schema<'m>>,
        keys: &[String],
    ) -> Result<Fate, Stuck> {
        let chosen = if self.is_absent(target) { patch } else { self.choose(target, patch)? };
        let Some(target) = chosen else { return Ok(Fate::Cleared) };
        // What the patch has comes first.
        let sources: Vec<NodeId> = patch.into_iter().chain([target]).collect();
        let count: usize = sources.iter().map(|&list| self.tree.items(list).len()).sum();
        if count > MOST_ITEMS {
            return Err(Stuck::new(target, format!("the list is too long to be merged: it has {count} items")));
        }
        self.work += count * count / 64;
        if keys.is_empty() {
            let mut seen = HashSet::new();
            let items = sources.iter().flat_map(|&list| self.tree.items(list));
            let texts = items.map(|&item| self.tree.content(item).to_owned());
            let values: Vec<_> = texts.filter(|text| seen.insert(text.clone())).map(|text| vec![text]).collect();
            return self.merge_items(values, &[String::new()], target, patch, schema);
        }
        let mut seen = HashSet::new();
        let mut values = Vec::new();
        for &list in &sources {
            for &item in self.tree.items(list) {
                let of_item: Vec<String> = keys.iter().map(|key| self.key_of(item, key)).collect();
                if seen.insert(of_item.clone()) {
                    values.push(of_item);
                }
            }
        }
        self.merge_items(values, keys, target, patch, schema)
    }

    /// The text of a key of an item; empty where it has none.
    fn key_of(&self, item: NodeId, key: &str) -> String {
        let value = self.tree.get(item, key).filter(|&value| !self.tree.node(value).is_null_or_empty());
        value.map(|value| self.tree.content(value).to_owned()).unwrap_or_default()
    }

    /// Merges two lists item by item; `values` are the keys of all items, those of the patch first.
    fn merge_items(
        &mut self,
        mut values: Vec<Vec<String>>,
        keys: &[String],
        target: NodeId,
        patch: Option<NodeId>,
        schema: Option<Schema<'m>>,
    ) -> Result<Fate, Stuck> {
        let place = self.tree.origin(target);
        let merged = self.tree.add(Node::of(Form::Seq).at(place));
        let items = schema.and_then(|schema| self.schemas.items(schema));
        if keys.len() > 1 {
            elements::complete(&mut values);
        }
        let used = elements::keys_in_use(&values, keys);
        let mut last = None;
        for of_item in &values {
            let (valid_keys, valid) = elements::restrict(&used, of_item, keys);
            let find = |tree: &Tree, list: NodeId| {
                let (keys, values) = elements::restrict_alone(&valid, &valid_keys);
                elements::find(tree, list, &keys, &values)
            };
            let own = find(self.tree, target);
            let new = patch.and_then(|patch| find(self.tree, patch));
            let value = match self.walk(own, new, items)? {
                Fate::Is(node) => Some(node).filter(|&node| {
                    let node = self.tree.node(node);
                    !node.is_null() && !matches!(&node.value, Value::Map(entries) if entries.is_empty())
                }),
                Fate::Cleared | Fate::Left => None,
            };
            match value {
                None => {
                    for _ in &valid_keys {
                        elements::set(self.tree, target, None, &valid_keys, &valid)?;
                    }
                }
                Some(node) => {
                    for (key, text) in valid_keys.iter().zip(&valid) {
                        if self.tree.get(node, key).is_none() && !text.is_empty() {
                            self.set_key(node, key, text);
                        }
                    }
                    elements::set(self.tree, merged, Some(node), &valid_keys, &valid)?;
                }
            }
            last = Some(valid_keys);
        }
        let Some(keys) = last else { return Ok(Fate::Is(target)) };
        elements::append_all(self.tree, merged, target, &keys)?;
        Ok(Fate::Is(merged))
    }

    /// Gives an item its key; a scalar is its own.
    fn set_key(&mut self, item: NodeId, key: &str, text: &str) {
        let place = self.tree.origin(item);
        let value = self.tree.add(Node::untyped(text).at(place));
        if key.is_empty() {
            self.tree.assign(item, value);
        } else {
            self.tree.set(item, Key::plain(key), value);
        }
    }
}
