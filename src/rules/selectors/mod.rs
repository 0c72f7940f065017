//! Which selectors and blocks name, and whether there is anyone of that name.

mod admin;
mod misspelt_values;
pub(super) mod peer_matches_nothing;
pub(super) mod pod_ip_block;
pub(super) mod selector_matches_nothing;
pub(super) mod split_peer;
pub(super) mod unknown_namespace;
mod unusable_blocks;

use crate::facts::distribution::is_of_the_distribution;
use crate::objects::{Match, NAME_LABEL, Operator, Requirement, Selector};
use crate::policy::PodSet;
use crate::rules::Context;

/// Whether a policy's own pods, or a peer of the namespace, are matched by no pod: the namespace has workloads, and the
/// labels are no pod's. `Unknown` where the labels may be set by what the input does not show.
fn is_dead(context: &Context<'_>, set: &PodSet) -> Match {
    let crate::policy::NamespaceSet::One(namespace) = set.namespaces else { return Match::No };
    if !context.analysis().has_workloads(namespace) {
        return Match::No;
    }
    match context.analysis().finds(set) {
        Match::Yes => Match::No,
        Match::Unknown => Match::Unknown,
        Match::No => Match::Yes,
    }
}

/// A selector of namespaces in words: the names that it asks for, else its labels.
fn namespaces_in_words(selector: &Selector) -> String {
    match selector.requirements() {
        [] => "every namespace".to_owned(),
        [Requirement { key, operator: Operator::In(names) }] if key == NAME_LABEL => match names.as_slice() {
            [one] => format!("namespace `{one}`"),
            _ => format!("namespaces {}", crate::text::phrase::list(names)),
        },
        _ => format!("namespaces with {}", labels_in_words(selector)),
    }
}

/// The labels that a selector asks for: `` `app: web` ``.
fn labels_in_words(selector: &Selector) -> String {
    crate::text::phrase::list(selector.requirements().iter().map(|requirement| {
        let key = &requirement.key;
        match &requirement.operator {
            Operator::In(values) if values.len() == 1 => format!("{key}: {}", values.join("")),
            Operator::In(values) => format!("{key} in ({})", values.join(", ")),
            Operator::NotIn(values) => format!("{key} not in ({})", values.join(", ")),
            Operator::Exists => key.to_string(),
            Operator::DoesNotExist => format!("!{key}"),
            Operator::StartsWith(start) => format!("{key} starts with {start}"),
            Operator::EndsWith(end) => format!("{key} ends with {end}"),
            Operator::Contains(part) => format!("{key} contains {part}"),
        }
    }))
}

/// Namespaces that clusters have beside the applications, and whose manifests nobody keeps with them.
const STANDARD: [&str; 20] = [
    "argocd",
    "calico-system",
    "cert-manager",
    "default",
    "external-secrets",
    "flux-system",
    "gatekeeper-system",
    "ingress",
    "ingress-nginx",
    "istio-ingress",
    "istio-system",
    "kube-public",
    "kube-system",
    "linkerd",
    "logging",
    "monitoring",
    "observability",
    "prometheus",
    "traefik",
    "vault",
];

/// Whether a selector asks for the namespaces of the cluster's own services.
fn is_standard(selector: &Selector) -> bool {
    selector.requirements().iter().any(|requirement| match &requirement.operator {
        Operator::In(values) => values.iter().all(|value| is_standard_name(value)),
        _ => false,
    })
}

/// Whether a selector asks for namespaces that come with the cluster: no input shows all of their pods.
fn is_of_the_cluster(selector: &Selector) -> bool {
    selector.requirements().iter().any(|requirement| match &requirement.operator {
        Operator::In(values) => values.iter().any(|value| is_of_the_distribution(value)),
        _ => false,
    })
}

/// Whether a namespace of this name is one of the cluster's own services.
fn is_standard_name(name: &str) -> bool {
    STANDARD.contains(&name) || name.starts_with("openshift-") || name.starts_with("kube-")
}
