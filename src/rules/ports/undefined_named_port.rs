//! A rule asks for a port by a name that no container of its pods has: it admits nothing.

use crate::diagnostic::{Severity, Subject};
use crate::edit::{Change, Fix, Safety, Value};
use crate::facts::ports::{PortAt, Verdict, declared, service_ports};
use crate::net::{Direction, Protocol};
use crate::objects::ContainerPort;
use crate::policy::{Peer, PortMatch};
use crate::rules::{Cause, Context};
use crate::source::{Origin, Place};
use crate::text::phrase;
use crate::text::suggest::nearest;

/// A name that means no port.
struct Undefined {
    cause: Cause,
    origin: Origin,
    about: Subject,
    message: String,
    because: Option<(Place, String)>,
    help: String,
    assumed: bool,
    /// What was meant, below the item of `ports`.
    meant: Option<Meant>,
}

/// A change of an item of `ports`.
enum Meant {
    Protocol(Protocol),
    Port(Value),
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut found = of_addresses(context);
    for at in context.facts().wrong_ports.iter() {
        if let (Verdict::Undefined, PortMatch::Named { protocol: Some(protocol), name }) = (&at.verdict, at.port) {
            found.push(undefined(context, at, name, *protocol));
        }
    }
    for Undefined { cause, origin, about, message, because, help, assumed, meant } in found {
        let draft = context.report_because(cause, origin.key("port").value(), about, message);
        draft.fix(meant.map(|meant| fix(&origin, meant, assumed))).help(help);
        if let Some((place, words)) = because {
            draft.because(place, words);
        }
        if assumed {
            draft.severity(Severity::Note);
        }
    }
}

fn fix(item: &Origin, meant: Meant, assumed: bool) -> Fix {
    // A pod that the input does not show may have a port of the name.
    let safety = if assumed { Safety::Unsafe } else { Safety::Reference };
    match meant {
        Meant::Protocol(protocol) => {
            let value = protocol.to_string().into();
            let add = Change::Insert { key: "protocol".to_owned(), value, after: None };
            Fix::new(safety, format!("add `protocol: {protocol}`"), item.clone(), add)
        }
        Meant::Port(port) => {
            let shown = match &port {
                Value::Text(name) => name.clone(),
                Value::Number(number) => number.to_string(),
                _ => String::new(),
            };
            Fix::new(safety, format!("write `port: {shown}`"), item.key("port"), Change::Set(port))
        }
    }
}

fn undefined(context: &Context<'_>, at: &PortAt<'_>, name: &str, protocol: Protocol) -> Undefined {
    let ports = || at.pods.pods.iter().flat_map(|(_, pod)| declared(pod));
    let named = |port: &&ContainerPort| port.name.as_deref() == Some(name);
    let of_service = || {
        at.pods.pods.iter().find_map(|(id, pod)| {
            let mut ports = service_ports(context.analysis(), *id);
            let (service, port) = ports.find(|(_, port)| port.name.as_deref() == Some(name))?;
            Some((service, port, port.target_on(pod)?))
        })
    };
    let of_protocol = || ports().filter(|port| port.protocol == protocol).filter_map(|port| port.name.as_deref());
    let (because, help, meant) = if let Some(port) = ports().find(named) {
        let place = port.origin.clone().value();
        (
            Some((place, format!("`{name}` is a port of {}", port.protocol))),
            format!("add `protocol: {}`", port.protocol),
            is_protocol_unwritten(at).then_some(Meant::Protocol(port.protocol)),
        )
    } else if let Some((service, port, target)) = of_service() {
        let words = format!("`{name}` is a name that only Service `{}` has for it", service.object.name);
        let help = format!("write `port: {target}`, or give the container's port that name");
        (Some((port.origin.clone().entry(), words)), help, Some(Meant::Port(target.into())))
    } else if let Some(similar) = nearest(name, of_protocol()) {
        (None, format!("did you mean `{similar}`?"), Some(Meant::Port(similar.into())))
    } else if of_protocol().next().is_some() {
        let mut known: Vec<&str> = of_protocol().collect();
        known.sort_unstable();
        known.dedup();
        (None, format!("write one of {}, or a number", phrase::list(known)), None)
    } else {
        let help = format!("write a number, or name the container's port: `- {{name: {name}, containerPort: 8080}}`");
        (None, help, None)
    };
    let message = format!("no container of {} has a {protocol} port named `{name}`", phrase::list(&at.pods.names));
    let (cause, about) = (Cause::Port(at.rule.at, at.index), context.subject(&at.rule));
    Undefined { cause, origin: at.origin(), about, message, because, help, assumed: at.open, meant }
}

/// Whether an item of `ports` leaves its protocol out.
fn is_protocol_unwritten(at: &PortAt<'_>) -> bool {
    let place = (at.rule.at.direction, at.rule.at.index, at.index);
    at.rule.object.network_policy().is_some_and(|written| written.without_protocol.contains(&place))
}

/// Names in egress rules that lead to addresses alone, which have no names.
fn of_addresses(context: &Context<'_>) -> Vec<Undefined> {
    let mut found = Vec::new();
    for rule in context.rules().filter(|rule| rule.at.direction == Direction::Egress) {
        let peers = rule.rule.peers.listed();
        let is_address = |peer: &Peer| matches!(peer, Peer::Block { cidr, .. } if !context.analysis().meets_pods(cidr));
        if peers.is_empty() || !peers.iter().all(is_address) {
            continue;
        }
        for (index, port) in rule.rule.ports.listed().iter().enumerate() {
            if let PortMatch::Named { name, .. } = port {
                found.push(Undefined {
                    cause: Cause::Port(rule.at, index),
                    origin: rule.origin().key("ports").index(index),
                    about: context.subject(&rule),
                    message: format!("the port name `{name}` means nothing here: addresses have no named ports"),
                    because: Some((rule.origin().key("to").key_only(), "only addresses".to_owned())),
                    help: "write the port's number".to_owned(),
                    assumed: false,
                    meant: None,
                });
            }
        }
    }
    found
}
