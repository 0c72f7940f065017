//! Reading of `policy.networking.k8s.io`.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use smol_str::SmolStr;

use super::fields::OPERATORS;
use super::{AdminKind, AdminPeer, AdminPolicy, AdminPort, AdminRule, AdminTier, PodSelection, lower};
use crate::net::{Direction, Protocol};
use crate::objects::metadata::{string, text_of};
use crate::objects::{NamespaceId, Object, Selector};
use crate::policy::Action;
use crate::policy::dialect::{Dialect, PolicyObject};
use crate::schema::cidr;
use crate::schema::syntax::{is_placeholder, label_key, label_value};
use crate::yaml::{Node, from_node};

/// Reads a policy. One that the API server rejects is kept with as much of it as can be read.
pub(crate) fn read(node: Node<'_>, kind: AdminKind, object: Object, rejected: bool) -> PolicyObject {
    let spec = node.get("spec");
    let of_spec = |key: &str| spec.and_then(|spec| spec.get(key));
    let tier = match kind {
        AdminKind::ClusterNetworkPolicy if of_spec("tier").and_then(|it| it.as_str()) == Some("Baseline") => {
            AdminTier::Baseline
        }
        AdminKind::ClusterNetworkPolicy | AdminKind::AdminNetworkPolicy => AdminTier::Admin,
        AdminKind::BaselineAdminNetworkPolicy => AdminTier::Baseline,
    };
    let priority = of_spec("priority").filter(|_| kind != AdminKind::BaselineAdminNetworkPolicy);
    let rules = |direction: Direction| -> Vec<AdminRule> {
        of_spec(direction.field())
            .into_iter()
            .flat_map(|it| it.items())
            .map(|node| rule(node, direction, kind))
            .collect()
    };
    let (ingress, egress) = (rules(Direction::Ingress), rules(Direction::Egress));
    // Of a version that a tool has yet to fill in, nothing was checked.
    let is_whole = ingress.iter().chain(&egress).all(is_whole);
    let written = AdminPolicy {
        kind,
        tier,
        priority: priority.and_then(|it| i32::try_from(it.as_i64()?).ok()).unwrap_or_default(),
        subject: of_spec("subject").and_then(pods),
        ingress,
        egress,
    };
    let policy = lower(&written);
    PolicyObject {
        object: Object { namespace: NamespaceId::CLUSTER, ..object },
        dialect: Dialect::Admin(written),
        policy,
        rejected: rejected || !is_whole,
    }
}

/// Whether everything that a rule must have could be read.
fn is_whole(rule: &AdminRule) -> bool {
    let has_ports = rule.ports.as_ref().is_none_or(|ports| !ports.is_empty() && !ports.contains(&AdminPort::Refused));
    has_ports && !rule.peers.is_empty() && !rule.peers.contains(&AdminPeer::Refused)
}

fn rule(node: Node<'_>, direction: Direction, kind: AdminKind) -> AdminRule {
    let [name, action, peers, ports] = node.get_all(["name", "action", direction.peers_field(), kind.ports_field()]);
    AdminRule {
        name: name.and_then(string),
        action: match action.and_then(|it| it.as_str()) {
            Some("Deny") => Action::Deny,
            Some("Pass") => Action::Pass,
            _ => Action::Allow,
        },
        peers: peers.into_iter().flat_map(|it| it.items()).map(peer).collect(),
        ports: ports.filter(|it| !it.is_null()).map(|it| it.items().map(|port| one_port(port, kind)).collect()),
    }
}

fn peer(node: Node<'_>) -> AdminPeer {
    if let Some(pods) = pods(node) {
        return AdminPeer::Pods(pods);
    }
    let [networks, nodes, names] =
        node.get_all(["networks", "nodes", "domainNames"]).map(|it| it.filter(|it| !it.is_null()));
    let texts = |list: Node<'_>| list.items().filter_map(string).collect::<Vec<SmolStr>>();
    match (networks, nodes, names) {
        (Some(networks), _, _) => {
            AdminPeer::Networks(texts(networks).iter().filter_map(|text| cidr::parse(text).ok()).collect())
        }
        (None, Some(nodes), _) => AdminPeer::Nodes(selector(nodes)),
        (None, None, Some(names)) => AdminPeer::DomainNames(texts(names)),
        (None, None, None) => AdminPeer::Refused,
    }
}

/// The pods of a subject or a peer. "If not specified, it selects pods in all namespaces": an absent
/// `namespaceSelector` is an empty one.
fn pods(node: Node<'_>) -> Option<PodSelection> {
    if let Some(namespaces) = present(node, "namespaces") {
        return Some(PodSelection { namespaces: selector(namespaces), ..PodSelection::all() });
    }
    let pods = present(node, "pods")?;
    let of_pods = |key| present(pods, key).map_or(Some(Selector::default()), selector);
    Some(PodSelection { namespaces: of_pods("namespaceSelector"), pods: of_pods("podSelector") })
}

/// The value under a key, where it is not null.
fn present<'d>(node: Node<'d>, key: &str) -> Option<Node<'d>> {
    node.get(key).filter(|it| !it.is_null())
}

/// A selector, where it parses (`LabelSelectorAsSelector` of apimachinery).
fn selector(node: Node<'_>) -> Option<Selector> {
    let selector: LabelSelector = from_node(node).ok()?;
    let is_key = |text: &str| is_placeholder(text) || label_key(text).is_ok();
    let is_value = |text: &str| is_placeholder(text) || label_value(text).is_ok();
    let labels = selector.match_labels.iter().flatten();
    let expressions = selector.match_expressions.iter().flatten();
    let parses = labels.clone().all(|(key, value)| is_key(key) && is_value(value))
        && expressions.clone().all(|expression| {
            let mut values = expression.values.iter().flatten();
            let takes_values = matches!(expression.operator.as_str(), "In" | "NotIn");
            OPERATORS.contains(&expression.operator.as_str())
                && is_key(&expression.key)
                && values.clone().all(|value| is_value(value))
                && values.next().is_some() == takes_values
        });
    parses.then(|| Selector::from_api(selector))
}

fn one_port(node: Node<'_>, kind: AdminKind) -> AdminPort {
    let port = match kind {
        AdminKind::ClusterNetworkPolicy => cluster_port(node),
        AdminKind::AdminNetworkPolicy | AdminKind::BaselineAdminNetworkPolicy => alpha_port(node),
    };
    port.unwrap_or(AdminPort::Refused)
}

fn cluster_port(node: Node<'_>) -> Option<AdminPort> {
    if let Some(name) = text_of(node, "destinationNamedPort") {
        return Some(AdminPort::Named(name));
    }
    let [sctp, tcp, udp] = node.get_all(["sctp", "tcp", "udp"]).map(|it| it.filter(|it| !it.is_null()));
    let transports = [(Protocol::Sctp, sctp), (Protocol::Tcp, tcp), (Protocol::Udp, udp)];
    let (protocol, transport) = transports.into_iter().find_map(|(protocol, it)| Some((protocol, it?)))?;
    let port = transport.get("destinationPort")?;
    match number(port, "number") {
        Some(number) => Some(AdminPort::Range { protocol, first: number, last: number }),
        None => range(port.get("range")?, protocol),
    }
}

/// "Protocol … defaults to TCP": the definition fills it in.
fn alpha_port(node: Node<'_>) -> Option<AdminPort> {
    if let Some(name) = text_of(node, "namedPort") {
        return Some(AdminPort::Named(name));
    }
    let [single, several] = node.get_all(["portNumber", "portRange"]).map(|it| it.filter(|it| !it.is_null()));
    let port = single.or(several)?;
    let protocol = port.get("protocol").filter(|it| !it.is_null()).map_or(Some("TCP"), |it| it.as_str())?;
    let Some(protocol) = Protocol::parse(protocol) else { return Some(AdminPort::Unusable) };
    match single {
        Some(port) => number(port, "port").map(|number| AdminPort::Range { protocol, first: number, last: number }),
        None => range(port, protocol),
    }
}

fn range(node: Node<'_>, protocol: Protocol) -> Option<AdminPort> {
    let (first, last) = (number(node, "start")?, number(node, "end")?);
    Some(if first <= last { AdminPort::Range { protocol, first, last } } else { AdminPort::Unusable })
}

fn number(node: Node<'_>, key: &str) -> Option<u16> {
    u16::try_from(node.get(key)?.as_i64()?).ok().filter(|&number| number > 0)
}
