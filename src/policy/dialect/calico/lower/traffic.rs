//! The traffic of rules.

use super::super::written::{self, Port, Rule};
use super::ends::behind;
use crate::net::{Direction, Protocol};
use crate::policy::{Icmp, IpFamily, PortMatch, Ports};

const ICMP: u8 = 1;
const ICMP_V6: u8 = 58;

/// What a rule is about, beside its ends.
pub(super) fn ports(rule: &Rule, direction: Direction) -> Ports {
    let (source, destination) = (&rule.source, &rule.destination);
    let mut parts = Vec::new();
    let listed = each(&destination.ports, rule.protocol);
    if !listed.is_empty() {
        parts.push(PortMatch::Any(listed));
    } else if let Some(number) = rule.protocol {
        parts.push(of_number(number));
    }
    let unwanted = rule.not_protocol.map(of_number).into_iter().chain(each(&destination.not_ports, rule.protocol));
    parts.extend(unwanted.map(|one| PortMatch::Not(Box::new(one))));
    parts.extend(messages(&rule.icmp, rule.protocol));
    if rule.not_icmp.number.is_some() {
        parts.push(match messages(&rule.not_icmp, rule.protocol) {
            Some(messages) => PortMatch::Not(Box::new(messages)),
            // "Calico accepts this, but iptables refuses the rule."
            None => PortMatch::Perhaps(Box::new(PortMatch::Everything)),
        });
    }
    if !source.ports.is_empty() || !source.not_ports.is_empty() {
        // From which port a connection comes, nobody knows.
        parts.push(PortMatch::Perhaps(Box::new(PortMatch::Everything)));
    }
    if let Some(service) = destination.service.as_ref().filter(|_| direction == Direction::Egress) {
        let targets = behind(service).map(|services| PortMatch::TargetPorts(Box::new(services)));
        parts.push(targets.unwrap_or_else(|| PortMatch::Any(Vec::new())));
    }
    match parts.len() {
        0 => Ports::All,
        1 => Ports::Of(match parts.pop() {
            Some(PortMatch::Any(several)) => several,
            other => other.into_iter().collect(),
        }),
        _ => Ports::Of(vec![PortMatch::All(parts)]),
    }
}

/// Ports of a protocol; of any that has ports, where none is given.
fn each(ports: &[Port], protocol: Option<u8>) -> Vec<PortMatch> {
    let known = protocol.map(transport);
    let protocols = known.map_or_else(|| Protocol::ALL.to_vec(), |known| known.into_iter().collect());
    let of = |port: &Port| match port {
        Port::Range { first, last } => {
            let range = |&protocol| PortMatch::Range { protocol, first: *first, last: *last };
            protocols.iter().map(range).collect()
        }
        Port::Named(name) => match known {
            Some(None) => Vec::new(),
            protocol => vec![PortMatch::Named { protocol: protocol.flatten(), name: name.to_string() }],
        },
    };
    ports.iter().flat_map(of).collect()
}

/// The protocol with ports that a number stands for.
fn transport(number: u8) -> Option<Protocol> {
    match number {
        6 => Some(Protocol::Tcp),
        17 => Some(Protocol::Udp),
        132 => Some(Protocol::Sctp),
        _ => None,
    }
}

fn of_number(number: u8) -> PortMatch {
    let all_messages = |family| PortMatch::Icmp(Icmp { family, kind: None, code: None });
    match (transport(number), number) {
        (Some(protocol), _) => PortMatch::Protocol(protocol),
        (None, ICMP) => all_messages(IpFamily::V4),
        (None, ICMP_V6) => all_messages(IpFamily::V6),
        (None, other) => PortMatch::Portless(other),
    }
}

/// ICMP messages, where a type is given and a protocol that has them.
fn messages(icmp: &written::Icmp, protocol: Option<u8>) -> Option<PortMatch> {
    let kind = icmp.number?;
    let family = match protocol {
        Some(ICMP) => IpFamily::V4,
        Some(ICMP_V6) => IpFamily::V6,
        _ => return None,
    };
    Some(PortMatch::Icmp(Icmp { family, kind: Some(kind), code: icmp.code }))
}
