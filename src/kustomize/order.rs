//! The order of kinds.

use super::object::Gvk;

/// Kinds that come first in kustomize's order.
pub(super) const FIRST: &[&str] = &[
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
];

/// Kinds that come last.
pub(super) const LAST: &[&str] = &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

/// The place of a kind among others: the rank of the kind, then its names.
pub(super) fn order(gvk: &Gvk) -> (i32, String) {
    let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
    let text = format!("{}_{}_{}", or(&gvk.group, "~G"), or(&gvk.version, "~V"), or(&gvk.kind, "~K"));
    (rank(&gvk.kind, FIRST, LAST), text)
}

/// The rank of a kind in lists of those that come first and last.
pub(super) fn rank<T: AsRef<str>>(kind: &str, first: &[T], last: &[T]) -> i32 {
    let at = |list: &[T]| list.iter().rposition(|name| name.as_ref() == kind).and_then(|at| i32::try_from(at).ok());
    let count = i32::try_from(first.len()).unwrap_or(i32::MAX);
    match (at(last), at(first)) {
        (Some(at), _) => at.saturating_add(1),
        (None, Some(at)) => at - count,
        (None, None) => 0,
    }
}
