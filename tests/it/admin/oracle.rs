//! What these policies mean, spelled out as naively as the comments of the API's types do: one pair of endpoints, one
//! protocol and one port at a time. NetworkPolicies are those of the oracle of `reach`.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::policy::{Action, AdminPolicy, Peer, Pods, Port, Rule, Tier};
use crate::reach::cluster::{Cidr, Cluster, Direction, Endpoint, Field::Is, Protocol, Selector};
use crate::reach::oracle::{self, Connection, in_cidr, label, namespace_label, selects};

/// A cluster with its policies.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) cluster: Cluster,
    pub(crate) admin: Vec<AdminPolicy>,
    /// The addresses of workloads, by their index; none is known where manifests are all there is.
    pub(crate) addresses: Vec<IpAddr>,
    /// The labels of each node; every workload on the network of its node is on each of them.
    pub(crate) nodes: Vec<Vec<(String, String)>>,
}

/// What became of one direction of a connection: a row of the truth table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    /// The first rule of the tier Admin that matches.
    pub(crate) admin: Option<Action>,
    /// Whether a NetworkPolicy isolates the subject.
    pub(crate) isolated: bool,
    /// Whether the rules of NetworkPolicies admit it.
    pub(crate) admitted: bool,
    /// The first rule of the tier Baseline that matches.
    pub(crate) baseline: Option<Action>,
    pub(crate) permitted: bool,
}

/// A connection needs both ends: "any ingress rules at the destination do apply" after an egress Accept. A pod that
/// connects to its own address is subject to no policy.
pub(crate) fn allowed(world: &World, connection: Connection) -> bool {
    let itself = connection.from == connection.to && matches!(connection.from, Endpoint::Workload(_));
    itself || Direction::BOTH.into_iter().all(|direction| side_allows(world, direction, connection))
}

pub(crate) fn side_allows(world: &World, direction: Direction, connection: Connection) -> bool {
    row(world, direction, connection).is_none_or(|row| row.permitted)
}

/// How one direction is decided; nothing where its subject is subject to no policy.
///
/// "Admin: […] evaluated before NetworkPolicies." "v1.NetworkPolicy always makes a final decision for selected pods."
/// "Baseline: […] after." "If none of them decide, traffic is allowed."
pub(crate) fn row(world: &World, direction: Direction, connection: Connection) -> Option<Row> {
    let subject = end(connection, direction, true);
    let is_free = matches!((subject, direction), (Endpoint::IngressController, Direction::Egress));
    if is_free || !is_pod(world, subject) {
        return None;
    }
    let admin = first_match(world, Tier::Admin, direction, connection);
    let isolated = !oracle::isolating(&world.cluster, direction, connection).is_empty();
    let admitted = isolated && oracle::side_allows(&world.cluster, direction, connection);
    let baseline = first_match(world, Tier::Baseline, direction, connection);
    Some(Row { admin, isolated, admitted, baseline, permitted: verdict(admin, isolated, admitted, baseline) })
}

fn verdict(admin: Option<Action>, isolated: bool, admitted: bool, baseline: Option<Action>) -> bool {
    match admin {
        Some(Action::Accept) => true,
        Some(Action::Deny) => false,
        Some(Action::Pass) | None if isolated => admitted,
        Some(Action::Pass) | None => baseline != Some(Action::Deny),
    }
}

/// All verdicts that a direction may have: "if two policies of one tier have the same priority and both match, either
/// may be applied".
pub(crate) fn outcomes(world: &World, direction: Direction, connection: Connection) -> BTreeSet<bool> {
    let Some(row) = row(world, direction, connection) else { return BTreeSet::from([true]) };
    let (admin, baseline) =
        [Tier::Admin, Tier::Baseline].map(|tier| first_matches(world, tier, direction, connection)).into();
    let pairs = admin.iter().flat_map(|&admin| baseline.iter().map(move |&baseline| (admin, baseline)));
    pairs.map(|(admin, baseline)| verdict(admin, row.isolated, row.admitted, baseline)).collect()
}

/// "Rules are evaluated in the order of priority, lower first", then in the order written. Chosen: of equal priority,
/// the names decide; ClusterNetworkPolicies come before the kinds of `v1alpha1`.
fn first_match(world: &World, tier: Tier, direction: Direction, connection: Connection) -> Option<Action> {
    ordered(world, tier).into_iter().find_map(|policy| match_of(world, policy, direction, connection))
}

/// The first matches, one for each policy of the first group of equal priority in which any matches.
fn first_matches(world: &World, tier: Tier, direction: Direction, connection: Connection) -> BTreeSet<Option<Action>> {
    let policies = ordered(world, tier);
    let groups = policies.chunk_by(|one, other| (one.api, one.priority) == (other.api, other.priority));
    let mut matches =
        groups.map(|group| group.iter().filter_map(|policy| match_of(world, policy, direction, connection)));
    let first = matches.find_map(|group| Some(group.map(Some).collect()).filter(|set: &BTreeSet<_>| !set.is_empty()));
    first.unwrap_or_else(|| BTreeSet::from([None]))
}

fn ordered(world: &World, tier: Tier) -> Vec<&AdminPolicy> {
    let mut policies: Vec<_> = world.admin.iter().filter(|policy| policy.tier == tier).collect();
    policies.sort_by_key(|policy| (policy.api, policy.priority, policy.name.as_str()));
    policies
}

/// The action of the first rule of a policy that matches. "CNPs with no ingress rules do not affect ingress traffic."
fn match_of(world: &World, policy: &AdminPolicy, direction: Direction, connection: Connection) -> Option<Action> {
    if !selects_pods(world, &policy.subject, end(connection, direction, true)) {
        return None;
    }
    let matching = policy.rules(direction).iter().find(|rule| {
        matches_peers(world, rule, end(connection, direction, false)) && matches_ports(world, rule, connection)
    });
    matching.map(|rule| rule.action)
}

/// The end whose policies a direction is about, or the other one.
fn end(connection: Connection, direction: Direction, is_subject: bool) -> Endpoint {
    match (direction, is_subject) {
        (Direction::Ingress, true) | (Direction::Egress, false) => connection.to,
        (Direction::Egress, true) | (Direction::Ingress, false) => connection.from,
    }
}

/// "Host-networked pods are not included" in what a selector of pods selects, as subject or as peer.
fn is_pod(world: &World, endpoint: Endpoint) -> bool {
    match endpoint {
        Endpoint::Workload(index) => !is_on_node(world, index),
        Endpoint::OtherPod(_) | Endpoint::UnknownNamespace | Endpoint::IngressController => true,
        Endpoint::External(_) => false,
    }
}

fn is_on_node(world: &World, workload: usize) -> bool {
    world.cluster.workloads[workload].host_network == Is(true)
}

/// "Namespaces: selects all pods in the matching namespaces." "Pods: […] if namespaceSelector is not specified, it
/// selects pods in all namespaces."
fn selects_pods(world: &World, pods: &Pods, endpoint: Endpoint) -> bool {
    if !is_pod(world, endpoint) {
        return false;
    }
    let (namespace, labels): (_, &[_]) = match endpoint {
        Endpoint::Workload(index) => {
            let workload = &world.cluster.workloads[index];
            (Some(workload.namespace), &workload.labels)
        }
        Endpoint::OtherPod(namespace) => (Some(namespace), &[]),
        _ => (None, &[]),
    };
    let in_namespace = |selector: &Selector| selects(selector, |key| namespace_label(&world.cluster, namespace, key));
    match pods {
        Pods::Namespaces(namespaces) => in_namespace(namespaces),
        Pods::Pods(namespaces, pods) => {
            namespaces.as_ref().is_none_or(in_namespace) && selects(pods, |key| label(labels, key))
        }
    }
}

/// "A peer matches if any of the listed does."
///
/// "Networks […] if you Accept or Deny traffic to 0.0.0.0/0, that will allow or deny all IPv4 pod-to-pod traffic as
/// well". Chosen: a cluster of which nothing is known is one of IPv4, and an address that is not known is in `networks`
/// only where these hold every address. "Nodes: […] if present but empty, it selects all nodes." Chosen: nobody knows
/// what a domain name resolves to, so that it matches no given address.
fn matches_peers(world: &World, rule: &Rule, endpoint: Endpoint) -> bool {
    let matches_pods = |peer: &Peer| matches!(peer, Peer::Pods(pods) if selects_pods(world, pods, endpoint));
    let networks = rule.peers.iter().flat_map(|peer| match peer {
        Peer::Networks(blocks) => blocks.as_slice(),
        _ => &[],
    });
    let networks: Vec<Cidr> = networks.copied().collect();
    let in_networks = match address(world, endpoint) {
        Some(address) => networks.iter().any(|&block| in_cidr(block, address)),
        None => holds_all(&networks),
    };
    in_networks || rule.peers.iter().any(|peer| matches_pods(peer) || matches_nodes(world, peer, endpoint))
}

fn matches_nodes(world: &World, peer: &Peer, endpoint: Endpoint) -> bool {
    let (Peer::Nodes(selector), Endpoint::Workload(index)) = (peer, endpoint) else { return false };
    let is_all = selector.match_labels.items().is_empty() && selector.match_expressions.items().is_empty();
    let mut nodes = world.nodes.iter().map(|labels| selects(selector, |key| label(labels, key)));
    is_on_node(world, index) && (is_all || !world.nodes.is_empty() && nodes.all(|is_selected| is_selected))
}

fn address(world: &World, endpoint: Endpoint) -> Option<IpAddr> {
    match endpoint {
        Endpoint::External(address) => Some(address),
        Endpoint::Workload(index) => world.addresses.get(index).copied(),
        _ => None,
    }
}

/// Whether every address of IPv4 is in one of the blocks.
fn holds_all(blocks: &[Cidr]) -> bool {
    let bits = |address: IpAddr| match address {
        IpAddr::V4(address) => Some(u64::from(address.to_bits())),
        IpAddr::V6(_) => None,
    };
    let mut ranges: Vec<_> = blocks
        .iter()
        .filter_map(|block| {
            let (first, last) = block.range();
            Some((bits(first)?, bits(last)?))
        })
        .collect();
    ranges.sort_unstable();
    let next = ranges.into_iter().fold(0, |next, (first, last)| if first <= next { next.max(last + 1) } else { next });
    next > u64::from(u32::MAX)
}

/// "If not set, the rule does not filter by protocol." "DestinationNamedPort selects a destination port on a pod based
/// on the ContainerPort name."
fn matches_ports(world: &World, rule: &Rule, connection: Connection) -> bool {
    let Some(ports) = &rule.ports else { return true };
    ports.iter().any(|port| match port {
        Port::Range(protocol, first, last) => {
            *protocol == connection.protocol && (*first..=*last).contains(&connection.port)
        }
        Port::Named(name) => has_named_port(world, name, connection),
    })
}

/// Of either direction, the port is one of the destination. Its protocol is that of the container port.
fn has_named_port(world: &World, name: &str, connection: Connection) -> bool {
    let Endpoint::Workload(index) = connection.to else { return false };
    let containers = &world.cluster.workloads[index].containers;
    is_pod(world, connection.to)
        && containers.iter().flatten().any(|port| {
            port.name.as_deref() == Some(name)
                && port.protocol.value().copied().unwrap_or(Protocol::Tcp) == connection.protocol
                && port.number == connection.port
        })
}
