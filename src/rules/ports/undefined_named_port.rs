//! A rule asks for a port by a name that no container of its pods has: it admits nothing.

use crate::diagnostic::{Severity, Subject};
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
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut found = of_addresses(context);
    for at in context.facts().wrong_ports.iter() {
        if let (Verdict::Undefined, PortMatch::Named { protocol: Some(protocol), name }) = (&at.verdict, at.port) {
            found.push(undefined(context, at, name, *protocol));
        }
    }
    for Undefined { cause, origin, about, message, because, help, assumed } in found {
        let draft = context.report_because(cause, origin.key("port").value(), about, message);
        draft.help(help);
        if let Some((place, words)) = because {
            draft.because(place, words);
        }
        if assumed {
            draft.severity(Severity::Note);
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
    let (because, help) = if let Some(port) = ports().find(named) {
        let place = port.origin.clone().value();
        (
            Some((place, format!("`{name}` is a port of {}", port.protocol))),
            format!("add `protocol: {}`", port.protocol),
        )
    } else if let Some((service, port, target)) = of_service() {
        let words = format!("`{name}` is a name that only Service `{}` has for it", service.object.name);
        (Some((port.origin.clone().entry(), words)), format!("write `port: {target}`, or name the container's port so"))
    } else if let Some(similar) = nearest(name, of_protocol()) {
        (None, format!("did you mean `{similar}`?"))
    } else if of_protocol().next().is_some() {
        let mut known: Vec<&str> = of_protocol().collect();
        known.sort_unstable();
        known.dedup();
        (None, format!("write one of {}, or a number", phrase::list(known)))
    } else {
        (None, format!("write a number, or name the container's port: `- {{name: {name}, containerPort: 8080}}`"))
    };
    let message = format!("no container of {} has a {protocol} port named `{name}`", phrase::list(&at.pods.names));
    let (cause, about) = (Cause::Port(at.rule.at, at.index), context.subject(&at.rule));
    Undefined { cause, origin: at.origin(), about, message, because, help, assumed: at.open }
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
                });
            }
        }
    }
    found
}
