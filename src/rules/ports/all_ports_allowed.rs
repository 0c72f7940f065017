//! A rule for known pods that leaves the ports open: debuggers, metrics and admin consoles come with the service.

use crate::edit::{Change, Fix, Safety, Value};
use crate::facts::ports::Ends;
use crate::net::{Direction, Protocol};
use crate::policy::{Peers, PortMatch, Ports};
use crate::rules::{Cause, Context, repairs};
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut ends = Ends::new(context.analysis());
    for rule in context.rules() {
        let (cause, place) = match &rule.rule.ports {
            // Everyone on every port is what rules about isolation and egress report.
            Ports::All if matches!(rule.rule.peers, Peers::Everyone) => continue,
            Ports::All => (Cause::Rule(rule.at), rule.origin().entry()),
            Ports::Of(ports) => match ports.iter().position(is_whole) {
                Some(index) => (
                    Cause::Port(rule.at, index),
                    rule.object.port_origin(rule.at.direction, rule.at.index, index).entry(),
                ),
                None => continue,
            },
        };
        let Some(pods) = ends.destinations(&rule).map(|it| it.destinations()) else { continue };
        let verb = match rule.at.direction {
            Direction::Ingress => "opens",
            Direction::Egress => "permits",
        };
        let message = format!("`{}` {verb} every port of {}", rule.object.object.name, phrase::list(&pods.names));
        let mut declared: Vec<(Protocol, u16)> =
            pods.declared.iter().map(|&(port, protocol)| (protocol, port)).collect();
        declared.sort_unstable();
        let listed = declared.iter().map(|&(protocol, port)| PortMatch::Range { protocol, first: port, last: port });
        let listed: Option<Vec<Value>> = listed.map(|port| repairs::port(&port)).collect();
        let listed = listed.filter(|ports| !ports.is_empty() && matches!(rule.rule.ports, Ports::All));
        let fix = listed.map(|ports| {
            let add = Change::Insert { key: "ports".to_owned(), value: Value::List(ports), after: None };
            Fix::new(Safety::Unsafe, "name the ports that the containers declare", rule.origin(), add)
        });
        let help = match declared.as_slice() {
            [] => "name the ports: `- {protocol: TCP, port: 8080}`".to_owned(),
            ports => {
                let ports = ports.iter().map(|(protocol, port)| format!("{{protocol: {protocol}, port: {port}}}"));
                format!("name the ports that are needed; the containers declare {}", phrase::list(ports))
            }
        };
        context.report_because(cause, place, context.subject(&rule), message).fix(fix).help(help);
    }
}

/// Whether it is every port of a protocol.
fn is_whole(port: &PortMatch) -> bool {
    matches!(port, PortMatch::Protocol(_) | PortMatch::Range { first: 1, last: u16::MAX, .. })
}
