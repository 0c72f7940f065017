//! `labels`, `commonLabels` and `commonAnnotations`.

use super::context::Context;
use super::error::Result;
use super::field_spec::{FieldSpec, Made, apply, fitting, set_entry};
use super::node::{Form, Node};
use super::resources::Resources;
use super::scalar::Tag;
use crate::source::Origin;

/// Labels or annotations, and the fields that get them.
#[derive(Clone, Debug)]
pub(super) struct Pairs {
    /// Sorted by key, each with the place where it is written.
    pub(super) pairs: Vec<(String, String, Origin)>,
    pub(super) fields: Vec<FieldSpec>,
    /// Where they are written.
    pub(super) place: Origin,
}

impl Pairs {
    pub(super) fn new(pairs: Vec<(&str, &str, &Origin)>, fields: Vec<FieldSpec>, place: Origin) -> Self {
        let pairs = pairs.into_iter().map(|(key, text, origin)| (key.to_owned(), text.to_owned(), origin.clone()));
        Self { pairs: pairs.collect(), fields, place }
    }

    pub(super) fn transform(&self, resources: &mut Resources, context: &mut Context<'_, '_>) -> Result<()> {
        if self.pairs.is_empty() {
            return Ok(());
        }
        for object in resources.as_mut() {
            let fields = fitting(&self.fields, object);
            for (key, text, origin) in &self.pairs {
                context.spend(1 + fields.len(), &self.place)?;
                // One node for all fields: whoever changes one of them later changes them all.
                let value = object.tree.add(Node::text(text).at(Some(origin.clone())));
                for spec in &fields {
                    let made = Made { form: Form::Map, tag: Tag::None };
                    apply(object, spec, Some(made), &mut |tree, id| set_entry(tree, id, key, value))?;
                }
            }
        }
        Ok(())
    }
}
