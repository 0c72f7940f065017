//! The transformers of a kustomization, in the order in which kustomize runs them.

use super::context::Context;
use super::error::Result;
use super::hash;
use super::images::Image;
use super::labels::Pairs;
use super::names::Affix;
use super::namespace::Namespace;
use super::patch::Patch;
use super::replacements::Replacements;
use super::replicas::Replicas;
use super::resources::Resources;
use super::value_add::ValueAdd;

/// What changes objects.
#[derive(Clone, Debug)]
pub(super) enum Transformer {
    /// An entry of `patches`.
    Patch(Patch),
    /// An entry of `patchesStrategicMerge`.
    StrategicPatch(Patch),
    /// An entry of `patchesJson6902`.
    JsonPatch(Patch),
    Namespace(Namespace),
    Affix(Affix),
    Pairs(Pairs),
    Replicas(Replicas),
    Image(Image),
    Replacements(Replacements),
    Hash,
    ValueAdd(ValueAdd),
}

impl Transformer {
    /// Changes the objects; those that are deleted are taken out.
    pub(super) fn transform(&self, resources: &mut Resources, context: &mut Context<'_, '_>) -> Result<()> {
        match self {
            Self::Patch(patch) => patch.transform(resources, context),
            Self::StrategicPatch(patch) => patch.transform_as_target(resources, context),
            Self::JsonPatch(patch) => patch.transform_json(resources, context),
            Self::Namespace(namespace) => namespace.transform(resources, context),
            Self::Affix(affix) => affix.transform(resources, context),
            Self::Pairs(pairs) => pairs.transform(resources, context),
            Self::Replicas(replicas) => replicas.transform(resources, context),
            Self::Image(image) => image.transform(resources, context),
            Self::Replacements(replacements) => replacements.transform(resources, context),
            Self::Hash => hash::transform(resources, context),
            Self::ValueAdd(value) => value.transform(resources, context),
        }?;
        resources.drop_deleted();
        Ok(())
    }
}
