//! From a document to the typed form. What the schema refuses is read as far as it goes: it is not in force anyway.

use ipnet::IpNet;

use super::Kind;
use super::dns::Pattern;
use super::icmp::number_of;
use super::selector::LabelSource;
use super::written::{
    Action, BlockSource, Blocks, CiliumPolicy, Entry, IcmpType, Layer7, Peer, Peers, PortItem, PortProtocol, Rule,
    Service, Subject, ToPorts, Traffic,
};
use super::{Entity, Family, Options, PortText, Selector, lower, peer};
use crate::net::{Direction, Protocol};
use crate::objects::metadata::text_of;
use crate::objects::{NamespaceId, Object};
use crate::policy::{Dialect, PolicyObject};
use crate::source::Origin;
use crate::yaml::{Kind as NodeKind, Node};

/// The four lists.
const LISTS: [(&str, Direction, Action); 4] = [
    ("ingress", Direction::Ingress, Action::Allow),
    ("ingressDeny", Direction::Ingress, Action::Deny),
    ("egress", Direction::Egress, Action::Allow),
    ("egressDeny", Direction::Egress, Action::Deny),
];

/// Reads a policy, whose manifest has this root.
#[must_use]
pub fn read(node: Node<'_>, root: &Origin, kind: Kind) -> CiliumPolicy {
    let spec = node.get("spec").filter(|spec| !spec.is_null()).map(|spec| (spec, root.key("spec")));
    let specs = items(node, "specs").enumerate().map(|(index, spec)| (spec, root.key("specs").index(index)));
    let rules: Vec<Rule> = spec.into_iter().chain(specs).map(|(spec, origin)| rule(spec, origin)).collect();
    let [ingress, egress] = Direction::BOTH.map(|direction| lower::parts(&rules, direction));
    CiliumPolicy { kind, rules, ingress, egress }
}

/// Reads a policy with its common form, as the agent understands it by default. One that is refused is kept.
pub(crate) fn policy(node: Node<'_>, object: Object, kind: Kind, rejected: bool) -> PolicyObject {
    let written = read(node, &object.origin, kind);
    let object = match kind {
        Kind::Namespaced => object,
        Kind::Clusterwide => Object { namespace: NamespaceId::CLUSTER, ..object },
    };
    let policy = lower::lower(&written, &Options::default());
    PolicyObject { object, dialect: Dialect::Cilium(written), policy, rejected }
}

fn rule(node: Node<'_>, origin: Origin) -> Rule {
    let [pods, nodes, default_deny] = node.get_all(["endpointSelector", "nodeSelector", "enableDefaultDeny"]);
    let default_deny = |key| default_deny.and_then(|it| it.get(key)).and_then(|it| it.as_bool());
    let subject = match (pods.filter(|it| !it.is_null()), nodes.filter(|it| !it.is_null())) {
        (None, Some(_)) => Subject::Nodes,
        (Some(pods), _) => Subject::Pods(Selector::read(pods, &LabelSource::Any)),
        (None, None) => Subject::Pods(Selector::default()),
    };
    let mut entries = Vec::new();
    for (list, direction, action) in LISTS {
        let of_list = items(node, list).enumerate();
        entries.extend(of_list.map(|(index, node)| entry(node, (direction, action, index))));
    }
    Rule {
        origin,
        subject,
        default_deny_ingress: default_deny("ingress"),
        default_deny_egress: default_deny("egress"),
        entries,
    }
}

fn entry(node: Node<'_>, (direction, action, index): (Direction, Action, usize)) -> Entry {
    let ports: Vec<ToPorts> = items(node, "toPorts").map(|item| to_ports(item, action)).collect();
    let has_icmp = items(node, "icmps").next().is_some();
    let icmp = items(node, "icmps").flat_map(|item| items(item, "fields")).filter_map(icmp_type).collect();
    let traffic = if ports.is_empty() && !has_icmp { Traffic::Unwritten } else { Traffic::Of { ports, icmp } };
    let lists = peer::lists(direction, action);
    let peers = peers(node, lists);
    let is_empty = |list: &&&'static str| {
        node.get(list).is_some_and(|it| it.kind() == NodeKind::Seq && it.items().next().is_none())
    };
    let empty = lists.iter().find(is_empty).copied().filter(|_| peers == Peers::Unwritten);
    Entry { direction, action, index, peers, empty, traffic }
}

/// The peers of an entry. An entry that is in force has one kind at most.
fn peers(node: Node<'_>, lists: &[&'static str]) -> Peers {
    let is_list = |key: &str| node.get(key).is_some_and(|list: Node<'_>| list.kind() == NodeKind::Seq);
    let is_empty = |key: &str| items(node, key).next().is_none();
    let nothing = |key: &&&str| peer::selects_nothing_where_empty(key) && is_list(key) && is_empty(key);
    if let Some(empty) = lists.iter().find(nothing) {
        return Peers::Nothing(empty);
    }
    match lists.iter().find(|key| !is_empty(key)) {
        Some(key) => Peers::Of(key, items(node, key).filter_map(|item| read_peer(key, item)).collect()),
        None => Peers::Unwritten,
    }
}

fn read_peer(key: &str, node: Node<'_>) -> Option<Peer> {
    Some(match key {
        "fromEndpoints" | "toEndpoints" => Peer::Pods(Selector::read(node, &LabelSource::Any)),
        "fromNodes" | "toNodes" => Peer::Nodes(Selector::read(node, &LabelSource::Any)),
        "fromEntities" | "toEntities" => Peer::Entity(Entity::parse(node.as_str()?)?),
        "fromCIDR" | "toCIDR" => Peer::Blocks(Blocks { of: BlockSource::Block(block(node)?), except: Vec::new() }),
        "fromCIDRSet" | "toCIDRSet" => Peer::Blocks(block_set(node)?),
        "toServices" => Peer::Service(service(node)?),
        "toFQDNs" => Peer::Name(pattern(node)?),
        _ => Peer::CloudGroup,
    })
}

fn block(node: Node<'_>) -> Option<IpNet> {
    node.as_str()?.parse().ok().map(|block: IpNet| block.trunc())
}

fn block_set(node: Node<'_>) -> Option<Blocks> {
    let selector = node.get("cidrGroupSelector").filter(|it| !it.is_null());
    let of = match (node.get("cidr"), text_of(node, "cidrGroupRef"), selector) {
        (Some(cidr), None, None) => BlockSource::Block(block(cidr)?),
        (None, Some(name), None) => BlockSource::Group(name),
        (None, None, Some(selector)) => {
            BlockSource::Groups(Selector::read(selector, &LabelSource::Other(super::group::SOURCE.into())))
        }
        _ => return None,
    };
    Some(Blocks { of, except: items(node, "except").filter_map(block).collect() })
}

fn service(node: Node<'_>) -> Option<Service> {
    // The agent asks for the selector first (`hasMatchingToServices`).
    if let Some(selected) = node.get("k8sServiceSelector").filter(|it| !it.is_null()) {
        let selector = Selector::read(selected.get("selector")?, &LabelSource::Any);
        return Some(Service::Selected { selector, namespace: written(selected, "namespace") });
    }
    let named = node.get("k8sService").filter(|it| !it.is_null())?;
    Some(Service::Named { name: text_of(named, "serviceName")?, namespace: written(named, "namespace") })
}

/// A text that is not empty.
fn written(node: Node<'_>, key: &str) -> Option<smol_str::SmolStr> {
    text_of(node, key).filter(|text| !text.is_empty())
}

fn pattern(node: Node<'_>) -> Option<Pattern> {
    let name = node.get("matchName").and_then(|it| it.as_str()).map(Pattern::exact);
    name.or_else(|| node.get("matchPattern").and_then(|it| it.as_str()).map(Pattern::parse))
}

fn to_ports(node: Node<'_>, action: Action) -> ToPorts {
    let rules = node.get("rules");
    let list = |key| rules.into_iter().flat_map(move |rules| items(rules, key));
    let is_restricted = ["serverNames", "listener"].iter().any(|key| node.get(key).is_some_and(|it| !it.is_null()));
    let is_empty = |value: Node<'_>| value.is_null() || value.as_str() == Some("");
    let asks_nothing = |request: Node<'_>| request.entries().all(|(_, _, value)| is_empty(value));
    let layer7 = if list("dns").next().is_some() {
        Layer7::Dns(list("dns").filter_map(pattern).collect())
    } else if is_restricted || (list("http").next().is_some() && !list("http").any(asks_nothing)) {
        Layer7::Restricted
    } else {
        Layer7::Unrestricted
    };
    // Items that deny have ports alone.
    let layer7 = if action == Action::Deny { Layer7::Unrestricted } else { layer7 };
    ToPorts { ports: items(node, "ports").filter_map(port).collect(), layer7 }
}

fn port(node: Node<'_>) -> Option<PortItem> {
    let [port, end, protocol] = node.get_all(["port", "endPort", "protocol"]);
    let end = end.and_then(|end| u16::try_from(end.as_i64()?).ok()).filter(|end| *end > 0);
    let protocol = match protocol.and_then(|it| it.as_str()).unwrap_or("ANY") {
        "ANY" => PortProtocol::Any,
        "IPIP" => PortProtocol::Portless(4),
        "IGMP" => PortProtocol::Portless(2),
        "IPV6" => PortProtocol::Portless(41),
        "GRE" => PortProtocol::Portless(47),
        "ESP" => PortProtocol::Portless(50),
        "AH" => PortProtocol::Portless(51),
        "VRRP" => PortProtocol::Portless(112),
        other => PortProtocol::One(Protocol::parse(other)?),
    };
    Some(PortItem { port: PortText::parse(port?.as_str()?)?, end, protocol })
}

fn icmp_type(node: Node<'_>) -> Option<IcmpType> {
    let family = if node.get("family").and_then(|it| it.as_str()) == Some("IPv6") { Family::V6 } else { Family::V4 };
    let written = node.get("type")?;
    let number = match written.as_i64() {
        Some(number) => u8::try_from(number).ok()?,
        None => number_of(family, written.as_str()?)?,
    };
    Some(IcmpType { family, number })
}

/// The items of the list under a key.
fn items<'d>(node: Node<'d>, key: &str) -> impl Iterator<Item = Node<'d>> + use<'d> {
    node.get(key).into_iter().flat_map(|list| list.items())
}
