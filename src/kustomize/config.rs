//! Which fields transformers change: kustomize's own tables, and what `configurations` and `crds` add to them.

use super::field_spec::{Conflict, FieldSpec, gvk, merge};
use super::object::Gvk;
use super::order::order;
use super::value::Value;

/// The fields of all transformers.
#[derive(Clone, Debug, Default)]
pub(super) struct Config {
    pub(super) name_prefix: Vec<FieldSpec>,
    pub(super) name_suffix: Vec<FieldSpec>,
    pub(super) namespace: Vec<FieldSpec>,
    pub(super) common_labels: Vec<FieldSpec>,
    pub(super) labels: Vec<FieldSpec>,
    pub(super) template_labels: Vec<FieldSpec>,
    pub(super) annotations: Vec<FieldSpec>,
    pub(super) references: Vec<Reference>,
    pub(super) variables: Vec<FieldSpec>,
    pub(super) images: Vec<FieldSpec>,
    pub(super) replicas: Vec<FieldSpec>,
}

/// Fields that name objects of a kind.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    /// The kind that is named.
    pub(super) target: Gvk,
    /// The fields that name it.
    pub(super) referrers: Vec<FieldSpec>,
}

impl Config {
    /// A file of `configurations`.
    pub(super) fn read(value: &Value) -> Self {
        let specs = |key| FieldSpec::read_all(value.list(key));
        let reference =
            |value: &Value| Reference { target: gvk(value), referrers: FieldSpec::read_all(value.list("fieldSpecs")) };
        let mut config = Self {
            name_prefix: specs("namePrefix"),
            name_suffix: specs("nameSuffix"),
            namespace: specs("namespace"),
            common_labels: specs("commonLabels"),
            labels: specs("labels"),
            template_labels: specs("templateLabels"),
            annotations: specs("commonAnnotations"),
            references: value.list("nameReference").iter().map(reference).collect(),
            variables: specs("varReference"),
            images: specs("images"),
            replicas: specs("replicas"),
        };
        config.sort();
        config
    }

    /// Takes in what another one says.
    pub(super) fn merge(&mut self, other: &Self) -> Result<(), Conflict> {
        merge(&mut self.name_prefix, other.name_prefix.iter().cloned())?;
        merge(&mut self.name_suffix, other.name_suffix.iter().cloned())?;
        merge(&mut self.namespace, other.namespace.iter().cloned())?;
        merge(&mut self.common_labels, other.common_labels.iter().cloned())?;
        merge(&mut self.labels, other.labels.iter().cloned())?;
        merge(&mut self.template_labels, other.template_labels.iter().cloned())?;
        merge(&mut self.annotations, other.annotations.iter().cloned())?;
        merge(&mut self.variables, other.variables.iter().cloned())?;
        merge(&mut self.images, other.images.iter().cloned())?;
        merge(&mut self.replicas, other.replicas.iter().cloned())?;
        for reference in &other.references {
            self.merge_reference(reference)?;
        }
        self.sort();
        Ok(())
    }

    pub(super) fn merge_reference(&mut self, other: &Reference) -> Result<(), Conflict> {
        match self.references.iter_mut().find(|own| own.target == other.target) {
            Some(own) => merge(&mut own.referrers, other.referrers.iter().cloned()),
            None => {
                self.references.push(other.clone());
                Ok(())
            }
        }
    }

    /// How many fields it names.
    pub(super) fn size(&self) -> usize {
        let references: usize = self.references.iter().map(|reference| reference.referrers.len()).sum();
        references + self.common_labels.len() + self.labels.len() + self.annotations.len() + self.variables.len()
    }

    /// kustomize's own order: what others depend on comes first.
    fn sort(&mut self) {
        for specs in [
            &mut self.name_prefix,
            &mut self.name_suffix,
            &mut self.namespace,
            &mut self.common_labels,
            &mut self.labels,
            &mut self.template_labels,
            &mut self.annotations,
            &mut self.variables,
            &mut self.images,
            &mut self.replicas,
        ] {
            specs.sort_by_cached_key(|spec| order(&spec.gvk));
        }
        self.references.sort_by_cached_key(|reference| order(&reference.target));
    }
}
