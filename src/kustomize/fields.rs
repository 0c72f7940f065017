//! Which fields of which kinds kustomize changes by default, and how a field is reached.

use super::object::Object;
use super::tree::{Tree, Value};

/// A field of some kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldSpec {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) kind: String,
    /// The keys that lead to it. Lists on the way are passed through.
    pub(super) path: Vec<String>,
    /// Whether it is made where it is not there.
    pub(super) create: bool,
}

/// Rows of the tables below: group, version and kind, of which an empty one means any; the path; whether it is made.
type Row = (&'static str, &'static str, &'static str, &'static str, bool);

/// The labels of objects themselves.
const OWN_LABELS: &[Row] = &[("", "", "", "metadata/labels", true)];

/// The labels of pods and of what is made from other templates.
const TEMPLATE_LABELS: &[Row] = &[
    ("", "v1", "ReplicationController", "spec/template/metadata/labels", true),
    ("", "", "Deployment", "spec/template/metadata/labels", true),
    ("", "", "ReplicaSet", "spec/template/metadata/labels", true),
    ("", "", "DaemonSet", "spec/template/metadata/labels", true),
    ("apps", "", "StatefulSet", "spec/template/metadata/labels", true),
    ("apps", "", "StatefulSet", "spec/volumeClaimTemplates/metadata/labels", true),
    ("batch", "", "Job", "spec/template/metadata/labels", true),
    ("batch", "", "CronJob", "spec/jobTemplate/metadata/labels", true),
    ("batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/labels", true),
];

/// What selects pods. NetworkPolicies are changed only where they select by labels already.
const SELECTORS: &[Row] = &[
    ("", "v1", "Service", "spec/selector", true),
    ("", "v1", "ReplicationController", "spec/selector", true),
    ("", "", "Deployment", "spec/selector/matchLabels", true),
    ("", "", "ReplicaSet", "spec/selector/matchLabels", true),
    ("", "", "DaemonSet", "spec/selector/matchLabels", true),
    ("apps", "", "StatefulSet", "spec/selector/matchLabels", true),
    ("batch", "", "Job", "spec/selector/matchLabels", false),
    ("batch", "", "CronJob", "spec/jobTemplate/spec/selector/matchLabels", false),
    ("policy", "", "PodDisruptionBudget", "spec/selector/matchLabels", false),
    ("networking.k8s.io", "", "NetworkPolicy", "spec/podSelector/matchLabels", false),
    ("networking.k8s.io", "", "NetworkPolicy", "spec/ingress/from/podSelector/matchLabels", false),
    ("networking.k8s.io", "", "NetworkPolicy", "spec/egress/to/podSelector/matchLabels", false),
];

/// The annotations of objects and of pods.
const ANNOTATIONS: &[Row] = &[
    ("", "", "", "metadata/annotations", true),
    ("", "v1", "ReplicationController", "spec/template/metadata/annotations", true),
    ("", "", "Deployment", "spec/template/metadata/annotations", true),
    ("", "", "ReplicaSet", "spec/template/metadata/annotations", true),
    ("", "", "DaemonSet", "spec/template/metadata/annotations", true),
    ("", "", "StatefulSet", "spec/template/metadata/annotations", true),
    ("batch", "", "Job", "spec/template/metadata/annotations", true),
    ("batch", "", "CronJob", "spec/jobTemplate/metadata/annotations", true),
    ("batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/annotations", true),
];

/// The number of replicas.
const REPLICAS: &[Row] = &[
    ("", "", "Deployment", "spec/replicas", true),
    ("", "", "ReplicationController", "spec/replicas", true),
    ("", "", "ReplicaSet", "spec/replicas", true),
    ("", "", "StatefulSet", "spec/replicas", true),
];

fn specs(tables: &[&[Row]]) -> Vec<FieldSpec> {
    let rows = tables.iter().flat_map(|table| table.iter());
    let specs = rows.map(|&(group, version, kind, path, create)| FieldSpec {
        group: group.to_owned(),
        version: version.to_owned(),
        kind: kind.to_owned(),
        path: path.split('/').map(str::to_owned).collect(),
        create,
    });
    specs.collect()
}

/// The fields of `labels`, by what it includes.
pub(super) fn of_labels(selectors: bool, templates: bool) -> Vec<FieldSpec> {
    match (selectors, templates) {
        (true, _) => specs(&[OWN_LABELS, TEMPLATE_LABELS, SELECTORS]),
        (false, true) => specs(&[OWN_LABELS, TEMPLATE_LABELS]),
        (false, false) => specs(&[OWN_LABELS]),
    }
}

/// The fields of `commonAnnotations`.
pub(super) fn of_annotations() -> Vec<FieldSpec> {
    specs(&[ANNOTATIONS])
}

/// The fields of `replicas`.
pub(super) fn of_replicas() -> Vec<FieldSpec> {
    specs(&[REPLICAS])
}

impl FieldSpec {
    /// The field that an entry of `fields` or `fieldSpecs` means; `None` where it is none.
    pub(super) fn read(tree: &Tree) -> Option<Self> {
        let text = |key: &str| tree.text(&[key]).unwrap_or_default().to_owned();
        let path = tree.text(&["path"]).filter(|path| !path.contains('\\') && path.len() < 1_000)?;
        Some(Self {
            group: text("group"),
            version: text("version"),
            kind: text("kind"),
            path: path.split('/').map(|key| key.trim_end_matches("[]").to_owned()).collect(),
            create: tree.get("create").is_some_and(Tree::as_bool),
        })
    }

    /// Changes the field of an object, if it has it or it is to be made.
    pub(super) fn apply(&self, object: &mut Object, change: &mut dyn FnMut(&mut Tree)) {
        let (group, version) = object.group_version();
        let is = |wanted: &str, own: &str| wanted.is_empty() || wanted == own;
        if is(&self.group, group) && is(&self.version, version) && is(&self.kind, object.kind()) {
            visit(&mut object.tree, &self.path, self.create, change);
        }
    }
}

/// Changes whatever a path leads to.
pub(super) fn visit(tree: &mut Tree, path: &[impl AsRef<str>], create: bool, change: &mut dyn FnMut(&mut Tree)) {
    if let Value::Seq(items) = &mut tree.value {
        for item in items {
            visit(item, path, create, change);
        }
        return;
    }
    let Some((key, rest)) = path.split_first() else { return change(tree) };
    let key = key.as_ref();
    if tree.get(key).is_none_or(Tree::is_null) {
        if !create || !(tree.is_null() || matches!(tree.value, Value::Map(_))) {
            return;
        }
        let empty = if rest.is_empty() { Tree { value: Value::Null, origin: None } } else { Tree::map() };
        tree.set(key, empty);
    }
    if let Some(child) = tree.get_mut(key) {
        visit(child, rest, create, change);
    }
}
