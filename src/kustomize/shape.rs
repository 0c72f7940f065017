//! What the fields of a kustomization may hold: every field that kustomize v5.5 knows, with its type.

use smol_str::SmolStr;

use super::error::{Refusal, Result};
use super::value::{Content, Value};
use crate::text::suggest::nearest;

/// A type of kustomize's API.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    Text,
    Bool,
    Int,
    /// A map of strings.
    Texts,
    /// A map of booleans.
    Flags,
    Anything,
    List(&'static Shape),
    Object(Fields),
}

/// The fields of an object, in groups.
type Fields = &'static [&'static [(&'static str, Shape)]];

const TEXT_LIST: Shape = Shape::List(&Shape::Text);
const GVK: &[(&str, Shape)] = &[("group", Shape::Text), ("version", Shape::Text), ("kind", Shape::Text)];
const ID: &[(&str, Shape)] = &[("name", Shape::Text), ("namespace", Shape::Text)];
const BY_LABELS: &[(&str, Shape)] = &[("annotationSelector", Shape::Text), ("labelSelector", Shape::Text)];
pub(super) const SELECTOR: Shape = Shape::Object(&[GVK, ID, BY_LABELS]);
const FIELD_SPEC: Shape = Shape::Object(&[GVK, &[("path", Shape::Text), ("create", Shape::Bool)]]);
pub(super) const FIELD_SPECS: Shape = Shape::List(&FIELD_SPEC);
const FIELD_OPTIONS: Shape = Shape::Object(&[&[
    ("delimiter", Shape::Text),
    ("index", Shape::Int),
    ("encoding", Shape::Text),
    ("create", Shape::Bool),
]]);
const METADATA: Shape = Shape::Object(&[&[
    ("name", Shape::Text),
    ("namespace", Shape::Text),
    ("labels", Shape::Texts),
    ("annotations", Shape::Texts),
]]);
const LABEL: Shape = Shape::Object(&[&[
    ("pairs", Shape::Texts),
    ("includeSelectors", Shape::Bool),
    ("includeTemplates", Shape::Bool),
    ("fields", FIELD_SPECS),
]]);
const PATCH: Shape =
    Shape::Object(&[&[("path", Shape::Text), ("patch", Shape::Text), ("target", SELECTOR), ("options", Shape::Flags)]]);
const IMAGE: Shape = Shape::Object(&[&[
    ("name", Shape::Text),
    ("newName", Shape::Text),
    ("tagSuffix", Shape::Text),
    ("newTag", Shape::Text),
    ("digest", Shape::Text),
]]);
const REPLICA: Shape = Shape::Object(&[&[("name", Shape::Text), ("count", Shape::Int)]]);
const SOURCE: Shape = Shape::Object(&[GVK, ID, &[("fieldPath", Shape::Text), ("options", FIELD_OPTIONS)]]);
const TARGET: Shape = Shape::Object(&[&[
    ("select", SELECTOR),
    ("reject", Shape::List(&SELECTOR)),
    ("fieldPaths", TEXT_LIST),
    ("options", FIELD_OPTIONS),
]]);
const REPLACEMENT: Shape =
    Shape::Object(&[&[("source", SOURCE), ("targets", Shape::List(&TARGET)), ("path", Shape::Text)]]);
const VAR: Shape = Shape::Object(&[&[
    ("name", Shape::Text),
    ("objref", Shape::Object(&[&[("apiVersion", Shape::Text)], GVK, ID])),
    ("fieldref", Shape::Object(&[&[("fieldPath", Shape::Text)]])),
]]);
const GENERATOR_OPTIONS: Shape = Shape::Object(&[&[
    ("labels", Shape::Texts),
    ("annotations", Shape::Texts),
    ("disableNameSuffixHash", Shape::Bool),
    ("immutable", Shape::Bool),
]]);
const GENERATOR: &[(&str, Shape)] = &[
    ("namespace", Shape::Text),
    ("name", Shape::Text),
    ("behavior", Shape::Text),
    ("literals", TEXT_LIST),
    ("files", TEXT_LIST),
    ("envs", TEXT_LIST),
    ("env", Shape::Text),
    ("options", GENERATOR_OPTIONS),
];
const CONFIG_MAP: Shape = Shape::Object(&[GENERATOR]);
const SECRET: Shape = Shape::Object(&[GENERATOR, &[("type", Shape::Text)]]);
const HELM_CHART: Shape = Shape::Object(&[&[
    ("name", Shape::Text),
    ("version", Shape::Text),
    ("repo", Shape::Text),
    ("releaseName", Shape::Text),
    ("namespace", Shape::Text),
    ("additionalValuesFiles", TEXT_LIST),
    ("valuesFile", Shape::Text),
    ("valuesInline", Shape::Anything),
    ("valuesMerge", Shape::Text),
    ("includeCRDs", Shape::Bool),
    ("skipHooks", Shape::Bool),
    ("apiVersions", TEXT_LIST),
    ("kubeVersion", Shape::Text),
    ("nameTemplate", Shape::Text),
    ("skipTests", Shape::Bool),
    ("debug", Shape::Bool),
]]);
const OLD_HELM_CHART: Shape = Shape::Object(&[&[
    ("chartName", Shape::Text),
    ("chartVersion", Shape::Text),
    ("chartRepoUrl", Shape::Text),
    ("chartHome", Shape::Text),
    ("chartRepoName", Shape::Text),
    ("helmBin", Shape::Text),
    ("helmHome", Shape::Text),
    ("values", Shape::Text),
    ("valuesLocal", Shape::Anything),
    ("valuesMerge", Shape::Text),
    ("releaseName", Shape::Text),
    ("releaseNamespace", Shape::Text),
    ("extraArgs", TEXT_LIST),
]]);
const SORT_OPTIONS: Shape = Shape::Object(&[&[
    ("order", Shape::Text),
    ("legacySortOptions", Shape::Object(&[&[("orderFirst", TEXT_LIST), ("orderLast", TEXT_LIST)]])),
]]);

/// A kustomization.
pub(super) const KUSTOMIZATION: Shape = Shape::Object(&[&[
    ("apiVersion", Shape::Text),
    ("kind", Shape::Text),
    ("metadata", METADATA),
    ("openapi", Shape::Texts),
    ("namePrefix", Shape::Text),
    ("nameSuffix", Shape::Text),
    ("namespace", Shape::Text),
    ("commonLabels", Shape::Texts),
    ("labels", Shape::List(&LABEL)),
    ("commonAnnotations", Shape::Texts),
    ("patchesStrategicMerge", TEXT_LIST),
    ("patchesJson6902", Shape::List(&PATCH)),
    ("patches", Shape::List(&PATCH)),
    ("images", Shape::List(&IMAGE)),
    ("imageTags", Shape::List(&IMAGE)),
    ("replacements", Shape::List(&REPLACEMENT)),
    ("replicas", Shape::List(&REPLICA)),
    ("vars", Shape::List(&VAR)),
    ("sortOptions", SORT_OPTIONS),
    ("resources", TEXT_LIST),
    ("components", TEXT_LIST),
    ("crds", TEXT_LIST),
    ("bases", TEXT_LIST),
    ("configMapGenerator", Shape::List(&CONFIG_MAP)),
    ("secretGenerator", Shape::List(&SECRET)),
    ("helmGlobals", Shape::Object(&[&[("chartHome", Shape::Text), ("configHome", Shape::Text)]])),
    ("helmCharts", Shape::List(&HELM_CHART)),
    ("helmChartInflationGenerator", Shape::List(&OLD_HELM_CHART)),
    ("generatorOptions", GENERATOR_OPTIONS),
    ("configurations", TEXT_LIST),
    ("generators", TEXT_LIST),
    ("transformers", TEXT_LIST),
    ("validators", TEXT_LIST),
    ("buildMetadata", TEXT_LIST),
]]);

/// A file of `configurations`.
pub(super) const CONFIGURATION: Shape = Shape::Object(&[&[
    ("namePrefix", FIELD_SPECS),
    ("nameSuffix", FIELD_SPECS),
    ("namespace", FIELD_SPECS),
    ("commonLabels", FIELD_SPECS),
    ("labels", FIELD_SPECS),
    ("templateLabels", FIELD_SPECS),
    ("commonAnnotations", FIELD_SPECS),
    ("nameReference", Shape::List(&Shape::Object(&[GVK, &[("fieldSpecs", FIELD_SPECS)]]))),
    ("varReference", FIELD_SPECS),
    ("images", FIELD_SPECS),
    ("replicas", FIELD_SPECS),
]]);

/// A file of `replacements`, and the configuration of the transformer of that name.
pub(super) const REPLACEMENTS: Shape = Shape::List(&REPLACEMENT);

/// The fields of the configuration of any built-in plugin.
pub(super) const PLUGIN: Shape = Shape::Object(&[
    GENERATOR,
    &[
        ("metadata", METADATA),
        ("type", Shape::Text),
        ("fieldSpecs", FIELD_SPECS),
        ("annotations", Shape::Texts),
        ("labels", Shape::Texts),
        ("prefix", Shape::Text),
        ("suffix", Shape::Text),
        ("unsetOnly", Shape::Bool),
        ("setRoleBindingSubjects", Shape::Text),
        ("path", Shape::Text),
        ("patch", Shape::Text),
        ("jsonOp", Shape::Text),
        ("target", SELECTOR),
        ("paths", TEXT_LIST),
        ("patches", Shape::Text),
        ("imageTag", IMAGE),
        ("replica", REPLICA),
        ("replacements", REPLACEMENTS),
        ("value", Shape::Text),
        ("targetFilePath", Shape::Text),
        ("targets", VALUE_TARGETS),
        ("cloud", Shape::Text),
        ("projectId", Shape::Text),
        ("kubernetesService", Shape::Object(&[ID])),
        ("serviceAccount", Shape::Object(&[ID])),
    ],
]);

/// What a value is added to.
const VALUE_TARGETS: Shape = Shape::List(&Shape::Object(&[&[
    ("selector", SELECTOR),
    ("fieldPath", Shape::Text),
    ("filePathPosition", Shape::Int),
]]));

/// A file of such targets.
pub(super) const VALUE_TARGET_FILE: Shape = Shape::Object(&[&[("targets", VALUE_TARGETS)]]);

/// Whether fields that a type does not have are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    Refused,
    Ignored,
}

impl Shape {
    /// Refuses what kustomize refuses, and gives each field the spelling that kustomize knows it by: it does not care
    /// about case.
    pub(super) fn check(self, value: &mut Value, unknown: Unknown) -> Result<()> {
        let is_fitting = match (self, &value.content) {
            (_, Content::Null) | (Self::Anything, _) => true,
            (Self::Text, content) => matches!(content, Content::Text(_)),
            (Self::Bool, content) => matches!(content, Content::Bool(_)),
            (Self::Int, content) => matches!(content, Content::Int(_)),
            (Self::Texts | Self::Flags | Self::Object(_), content) => matches!(content, Content::Map(_)),
            (Self::List(_), content) => matches!(content, Content::List(_)),
        };
        if !is_fitting {
            return Err(self.mismatch(value));
        }
        match (self, &mut value.content) {
            (Self::List(shape), Content::List(items)) => {
                items.iter_mut().try_for_each(|item| shape.check(item, unknown))
            }
            (Self::Texts, Content::Map(entries)) => {
                entries.iter_mut().try_for_each(|(_, value)| Self::Text.check(value, unknown))
            }
            (Self::Flags, Content::Map(entries)) => {
                entries.iter_mut().try_for_each(|(_, value)| Self::Bool.check(value, unknown))
            }
            (Self::Object(fields), Content::Map(entries)) => check_fields(fields, entries, unknown),
            _ => Ok(()),
        }
    }

    fn mismatch(self, value: &Value) -> Box<Refusal> {
        let expected = match self {
            Self::Text => "a string",
            Self::Bool => "`true` or `false`",
            Self::Int => "a whole number",
            Self::List(_) => "a list",
            _ => "a mapping",
        };
        let refusal = Refusal::at(&value.origin, format!("expected {expected}, found {}", value.described()));
        match value.content {
            Content::Bool(_) | Content::Int(_) | Content::Float(_) if matches!(self, Self::Text) => {
                refusal.help("write it in quotes")
            }
            _ => refusal,
        }
    }
}

fn check_fields(fields: Fields, entries: &mut [(SmolStr, Value)], unknown: Unknown) -> Result<()> {
    let known = || fields.iter().flat_map(|group| group.iter());
    for (name, value) in entries {
        let found =
            known().find(|(own, _)| own == name).or_else(|| known().find(|(own, _)| own.eq_ignore_ascii_case(name)));
        match found {
            Some((own, shape)) => {
                *name = SmolStr::new_static(own);
                shape.check(value, unknown)?;
            }
            None if unknown == Unknown::Ignored => {}
            None => {
                let refusal = Refusal::new(
                    value.origin.clone().key_only(),
                    format!("kustomize does not know the field `{name}`"),
                );
                return Err(match nearest(name, known().map(|(own, _)| *own)) {
                    Some(similar) => refusal.help(format!("write `{similar}`")),
                    None => refusal.help("remove it"),
                });
            }
        }
    }
    Ok(())
}
