//! Name resolution, which every pod needs before anything else: to the servers of the configuration, else to kube-dns,
//! and to OpenShift's where the input is for OpenShift.

use super::base::Base;
use super::names::PolicyNames;
use super::plan::is_governed;
use super::policy::{Peer, Policy, Rule};
use crate::analysis::Analysis;
use crate::cluster::PresumedDns;
use crate::net::ports::PortSet;
use crate::net::{Direction, Protocol};
use crate::objects::{Labels, NAME_LABEL, NamespaceId, Selector};

/// The servers that pods ask.
pub(super) fn servers(analysis: &Analysis) -> Vec<PresumedDns> {
    let configured = &analysis.config().dns;
    if !configured.is_empty() {
        return configured.clone();
    }
    let server = |namespace: &str, (key, value): (&str, &str), port| PresumedDns {
        namespace: namespace.to_owned(),
        labels: Labels::from_iter([(key.into(), value.into())]),
        ports: vec![port],
    };
    let mut servers = vec![server("kube-system", ("k8s-app", "kube-dns"), 53)];
    if is_openshift(analysis) {
        servers.push(server("openshift-dns", ("dns.operator.openshift.io/daemonset-dns", "default"), 5353));
    }
    servers
}

/// Whether the input has objects that only OpenShift has.
fn is_openshift(analysis: &Analysis) -> bool {
    let cluster = analysis.cluster();
    cluster.backends.iter().any(|backend| backend.object.kind == "Route")
        || cluster.workloads.iter().any(|workload| workload.object.kind == "DeploymentConfig")
}

/// The policy that lets all pods of a namespace ask, where they may not yet.
pub(super) fn egress<'e, 'm>(
    analysis: &'m Analysis,
    namespace: NamespaceId,
    base: Option<&Base>,
    names: &mut PolicyNames,
) -> Option<Policy<'e, 'm>> {
    if base.is_some_and(|base| base.resolves_names(namespace)) {
        return None;
    }
    let own = analysis.cluster().namespace_name(namespace);
    let rules = servers(analysis).into_iter().map(|server| {
        let elsewhere = Selector::equalities([(&NAME_LABEL.into(), &server.namespace.as_str().into())]);
        let peer = Peer::Pods {
            namespaces: (server.namespace != own).then_some(elsewhere),
            pods: Some(Selector::equalities(server.labels.iter())),
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

/// The ports of a server, with both protocols: long answers come over TCP.
pub(super) fn ports(numbers: &[u16]) -> PortSet {
    let both = numbers.iter().flat_map(|&port| [Protocol::Udp, Protocol::Tcp].map(|it| PortSet::single(it, port)));
    both.fold(PortSet::default(), |set, port| set.union(&port))
}
