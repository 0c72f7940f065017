//! An item of `toPorts`: its ports and what it says of layer 7.

use super::{Place, is_empty, regex};
use crate::net::Direction;
use crate::policy::dialect::cilium::{Action, PortText};
use crate::schema::field::Field;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::{is_placeholder, quote};

/// The most ports of an item. The schema says it of items that allow, and the agent of all.
const MOST: usize = 40;

/// Protocols without ports.
const PORTLESS: &[&str] = &["VRRP", "IGMP", "GRE", "IPIP", "IPV6", "ESP", "AH"];

/// The rules for layer 7 that an item has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer7 {
    None,
    Http,
    Dns,
}

pub(super) fn check(item: &Field<'_, '_>, place: &Place, report: &mut Report<'_>) {
    let layer7 = match place.action {
        Action::Allow => beyond_ports(item, place, report),
        Action::Deny => Layer7::None,
    };
    let Some(ports) = item.list("ports") else { return };
    let count = ports.node.items().count();
    if count > MOST {
        let message = format!("`ports` has {count} items; Cilium takes at most {MOST}");
        report.rejected_by_agent(&ports, Flaw::new(message, format!("spread them over items of at most {MOST}")));
    }
    for port in ports.items() {
        check_port(&port, layer7, report);
    }
}

/// Checks what an item that allows says beyond its ports, and finds its rules for layer 7.
fn beyond_ports(item: &Field<'_, '_>, place: &Place, report: &mut Report<'_>) -> Layer7 {
    let rules = item.get("rules");
    let layer7 = rules.map_or(Layer7::None, |rules| match (is_empty(&rules, "http"), is_empty(&rules, "dns")) {
        (false, _) => Layer7::Http,
        (true, false) => Layer7::Dns,
        (true, true) => Layer7::None,
    });
    if let Some(rules) = rules.filter(|_| layer7 != Layer7::None) {
        layer_7(&rules, layer7, item, place, report);
    }
    listener(item, layer7, place, report);
    layer7
}

fn layer_7(rules: &Field<'_, '_>, layer7: Layer7, item: &Field<'_, '_>, place: &Place, report: &mut Report<'_>) {
    let refused = match (place.direction, place.is_host, layer7) {
        (Direction::Ingress, true, _) => Some(("on ingress of nodes", "remove `rules`")),
        (Direction::Ingress, false, Layer7::Dns) => Some(("on ingress", "write `rules.dns` under `egress`")),
        (Direction::Egress, true, Layer7::Http) => Some(("on egress of nodes", "remove `rules.http`")),
        _ => None,
    };
    if let Some((where_, help)) = refused {
        let kind = if layer7 == Layer7::Dns { "DNS" } else { "HTTP" };
        report.key_rejected_by_agent(rules, Flaw::new(format!("Cilium has no {kind} rules {where_}"), help));
    }
    if let Some(names) =
        item.get("serverNames").filter(|_| !is_empty(item, "serverNames") && !item.has("terminatingTLS"))
    {
        let help = "add `terminatingTLS`, or keep one of the two";
        report.key_rejected_by_agent(&names, Flaw::new("`serverNames` and `rules` need `terminatingTLS`", help));
    }
    if layer7 == Layer7::Dns && is_empty(item, "ports") {
        let help = "write `ports: [{port: \"53\", protocol: ANY}]` beside it";
        report.key_rejected_by_agent(rules, Flaw::new("these DNS rules have no port", help));
    }
    if let Some(requests) = rules.list("http") {
        requests.items().for_each(|request| http(&request, report));
    }
}

/// "Listener is not allowed on ingress", and not "with L7 rules".
fn listener(item: &Field<'_, '_>, layer7: Layer7, place: &Place, report: &mut Report<'_>) {
    let Some(listener) = item.get("listener") else { return };
    if place.direction == Direction::Ingress {
        report.key_rejected_by_agent(&listener, Flaw::new("`listener` is not allowed on ingress", "remove `listener`"));
    } else if layer7 != Layer7::None {
        let message = "`listener` is not allowed beside rules for layer 7";
        report.key_rejected_by_agent(&listener, Flaw::new(message, "remove `listener` or `rules`"));
    }
}

fn check_port(port: &Field<'_, '_>, layer7: Layer7, report: &mut Report<'_>) {
    let protocol = port.text("protocol").unwrap_or("ANY");
    if let Some((field, text)) = port.string("port") {
        number(port, (&field, text), (protocol, layer7), report);
    } else {
        let help = "write `port`; `port: \"0\"` stands for all ports of the protocol";
        report.rejected_by_agent(port, Flaw::new("this item has no `port`", help));
    }
    if layer7 == Layer7::Http && protocol != "TCP" {
        let written = port.get("protocol");
        let message = "HTTP rules need TCP";
        let help = "write `protocol: TCP`; without it, the item means every protocol";
        report.rejected_by_agent(written.as_ref().unwrap_or(port), Flaw::new(message, help));
    }
}

fn number(
    port: &Field<'_, '_>,
    (field, text): (&Field<'_, '_>, &str),
    (protocol, layer7): (&str, Layer7),
    report: &mut Report<'_>,
) {
    let number = match PortText::parse(text) {
        _ if is_placeholder(text) => return,
        Some(PortText::Name(_)) => return,
        Some(PortText::Number(number)) => number,
        None => {
            let help = "write a number from 1 to 65535 without leading zeros, or a name of at most 15 characters";
            return report.rejected_by_agent(field, Flaw::new(format!("{} is not a valid port", quote(text)), help));
        }
    };
    if text != "0" && PORTLESS.contains(&protocol) {
        report.rejected_by_agent(field, Flaw::new(format!("{protocol} has no ports"), "write `port: \"0\"`"));
    }
    if number == 0 && layer7 != Layer7::None {
        report.rejected_by_agent(field, Flaw::new("rules for layer 7 need a port", "write the port"));
    }
    let end = port.get("endPort").and_then(|end| Some((end, end.node.as_i64()?)));
    if let Some((end, last)) = end
        && layer7 == Layer7::Dns
        && last > i64::from(number)
    {
        report.rejected_by_agent(&end, Flaw::new("DNS rules take no range of ports", "remove `endPort`"));
    }
}

fn http(request: &Field<'_, '_>, report: &mut Report<'_>) {
    for key in ["path", "method"] {
        if let Some((field, text)) = request.string(key)
            && !is_placeholder(text)
            && let Err(flaw) = regex::check(text)
        {
            report.rejected_by_agent(&field, flaw);
        }
    }
    let Some(headers) = request.list("headerMatches") else { return };
    for header in headers.items() {
        if let Some(secret) = header.get("secret").filter(|secret| secret.lacks("name")) {
            report.rejected_by_agent(&secret, Flaw::new("this secret has no name", "write the name of the Secret"));
        }
    }
}
