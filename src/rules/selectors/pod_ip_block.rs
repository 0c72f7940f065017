//! Blocks of addresses where pods or a Service were meant: such addresses change with every restart, and most
//! network plugins never match them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

use crate::diagnostic::Confidence;
use crate::facts::in_force::{RulePeer, deciding_rules};
use crate::net::Direction;
use crate::objects::Service;
use crate::policy::dialect::{Dialect, PolicyObject};
use crate::policy::{Action, Peer, RuleRef};
use crate::rules::{Cause, Context};
use crate::text::phrase;

/// Ranges that distributions give to pods and Services unless told otherwise, and that hardly anything else uses.
const DEFAULTS: [(Ipv4Net, &str); 6] = [
    (net(10, 96, 12), "the Service range of kubeadm"),
    (net(10, 244, 16), "the pod range of flannel and kind"),
    (net(10, 42, 16), "the pod range of k3s and RKE2"),
    (net(10, 43, 16), "the Service range of k3s and RKE2"),
    (net(172, 20, 16), "the Service range of Amazon EKS"),
    (net(172, 30, 16), "the Service range of OpenShift"),
];

/// A block with fewer bits than this is wider than the ranges of clusters.
const WIDEST: u8 = 11;

const fn net(first: u8, second: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(std::net::Ipv4Addr::new(first, second, 0, 0), length)
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut services: BTreeMap<IpAddr, &Service> = BTreeMap::new();
    for service in &context.cluster().services {
        services.extend(service.cluster_ips.iter().filter_map(|ip| Some((ip.parse().ok()?, &**service))));
    }
    let mut rules: BTreeMap<RuleRef, Vec<(RulePeer<'_>, IpNet)>> = BTreeMap::new();
    for peer in deciding_rules(context.analysis()).flat_map(|rule| rule.peers()) {
        let Peer::Block { cidr, .. } = peer.peer else { continue };
        let rule = peer.rule.rule;
        // A deny of the range of pods may well be for all of them, whichever they are.
        let is_meant = || rule.action == Action::Deny && service_at(&services, cidr).is_none();
        // NodeLocal DNSCache answers at the address of the DNS Service, on the network of the node, where nothing but
        // a block can allow it.
        if !rule.ports.is_limited_to(&[53]) && meaning(context, &services, cidr).is_some() && !is_meant() {
            rules.entry(peer.rule.at).or_default().push((peer, *cidr));
        }
    }
    for peers in rules.values() {
        report(context, &services, peers);
    }
}

/// What the addresses of a block are, if they are the cluster's own.
fn meaning(context: &Context<'_>, services: &BTreeMap<IpAddr, &Service>, cidr: &IpNet) -> Option<String> {
    if let Some(service) = service_at(services, cidr) {
        return Some(format!("the address of Service `{}`", service.object.name));
    }
    if context.analysis().pod_blocks().iter().any(|pods| pods.contains(cidr)) {
        return Some("inside the configured pod range".to_owned());
    }
    let IpNet::V4(block) = cidr else { return None };
    DEFAULTS.iter().find(|(range, _)| range.contains(block)).map(|(_, words)| format!("inside {words}"))
}

/// Whether the input or the configuration says that a block is the cluster's own. The ranges of distributions may be
/// anything elsewhere.
fn is_known(context: &Context<'_>, services: &BTreeMap<IpAddr, &Service>, cidr: &IpNet) -> bool {
    let is_cluster_ip = || services.keys().any(|ip| cidr.prefix_len() > WIDEST && cidr.contains(ip));
    let is_pods = || context.analysis().pod_blocks().iter().any(|pods| pods.contains(cidr));
    is_cluster_ip() || is_pods()
}

/// The Service whose address a block is.
fn service_at<'m>(services: &BTreeMap<IpAddr, &'m Service>, cidr: &IpNet) -> Option<&'m Service> {
    (cidr.prefix_len() == cidr.max_prefix_len()).then(|| services.get(&cidr.addr()).copied()).flatten()
}

fn report(context: &mut Context<'_>, services: &BTreeMap<IpAddr, &Service>, peers: &[(RulePeer<'_>, IpNet)]) {
    let Some((first, cidr)) = peers.first() else { return };
    let blocks = phrase::list(peers.iter().map(|(_, cidr)| cidr));
    let object = first.rule.object;
    let message = format!("`{}` names {blocks}: addresses of the cluster itself", object.object.name);
    let service = service_at(services, cidr);
    let selector = service.and_then(|service| service.selector.as_ref());
    let direction = first.rule.at.direction;
    let help = match selector.and_then(|labels| labels.first()) {
        Some((key, value)) => format!("name the pods behind the Service: {}", by_label(object, direction, key, value)),
        None => format!("name pods by {}; blocks are for addresses outside", selectors(object, direction)),
    };
    let remark = meaning(context, services, cidr).unwrap_or_default();
    let is_known = peers.iter().any(|(_, cidr)| is_known(context, services, cidr));
    let about = context.subject(&first.rule);
    let draft = context.report_because(Cause::Rule(first.rule.at), first.block_place(), about, message);
    draft.remark(remark).help(help);
    if !is_known {
        draft.confidence(Confidence::Guess);
    }
    if let Some(service) = service {
        draft.because(service.object.origin.keys(["spec", "clusterIP"]).value(), "the address is this Service's");
    }
}

/// Pods with a label, as a peer of this policy names them.
fn by_label(object: &PolicyObject, direction: Direction, key: &str, value: &str) -> String {
    match &object.dialect {
        Dialect::Cilium(_) => format!("{} with `{key}: {value}`", selectors(object, direction)),
        Dialect::Calico(_) => format!("`selector: {key} == '{value}'`"),
        Dialect::Admin(_) => format!("`pods` with `{key}: {value}`"),
        Dialect::NetworkPolicy(_) | Dialect::Unread(_) => format!("a `podSelector` with `{key}: {value}`"),
    }
}

/// The fields by which a peer of this policy names pods.
fn selectors(object: &PolicyObject, direction: Direction) -> &'static str {
    match (&object.dialect, direction) {
        (Dialect::Cilium(_), Direction::Ingress) => "`fromEndpoints`",
        (Dialect::Cilium(_), Direction::Egress) => "`toEndpoints`",
        (Dialect::Calico(_), _) => "`selector` and `namespaceSelector`",
        (Dialect::Admin(_), _) => "`namespaces` or `pods`",
        (Dialect::NetworkPolicy(_) | Dialect::Unread(_), _) => "`podSelector` and `namespaceSelector`",
    }
}
