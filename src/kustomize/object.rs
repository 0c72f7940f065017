//! An object on its way through kustomizations.

use crate::source::{FileId, Origin};
use crate::yaml::{self, FieldPath};

use super::tree::{Tree, Value};

/// An object, and the names that it had.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) tree: Tree,
    /// The file that it comes from.
    pub(super) file: FileId,
    /// Whether kustomize makes another value of any part of it than the API server would.
    pub(super) is_reread: bool,
    /// What it was called, from the first name on; without the present one.
    pub(super) former: Vec<Id>,
}

/// What an object is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id {
    /// Its namespace; `default` where it has none, for so kustomize compares them.
    pub(super) namespace: String,
    pub(super) name: String,
}

/// Kinds of Kubernetes itself that are in no namespace.
const CLUSTER_SCOPED: &[&str] = &[
    "APIService",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "ClusterRole",
    "ClusterRoleBinding",
    "ComponentStatus",
    "CustomResourceDefinition",
    "FlowSchema",
    "IngressClass",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PodSecurityPolicy",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "RuntimeClass",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeAttachment",
];

impl Object {
    pub(super) fn kind(&self) -> &str {
        self.tree.text(&["kind"]).unwrap_or_default()
    }

    /// The API group and version.
    pub(super) fn group_version(&self) -> (&str, &str) {
        let version = self.tree.text(&["apiVersion"]).unwrap_or_default();
        version.split_once('/').unwrap_or(("", version))
    }

    /// Whether the group is none of Kubernetes' own.
    pub(super) fn is_custom(&self) -> bool {
        let (group, _) = self.group_version();
        group.contains('.') && !group.ends_with(".k8s.io") || group == "gateway.networking.k8s.io"
    }

    /// Whether it lives in no namespace.
    pub(super) fn is_cluster_scoped(&self) -> bool {
        !self.is_custom() && CLUSTER_SCOPED.contains(&self.kind())
    }

    pub(super) fn name(&self) -> &str {
        self.tree.text(&["metadata", "name"]).unwrap_or_default()
    }

    /// The namespace as written; empty where there is none.
    pub(super) fn namespace(&self) -> &str {
        self.tree.text(&["metadata", "namespace"]).unwrap_or_default()
    }

    /// What it is called now.
    pub(super) fn id(&self) -> Id {
        let namespace = if self.namespace().is_empty() { "default" } else { self.namespace() };
        Id { namespace: namespace.to_owned(), name: self.name().to_owned() }
    }

    /// What it was and is called, from the first name on.
    pub(super) fn ids(&self) -> impl Iterator<Item = Id> + '_ {
        self.former.iter().cloned().chain([self.id()])
    }

    /// Changes it, and remembers what it was called if that changes, too.
    pub(super) fn change<T>(&mut self, change: impl FnOnce(&mut Tree) -> T) -> T {
        let before = self.id();
        let result = change(&mut self.tree);
        if self.id() != before {
            self.former.push(before);
        }
        result
    }
}

/// The objects of a file, each of a List by itself. Definitions of custom resources are left out unless they name a
/// webhook: they are large, and nothing else is said of them.
pub(super) fn read(file: FileId, text: &str) -> Vec<Object> {
    let mut objects = Vec::new();
    for chunk in yaml::split(text) {
        if let Ok(document) = yaml::parse(text, chunk)
            && let Some(root) = document.root()
            && (root.get("kind").and_then(|kind| kind.as_str()) != Some("CustomResourceDefinition")
                || root.get("spec").and_then(|spec| spec.get("conversion")).is_some())
        {
            let origin = Origin { file, document: chunk.index, path: FieldPath::root() };
            let (tree, is_reread) = Tree::read_object(root);
            add(tree.at(origin.clone()), is_reread, file, &origin, &mut objects);
        }
    }
    objects
}

fn add(tree: Tree, is_reread: bool, file: FileId, origin: &Origin, objects: &mut Vec<Object>) {
    let Some(kind) = tree.text(&["kind"]) else { return };
    if kind.ends_with("List")
        && let Some(Tree { value: Value::Seq(items), .. }) = tree.get("items")
    {
        for (index, item) in items.iter().enumerate() {
            let origin = origin.key("items").index(index);
            add(item.clone().at(origin.clone()), is_reread, file, &origin, objects);
        }
    } else if tree.text(&["metadata", "name"]).is_some() {
        objects.push(Object { tree, file, is_reread, former: Vec::new() });
    }
}
