//! What a kustomization does to all of its objects: namespace, names, labels, annotations, replicas and images.

use super::fields::{self, FieldSpec, visit};
use super::file::Kustomization;
use super::object::Object;
use super::tree::{Tree, Value};
use crate::source::Origin;

/// How many labels or annotations one entry adds: more than anybody writes.
const MOST_PAIRS: usize = 1_000;

/// Kinds that `namePrefix` and `nameSuffix` leave alone.
const KEEP_NAMES: &[&str] = &["APIService", "CustomResourceDefinition", "Namespace"];

/// Other fields that `namespace` sets, by the mappings that hold them. Of subjects it means `default` alone.
const NAMESPACE_FIELDS: &[(&str, &str)] = &[
    ("APIService", "spec/service"),
    ("CustomResourceDefinition", "spec/conversion/webhook/clientConfig/service"),
    ("RoleBinding", "subjects"),
    ("ClusterRoleBinding", "subjects"),
];

/// `namespace`, which Namespaces take as their name.
pub(super) fn namespace(kustomization: &Kustomization, objects: &mut [Object]) {
    let Some(namespace) = kustomization.tree.text(&["namespace"]).filter(|name| !name.is_empty()) else { return };
    let origin = kustomization.root.key("namespace");
    for object in objects {
        let kind = object.kind().to_owned();
        for (_, path) in NAMESPACE_FIELDS.iter().filter(|(of, _)| *of == kind) {
            let path: Vec<&str> = path.split('/').collect();
            visit(&mut object.tree, &path, false, &mut |parent| {
                let is_own = !kind.ends_with("Binding") || parent.text(&["name"]) == Some("default");
                if is_own && parent.get("namespace").is_some() {
                    parent.set("namespace", Tree::text_at(namespace, &origin));
                }
            });
        }
        if object.kind() == "Namespace" {
            object.change(|tree| rename(tree, |_| namespace.to_owned()));
        } else if !object.is_cluster_scoped() {
            object.change(|tree| {
                visit(tree, &["metadata"], true, &mut |metadata| {
                    metadata.set("namespace", Tree::text_at(namespace, &origin));
                });
            });
        }
    }
}

/// `namePrefix` and `nameSuffix`.
pub(super) fn names(kustomization: &Kustomization, objects: &mut [Object]) {
    // No longer one makes a name.
    let text = |key| kustomization.tree.text(&[key]).filter(|text| text.len() <= 253).unwrap_or_default();
    let (prefix, suffix) = (text("namePrefix"), text("nameSuffix"));
    for object in objects.iter_mut().filter(|object| !KEEP_NAMES.contains(&object.kind())) {
        object.change(|tree| rename(tree, |name| format!("{prefix}{name}")));
        object.change(|tree| rename(tree, |name| format!("{name}{suffix}")));
    }
}

/// Changes the name of an object. It is still said to stand where it stood, because there it is given.
fn rename(tree: &mut Tree, name: impl Fn(&str) -> String) {
    visit(tree, &["metadata", "name"], false, &mut |value| {
        if let Value::Str(text) = &value.value {
            value.value = Value::Str(name(text));
        }
    });
}

/// `labels` and `commonLabels`.
pub(super) fn labels(kustomization: &Kustomization, objects: &mut [Object]) {
    let root = &kustomization.root;
    for (index, entry) in kustomization.list("labels").iter().enumerate() {
        let includes = |key| entry.get(key).is_some_and(Tree::as_bool);
        let mut specs: Vec<_> =
            entry.get("fields").map(Tree::items).unwrap_or_default().iter().filter_map(FieldSpec::read).collect();
        specs.extend(fields::of_labels(includes("includeSelectors"), includes("includeTemplates")));
        if let Some(pairs) = entry.get("pairs") {
            add_pairs(pairs, &root.key("labels").index(index).key("pairs"), &specs, objects);
        }
    }
    if let Some(pairs) = kustomization.tree.get("commonLabels") {
        add_pairs(pairs, &root.key("commonLabels"), &fields::of_labels(true, true), objects);
    }
}

/// `commonAnnotations`.
pub(super) fn annotations(kustomization: &Kustomization, objects: &mut [Object]) {
    if let Some(pairs) = kustomization.tree.get("commonAnnotations") {
        add_pairs(pairs, &kustomization.root.key("commonAnnotations"), &fields::of_annotations(), objects);
    }
}

/// Adds labels or annotations, which are written at `origin`, to these fields.
pub(super) fn add_pairs(pairs: &Tree, origin: &Origin, specs: &[FieldSpec], objects: &mut [Object]) {
    for object in objects {
        for (key, value) in pairs.entries().iter().take(MOST_PAIRS) {
            let Some(text) = value.as_str() else { continue };
            let new = Tree::text_at(text, &origin.key(key.clone()));
            for spec in specs {
                let mut shared = Vec::new();
                spec.apply(object, &mut |field| match field.get(key).filter(|old| !old.is_null()) {
                    Some(old) => {
                        shared.extend(old.origin.clone());
                        field.set(key, Tree::text_at(text, &origin.key(key.clone())));
                    }
                    None => field.set(key, new.clone()),
                });
                for old in shared {
                    let new = Tree::text_at(text, &origin.key(key.clone()));
                    object.tree.replace_shared(&old, &new);
                }
            }
        }
    }
}

/// `replicas`.
pub(super) fn replicas(kustomization: &Kustomization, objects: &mut [Object]) {
    let origin = kustomization.root.key("replicas");
    for (index, entry) in kustomization.list("replicas").iter().enumerate() {
        let (Some(name), Some(count)) = (entry.text(&["name"]), entry.get("count")) else { continue };
        let count = Tree { value: count.value.clone(), origin: None }.at(origin.index(index).key("count"));
        for object in objects.iter_mut().filter(|object| object.ids().any(|id| id.name == name)) {
            for spec in fields::of_replicas() {
                spec.apply(object, &mut |field| *field = count.clone());
            }
        }
    }
}

/// `images`. A container's image is still said to stand where it stood.
pub(super) fn images(kustomization: &Kustomization, objects: &mut [Object]) {
    for entry in kustomization.list("images") {
        let text = |key| entry.text(&[key]).filter(|text| !text.is_empty());
        let Some(name) = text("name") else { continue };
        for object in &mut *objects {
            in_containers(&mut object.tree, &mut |image| {
                let (base, version) = split(image).filter(|(base, _)| *base == name)?;
                let version = match (text("newTag"), text("digest")) {
                    (Some(tag), Some(digest)) => format!(":{tag}@{digest}"),
                    (Some(tag), None) => format!(":{tag}"),
                    (None, Some(digest)) => format!("@{digest}"),
                    (None, None) => version.to_owned(),
                };
                Some(format!("{}{version}", text("newName").unwrap_or(base)))
            });
        }
    }
}

/// Changes the images of all containers, wherever lists of that name stand.
fn in_containers(tree: &mut Tree, change: &mut dyn FnMut(&str) -> Option<String>) {
    match &mut tree.value {
        Value::Seq(items) => items.iter_mut().for_each(|item| in_containers(item, change)),
        Value::Map(entries) => {
            for (key, value) in entries {
                if let (true, Value::Seq(items)) =
                    (["containers", "initContainers"].contains(&&**key), &mut value.value)
                {
                    for image in items.iter_mut().filter_map(|item| item.get_mut("image")) {
                        if let Some(new) = image.as_str().and_then(&mut *change) {
                            image.value = Value::Str(new);
                        }
                    }
                }
                in_containers(value, change);
            }
        }
        _ => {}
    }
}

/// The name of an image, and its tag and digest with their marks.
fn split(image: &str) -> Option<(&str, &str)> {
    let end = image.find('@').unwrap_or(image.len());
    let slash = image.get(..end)?.rfind('/').unwrap_or_default();
    let colon = image.get(slash..end)?.find(':').map(|at| slash + at);
    image.split_at_checked(colon.unwrap_or(end))
}
