//! A rule for known pods that leaves the ports open: debuggers, metrics and admin consoles come with the service.

use crate::edit::{Change, Fix, Safety, Value};
use crate::facts::in_force::{RuleAt, allowing_rules};
use crate::facts::openers::Openers;
use crate::facts::ports::Ends;
use crate::facts::world::OUTSIDE;
use crate::net::ports::PortSet;
use crate::net::{Direction, Protocol};
use crate::policy::{Peers, PortMatch, Ports};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context, repairs, snippets};
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut ends = Ends::new(context.analysis());
    let mut openers = Openers::new(context.analysis(), PortSet::all());
    for rule in allowing_rules(context.analysis()) {
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
        if !opens(context, &mut openers, &rule) {
            continue;
        }
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
            [] => {
                let example = snippets::ports(rule.object, &[(Protocol::Tcp, 8080)]);
                format!("name the ports: {}", phrase::list(example))
            }
            ports => {
                let ports = snippets::ports(rule.object, ports);
                format!("name the ports that are needed; the containers declare {}", phrase::list(ports))
            }
        };
        context.report_because(cause, place, context.subject(&rule), message).fix(fix).help(help);
    }
}

/// Whether a rule opens anything that would be closed without it, and that no rule before it decides.
fn opens(context: &Context<'_>, openers: &mut Openers<'_>, rule: &RuleAt<'_>) -> bool {
    /// How many pods of a peer are asked about.
    const ASKED: usize = 8;
    if rule.network_policy().is_some() {
        return true;
    }
    let reach = context.at_least();
    let pods = rule.peers().flat_map(|it| reach.peer_workloads(it.peer).into_iter().take(ASKED));
    let pods: Vec<Endpoint> = pods.take(ASKED).map(Endpoint::Workload).collect();
    let others = pods.into_iter().chain([Endpoint::UnknownNamespace]).chain(OUTSIDE.map(Endpoint::External));
    let others: Vec<Endpoint> = others.filter(|&other| reach.rule_admits(rule.at, other)).collect();
    openers.opens_any(rule, &others)
}

/// Whether it is every port of a protocol.
fn is_whole(port: &PortMatch) -> bool {
    matches!(port, PortMatch::Protocol(_) | PortMatch::Range { first: 1, last: u16::MAX, .. })
}
