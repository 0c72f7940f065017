//! `metadata` of an object.

use super::{string_map, text_of};
use crate::cluster::{Labels, NamespaceId, Object};
use crate::finding::{Origin, Subject};
use crate::yaml::Node;

/// The controller that made an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    /// For example `ReplicaSet`.
    pub kind: String,
    /// Its name, in the namespace of what it owns.
    pub name: String,
}

/// Reads what an object is called. Its namespace is filled in when the cluster is assembled.
pub(super) fn object(node: Node<'_>, kind: &str, origin: &Origin) -> Object {
    let metadata = node.get("metadata");
    Object {
        kind: kind.to_owned(),
        name: metadata.and_then(name).unwrap_or_default(),
        namespace: NamespaceId::default(),
        labels: string_map(metadata.and_then(|metadata| metadata.get("labels"))),
        annotations: string_map(metadata.and_then(|metadata| metadata.get("annotations"))),
        origin: origin.clone(),
    }
}

/// `metadata.name`. No object has a name of more than 253 characters: of a longer one the start is enough to tell it.
fn name(metadata: Node<'_>) -> Option<String> {
    const ENOUGH: usize = 1_000;
    let name = metadata.get("name")?.as_str()?;
    let end = name.char_indices().nth(ENOUGH).map_or(name.len(), |(end, _)| end);
    Some(name.get(..end)?.to_owned())
}

/// `metadata.namespace`; empty means unset, as for the API server.
pub(super) fn namespace(node: Node<'_>) -> Option<String> {
    node.get("metadata").and_then(|metadata| text_of(metadata, "namespace")).filter(|name| !name.is_empty())
}

/// The object as findings name it while it is read: its namespace is the one that is written.
pub(super) fn subject(node: Node<'_>, kind: &str) -> Subject {
    let name = node.get("metadata").and_then(name);
    Subject { kind: kind.to_owned(), namespace: namespace(node), name: name.unwrap_or_default() }
}

/// The owner reference that is a controller, if there is one.
pub(super) fn owner(node: Node<'_>) -> Option<Owner> {
    let references = node.get("metadata")?.get("ownerReferences")?;
    let controller = references.items().find(|it| it.get("controller").and_then(|it| it.as_bool()) == Some(true))?;
    Some(Owner { kind: text_of(controller, "kind")?, name: text_of(controller, "name")? })
}

/// The labels that a kustomization adds to objects and their pods: `commonLabels`, and `pairs` of `labels`.
pub(super) fn added_labels(node: Node<'_>) -> Labels {
    let mut added = string_map(node.get("commonLabels"));
    for labels in node.get("labels").into_iter().flat_map(|it| it.items()) {
        added.extend(string_map(labels.get("pairs")));
    }
    added
}
