//! What the reader of connections must know.

use std::collections::BTreeSet;

use crate::analysis::Analysis;
use crate::objects::{Match, NAME_LABEL, NamespaceId, Selector};
use crate::policy::{Dialect, NamespaceSet, Peer, PolicyObject};
use crate::text::phrase;

/// The notes of the model, and what the reading of `connections` and `query` takes for granted.
pub(super) fn of(analysis: &Analysis) -> Vec<String> {
    let mut notes = analysis.notes();
    let cluster = analysis.cluster();
    let unknown = unknown_namespaces(analysis);
    if !unknown.is_empty() {
        let names: Vec<&str> = unknown.into_iter().map(|id| cluster.namespace_name(id)).collect();
        notes.push(unknown_labels(&names));
    }
    let policies = || cluster.policies.iter().map(AsRef::as_ref);
    notes.extend(left_out(analysis, policies().filter(|policy: &&PolicyObject| policy.rejected)));
    let is_restricting = |policy: &&PolicyObject| {
        let mut rules = policy.policy.ingress.iter().chain(&policy.policy.egress);
        !policy.rejected && rules.any(|rule| rule.layer7)
    };
    let restricting = policies().filter(is_restricting);
    let restricting: Vec<String> = restricting.map(|policy| name(analysis, policy)).collect();
    if !restricting.is_empty() {
        notes.push(format!("some connections carry certain requests only (layer 7), by {}", phrase::list(restricting)));
    }
    notes
}

/// What is said of refused policies, by who refuses them.
pub(crate) fn left_out<'m>(analysis: &Analysis, rejected: impl Iterator<Item = &'m PolicyObject>) -> Vec<String> {
    let mut groups =
        [("the API server would reject", Vec::new()), ("Cilium rejects", Vec::new()), ("Calico refuses", Vec::new())];
    for policy in rejected {
        let group = match policy.dialect {
            Dialect::Cilium(_) => 1,
            Dialect::Calico(_) => 2,
            Dialect::NetworkPolicy(_) | Dialect::Admin(_) | Dialect::Unread(_) => 0,
        };
        if let Some((_, names)) = groups.get_mut(group) {
            names.push(name(analysis, policy));
        }
    }
    let told = groups.into_iter().filter(|(_, names)| !names.is_empty());
    told.map(|(who, names)| format!("policies that {who} are left out: {}", phrase::list(names))).collect()
}

fn name(analysis: &Analysis, policy: &PolicyObject) -> String {
    let name = if policy.object.name.is_empty() { "(without a name)" } else { policy.object.name.as_str() };
    match policy.object.namespace {
        NamespaceId::CLUSTER => name.to_owned(),
        namespace => format!("{}/{name}", analysis.cluster().namespace_name(namespace)),
    }
}

/// What is said of such namespaces.
pub(crate) fn unknown_labels(namespaces: &[&str]) -> String {
    format!(
        "a `namespaceSelector` asks for labels of namespaces without a manifest; they are taken as absent: {}",
        phrase::list(namespaces)
    )
}

/// Namespaces with workloads and without a manifest, where the verdict of a selector depends on their labels.
pub(crate) fn unknown_namespaces(analysis: &Analysis) -> Vec<NamespaceId> {
    let cluster = analysis.cluster();
    let policies = analysis.policies().iter().filter(|policy| !policy.rejected);
    let rules = policies.flat_map(|it| it.policy.ingress.iter().chain(&it.policy.egress));
    let selectors: BTreeSet<&Selector> = rules
        .flat_map(|rule| rule.peers.listed())
        .filter_map(|peer| match peer {
            Peer::Pods(set) => match &set.namespaces {
                NamespaceSet::Matching(selector) => Some(selector),
                NamespaceSet::One(_) => None,
            },
            _ => None,
        })
        .collect();
    let mut unknown: Vec<NamespaceId> = cluster.workloads.iter().map(|workload| workload.object.namespace).collect();
    unknown.dedup();
    unknown.retain(|id| {
        let namespace = cluster.namespaces.get(id.0 as usize).filter(|namespace| namespace.manifest.is_none());
        let hangs = |selector: &&Selector, namespace: &crate::objects::Namespace| {
            selector.matches_partly(&namespace.labels, NAME_LABEL) == Match::Unknown
        };
        namespace.is_some_and(|namespace| selectors.iter().any(|selector| hangs(selector, namespace)))
    });
    unknown
}
