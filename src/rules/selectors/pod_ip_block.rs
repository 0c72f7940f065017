//! Blocks of addresses where pods or a Service were meant: such addresses change with every restart, and most
//! network plugins never match them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

use crate::diagnostic::Confidence;
use crate::facts::peers::PeerAt;
use crate::objects::Service;
use crate::policy::{Peer, RuleRef};
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
    let mut rules: BTreeMap<RuleRef, Vec<(PeerAt<'_>, IpNet)>> = BTreeMap::new();
    for peer in context.peers() {
        // NodeLocal DNSCache answers at the address of the DNS Service, on the network of the node, where nothing but
        // a block can allow it.
        if let Peer::Block { cidr, .. } = peer.peer
            && !peer.ports().is_limited_to(&[53])
            && meaning(context, &services, cidr).is_some()
        {
            rules.entry(peer.rule_ref()).or_default().push((peer, *cidr));
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

fn report(context: &mut Context<'_>, services: &BTreeMap<IpAddr, &Service>, peers: &[(PeerAt<'_>, IpNet)]) {
    let Some((first, cidr)) = peers.first() else { return };
    let place = |peer: &PeerAt<'_>| peer.origin().keys(["ipBlock", "cidr"]).value();
    let blocks = phrase::list(peers.iter().map(|(_, cidr)| cidr));
    let name = &first.written.object.name;
    let message = format!("`{name}` names {blocks}: addresses of the cluster itself");
    let service = service_at(services, cidr);
    let selector = service.and_then(|service| service.selector.as_ref());
    let help = match selector.and_then(|labels| labels.first()) {
        Some((key, value)) => format!("name the pods behind the Service: a `podSelector` with `{key}: {value}`"),
        None => "name pods by `podSelector` and `namespaceSelector`; blocks are for addresses outside".to_owned(),
    };
    let remark = meaning(context, services, cidr).unwrap_or_default();
    let is_known = peers.iter().any(|(_, cidr)| is_known(context, services, cidr));
    let about = context.cluster().subject(&first.written.object);
    let draft = context.report_because(Cause::Rule(first.rule_ref()), place(first), about, message);
    draft.remark(remark).help(help);
    if !is_known {
        draft.confidence(Confidence::Guess);
    }
    if let Some(service) = service {
        draft.because(service.object.origin.keys(["spec", "clusterIP"]).value(), "the address is this Service's");
    }
}
