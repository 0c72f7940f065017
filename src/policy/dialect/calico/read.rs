//! Calico's objects from documents.

use std::net::IpAddr;

use ipnet::IpNet;
use smol_str::SmolStr;

use super::fields::block;
use super::written::{
    CalicoObject, CalicoPolicy, CalicoTier, DEFAULT_TIER, Entity, HostEndpoint, Icmp, NetworkSet, Port, Rule,
    RuleAction, ServiceName, Subject,
};
use crate::net::Direction;
use crate::objects::Object;
use crate::objects::metadata::text_of;
use crate::yaml::Node;

/// The order of a tier that states none.
const DEFAULT_TIER_ORDER: f64 = 1_000_000.0;

/// Reads an object of a Calico kind; `None` of one that netlint does not know. What Calico refuses is kept as far as it
/// can be read, and marked.
#[must_use]
pub fn read(node: Node<'_>, object: Object, rejected: bool) -> Option<CalicoObject> {
    let spec = node.get("spec");
    Some(match object.kind.as_str() {
        "NetworkPolicy" | "GlobalNetworkPolicy" | "StagedNetworkPolicy" | "StagedGlobalNetworkPolicy" => {
            CalicoObject::Policy(Box::new(policy(spec, &object)))
        }
        "StagedKubernetesNetworkPolicy" => CalicoObject::StagedKubernetesPolicy(Box::new(object)),
        "Tier" => CalicoObject::Tier(Box::new(CalicoTier {
            order: spec.and_then(|spec| spec.get("order")?.as_f64()).unwrap_or(DEFAULT_TIER_ORDER),
            passes: spec.is_some_and(|spec| text(spec, "defaultAction") == "Pass"),
            object,
            rejected,
        })),
        "NetworkSet" | "GlobalNetworkSet" => CalicoObject::NetworkSet(Box::new(NetworkSet {
            global: object.kind == "GlobalNetworkSet",
            nets: spec.map(|spec| blocks(spec, "nets")).unwrap_or_default(),
            object,
            rejected,
        })),
        "HostEndpoint" => CalicoObject::HostEndpoint(Box::new(HostEndpoint {
            addresses: spec.map(|spec| blocks(spec, "expectedIPs")).unwrap_or_default(),
            object,
        })),
        _ => return None,
    })
}

fn policy(spec: Option<Node<'_>>, object: &Object) -> CalicoPolicy {
    let text = |key| spec.map(|spec| text(spec, key)).unwrap_or_default();
    let is_set = |key| spec.and_then(|spec| spec.get(key)?.as_bool()) == Some(true);
    let rules = |direction: Direction| {
        let list = spec?.get(direction.field()).filter(|list| !list.is_null())?;
        Some(list.items().filter_map(rule).collect())
    };
    let tier = text("tier");
    CalicoPolicy {
        is_stored: false,
        global: object.kind.contains("Global"),
        staged: object.kind.starts_with("Staged"),
        tier: if tier.is_empty() { DEFAULT_TIER.into() } else { tier },
        order: spec.and_then(|spec| spec.get("order")?.as_f64()),
        subject: Subject {
            selector: text("selector"),
            namespaces: text("namespaceSelector"),
            service_accounts: text("serviceAccountSelector"),
        },
        types: spec.and_then(|spec| spec.get("types")).filter(|types| !types.is_null()).map(|types| {
            let named = |name: &str| Direction::BOTH.into_iter().find(|direction| direction.policy_type() == name);
            types.items().filter_map(|item| named(item.as_str()?)).collect()
        }),
        ingress: rules(Direction::Ingress),
        egress: rules(Direction::Egress),
        do_not_track: is_set("doNotTrack"),
        pre_dnat: is_set("preDNAT"),
        apply_on_forward: is_set("applyOnForward"),
    }
}

/// A rule, unless its action is none that Calico knows.
fn rule(node: Node<'_>) -> Option<Rule> {
    let action = match text(node, "action").as_str() {
        "Allow" => RuleAction::Allow,
        "Deny" => RuleAction::Deny,
        "Log" => RuleAction::Log,
        "Pass" => RuleAction::Pass,
        _ => return None,
    };
    Some(Rule {
        action,
        ip_version: number(node, "ipVersion"),
        protocol: node.get("protocol").and_then(protocol),
        not_protocol: node.get("notProtocol").and_then(protocol),
        icmp: icmp(node, "icmp"),
        not_icmp: icmp(node, "notICMP"),
        source: node.get("source").map(entity).unwrap_or_default(),
        destination: node.get("destination").map(entity).unwrap_or_default(),
        http: node.get("http").is_some_and(|http| http.entries().next().is_some()),
    })
}

/// The number of a protocol (IANA, "Assigned Internet Protocol Numbers").
fn protocol(node: Node<'_>) -> Option<u8> {
    const NUMBERS: [(&str, u8); 6] =
        [("ICMP", 1), ("TCP", 6), ("UDP", 17), ("ICMPv6", 58), ("SCTP", 132), ("UDPLite", 136)];
    if let Some(number) = node.as_i64() {
        return u8::try_from(number).ok();
    }
    let text = node.as_str()?;
    let named = NUMBERS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
    named.map_or_else(|| text.parse().ok(), |(_, number)| Some(*number))
}

fn icmp(node: Node<'_>, key: &str) -> Icmp {
    let Some(icmp) = node.get(key) else { return Icmp::default() };
    Icmp { number: number(icmp, "type"), code: number(icmp, "code") }
}

fn entity(node: Node<'_>) -> Entity {
    let accounts = node.get("serviceAccounts");
    let names = accounts.and_then(|accounts| accounts.get("names")).into_iter().flat_map(|names| names.items());
    let service = node.get("services").filter(|services| !services.is_null());
    let ports = |key| node.get(key).into_iter().flat_map(|list| list.items()).filter_map(port).collect();
    Entity {
        selector: text(node, "selector"),
        not_selector: text(node, "notSelector"),
        namespaces: text(node, "namespaceSelector"),
        service_account_names: names.filter_map(|name| name.as_str()).map(SmolStr::from).collect(),
        service_accounts: accounts.map(|accounts| text(accounts, "selector")).unwrap_or_default(),
        service: service
            .map(|service| ServiceName { name: text(service, "name"), namespace: text(service, "namespace") }),
        nets: blocks(node, "nets"),
        not_nets: blocks(node, "notNets"),
        ports: ports("ports"),
        not_ports: ports("notPorts"),
    }
}

/// A port: a number, a range `8000:9000` or a name. A number in quotes is a number.
fn port(node: Node<'_>) -> Option<Port> {
    let single = |number: u16| Port::Range { first: number, last: number };
    if let Some(number) = node.as_i64() {
        return u16::try_from(number).ok().map(single);
    }
    let text = node.as_str()?;
    if let Ok(number) = text.parse() {
        return Some(single(number));
    }
    let range = text.split_once(':').and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
    Some(range.map_or_else(|| Port::Named(text.into()), |(first, last)| Port::Range { first, last }))
}

/// The blocks of a list; a bare address is the block of that address, and bits after the prefix do not count.
fn blocks(node: Node<'_>, key: &str) -> Vec<IpNet> {
    let texts = node.get(key).into_iter().flat_map(|list| list.items()).filter_map(|item| item.as_str());
    let read = |text: &str| block(text).ok().or_else(|| text.parse().map(|address: IpAddr| address.into()).ok());
    texts.filter_map(read).map(|block| block.trunc()).collect()
}

fn number(node: Node<'_>, key: &str) -> Option<u8> {
    node.get(key).and_then(|number| number.as_i64()).and_then(|number| u8::try_from(number).ok())
}

/// The text under a key; an empty one where there is none.
fn text(node: Node<'_>, key: &str) -> SmolStr {
    text_of(node, key).unwrap_or_default()
}
