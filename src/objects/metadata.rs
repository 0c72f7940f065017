//! `metadata` of an object.

use smol_str::SmolStr;

use super::{Labels, NamespaceId, Object};
use crate::diagnostic::Subject;
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
pub(crate) struct Metadata<'d> {
    name: Option<Node<'d>>,
    generate_name: Option<Node<'d>>,
    namespace: Option<Node<'d>>,
    labels: Option<Node<'d>>,
    annotations: Option<Node<'d>>,
    owners: Option<Node<'d>>,
}

impl<'d> Metadata<'d> {
    /// The metadata of an object, or of a pod template.
    pub(crate) fn of(object: Node<'d>) -> Self {
        let Some(metadata) = object.get("metadata") else { return Self::default() };
        let [name, generate_name, namespace, labels, annotations, owners] =
            metadata.get_all(["name", "generateName", "namespace", "labels", "annotations", "ownerReferences"]);
        Self { name, generate_name, namespace, labels, annotations, owners }
    }

    /// What an object is called. Its namespace is filled in when the cluster is assembled.
    pub(crate) fn object(&self, kind: &str, origin: &Origin) -> Object {
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
    pub(crate) fn labels(&self) -> Labels {
        string_map(self.labels)
    }

    /// `metadata.annotations`.
    pub(crate) fn annotations(&self) -> Labels {
        string_map(self.annotations)
    }

    /// `metadata.name`, or nothing. No object has a name of more than 253 characters: of a longer one the start is
    /// enough to tell it.
    pub(crate) fn name(&self) -> SmolStr {
        const ENOUGH: usize = 1_000;
        let name = self.name.and_then(|name| name.as_str()).unwrap_or_default();
        let end = if name.len() <= ENOUGH { None } else { name.char_indices().nth(ENOUGH).map(|(end, _)| end) };
        name.get(..end.unwrap_or(name.len())).unwrap_or_default().into()
    }

    /// Whether the object has a name, or the start of one that the API server completes. Without either there is no such
    /// object.
    pub(crate) fn has_name(&self) -> bool {
        let is_written = |name: Option<Node<'_>>| name.is_some_and(|name| name.as_str() != Some("") && !name.is_null());
        is_written(self.name) || is_written(self.generate_name)
    }

    /// `metadata.namespace`; empty means unset, as for the API server.
    pub(crate) fn namespace(&self) -> Option<SmolStr> {
        self.namespace.and_then(string).filter(|name| !name.is_empty())
    }

    /// The owner reference that is a controller, if there is one.
    pub(crate) fn owner(&self) -> Option<Owner> {
        let is_controller = |owner: &Node<'_>| owner.get("controller").and_then(|it| it.as_bool()) == Some(true);
        let controller = self.owners?.items().find(is_controller)?;
        Some(Owner { kind: text_of(controller, "kind")?, name: text_of(controller, "name")? })
    }
}

/// The object as findings name it while it is read: its namespace is the one that is written.
pub(crate) fn subject(node: Node<'_>, kind: &str) -> Subject {
    let metadata = Metadata::of(node);
    Subject { kind: kind.to_owned(), namespace: metadata.namespace().map(Into::into), name: metadata.name().into() }
}

/// The labels that a kustomization adds to objects and their pods: `commonLabels`, and `pairs` of `labels`.
pub(crate) fn added_labels(node: Node<'_>) -> Labels {
    let pairs = node.get("labels").into_iter().flat_map(|it| it.items()).map(|labels| labels.get("pairs"));
    [node.get("commonLabels")].into_iter().chain(pairs).flat_map(string_map).collect()
}

/// The labels or other string map of a field; entries that are not strings are left out.
pub(crate) fn string_map(node: Option<Node<'_>>) -> Labels {
    let Some(node) = node else { return Labels::default() };
    let mut entries = Vec::with_capacity(node.entries().count());
    entries.extend(node.entries().filter_map(|(key, _, value)| Some((key.into(), value.as_str()?.into()))));
    entries.sort_unstable();
    // Of an entry there is one for each key.
    Labels::from_sorted_store_unchecked(entries)
}

/// The text of a string.
pub(crate) fn string(node: Node<'_>) -> Option<SmolStr> {
    node.as_str().map(|text| text.into())
}

/// The text of a string under a key.
pub(crate) fn text_of(node: Node<'_>, key: &str) -> Option<SmolStr> {
    node.get(key).and_then(string)
}
