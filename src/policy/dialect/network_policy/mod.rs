//! The front end for `networking.k8s.io/v1` NetworkPolicy.
//!
//! Semantics are those of the API reference (`NetworkPolicySpec`, `NetworkPolicyPeer`, `NetworkPolicyPort`) and
//! of the defaults that the API server sets.

pub(crate) mod fields;
pub(crate) mod manifest;
mod places;
pub(crate) mod read;
mod written;

use k8s_openapi::api::networking::v1::{IPBlock, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::net::{Direction, Protocol};
use crate::objects::Selector;
use crate::policy::{
    Action, Engagement, NamespaceSet, Order, Peer, Peers, PodSet, Policy, PortMatch, Ports, Rule, StageName,
};
use crate::schema::cidr;
pub use written::{Expression, NetworkPolicy, SelectorPlace};

/// Lowers one NetworkPolicy, of the first namespace until [`Policy::put_into`] names its own.
#[must_use]
pub fn lower(spec: NetworkPolicySpec) -> Policy {
    // "Rules of a direction that policyTypes leaves out are ignored."
    let engagement = |direction| if isolates(&spec, direction) { Engagement::Engages } else { Engagement::Ignored };
    let (engages_ingress, engages_egress) = (engagement(Direction::Ingress), engagement(Direction::Egress));
    let rule = |peers, ports| Rule::new(Action::Allow, lower_peers(peers), lower_ports(ports));
    Policy {
        stage: StageName::Network,
        order: Order::default(),
        subject: PodSet::of_own_namespace(selector(spec.pod_selector)),
        engages_ingress,
        engages_egress,
        ingress: spec.ingress.into_iter().flatten().map(|it| rule(it.from, it.ports)).collect(),
        egress: spec.egress.into_iter().flatten().map(|it| rule(it.to, it.ports)).collect(),
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
fn selector(selector: Option<LabelSelector>) -> Selector {
    selector.map(Selector::from_api).unwrap_or_default()
}

/// "If this field is empty or missing, this rule matches all sources."
fn lower_peers(peers: Option<Vec<NetworkPolicyPeer>>) -> Peers {
    match peers {
        Some(peers) if !peers.is_empty() => Peers::Of(each(peers, lower_peer)),
        _ => Peers::Everyone,
    }
}

fn lower_peer(peer: NetworkPolicyPeer) -> Peer {
    let pods = |namespaces, pods| Peer::Pods(PodSet::new(namespaces, pods));
    match (peer.namespace_selector, peer.pod_selector, peer.ip_block) {
        (None, Some(pod), None) => pods(NamespaceSet::own(), Selector::from_api(pod)),
        (Some(namespaces), pod, None) => pods(NamespaceSet::Matching(Selector::from_api(namespaces)), selector(pod)),
        (None, None, Some(block)) => lower_block(&block).unwrap_or(Peer::Invalid),
        // "must specify a peer", "may not specify both ipBlock and another peer"
        _ => Peer::Invalid,
    }
}

fn lower_block(block: &IPBlock) -> Option<Peer> {
    let cidr = cidr::parse_sloppy(&block.cidr).ok()?;
    let except = block.except.iter().flatten().map(|except| cidr::parse_sloppy(except).ok());
    Some(Peer::Block { cidr, except: except.collect::<Option<_>>()? })
}

/// "If this field is empty or missing, this rule matches all ports."
fn lower_ports(ports: Option<Vec<NetworkPolicyPort>>) -> Ports {
    match ports {
        Some(ports) if !ports.is_empty() => {
            Ports::Of(each(ports, |port| lower_port(port).unwrap_or(PortMatch::Invalid)))
        }
        _ => Ports::All,
    }
}

/// What is made of the items of a list, in a list of its own: one that `collect` would build in place kept the room of
/// the larger items.
fn each<T, Lowered>(list: Vec<T>, lower: impl Fn(T) -> Lowered) -> Vec<Lowered> {
    let mut lowered = Vec::with_capacity(list.len());
    lowered.extend(list.into_iter().map(lower));
    lowered
}

fn lower_port(port: NetworkPolicyPort) -> Option<PortMatch> {
    let protocol = Protocol::parse(port.protocol.as_deref().unwrap_or("TCP"))?;
    let number = |number: i32| u16::try_from(number).ok().filter(|&number| number > 0);
    match (port.port, port.end_port) {
        (None, None) => Some(PortMatch::Protocol(protocol)),
        (Some(IntOrString::String(name)), None) => Some(PortMatch::Named { protocol: Some(protocol), name }),
        (Some(IntOrString::Int(first)), end) => {
            let first = number(first)?;
            let last = end.map_or(Some(first), number)?;
            (first <= last).then_some(PortMatch::Range { protocol, first, last })
        }
        // "endPort cannot be defined if the port field is not defined or if it is a named port"
        (None | Some(IntOrString::String(_)), Some(_)) => None,
    }
}
