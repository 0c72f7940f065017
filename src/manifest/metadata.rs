//! `metadata` of an object.

use smol_str::SmolStr;

use super::{string, string_map, text_of};
use crate::diagnostic::Subject;
use crate::objects::{Labels, NamespaceId, Object};
use crate::source::Origin;
use crate::yaml::Node;

/// The controller that made an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    /// For example `ReplicaSet`.
    pub kind: SmolStr,
    /// Its name, in the namespace of what it owns.
    pub name: SmolStr,
}

/// The fields of `metadata` that matter.
#[derive(Clone, Copy, Default)]
pub(super) struct Metadata<'d> {
    name: Option<Node<'d>>,
    namespace: Option<Node<'d>>,
    labels: Option<Node<'d>>,
    annotations: Option<Node<'d>>,
    owners: Option<Node<'d>>,
}

impl<'d> Metadata<'d> {
    /// The metadata of an object, or of a pod template.
    pub(super) fn of(object: Node<'d>) -> Self {
        let Some(metadata) = object.get("metadata") else { return Self::default() };
        let [name, namespace, labels, annotations, owners] =
            metadata.get_all(["name", "namespace", "labels", "annotations", "ownerReferences"]);
        Self { name, namespace, labels, annotations, owners }
    }

    /// What an object is called. Its namespace is filled in when the cluster is assembled.
    pub(super) fn object(&self, kind: &str, origin: &Origin) -> Object {
        Object {
            kind: kind.into(),
            name: self.name(),
            namespace: NamespaceId::default(),
            labels: self.labels(),
            annotations: self.annotations(),
            origin: origin.clone(),
        }
    }

    /// `metadata.labels`.
    pub(super) fn labels(&self) -> Labels {
        string_map(self.labels)
    }

    /// `metadata.annotations`.
    pub(super) fn annotations(&self) -> Labels {
        string_map(self.annotations)
    }

    /// `metadata.name`, or nothing. No object has a name of more than 253 characters: of a longer one the start is
    /// enough to tell it.
    pub(super) fn name(&self) -> SmolStr {
        const ENOUGH: usize = 1_000;
        let name = self.name.and_then(|name| name.as_str()).unwrap_or_default();
        let end = if name.len() <= ENOUGH { None } else { name.char_indices().nth(ENOUGH).map(|(end, _)| end) };
        name.get(..end.unwrap_or(name.len())).unwrap_or_default().into()
    }

    /// `metadata.namespace`; empty means unset, as for the API server.
    pub(super) fn namespace(&self) -> Option<SmolStr> {
        self.namespace.and_then(string).filter(|name| !name.is_empty())
    }

    /// The owner reference that is a controller, if there is one.
    pub(super) fn owner(&self) -> Option<Owner> {
        let is_controller = |owner: &Node<'_>| owner.get("controller").and_then(|it| it.as_bool()) == Some(true);
        let controller = self.owners?.items().find(is_controller)?;
        Some(Owner { kind: text_of(controller, "kind")?, name: text_of(controller, "name")? })
    }
}

/// The object as findings name it while it is read: its namespace is the one that is written.
pub(super) fn subject(node: Node<'_>, kind: &str) -> Subject {
    let metadata = Metadata::of(node);
    Subject { kind: kind.to_owned(), namespace: metadata.namespace().map(Into::into), name: metadata.name().into() }
}

/// The labels that a kustomization adds to objects and their pods: `commonLabels`, and `pairs` of `labels`.
pub(super) fn added_labels(node: Node<'_>) -> Labels {
    let pairs = node.get("labels").into_iter().flat_map(|it| it.items()).map(|labels| labels.get("pairs"));
    [node.get("commonLabels")].into_iter().chain(pairs).flat_map(string_map).collect()
}
