//! Name resolution, which every pod needs before anything else.

use super::base::Base;
use super::closed::is_governed;
use super::names::PolicyNames;
use super::policy::{Peer, Policy, Rule};
use super::servers::{ports, servers};
use crate::analysis::Analysis;
use crate::net::Direction;
use crate::objects::{Labels, NAME_LABEL, NamespaceId, Selector};

/// The policy that lets all pods of a namespace ask, where they may not yet. `adds_labels` says whether kustomize adds
/// labels to its selectors.
pub(super) fn egress<'e, 'm>(
    analysis: &'m Analysis,
    namespace: NamespaceId,
    base: Option<&Base>,
    names: &mut PolicyNames,
    adds_labels: bool,
) -> Option<Policy<'e, 'm>> {
    if base.is_some_and(|base| base.resolves_names(namespace)) {
        return None;
    }
    let own = analysis.cluster().namespace_name(namespace);
    let rules = servers(analysis).into_iter().map(|server| {
        let elsewhere = Selector::equalities([(&NAME_LABEL.into(), &server.namespace.as_str().into())]);
        let pods = Selector::equalities(server.labels.iter());
        let peer = match server.namespace != own {
            true if adds_labels => Peer::Outside { namespace: elsewhere, pods },
            is_elsewhere => Peer::Pods { namespaces: is_elsewhere.then_some(elsewhere), pods: Some(pods) },
        };
        let ports = ports(&server.ports);
        Rule { direction: Direction::Egress, peer, ports, evidence: Vec::new(), review: Vec::new() }
    });
    Some(Policy {
        namespace,
        name: names.unique(namespace, "allow-dns"),
        labels: Labels::default(),
        directions: vec![Direction::Egress],
        rules: rules.collect(),
        purpose: Some("Every pod resolves names.".to_owned()),
        review: Vec::new(),
    })
}

/// The policies that let all pods ask servers of the input, where those are in namespaces that are closed.
pub(super) fn ingress<'e, 'm>(
    analysis: &'m Analysis,
    base: Option<&Base>,
    names: &mut PolicyNames,
) -> Vec<Policy<'e, 'm>> {
    let mut policies = Vec::new();
    for server in servers(analysis) {
        let Some(namespace) = analysis.cluster().namespace_named(&server.namespace) else { continue };
        let has = |labels: &Labels| server.labels.iter().all(|(key, value)| labels.get(key) == Some(value));
        let is_here = analysis.cluster().workloads_in(namespace).any(|(_, workload)| has(&workload.pod_labels));
        if base.is_some() || !is_here || !is_governed(analysis, namespace) {
            continue;
        }
        let peer = Peer::Pods { namespaces: Some(Selector::default()), pods: None };
        let ports = ports(&server.ports);
        let review = vec!["every pod of the cluster may ask this DNS server".to_owned()];
        policies.push(Policy {
            namespace,
            name: names.unique(namespace, "dns-ingress"),
            labels: server.labels.clone(),
            directions: vec![Direction::Ingress],
            rules: vec![Rule { direction: Direction::Ingress, peer, ports, evidence: Vec::new(), review }],
            purpose: Some("The DNS servers of the cluster answer everyone.".to_owned()),
            review: Vec::new(),
        });
    }
    policies
}
