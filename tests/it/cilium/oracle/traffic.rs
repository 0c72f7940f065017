//! Ports, ICMP and layer 7.

use serde_json::Value;

use super::super::world::{End, Traffic, World};

/// Whether the traffic of an entry holds this; nothing where the entry has none written.
pub(super) fn of_cilium(
    world: &World,
    body: &Value,
    is_ingress: bool,
    destination: End,
    traffic: Traffic,
) -> Option<bool> {
    let items = |key: &str| body[key].as_array().map(Vec::as_slice).unwrap_or_default();
    let (ports, icmps) = (items("toPorts"), items("icmps"));
    if ports.is_empty() && icmps.is_empty() {
        return None;
    }
    let in_ports = ports.iter().any(|item| of_item(world, item, is_ingress, destination, traffic));
    let fields = icmps.iter().flat_map(|item| item["fields"].as_array().into_iter().flatten());
    let in_icmps = fields.into_iter().any(|field| {
        let family = field["family"].as_str().unwrap_or("IPv4");
        let number = field["type"].as_u64().or_else(|| field["type"].as_str()?.parse().ok()).unwrap();
        // "Type 0 is a wildcard for every type of the family".
        matches!(traffic, Traffic::Icmp(of, kind) if of == family && (number == 0 || number == u64::from(kind)))
    });
    Some(in_ports || in_icmps)
}

fn of_item(world: &World, item: &Value, is_ingress: bool, destination: End, traffic: Traffic) -> bool {
    let ports = item["ports"].as_array().into_iter().flatten();
    ports.into_iter().any(|port| of_port(world, port, is_ingress, destination, traffic))
}

/// "protocol absent = ANY = each of TCP, UDP, SCTP, not ICMP; port "0" = all ports of the protocol".
fn of_port(world: &World, port: &Value, is_ingress: bool, destination: End, traffic: Traffic) -> bool {
    let protocol = port["protocol"].as_str().unwrap_or("ANY");
    let text = port["port"].as_str().unwrap();
    let end = port["endPort"].as_u64().unwrap_or(0);
    match traffic {
        Traffic::Icmp(..) => false,
        Traffic::Portless(asked) => protocol == asked,
        Traffic::Port(asked, number) => {
            if protocol != "ANY" && protocol != asked {
                return false;
            }
            let (first, last) = if text.bytes().all(|byte| byte.is_ascii_digit()) {
                let first: u64 = text.parse().unwrap();
                (first, end)
            } else {
                let Some(first) = named(world, text, asked, destination) else { return false };
                // "Ingress opens the range from the resolved port, egress only the resolved port".
                (first, if is_ingress { end } else { 0 })
            };
            let number = u64::from(number);
            first == 0 || (first <= number && number <= last.max(first))
        }
    }
}

/// "Named port: container port name on the destination pods"; "of the same name in two containers the last wins", and
/// one for another protocol is none.
fn named(world: &World, name: &str, protocol: &str, destination: End) -> Option<u64> {
    let End::Pod(pod) = destination else { return None };
    let (_, number, of) = world.pods[pod].ports.iter().rfind(|(known, _, _)| known.eq_ignore_ascii_case(name))?;
    (*of == protocol).then_some(u64::from(*number))
}

/// Whether what an entry allows of this traffic is restricted at layer 7: no item that holds it lets it be.
pub(super) fn is_restricted(world: &World, body: &Value, is_ingress: bool, destination: End, traffic: Traffic) -> bool {
    let items: Vec<&Value> = body["toPorts"].as_array().into_iter().flatten().collect();
    let mut holding =
        items.into_iter().filter(|item| of_item(world, item, is_ingress, destination, traffic)).peekable();
    holding.peek().is_some() && holding.all(restricts)
}

/// "`http: [{}]` and `dns: [{matchPattern: "*"}]` = no restriction"; "serverNames (SNI) also is an L7 restriction".
fn restricts(item: &Value) -> bool {
    let list = |key: &str| item["rules"][key].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_open = |rule: &Value| rule.as_object().is_some_and(|fields| fields.values().all(|value| value == ""));
    let http = !list("http").is_empty() && !list("http").iter().any(is_open);
    let dns = !list("dns").is_empty() && !list("dns").iter().any(|rule| rule["matchPattern"] == "*");
    http || dns || item["serverNames"].is_array() || item["listener"].is_object()
}

/// The ports of a NetworkPolicy's rule; a rule without any is all traffic, ICMP included.
pub(super) fn of_network_policy(world: &World, body: &Value, destination: End, traffic: Traffic) -> bool {
    let ports = body["ports"].as_array().map(Vec::as_slice).unwrap_or_default();
    let holds = |port: &Value| {
        let Traffic::Port(asked, number) = traffic else { return false };
        if port["protocol"].as_str().unwrap_or("TCP") != asked {
            return false;
        }
        let number = u64::from(number);
        let first = match &port["port"] {
            Value::Null => return true,
            Value::String(name) => named(world, name, asked, destination),
            value => value.as_u64(),
        };
        first.is_some_and(|first| first <= number && number <= port["endPort"].as_u64().unwrap_or(first))
    };
    ports.is_empty() || ports.iter().any(holds)
}
