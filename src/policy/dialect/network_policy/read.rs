//! NetworkPolicies.

use k8s_openapi::api::networking::v1::{NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use crate::net::Direction;
use crate::objects::Object;
use crate::policy::dialect::network_policy::{self, Expression, NetworkPolicy, SelectorPlace};
use crate::policy::{Dialect, PolicyObject};
use crate::yaml::{Kind, Node, from_node};

/// Reads a NetworkPolicy. One that the API server rejects is kept, with as much of its selector as can be read.
pub(crate) fn read(node: Node<'_>, object: Object, rejected: bool) -> PolicyObject {
    let written = node.get("spec");
    let (spec, rejected) = match written.map(from_node::<NetworkPolicySpec>) {
        None => (NetworkPolicySpec::default(), rejected),
        Some(Ok(spec)) => (spec, rejected),
        Some(Err(_)) => {
            let selector = written.and_then(|spec| spec.get("podSelector"));
            let pod_selector = selector.and_then(|selector| from_node(selector).ok());
            (NetworkPolicySpec { pod_selector, ..NetworkPolicySpec::default() }, true)
        }
    };
    let network_policy = NetworkPolicy {
        has_pod_selector: spec.pod_selector.is_some(),
        ingress: spec.ingress.as_ref().map(Vec::len),
        egress: spec.egress.as_ref().map(Vec::len),
        empty_peers: written.map(empty_peers).unwrap_or_default(),
        empty_ports: written.map(empty_ports).unwrap_or_default(),
        without_protocol: without_protocol(&spec),
        expressions: expressions(&spec),
        policy_types: spec.policy_types.as_ref().map(|types| types.iter().map(|name| direction(name)).collect()),
        rejected,
        object: object.clone(),
    };
    let dialect = Dialect::NetworkPolicy(network_policy);
    PolicyObject { object, dialect, policy: network_policy::lower(spec), rejected }
}

/// The direction that an item of `policyTypes` names.
fn direction(name: &str) -> Option<Direction> {
    Direction::BOTH.into_iter().find(|direction| direction.policy_type() == name)
}

/// The rules whose peers are written and yet none.
fn empty_peers(spec: Node<'_>) -> Vec<(Direction, usize)> {
    let rules = written_rules(spec);
    let empty = rules.filter(|(direction, _, rule)| rule.get(direction.peers_field()).is_some_and(is_empty));
    empty.map(|(direction, index, _)| (direction, index)).collect()
}

/// The rules whose ports are written and yet none, and the ports of a rule that are written without a value.
fn empty_ports(spec: Node<'_>) -> Vec<(Direction, usize, Option<usize>)> {
    let mut empty = Vec::new();
    for (direction, index, rule) in written_rules(spec) {
        let Some(ports) = rule.get("ports") else { continue };
        if is_empty(ports) {
            empty.push((direction, index, None));
        }
        let items = ports.items().enumerate();
        let nulls = items.filter(|(_, item)| item.get("port").is_some_and(|port| port.is_null()));
        empty.extend(nulls.map(|(place, _)| (direction, index, Some(place))));
    }
    empty
}

/// The rules, with their direction and their place in the list.
fn written_rules<'d>(spec: Node<'d>) -> impl Iterator<Item = (Direction, usize, Node<'d>)> {
    Direction::BOTH.into_iter().flat_map(move |direction| {
        let rules = spec.get(direction.field()).into_iter().flat_map(|it| it.items()).enumerate();
        rules.map(move |(index, rule)| (direction, index, rule))
    })
}

/// Whether a list holds nothing: null, or no item.
fn is_empty(list: Node<'_>) -> bool {
    match list.kind() {
        Kind::Null => true,
        Kind::Seq => list.items().next().is_none(),
        _ => false,
    }
}

/// The peers and ports of each rule, with its direction and its place in the list.
fn rules(
    spec: &NetworkPolicySpec,
) -> impl Iterator<Item = (Direction, usize, &[NetworkPolicyPeer], &[NetworkPolicyPort])> {
    let ingress = spec.ingress.iter().flatten().enumerate();
    let ingress = ingress.map(|(place, rule)| (Direction::Ingress, place, &rule.from, &rule.ports));
    let egress = spec.egress.iter().flatten().enumerate();
    let egress = egress.map(|(place, rule)| (Direction::Egress, place, &rule.to, &rule.ports));
    ingress.chain(egress).map(|(direction, place, peers, ports)| {
        (direction, place, peers.as_deref().unwrap_or_default(), ports.as_deref().unwrap_or_default())
    })
}

fn without_protocol(spec: &NetworkPolicySpec) -> Vec<(Direction, usize, usize)> {
    let ports = rules(spec).flat_map(|(direction, rule, _, ports)| {
        let ports = ports.iter().enumerate().filter(|(_, port)| port.protocol.is_none());
        ports.map(move |(port, _)| (direction, rule, port))
    });
    ports.collect()
}

fn expressions(spec: &NetworkPolicySpec) -> Vec<Expression> {
    let subject = spec.pod_selector.as_ref().map(|selector| (SelectorPlace::Subject, selector));
    let of_peers = rules(spec).flat_map(|(direction, rule, peers, _)| {
        peers.iter().enumerate().flat_map(move |(peer, selectors)| {
            let place = move |field| SelectorPlace::Peer { direction, rule, peer, field };
            let namespaces = selectors.namespace_selector.as_ref().map(|it| (place("namespaceSelector"), it));
            namespaces.into_iter().chain(selectors.pod_selector.as_ref().map(|it| (place("podSelector"), it)))
        })
    });
    subject.into_iter().chain(of_peers).flat_map(|(place, selector)| of_selector(place, selector)).collect()
}

fn of_selector(place: SelectorPlace, selector: &LabelSelector) -> impl Iterator<Item = Expression> {
    let is_label = |key: &String| selector.match_labels.as_ref().is_some_and(|labels| labels.contains_key(key));
    let expressions = selector.match_expressions.iter().flatten().enumerate();
    expressions.filter(move |(_, expression)| !is_label(&expression.key)).map(move |(index, expression)| Expression {
        selector: place,
        index,
        key: expression.key.clone(),
    })
}
