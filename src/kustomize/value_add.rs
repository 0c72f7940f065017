//! The transformer `ValueAddTransformer`: a value that is put into fields, or into the paths that they hold.

use super::context::Context;
use super::error::{Refusal, Result};
use super::field_spec::set_entry;
use super::lookup::{self, Create};
use super::namespace::{Namespace, Subjects};
use super::node::{Form, Node, NodeId, Tree};
use super::resources::Resources;
use super::value::Value;
use crate::source::Origin;

/// A value, and the fields that get it.
#[derive(Clone, Debug)]
pub(super) struct ValueAdd {
    pub(super) value: String,
    pub(super) targets: Vec<Value>,
    pub(super) place: Origin,
}

impl ValueAdd {
    pub(super) fn transform(&self, resources: &mut Resources, context: &mut Context<'_, '_>) -> Result<()> {
        for target in &self.targets {
            let selected = match target.get("selector") {
                Some(selector) => resources.select(selector, &mut context.regexes)?,
                None => (0..resources.as_slice().len()).collect(),
            };
            for at in selected {
                context.spend(1, &self.place)?;
                let Some(object) = resources.as_mut().get_mut(at) else { continue };
                if target.text("fieldPath") == "metadata/namespace" {
                    let namespace = Namespace {
                        name: self.value.clone(),
                        place: self.place.clone(),
                        fields: Vec::new(),
                        unset_only: false,
                        subjects: Subjects::Default,
                    };
                    namespace.change(object)?;
                    continue;
                }
                let root = object.tree.root;
                self.add(&mut object.tree, root, target).map_err(|message| {
                    let message = format!("cannot be applied to {}: {message}", object.id().printed());
                    Refusal::at(&target.origin, message)
                })?;
            }
        }
        Ok(())
    }

    fn add(&self, tree: &mut Tree, root: NodeId, target: &Value) -> std::result::Result<(), String> {
        let steps = steps(target.text("fieldPath"));
        let mut found = root;
        for (at, step) in steps.iter().enumerate() {
            let form = if at + 1 == steps.len() { Form::Scalar } else { Form::Map };
            match lookup::step(tree, found, step, Some(Create::of(form)))? {
                Some(next) => found = next,
                None => return Ok(()),
            }
        }
        if tree.node(found).form() != Form::Scalar {
            return Err("expected a scalar".to_owned());
        }
        let old = if tree.is_null(found) { String::new() } else { tree.content(found).to_owned() };
        let new = match usize::try_from(target.number("filePathPosition")) {
            Ok(position) if position > 0 => insert(&old, position - 1, &self.value),
            _ => self.value.clone(),
        };
        let value = tree.add(Node::untyped(&new).at(Some(self.place.clone())));
        set_entry(tree, found, "", value)
    }
}

/// The steps of a path, in which a backslash makes the slash that follows part of a step.
fn steps(path: &str) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    for part in path.split('/') {
        match steps.last_mut() {
            Some(last) if last.ends_with('\\') => {
                last.pop();
                last.push('/');
                last.push_str(part);
            }
            _ => steps.push(part.to_owned()),
        }
    }
    steps
}

/// Puts a part into a path of a file system.
fn insert(path: &str, position: usize, part: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    parts.insert(position.min(parts.len()), part);
    format!("{}{}", if is_absolute { "/" } else { "" }, parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::insert;

    #[test]
    fn parts_are_put_into_paths() {
        for (path, position, expected) in
            [("", 0, "new"), ("/", 3, "/new"), ("a/b", 0, "new/a/b"), ("/a/b", 1, "/a/new/b"), ("a", 9, "a/new")]
        {
            assert_eq!(insert(path, position, "new"), expected);
        }
    }
}
