//! Ports, ICMP and protocols without ports.

use crate::net::{Direction, Protocol};
use crate::policy::dialect::cilium::written::{IcmpType, Items, PortItem, PortProtocol, ToPorts, Traffic};
use crate::policy::dialect::cilium::{Family, PortText};
use crate::policy::{Icmp, IpFamily, PortMatch, Ports};

/// The rules that an entry becomes, by the items of `toPorts` that each holds: a rule is restricted at layer 7 as a
/// whole, or not.
pub(super) fn kinds(traffic: &Traffic) -> impl Iterator<Item = Items> + use<> {
    let (is_restricted, is_plain) = match traffic {
        Traffic::Unwritten => (false, true),
        Traffic::Of { ports, icmp } => {
            let is_restricted = ports.iter().any(ToPorts::is_restricted);
            (is_restricted, !icmp.is_empty() || !is_restricted || ports.iter().any(|item| !item.is_restricted()))
        }
    };
    let kinds = [(is_plain, Items::Plain), (is_restricted, Items::Restricted)];
    kinds.into_iter().filter_map(|(is_there, items)| is_there.then_some(items))
}

/// The traffic of a rule. ICMP is never restricted.
pub(super) fn ports(traffic: &Traffic, items: Items, direction: Direction) -> Ports {
    match traffic {
        Traffic::Unwritten => Ports::All,
        Traffic::Of { ports, icmp } => {
            let ports = ports.iter().filter(|item| items.hold(item)).flat_map(|item| &item.ports);
            let icmp = icmp.iter().filter(|_| items == Items::Plain).map(|it| PortMatch::Icmp(messages(*it)));
            Ports::Of(ports.flat_map(|port| matches(port, direction)).chain(icmp).collect())
        }
    }
}

/// Where each port of a rule is: the place of its item in `toPorts`, and its place there.
pub(super) fn places(traffic: &Traffic, items: Items) -> Box<[(u32, u32)]> {
    let Traffic::Of { ports, .. } = traffic else { return Box::default() };
    let held = (0..).zip(ports).filter(|(_, item)| items.hold(item));
    let places = held.flat_map(|(place, item)| {
        (0..).zip(&item.ports).flat_map(move |(within, port)| std::iter::repeat_n((place, within), count(port)))
    });
    places.collect()
}

/// How many ports of the common form a port is.
fn count(port: &PortItem) -> usize {
    match port.protocol {
        PortProtocol::Any if matches!(port.port, PortText::Number(_)) => ALL.len(),
        _ => 1,
    }
}

/// `ANY` stands for these.
const ALL: [Protocol; 3] = [Protocol::Tcp, Protocol::Udp, Protocol::Sctp];

fn matches(port: &PortItem, direction: Direction) -> Vec<PortMatch> {
    let protocols = match port.protocol {
        PortProtocol::Portless(number) => return vec![PortMatch::Portless(number)],
        PortProtocol::Any => &ALL[..],
        PortProtocol::One(ref one) => std::slice::from_ref(one),
    };
    match (&port.port, port.range()) {
        (PortText::Name(name), _) => {
            let (name, protocol) = (name.clone(), named_protocol(port.protocol));
            // A range begins at the port of the selected pod; towards others the name alone counts.
            vec![match port.end.filter(|_| direction == Direction::Ingress) {
                Some(last) => PortMatch::NamedRange { protocol, name, last },
                None => PortMatch::Named { protocol, name },
            }]
        }
        (_, Some((0, _)) | None) => protocols.iter().map(|&protocol| PortMatch::Protocol(protocol)).collect(),
        (_, Some((first, last))) => {
            protocols.iter().map(|&protocol| PortMatch::Range { protocol, first, last }).collect()
        }
    }
}

fn named_protocol(protocol: PortProtocol) -> Option<Protocol> {
    match protocol {
        PortProtocol::One(protocol) => Some(protocol),
        PortProtocol::Any | PortProtocol::Portless(_) => None,
    }
}

fn messages(of: IcmpType) -> Icmp {
    let family = match of.family {
        Family::V4 => IpFamily::V4,
        Family::V6 => IpFamily::V6,
    };
    // 0 is a wildcard for the agent.
    Icmp { family, kind: Some(of.number).filter(|number| *number != 0), code: None }
}
