//! Names by which objects refer to one another, kept right where kustomizations change names.

use std::collections::HashMap;

use super::fields::visit;
use super::object::{Id, Object};
use super::tree::{Tree, Value};
use crate::objects::kinds::workload_kind;

/// A reference: the kind that has it (empty means every kind with a pod spec), the path, and the kind that is meant.
type Row = (&'static str, &'static str, &'static str);

/// References by name alone, within a namespace.
const BY_NAME: &[Row] = &[
    ("Ingress", "spec/backend/serviceName", "Service"),
    ("Ingress", "spec/defaultBackend/service/name", "Service"),
    ("Ingress", "spec/rules/http/paths/backend/serviceName", "Service"),
    ("Ingress", "spec/rules/http/paths/backend/service/name", "Service"),
    ("StatefulSet", "spec/serviceName", "Service"),
    ("APIService", "spec/service/name", "Service"),
    ("", "serviceAccountName", "ServiceAccount"),
    ("", "containers/env/valueFrom/configMapKeyRef/name", "ConfigMap"),
    ("", "containers/envFrom/configMapRef/name", "ConfigMap"),
    ("", "initContainers/env/valueFrom/configMapKeyRef/name", "ConfigMap"),
    ("", "initContainers/envFrom/configMapRef/name", "ConfigMap"),
    ("", "volumes/configMap/name", "ConfigMap"),
    ("", "volumes/projected/sources/configMap/name", "ConfigMap"),
];

/// References by name and namespace.
const BY_NAMESPACE: &[Row] = &[
    ("ValidatingWebhookConfiguration", "webhooks/clientConfig/service", "Service"),
    ("MutatingWebhookConfiguration", "webhooks/clientConfig/service", "Service"),
    ("RoleBinding", "subjects", "ServiceAccount"),
    ("ClusterRoleBinding", "subjects", "ServiceAccount"),
];

/// An object that was renamed.
struct Renamed {
    former: Vec<Id>,
    now: Id,
}

/// Brings all references up to date. References that could mean several objects are returned.
pub(super) fn update(objects: &mut [Object]) -> Vec<String> {
    let mut renamed: HashMap<String, Vec<Renamed>> = HashMap::new();
    for object in objects.iter().filter(|object| !object.former.is_empty() && !object.is_custom()) {
        if ["Service", "ServiceAccount", "ConfigMap"].contains(&object.kind()) {
            let entry = Renamed { former: object.former.clone(), now: object.id() };
            renamed.entry(object.kind().to_owned()).or_default().push(entry);
        }
    }
    let mut unclear = Vec::new();
    if renamed.is_empty() {
        return unclear;
    }
    for object in objects {
        let (namespace, anywhere) = (object.id().namespace, object.is_cluster_scoped());
        let mut is_unclear = false;
        let kind = object.kind().to_owned();
        let pod_spec = workload_kind(object.kind()).map(|it| it.pod_spec);
        let mut each = |rows: &[Row], change: &mut dyn FnMut(&mut Tree, &[Renamed])| {
            for (of, path, meant) in rows {
                let Some(candidates) = renamed.get(*meant) else { continue };
                let prefix = if of.is_empty() { pod_spec } else { (*of == kind).then_some(&[][..]) };
                let Some(prefix) = prefix else { continue };
                let path: Vec<&str> = prefix.iter().copied().chain(path.split('/')).collect();
                visit(&mut object.tree, &path, false, &mut |leaf| change(leaf, candidates));
            }
        };
        each(BY_NAME, &mut |leaf, candidates| {
            let Some(name) = leaf.as_str() else { return };
            let is_meant = |it: &&Renamed| {
                (anywhere || it.now.namespace == namespace) && it.former.iter().any(|id| id.name == name)
            };
            let meant: Vec<&Renamed> = candidates.iter().filter(is_meant).collect();
            match meant.as_slice() {
                [] => {}
                [first, rest @ ..] if rest.iter().all(|it| it.now.name == first.now.name) => {
                    leaf.value = Value::Str(first.now.name.clone());
                }
                _ => is_unclear = true,
            }
        });
        each(BY_NAMESPACE, &mut |leaf, candidates| {
            let (Some(name), Some(namespace)) = (leaf.text(&["name"]), leaf.text(&["namespace"])) else { return };
            let wanted = Id { name: name.to_owned(), namespace: namespace.to_owned() };
            let mut meant = candidates.iter().filter(|it| it.former.contains(&wanted));
            if let Some(found) = meant.next() {
                for (key, value) in [("name", &found.now.name), ("namespace", &found.now.namespace)] {
                    if let Some(part) = leaf.get_mut(key) {
                        part.value = Value::Str(value.clone());
                    }
                }
                is_unclear |= meant.next().is_some();
            }
        });
        if is_unclear {
            unclear.push(format!("{kind} `{}`", object.name()));
        }
    }
    unclear
}
