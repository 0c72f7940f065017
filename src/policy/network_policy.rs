//! The front end for `networking.k8s.io/v1` NetworkPolicy.
//!
//! Semantics are those of the API reference (`NetworkPolicySpec`, `NetworkPolicyPeer`, `NetworkPolicyPort`) and
//! of the defaults that the API server sets.

use std::str::FromStr;

use ipnet::IpNet;
use k8s_openapi::api::networking::v1::{IPBlock, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{Action, NamespaceSet, Peer, Peers, PodSet, Policy, PortMatch, Ports, Rule, Selector, Tier};
use crate::cluster::{Direction, NamespaceId, NetworkPolicy, Protocol};

/// Lowers one NetworkPolicy.
#[must_use]
pub fn lower(policy: &NetworkPolicy) -> Policy {
    let spec = &policy.spec;
    let namespace = policy.object.namespace;
    let ingress = spec.ingress.iter().flatten().map(|rule| Rule {
        action: Action::Allow,
        peers: lower_peers(rule.from.as_deref(), namespace),
        ports: lower_ports(rule.ports.as_deref()),
    });
    let egress = spec.egress.iter().flatten().map(|rule| Rule {
        action: Action::Allow,
        peers: lower_peers(rule.to.as_deref(), namespace),
        ports: lower_ports(rule.ports.as_deref()),
    });
    // "Rules of a direction that policyTypes leaves out are ignored."
    let isolates_ingress = isolates(spec, Direction::Ingress);
    let isolates_egress = isolates(spec, Direction::Egress);
    Policy {
        tier: Tier::Network,
        priority: 0,
        subject: PodSet { namespaces: NamespaceSet::One(namespace), pods: selector(spec.pod_selector.as_ref()) },
        isolates_ingress,
        isolates_egress,
        ingress: ingress.collect(),
        egress: egress.collect(),
        rejected: policy.rejected,
    }
}

/// Whether a policy isolates in this direction: by `policyTypes`, or by its default.
///
/// The API server's default (`SetDefaults_NetworkPolicy`): Ingress always, and Egress if there is any egress rule.
#[must_use]
pub fn isolates(spec: &NetworkPolicySpec, direction: Direction) -> bool {
    match spec.policy_types.as_deref() {
        Some(types) if !types.is_empty() => types.iter().any(|name| name == direction.policy_type()),
        _ => match direction {
            Direction::Ingress => true,
            Direction::Egress => spec.egress.as_ref().is_some_and(|rules| !rules.is_empty()),
        },
    }
}

/// "An empty selector matches all pods", and an absent one "defaults to an empty selector".
fn selector(selector: Option<&LabelSelector>) -> Selector {
    selector.map(Selector::from_api).unwrap_or_default()
}

/// "If this field is empty or missing, this rule matches all sources."
fn lower_peers(peers: Option<&[NetworkPolicyPeer]>, namespace: NamespaceId) -> Peers {
    match peers {
        None | Some([]) => Peers::Everyone,
        Some(peers) => Peers::Of(peers.iter().map(|peer| lower_peer(peer, namespace)).collect()),
    }
}

fn lower_peer(peer: &NetworkPolicyPeer, namespace: NamespaceId) -> Peer {
    let pods = |namespaces, pods| Peer::Pods(PodSet { namespaces, pods });
    match (&peer.namespace_selector, &peer.pod_selector, &peer.ip_block) {
        (None, Some(pod), None) => pods(NamespaceSet::One(namespace), Selector::from_api(pod)),
        (Some(namespaces), pod, None) => {
            pods(NamespaceSet::Matching(Selector::from_api(namespaces)), selector(pod.as_ref()))
        }
        (None, None, Some(block)) => lower_block(block).unwrap_or(Peer::Invalid),
        // "must specify a peer", "may not specify both ipBlock and another peer"
        _ => Peer::Invalid,
    }
}

fn lower_block(block: &IPBlock) -> Option<Peer> {
    let cidr = IpNet::from_str(&block.cidr).ok()?;
    let except = block.except.iter().flatten().map(|except| IpNet::from_str(except).ok());
    Some(Peer::Block { cidr, except: except.collect::<Option<_>>()? })
}

/// "If this field is empty or missing, this rule matches all ports."
fn lower_ports(ports: Option<&[NetworkPolicyPort]>) -> Ports {
    match ports {
        None | Some([]) => Ports::All,
        Some(ports) => Ports::Of(ports.iter().map(|port| lower_port(port).unwrap_or(PortMatch::Invalid)).collect()),
    }
}

fn lower_port(port: &NetworkPolicyPort) -> Option<PortMatch> {
    let protocol = Protocol::parse(port.protocol.as_deref().unwrap_or("TCP"))?;
    let number = |number: i32| u16::try_from(number).ok().filter(|&number| number > 0);
    match (&port.port, port.end_port) {
        (None, None) => Some(PortMatch::Protocol(protocol)),
        (Some(IntOrString::String(name)), None) => Some(PortMatch::Named { protocol, name: name.clone() }),
        (Some(IntOrString::Int(first)), end) => {
            let first = number(*first)?;
            let last = end.map_or(Some(first), number)?;
            (first <= last).then_some(PortMatch::Range { protocol, first, last })
        }
        // "endPort cannot be defined if the port field is not defined or if it is a named port"
        (None | Some(IntOrString::String(_)), Some(_)) => None,
    }
}
