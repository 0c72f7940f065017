//! What the reader of connections must know.

use std::collections::BTreeSet;

use crate::cluster::NamespaceId;
use crate::model::Model;
use crate::policy::{Match, NamespaceSet, Peer, Selector};
use crate::reach::NAME_LABEL;
use crate::words;

/// The notes of the model, and what the reading of `connections` and `query` takes for granted.
pub(super) fn of(model: &Model) -> Vec<String> {
    let mut notes = model.notes();
    let cluster = model.cluster();
    let unknown = unknown_namespaces(model);
    if !unknown.is_empty() {
        let names: Vec<&str> = unknown.into_iter().map(|id| cluster.namespace_name(id)).collect();
        notes.push(unknown_labels(&names));
    }
    let rejected: Vec<String> = cluster
        .policies
        .iter()
        .filter(|policy| policy.rejected)
        .map(|policy| format!("{}/{}", cluster.namespace_name(policy.object.namespace), policy.object.name))
        .collect();
    if !rejected.is_empty() {
        notes.push(format!("policies that the API server would reject are left out: {}", words::list(rejected)));
    }
    notes
}

/// What is said of such namespaces.
pub(crate) fn unknown_labels(namespaces: &[&str]) -> String {
    format!(
        "a `namespaceSelector` asks for labels of namespaces without a manifest; they are taken as absent: {}",
        words::list(namespaces)
    )
}

/// Namespaces with workloads and without a manifest, where the verdict of a selector hangs on their labels.
pub(crate) fn unknown_namespaces(model: &Model) -> Vec<NamespaceId> {
    let cluster = model.cluster();
    let policies = model.policies().iter().filter(|policy| !policy.rejected);
    let rules = policies.flat_map(|policy| policy.ingress.iter().chain(&policy.egress));
    let selectors: BTreeSet<&Selector> = rules
        .flat_map(|rule| rule.peers.listed())
        .filter_map(|peer| match peer {
            Peer::Pods(set) => match &set.namespaces {
                NamespaceSet::Matching(selector) => Some(selector),
                NamespaceSet::One(_) => None,
            },
            Peer::Block { .. } | Peer::Invalid => None,
        })
        .collect();
    let mut unknown: Vec<NamespaceId> = cluster.workloads.iter().map(|workload| workload.object.namespace).collect();
    unknown.dedup();
    unknown.retain(|id| {
        let namespace = cluster.namespaces.get(id.0 as usize).filter(|namespace| namespace.manifest.is_none());
        let hangs = |selector: &&Selector, namespace: &crate::cluster::Namespace| {
            selector.matches_partly(&namespace.labels, NAME_LABEL) == Match::Unknown
        };
        namespace.is_some_and(|namespace| selectors.iter().any(|selector| hangs(selector, namespace)))
    });
    unknown
}
