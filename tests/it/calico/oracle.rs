//! What Calico does with one packet, spelled out step by step: one endpoint, one tier, one policy, one rule at a time.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::selector::holds;
use super::world::{
    Block, Entity, KubernetesRule, KubernetesSpec, NumberOrText, Pod, Policy, Rule, Rules, Spec, World,
};

/// An end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Party {
    /// A pod, by its place.
    Pod(usize),
    /// An address that no pod has.
    Outside(IpAddr),
}

/// A connection, or a message, from one party to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packet {
    pub(crate) from: Party,
    pub(crate) to: Party,
    /// The protocol's number.
    pub(crate) protocol: u8,
    /// The port of the destination, for protocols with ports.
    pub(crate) port: u16,
    /// Type and code, for ICMP.
    pub(crate) icmp: (u8, u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Ingress,
    Egress,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Allow,
    Deny,
    NextTier,
}

const TCP: u8 = 6;
const UDP: u8 = 17;
const SCTP: u8 = 132;

/// A packet passes if the egress policies of its source and the ingress policies of its destination let it.
pub(crate) fn allowed(world: &World, packet: Packet) -> bool {
    let side = |party, direction| match party {
        Party::Pod(pod) => endpoint_allows(world, pod, direction, packet),
        Party::Outside(_) => true,
    };
    packet.from == packet.to || side(packet.from, Direction::Egress) && side(packet.to, Direction::Ingress)
}

/// Tiers in their order; in a tier the policies that select the endpoint, in theirs. At the end of a tier its default
/// action, if it had a policy at all; after the last one the profile of the namespace, which allows.
fn endpoint_allows(world: &World, pod: usize, direction: Direction, packet: Packet) -> bool {
    for (tier, default_action) in tiers(world) {
        let mut policies: Vec<&Policy> = world
            .policies
            .iter()
            .filter(|policy| tier_of(policy) == tier && applies(policy, direction) && selects(world, policy, pod))
            .collect();
        if policies.is_empty() {
            continue;
        }
        policies.sort_by(|left, right| {
            let text = |it: &Policy| format!("{}/{}/{}", it.metadata.name, it.metadata.namespace, it.kind);
            order_of(left).total_cmp(&order_of(right)).then_with(|| text(left).cmp(&text(right)))
        });
        let decided = policies.iter().find_map(|policy| decide(world, policy, direction, packet));
        match decided {
            Some(Verdict::Allow) => return true,
            Some(Verdict::Deny) => return false,
            Some(Verdict::NextTier) => {}
            None if default_action == "Pass" => {}
            None => return false,
        }
    }
    true
}

/// Names and default actions. A tier that does not exist comes after all others and drops.
fn tiers(world: &World) -> Vec<(String, String)> {
    let mut known: Vec<(f64, String, String)> = vec![(1_000_000.0, "default".to_owned(), "Deny".to_owned())];
    for (metadata, spec) in &world.tiers {
        let order = spec.order.unwrap_or(1_000_000.0);
        known.retain(|(_, name, _)| *name != metadata.name);
        known.push((order, metadata.name.clone(), spec.default_action.clone()));
    }
    known.sort_by(|left, right| left.0.total_cmp(&right.0).then_with(|| left.1.cmp(&right.1)));
    let mut names: Vec<(String, String)> = known.into_iter().map(|(_, name, action)| (name, action)).collect();
    let mut missing: Vec<String> = world.policies.iter().map(|policy| tier_of(policy).to_owned()).collect();
    missing.sort();
    missing.dedup();
    missing.retain(|name| names.iter().all(|(known, _)| known != name));
    names.extend(missing.into_iter().map(|name| (name, "Deny".to_owned())));
    names
}

fn tier_of(policy: &Policy) -> &str {
    match &policy.rules {
        Rules::Calico(spec) if !spec.tier.is_empty() => &spec.tier,
        _ => "default",
    }
}

/// Without an order a policy is last; those of Kubernetes have the order 1000.
fn order_of(policy: &Policy) -> f64 {
    match &policy.rules {
        Rules::Calico(spec) => spec.order.unwrap_or(f64::INFINITY),
        Rules::Kubernetes(_) => 1000.0,
    }
}

/// Without `types`: Ingress, unless there are egress rules and no ingress rules; Egress if there are egress rules.
fn applies(policy: &Policy, direction: Direction) -> bool {
    let named = |types: &[String]| types.iter().any(|name| *name == format!("{direction:?}"));
    match &policy.rules {
        Rules::Calico(spec) => match (&spec.types, direction) {
            (Some(types), _) => named(types),
            (None, Direction::Ingress) => !spec.ingress.is_empty() || spec.egress.is_empty(),
            (None, Direction::Egress) => !spec.egress.is_empty(),
        },
        Rules::Kubernetes(spec) if !spec.policy_types.is_empty() => named(&spec.policy_types),
        Rules::Kubernetes(spec) => direction == Direction::Ingress || !spec.egress.is_empty(),
    }
}

fn selects(world: &World, policy: &Policy, pod: usize) -> bool {
    let labels = labels_of_pod(world, &world.pods[pod]);
    let label = |key: &str| labels.get(key).cloned();
    let own_namespace = world.pods[pod].metadata.namespace == policy.metadata.namespace;
    match &policy.rules {
        Rules::Kubernetes(spec) => own_namespace && has_labels(&world.pods[pod], &spec.pod_selector.match_labels),
        Rules::Calico(spec) if policy.kind == "NetworkPolicy" => {
            own_namespace && holds(&spec.selector, &label, [true; 2]) && of_account(spec, &labels)
        }
        // With a `namespaceSelector`, `all()` means what is in a namespace: every pod is.
        Rules::Calico(spec) => {
            let of_namespace = |key: &str| labels.get(&format!("pcns.{key}")).cloned();
            holds(&spec.selector, &label, [true; 2])
                && holds(&spec.namespace_selector, &of_namespace, [true; 2])
                && of_account(spec, &labels)
        }
    }
}

fn of_account(spec: &Spec, labels: &BTreeMap<String, String>) -> bool {
    let of_account = |key: &str| labels.get(&format!("pcsa.{key}")).cloned();
    spec.service_account_selector.is_empty() || holds(&spec.service_account_selector, &of_account, [true; 2])
}

/// A pod's labels, and those that Calico adds to them.
fn labels_of_pod(world: &World, pod: &Pod) -> BTreeMap<String, String> {
    let account = match pod.spec.service_account_name.as_str() {
        "" => "default",
        name => name,
    };
    let is_own = |key: &str| !key.starts_with("pcns.") && !key.starts_with("pcsa.");
    let mut labels = labels_of_namespace(world, &pod.metadata.namespace);
    let declared = world
        .accounts
        .iter()
        .find(|it| it.name == account && it.namespace == pod.metadata.namespace)
        .map(|it| it.labels.clone());
    labels.extend(declared.unwrap_or_default().into_iter().map(|(key, value)| (format!("pcsa.{key}"), value)));
    labels.insert("pcsa.projectcalico.org/name".to_owned(), account.to_owned());
    labels.extend(pod.metadata.labels.clone().into_iter().filter(|(key, _)| is_own(key)));
    labels.insert("projectcalico.org/namespace".to_owned(), pod.metadata.namespace.clone());
    labels.insert("projectcalico.org/orchestrator".to_owned(), "k8s".to_owned());
    labels.insert("projectcalico.org/serviceaccount".to_owned(), account.to_owned());
    labels
}

/// What an endpoint or a set has from its namespace.
fn labels_of_namespace(world: &World, name: &str) -> BTreeMap<String, String> {
    let namespace = world.namespaces.iter().find(|namespace| namespace.name == name);
    let mut labels = namespace.map(|it| it.labels.clone()).unwrap_or_default();
    labels.insert("kubernetes.io/metadata.name".to_owned(), name.to_owned());
    labels.insert("projectcalico.org/name".to_owned(), name.to_owned());
    labels.into_iter().map(|(key, value)| (format!("pcns.{key}"), value)).collect()
}

/// The first rule of a policy that decides.
fn decide(world: &World, policy: &Policy, direction: Direction, packet: Packet) -> Option<Verdict> {
    let spec = match &policy.rules {
        Rules::Calico(spec) => spec,
        Rules::Kubernetes(spec) => {
            return kubernetes_allows(world, policy, spec, direction, packet).then_some(Verdict::Allow);
        }
    };
    let rules = if direction == Direction::Ingress { &spec.ingress } else { &spec.egress };
    let matching = rules.iter().filter(|rule| matches(world, policy, rule, packet));
    matching.filter_map(|rule| verdict(&rule.action)).next()
}

/// `Log` decides nothing.
fn verdict(action: &str) -> Option<Verdict> {
    match action {
        "Allow" => Some(Verdict::Allow),
        "Deny" => Some(Verdict::Deny),
        "Pass" => Some(Verdict::NextTier),
        _ => None,
    }
}

/// All criteria of a rule must hold.
fn matches(world: &World, policy: &Policy, rule: &Rule, packet: Packet) -> bool {
    let is_v4 = [packet.from, packet.to].iter().any(|party| address(world, *party).is_some_and(|it| it.is_ipv4()));
    let is_icmp = |icmp: &super::world::Icmp| {
        icmp.number == Some(packet.icmp.0) && icmp.code.is_none_or(|code| code == packet.icmp.1)
    };
    rule.ip_version.is_none_or(|version| (version == 4) == is_v4)
        && rule.protocol.as_ref().is_none_or(|it| number(it) == packet.protocol)
        && rule.not_protocol.as_ref().is_none_or(|it| number(it) != packet.protocol)
        && (rule.icmp.number.is_none() || is_icmp(&rule.icmp))
        && (rule.not_icmp.number.is_none() || !is_icmp(&rule.not_icmp))
        && is_party(world, policy, &rule.source, packet.from)
        && is_party(world, policy, &rule.destination, packet.to)
        && (rule.destination.ports.is_empty() || has_port(world, &rule.destination.ports, packet))
        && !has_port(world, &rule.destination.not_ports, packet)
}

fn number(protocol: &NumberOrText) -> u8 {
    match protocol {
        NumberOrText::Number(number) => u8::try_from(*number).unwrap(),
        NumberOrText::Text(name) => match name.as_str() {
            "ICMP" => 1,
            "TCP" => TCP,
            "UDP" => UDP,
            "ICMPv6" => 58,
            "SCTP" => SCTP,
            "UDPLite" => 136,
            number => number.parse().unwrap(),
        },
    }
}

/// Whether a packet goes to one of these ports. A name is that of a container's port of the destination, of the
/// packet's protocol.
fn has_port(world: &World, ports: &[NumberOrText], packet: Packet) -> bool {
    [TCP, UDP, SCTP].contains(&packet.protocol)
        && ports.iter().any(|port| match port {
            NumberOrText::Number(number) => *number == packet.port,
            NumberOrText::Text(text) => match (text.parse::<u16>(), text.split_once(':')) {
                (Ok(number), _) => number == packet.port,
                (Err(_), Some((first, last))) => {
                    (first.parse().unwrap()..=last.parse::<u16>().unwrap()).contains(&packet.port)
                }
                (Err(_), None) => has_named_port(world, text, packet),
            },
        })
}

fn has_named_port(world: &World, name: &str, packet: Packet) -> bool {
    let Party::Pod(pod) = packet.to else { return false };
    let protocol = |name: &str| match name {
        "UDP" => UDP,
        "SCTP" => SCTP,
        _ => TCP,
    };
    let mut ports = world.pods[pod].spec.containers.iter().flat_map(|container| &container.ports);
    ports.any(|port| {
        port.name == name && port.container_port == packet.port && protocol(&port.protocol) == packet.protocol
    })
}

fn address(world: &World, party: Party) -> Option<IpAddr> {
    match party {
        Party::Pod(pod) => world.pods[pod].status.pod_ip,
        Party::Outside(address) => Some(address),
    }
}

/// Whether a party is what one end of a rule asks for.
fn is_party(world: &World, policy: &Policy, entity: &Entity, party: Party) -> bool {
    let is_in = |nets: &[Block]| address(world, party).is_some_and(|it| nets.iter().any(|net| net.0.contains(&it)));
    if !entity.nets.is_empty() && !is_in(&entity.nets) || is_in(&entity.not_nets) {
        return false;
    }
    let accounts = &entity.service_accounts;
    let has_accounts = !accounts.names.is_empty() || !accounts.selector.is_empty();
    let has_selector = !entity.selector.is_empty() || has_accounts;
    let is_limited = has_selector || !entity.not_selector.is_empty() || !entity.namespace_selector.is_empty();
    let has_namespaces = !entity.namespace_selector.is_empty() || policy.kind == "NetworkPolicy" && is_limited;
    let things = things(world, party);
    let is_excluded = |labels: &BTreeMap<String, String>| {
        !entity.not_selector.is_empty() && holds(&entity.not_selector, &|key| labels.get(key).cloned(), [true; 2])
    };
    if !has_selector && !has_namespaces {
        // "Not in the set": neither an endpoint that matches nor an address of a network set that does.
        return !things.iter().any(is_excluded);
    }
    // Otherwise both are one selector, which some endpoint or set at the address must match.
    things.iter().filter(|labels| !is_excluded(labels)).any(|labels| {
        let with = |prefix: &'static str| move |key: &str| labels.get(&format!("{prefix}{key}")).cloned();
        let namespace = labels.get("projectcalico.org/namespace");
        let in_namespace = match entity.namespace_selector.as_str() {
            "" => policy.kind != "NetworkPolicy" || namespace == Some(&policy.metadata.namespace),
            // `all()` is what is in a namespace, `global()` what is in none.
            text => holds(text, &with("pcns."), [namespace.is_some(), namespace.is_none()]),
        };
        let account = labels.get("projectcalico.org/serviceaccount");
        in_namespace
            && holds(&entity.selector, &with(""), [true; 2])
            && (accounts.names.is_empty() || account.is_some_and(|name| accounts.names.contains(name)))
            && (accounts.selector.is_empty() || holds(&accounts.selector, &with("pcsa."), [true; 2]))
    })
}

/// The labels of what selectors may find at a party's address: the endpoint, and every network set with the address.
fn things(world: &World, party: Party) -> Vec<BTreeMap<String, String>> {
    let mut things = Vec::new();
    if let Party::Pod(pod) = party {
        things.push(labels_of_pod(world, &world.pods[pod]));
    }
    let Some(address) = address(world, party) else { return things };
    for (metadata, spec) in &world.sets {
        if !spec.nets.iter().any(|net| net.0.contains(&address)) {
            continue;
        }
        let mut labels = metadata.labels.clone();
        if !metadata.namespace.is_empty() {
            labels.extend(labels_of_namespace(world, &metadata.namespace));
            labels.insert("projectcalico.org/namespace".to_owned(), metadata.namespace.clone());
        }
        things.push(labels);
    }
    things
}

/// A NetworkPolicy of Kubernetes allows what one of its rules names.
fn kubernetes_allows(
    world: &World,
    policy: &Policy,
    spec: &KubernetesSpec,
    direction: Direction,
    packet: Packet,
) -> bool {
    let (rules, peer) = match direction {
        Direction::Ingress => (&spec.ingress, packet.from),
        Direction::Egress => (&spec.egress, packet.to),
    };
    let is_peer = |rule: &KubernetesRule| {
        let Party::Pod(pod) = peer else { return rule.from.is_empty() };
        let pod = &world.pods[pod];
        let of_peer = |it: &super::world::KubernetesPeer| {
            let in_namespace = match &it.namespace_selector {
                None => pod.metadata.namespace == policy.metadata.namespace,
                Some(labels) => {
                    let own = labels_of_namespace(world, &pod.metadata.namespace);
                    labels.match_labels.iter().all(|(key, value)| own.get(&format!("pcns.{key}")) == Some(value))
                }
            };
            in_namespace && it.pod_selector.as_ref().is_none_or(|labels| has_labels(pod, &labels.match_labels))
        };
        rule.from.is_empty() || rule.from.iter().any(of_peer)
    };
    let is_port = |rule: &KubernetesRule| {
        let of_port = |it: &super::world::KubernetesPort| {
            let protocol = match it.protocol.as_str() {
                "UDP" => UDP,
                "SCTP" => SCTP,
                _ => TCP,
            };
            protocol == packet.protocol && it.port.is_none_or(|port| port == packet.port)
        };
        rule.ports.is_empty() || rule.ports.iter().any(of_port)
    };
    rules.iter().any(|rule| is_peer(rule) && is_port(rule))
}

fn has_labels(pod: &Pod, labels: &BTreeMap<String, String>) -> bool {
    labels.iter().all(|(key, value)| pod.metadata.labels.get(key) == Some(value))
}
