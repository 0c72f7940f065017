//! `replicas`: how many there are of a workload.

use super::context::Context;
use super::error::{Refusal, Result};
use super::field_spec::{FieldSpec, Made, apply, set_entry};
use super::node::{Form, Node};
use super::resources::Resources;
use super::scalar::Tag;
use crate::source::Origin;

/// An entry of `replicas`.
#[derive(Clone, Debug)]
pub(super) struct Replicas {
    pub(super) name: String,
    pub(super) count: i64,
    /// Where the count is written.
    pub(super) place: Origin,
    pub(super) fields: Vec<FieldSpec>,
}

impl Replicas {
    pub(super) fn transform(&self, resources: &mut Resources, context: &mut Context<'_, '_>) -> Result<()> {
        let mut is_found = false;
        for spec in &self.fields {
            context.spend(1 + resources.as_slice().len() / 16, &self.place)?;
            let found = resources.by_any_id(|id| id.name == self.name && id.gvk.is_selected_by(&spec.gvk));
            is_found |= !found.is_empty();
            for at in found {
                let Some(object) = resources.as_mut().get_mut(at) else { continue };
                if !object.gvk().is_selected_by(&spec.gvk) {
                    continue;
                }
                let made = Made { form: Form::Scalar, tag: Tag::Int };
                apply(object, spec, Some(made), &mut |tree, id| {
                    let count = Node::scalar(Tag::Int, &self.count.to_string()).at(Some(self.place.clone()));
                    let value = tree.add(count);
                    set_entry(tree, id, "", value)
                })?;
            }
        }
        if is_found {
            return Ok(());
        }
        Err(Refusal::at(&self.place, format!("no workload named `{}` has replicas to set", self.name))
            .help(
                "write the name of a Deployment, ReplicaSet, ReplicationController or StatefulSet, as its file has it",
            )
            .absent())
    }
}
