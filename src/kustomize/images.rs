//! `images`: names, tags and digests of the images of containers.

use super::context::Context;
use super::error::{Refusal, Result};
use super::field_spec::{FieldSpec, apply, fitting, set_entry};
use super::lookup;
use super::node::{Form, Node, NodeId, Tree, Value as NodeValue};
use super::object::Object;
use super::regexes::Regexes;
use super::resources::Resources;
use super::value::Value;
use crate::source::Origin;

/// An entry of `images`.
#[derive(Clone, Debug)]
pub(super) struct Image {
    /// A regular expression.
    name: String,
    new_name: String,
    new_tag: String,
    tag_suffix: String,
    digest: String,
    place: Origin,
    fields: Vec<FieldSpec>,
}

impl Image {
    pub(super) fn read(value: &Value, fields: Vec<FieldSpec>) -> Self {
        let text = |key| value.text(key).to_owned();
        Self {
            name: text("name"),
            new_name: text("newName"),
            new_tag: text("newTag"),
            tag_suffix: text("tagSuffix"),
            digest: text("digest"),
            place: value.origin.clone(),
            fields,
        }
    }

    pub(super) fn transform(&self, resources: &mut Resources, context: &mut Context<'_, '_>) -> Result<()> {
        for object in resources.as_mut() {
            context.spend(1 + object.tree.len() / 64, &self.place)?;
            if object.kind() == "CustomResourceDefinition" {
                continue;
            }
            let root = object.tree.root;
            self.walk(object, root, &mut context.regexes)?;
        }
        for object in resources.as_mut() {
            if object.kind() == "CustomResourceDefinition" {
                continue;
            }
            for spec in fitting(&self.fields, object) {
                let mut malformed = None;
                let changed = apply(object, spec, None, &mut |tree, id| {
                    let update = self.update(tree, id, &mut context.regexes);
                    update.inspect_err(|error| malformed = Some(error.clone()))
                });
                changed.map_err(|refusal| self.at_name(malformed.take(), refusal))?;
            }
        }
        Ok(())
    }

    /// A name that is no regular expression is the cause of what it leads to.
    fn at_name(&self, malformed: Option<String>, refusal: Box<Refusal>) -> Box<Refusal> {
        match malformed {
            Some(error) if error.contains("regular expression") => Refusal::at(&self.place.key("name"), error),
            _ => refusal,
        }
    }

    /// Changes the images of all containers, wherever lists of that name are.
    fn walk(&self, object: &mut Object, id: NodeId, regexes: &mut Regexes) -> Result<()> {
        match object.tree.node(id).value.clone() {
            NodeValue::Scalar(..) => {}
            NodeValue::Seq(items) => {
                for item in items {
                    self.walk(object, item, regexes)?;
                }
            }
            NodeValue::Map(entries) => {
                for (key, value) in entries {
                    self.walk(object, value, regexes)?;
                    if ["containers", "initContainers"].contains(&key.text.as_str()) {
                        self.containers(object, value, regexes)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn containers(&self, object: &mut Object, list: NodeId, regexes: &mut Regexes) -> Result<()> {
        for item in object.tree.items(list).to_vec() {
            let refuse = |object: &Object, message: String| {
                object.refuse(item, format!("cannot change the image of a container: {message}"))
            };
            let image = lookup::step(&mut object.tree, item, "image", None);
            if let Some(image) = image.map_err(|message| refuse(object, message))? {
                self.update(&mut object.tree, image, regexes)
                    .map_err(|message| self.at_name(Some(message.clone()), refuse(object, message)))?;
            }
        }
        Ok(())
    }

    fn update(&self, tree: &mut Tree, id: NodeId, regexes: &mut Regexes) -> std::result::Result<(), String> {
        let node = tree.node(id);
        if node.form() != Form::Scalar {
            return Err(format!("expected a scalar, found {}", lookup::described(node.form())));
        }
        let image = node.content();
        let tag = "(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$";
        let pattern = format!("^{}{tag}", self.name);
        let is_match = regexes.get(&pattern).map_err(|error| error.replace(&pattern, &self.name))?.is_match(image);
        if !is_match {
            return Ok(());
        }
        let (name, tag, digest) = split(image);
        let name = if self.new_name.is_empty() { name } else { &self.new_name };
        let (tag, digest) = match (self.new_tag.as_str(), self.digest.as_str(), self.tag_suffix.as_str()) {
            ("", "", "") => (tag.to_owned(), digest),
            ("", "", suffix) => (format!("{tag}{suffix}"), ""),
            ("", digest, _) => (String::new(), digest),
            (tag, digest, _) => (tag.to_owned(), digest),
        };
        let mut new = name.to_owned();
        for (mark, part) in [(':', tag.as_str()), ('@', digest)].into_iter().filter(|(_, part)| !part.is_empty()) {
            new.push(mark);
            new.push_str(part);
        }
        // It is still said to stand where it stood.
        let value = tree.add(Node::untyped(&new).at(tree.origin(id)));
        set_entry(tree, id, "", value)
    }
}

/// The name of an image, its tag and its digest.
fn split(image: &str) -> (&str, &str, &str) {
    let slash = image.find('/').unwrap_or_default();
    let after = |mark| image.get(slash..).and_then(|rest| rest.find(mark)).map(|at| slash + at);
    let (at, colon) = (after('@'), after(':'));
    let part = |range: std::ops::Range<usize>| image.get(range).unwrap_or_default();
    match (at, colon) {
        (None, None) => (image, "", ""),
        (Some(at), colon) if colon.is_none_or(|colon| at < colon) => (part(0..at), "", part(at + 1..image.len())),
        (Some(at), Some(colon)) => (part(0..colon), part(colon + 1..at), part(at + 1..image.len())),
        (_, colon) => {
            let colon = colon.unwrap_or(image.len());
            (part(0..colon), part(colon + 1..image.len()), "")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn images_have_a_name_a_tag_and_a_digest() {
        for (image, expected) in [
            ("nginx", ("nginx", "", "")),
            ("nginx:1", ("nginx", "1", "")),
            ("host:5000/shop", ("host:5000/shop", "", "")),
            ("host:5000/shop:1@sha256:ab", ("host:5000/shop", "1", "sha256:ab")),
            ("shop@sha256:ab", ("shop", "", "sha256:ab")),
        ] {
            assert_eq!(split(image), expected);
        }
    }
}
