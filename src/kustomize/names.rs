//! `namePrefix` and `nameSuffix`.

use super::context::Context;
use super::error::{Refusal, Result};
use super::field_spec::{FieldSpec, Made, apply, set_entry};
use super::node::{Form, Node};
use super::object::{Gvk, remembered};
use super::resources::Resources;
use super::scalar::Tag;
use crate::source::Origin;

/// A beginning or an end of names.
#[derive(Clone, Debug)]
pub(super) struct Affix {
    pub(super) text: String,
    /// Where it is written.
    pub(super) place: Origin,
    pub(super) fields: Vec<FieldSpec>,
    pub(super) is_prefix: bool,
}

/// More is no part of a name.
const LONGEST: usize = 10_000;

impl Affix {
    pub(super) fn transform(&self, resources: &mut Resources, context: &mut Context<'_, '_>) -> Result<()> {
        if self.text.len() > LONGEST {
            return Err(Refusal::at(&self.place, "this is too long for a part of a name"));
        }
        let list = if self.is_prefix { remembered::NAME_PREFIXES } else { remembered::NAME_SUFFIXES };
        for object in resources.as_mut() {
            context.spend(4 + self.text.len() / 64 + object.memory(), &self.place)?;
            let id = object.original_id();
            if is_kept(&id.gvk) {
                continue;
            }
            for spec in self.fields.iter().filter(|spec| id.gvk.is_selected_by(&spec.gvk)) {
                if spec.path == "metadata/name" {
                    object.append_to_list(list, &self.text);
                    if !self.text.is_empty() {
                        object.remember_id();
                    }
                }
                if !object.gvk().is_selected_by(&spec.gvk) {
                    continue;
                }
                let made = Made { form: Form::Scalar, tag: Tag::Text };
                apply(object, spec, Some(made), &mut |tree, id| {
                    let old = tree.content(id);
                    let new =
                        if self.is_prefix { format!("{}{old}", self.text) } else { format!("{old}{}", self.text) };
                    // It is still said to stand where it stood, because there it is defined.
                    let value = tree.add(Node::untyped(&new).at(tree.origin(id)));
                    set_entry(tree, id, "", value)
                })?;
            }
        }
        Ok(())
    }
}

/// Whether the names of a kind are left alone.
fn is_kept(gvk: &Gvk) -> bool {
    match gvk.kind.as_str() {
        "CustomResourceDefinition" | "Namespace" => true,
        "APIService" => gvk.group == "apiregistration.k8s.io",
        _ => false,
    }
}
