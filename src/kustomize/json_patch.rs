//! JSON patches (RFC 6902), as kustomize's library applies them: indices from the end, and values that are left out.

use super::context::Context;
use super::error::{Refusal, Result};
use super::json;
use super::node::{Form, Key, Node, NodeId, Tree, Value as NodeValue};
use super::object::{Object, remembered};
use super::scalar::Tag;
use super::value::Value;

/// Applies operations to an object.
pub(super) fn apply(object: &mut Object, operations: &[Value], context: &mut Context<'_, '_>) -> Result<()> {
    let kept: Vec<_> = {
        let annotations = object.string_map("annotations");
        let is_kept = |name: &str| name.starts_with(remembered::PREFIX) || remembered::ALL.contains(&name);
        annotations.into_iter().filter(|(name, ..)| is_kept(name)).collect()
    };
    let Some(first) = operations.first() else { return Ok(()) };
    context.spend(object.tree.len(), &first.origin)?;
    let mut tree = json::read_again(object)?;
    for operation in operations {
        let mut patch = Operation { tree: &mut tree, value: operation };
        let cost = patch.apply().map_err(|message| {
            let what = object.id().printed();
            Refusal::at(&operation.origin, format!("cannot be applied to {what}: {message}"))
        })?;
        context.spend(1 + cost, &operation.origin)?;
    }
    if tree.node(tree.root).form() != Form::Map {
        return Err(Refusal::at(&first.origin, format!("makes no object of {}", object.id().printed())));
    }
    object.tree = tree;
    let mut annotations = object.string_map("annotations");
    annotations.retain(|(name, ..)| kept.iter().all(|(own, ..)| own != name));
    annotations.extend(kept);
    object.set_string_map("annotations", annotations);
    Ok(())
}

struct Operation<'o> {
    tree: &'o mut Tree,
    value: &'o Value,
}

type Applied<T> = std::result::Result<T, String>;

impl Operation<'_> {
    /// Does it, and says how many values that made.
    fn apply(&mut self) -> Applied<usize> {
        match self.value.text("op") {
            "add" => {
                let path = self.path("path")?;
                let (container, key) = self.find(&path)?;
                let value = self.given();
                self.insert(container, &key, value)?;
                Ok(self.tree.size(value))
            }
            "remove" => {
                let path = self.path("path")?;
                let (container, key) = self.find(&path)?;
                self.remove(container, &key)?;
                Ok(0)
            }
            "replace" => self.replace(),
            "move" => {
                let from = self.path("from")?;
                let (container, key) = self.find(&from)?;
                let value = self.get(container, &key)?;
                self.remove(container, &key)?;
                let path = self.path("path")?;
                let (container, key) = self.find(&path)?;
                let value = value.unwrap_or_else(|| self.null());
                self.insert(container, &key, value)?;
                Ok(0)
            }
            "copy" => {
                let from = self.path("from")?;
                let (container, key) = self.find(&from)?;
                let value = self.get(container, &key)?;
                let path = self.path("path")?;
                let (container, key) = self.find(&path)?;
                let value = match value {
                    Some(value) => {
                        let source = self.tree.clone();
                        self.tree.import(&source, value)
                    }
                    None => self.null(),
                };
                self.insert(container, &key, value)?;
                Ok(self.tree.size(value) + self.tree.len() / 16)
            }
            "test" => self.test(),
            "" => Err("it has no `op`".to_owned()),
            other => Err(format!("`{other}` is not an operation")),
        }
    }

    fn null(&mut self) -> NodeId {
        self.tree.add(Node::scalar(Tag::Null, "null").at(Some(self.value.origin.clone())))
    }

    /// The value that is given; null where none is.
    fn given(&mut self) -> NodeId {
        match self.value.get("value") {
            Some(value) => json::add(value, self.tree),
            None => self.null(),
        }
    }

    fn path(&self, key: &str) -> Applied<String> {
        match self.value.get(key) {
            Some(path) if path.described() == "a string" => Ok(path.as_text().to_owned()),
            _ => Err(format!("it has no `{key}`")),
        }
    }

    /// The parent that a path leads to, and the last step. What is before the first slash does not count.
    fn find(&self, path: &str) -> Applied<(NodeId, String)> {
        let missing = || format!("nothing is at `{path}`");
        let mut steps =
            path.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect::<Vec<_>>();
        let last = steps.pop().ok_or_else(missing)?;
        let mut found = self.tree.root;
        for step in steps {
            found = self.get(found, &step).ok().flatten().ok_or_else(missing)?;
            if self.tree.node(found).form() == Form::Scalar {
                return Err(missing());
            }
        }
        Ok((found, last))
    }

    /// The place of an item, of which a negative one counts from the end of so many.
    fn place(key: &str, count: usize) -> Applied<usize> {
        let invalid = || format!("`{key}` is not the index of an item");
        let index: i64 = key.parse().map_err(|_| invalid())?;
        let count = i64::try_from(count).map_err(|_| invalid())?;
        let index = if index < 0 { index + count } else { index };
        usize::try_from(index).map_err(|_| invalid())
    }

    /// What is under a key; `None` for what is not there in a mapping, and for null.
    fn get(&self, container: NodeId, key: &str) -> Applied<Option<NodeId>> {
        let found = match &self.tree.node(container).value {
            NodeValue::Seq(items) => {
                let place = Self::place(key, items.len())?;
                Some(*items.get(place).ok_or_else(|| format!("the list has no item {key}"))?)
            }
            _ => self.tree.get(container, key),
        };
        Ok(found.filter(|&found| !self.tree.is_null(found)))
    }

    fn insert(&mut self, container: NodeId, key: &str, value: NodeId) -> Applied<()> {
        let inserted = self.tree.change(container, |node| match &mut node.value {
            NodeValue::Seq(items) => {
                let place = if key == "-" { items.len() } else { Self::place(key, items.len() + 1)? };
                if place > items.len() {
                    return Err(format!("the list has no place {key}"));
                }
                items.insert(place, value);
                Ok(())
            }
            NodeValue::Map(entries) => {
                match entries.iter_mut().find(|(own, _)| own.text == key) {
                    Some((_, old)) => *old = value,
                    None => entries.push((Key::text(key), value)),
                }
                Ok(())
            }
            NodeValue::Scalar(..) => Err("expected a list or a mapping".to_owned()),
        });
        inserted.unwrap_or_else(|| Err("nothing is there".to_owned()))
    }

    fn remove(&mut self, container: NodeId, key: &str) -> Applied<()> {
        let removed = self.tree.change(container, |node| match &mut node.value {
            NodeValue::Seq(items) => {
                let place = Self::place(key, items.len())?;
                if place >= items.len() {
                    return Err(format!("the list has no item {key}"));
                }
                items.remove(place);
                Ok(())
            }
            NodeValue::Map(entries) => {
                let place = entries.iter().position(|(own, _)| own.text == key);
                entries.remove(place.ok_or_else(|| format!("there is no `{key}` to remove"))?);
                Ok(())
            }
            NodeValue::Scalar(..) => Err("expected a list or a mapping".to_owned()),
        });
        removed.unwrap_or_else(|| Err("nothing is there".to_owned()))
    }

    fn replace(&mut self) -> Applied<usize> {
        let path = self.path("path")?;
        if path.is_empty() {
            if self
                .value
                .get("value")
                .is_none_or(|value| value.entries().is_empty() && value.described() != "a mapping")
            {
                return Err("an object can only be replaced by a mapping".to_owned());
            }
            self.tree.root = self.given();
            return Ok(self.tree.size(self.tree.root));
        }
        let (container, key) = self.find(&path)?;
        self.get(container, &key)?;
        let value = self.given();
        let replaced = self.tree.change(container, |node| match &mut node.value {
            NodeValue::Seq(items) => {
                let place = Self::place(&key, items.len())?;
                *items.get_mut(place).ok_or_else(|| format!("the list has no item {key}"))? = value;
                Ok(())
            }
            NodeValue::Map(entries) => {
                match entries.iter_mut().find(|(own, _)| own.text == key) {
                    Some((_, old)) => *old = value,
                    None => entries.push((Key::text(&key), value)),
                }
                Ok(())
            }
            NodeValue::Scalar(..) => Err("expected a list or a mapping".to_owned()),
        });
        replaced.unwrap_or_else(|| Err("nothing is there".to_owned()))?;
        Ok(self.tree.size(value))
    }

    fn test(&mut self) -> Applied<usize> {
        let path = self.path("path")?;
        let failed = || format!("the value at `{path}` is not the one that is expected");
        let found = if path.is_empty() {
            Some(self.tree.root)
        } else {
            let (container, key) = self.find(&path)?;
            self.get(container, &key)?
        };
        let is_given = self.value.entries().iter().any(|(key, _)| key == "value");
        let expected = self.value.get("value").map(|value| json::add(value, self.tree));
        let is_met = match (found, expected) {
            (Some(found), Some(expected)) => json::is_same(self.tree, found, expected),
            (None, None) => is_given,
            _ => false,
        };
        if is_met { Ok(expected.map_or(0, |expected| self.tree.size(expected))) } else { Err(failed()) }
    }
}
