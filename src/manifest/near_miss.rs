//! Objects that are nearly what they were meant to be, so that the API server refuses them: a kind or key that is
//! misspelt, an `apiVersion` that is missing.

use crate::diagnostic::Draft;
use crate::edit::{Change, Fix, Safety, Value};
use crate::objects::kinds::WORKLOAD_KINDS;
use crate::objects::metadata;
use crate::policy::dialect::unread::kinds::KINDS;
use crate::source::{Location, Origin};
use crate::text::slip::slip;
use crate::yaml::{Kind, Node};

/// How many letters may be wrong in a name that is taken for another one.
const NEAR: usize = 2;

/// Kinds that people write beside workloads, with the group and version to write.
const OTHERS: &[(&str, &str)] = &[
    ("Namespace", "v1"),
    ("Service", "v1"),
    ("ConfigMap", "v1"),
    ("Secret", "v1"),
    ("ServiceAccount", "v1"),
    ("NetworkPolicy", "networking.k8s.io/v1"),
    ("Ingress", "networking.k8s.io/v1"),
    ("ClusterNetworkPolicy", "policy.networking.k8s.io/v1alpha2"),
    ("AdminNetworkPolicy", "policy.networking.k8s.io/v1alpha1"),
    ("BaselineAdminNetworkPolicy", "policy.networking.k8s.io/v1alpha1"),
    ("CiliumNetworkPolicy", "cilium.io/v2"),
    ("CiliumClusterwideNetworkPolicy", "cilium.io/v2"),
    ("Role", "rbac.authorization.k8s.io/v1"),
    ("ClusterRole", "rbac.authorization.k8s.io/v1"),
    ("RoleBinding", "rbac.authorization.k8s.io/v1"),
    ("ClusterRoleBinding", "rbac.authorization.k8s.io/v1"),
];

/// An object whose kind is misspelt: its group has none of this name, and one that is nearly so. `removed` are kinds that
/// the group had once.
pub(super) fn misspelt_kind(
    node: Node<'_>,
    kind: &str,
    (group, removed): (&str, impl Iterator<Item = &'static str> + Clone),
    origin: &Origin,
) -> Option<Draft> {
    let of_group = || {
        let known = known().filter(|(_, version)| group_of(version) == group).map(|(kind, _)| kind);
        let others = KINDS.iter().filter(|known| known.groups.contains(&group)).map(|known| known.kind);
        known.chain(others).chain(removed.clone())
    };
    if of_group().any(|known| known == kind) {
        return None;
    }
    let meant = of_group().find(|known| is_near(kind, known))?;
    let group = if group.is_empty() { "the core API group" } else { group };
    let message = format!("`{kind}` is not a kind of {group}; did you mean `{meant}`?");
    let mut draft = Draft::new("invalid-field", origin.key("kind").value(), message);
    let help = format!("write `kind: {meant}`");
    let fix = Fix::new(Safety::Reference, help.clone(), origin.key("kind"), Change::Set(meant.into()));
    draft.about(metadata::subject(node, kind)).help(help).fix(fix);
    Some(draft)
}

/// An object that lacks `kind` or `apiVersion`, or has one of them under a misspelt key.
pub(super) fn incomplete(node: Node<'_>, origin: &Origin) -> Option<Draft> {
    if node.get("metadata").is_none_or(|metadata| metadata.kind() != Kind::Map) {
        return None;
    }
    let misspelt = |meant: &str| {
        let mut keys = node.entries().map(|(key, ..)| key);
        keys.find(|key| *key != meant && is_near(key, meant)).filter(|_| node.get(meant).is_none())
    };
    let text = |key: &str| node.get(key).and_then(|value| value.as_str());
    let (kind_key, version_key) = (misspelt("kind"), misspelt("apiVersion"));
    let kind = text(kind_key.unwrap_or("kind"));
    let version = text(version_key.unwrap_or("apiVersion"));
    let of_kind = known().find(|(known, _)| kind == Some(*known)).map(|(_, version)| version);
    let is_known_version = || known().any(|(_, known)| version == Some(known.as_str()));
    let of = kind.unwrap_or_default();
    let report = |rule, place: crate::source::Place, message: String, help: String, fix: Option<(Origin, Change)>| {
        let mut draft = Draft::new(rule, place, message);
        let fix = fix.map(|(at, change)| Fix::new(Safety::Reference, help.clone(), at, change));
        draft.about(metadata::subject(node, of)).help(help).fix(fix);
        Some(draft)
    };
    if of_kind.is_none() && !is_known_version() {
        return None;
    }
    for (key, meant) in [(kind_key, "kind"), (version_key, "apiVersion")] {
        if let Some(key) = key {
            let place = origin.key(key.to_owned()).key_only();
            let message = format!("`{key}` is not a field of an object; did you mean `{meant}`?");
            let fix = (origin.key(key.to_owned()), Change::Rename(meant.to_owned()));
            return report("unknown-field", place, message, format!("write `{meant}:`"), Some(fix));
        }
    }
    match (kind, version, of_kind) {
        (Some(kind), None, Some(version)) if node.get("apiVersion").is_none() => {
            let message = format!("this {kind} has no `apiVersion`, so the API server refuses it");
            let help = format!("add `apiVersion: {version}`");
            let value = Value::from(version);
            let add = Change::Insert { key: "apiVersion".to_owned(), value, after: Some("kind") };
            report("invalid-field", origin.key("kind").value(), message, help, Some((origin.clone(), add)))
        }
        (None, Some(version), _) if node.get("kind").is_none() => {
            let message = format!("this object of `{version}` has no `kind`, so the API server refuses it");
            report("invalid-field", origin.key("apiVersion").value(), message, "add its `kind`".to_owned(), None)
        }
        _ => None,
    }
}

/// A document that is one text because no colon of its lines has a space after it.
pub(super) fn glued(node: Node<'_>, origin: &Origin) -> Option<Draft> {
    let text = node.as_str()?;
    if !(text.contains("kind:") && text.contains("apiVersion:")) {
        return None;
    }
    let mut draft = Draft::new(
        "invalid-yaml",
        Location::Bytes(origin.file, node.span()),
        "these lines are one text, not `key: value`",
    );
    draft.help("put a space after each colon");
    Some(draft)
}

/// Whether a group is one of Kubernetes' own with a slip in it.
pub(super) fn is_misspelt_group(group: &str) -> bool {
    let own = ["networking.k8s.io", "policy.networking.k8s.io"];
    (group.ends_with(".k8s.io") && !group.ends_with(".x-k8s.io"))
        || own.iter().any(|own| group != *own && slip(group, own).is_some_and(|distance| distance <= NEAR))
}

/// The kinds that people write, each with the `apiVersion` to write.
fn known() -> impl Iterator<Item = (&'static str, String)> {
    let workloads = WORKLOAD_KINDS.iter().map(|kind| (kind.kind, kind.api_version()));
    workloads.chain(OTHERS.iter().map(|(kind, version)| (*kind, (*version).to_owned())))
}

fn group_of(version: &str) -> &str {
    version.rsplit_once('/').map_or("", |(group, _)| group)
}

fn is_near(typed: &str, meant: &str) -> bool {
    let is_plural = || typed.strip_suffix("ies").is_some_and(|stem| meant.strip_suffix('y') == Some(stem));
    is_plural() || typed.eq_ignore_ascii_case(meant) || slip(typed, meant).is_some_and(|distance| distance <= NEAR)
}
