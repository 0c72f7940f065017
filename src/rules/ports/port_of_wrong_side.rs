//! A rule names a port on which its own pods listen and not those that the connection goes to: ports are always those
//! of the destination.

use crate::facts::ports::Verdict;
use crate::net::Direction;
use crate::rules::{Cause, Context};
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for at in context.facts().wrong_ports.iter() {
        let Verdict::WrongSide { pod, port } = at.verdict else { continue };
        let (number, name, to) = (port.port, &pod.object.name, phrase::list(&at.pods.names));
        let message = format!("port `{number}` is one of `{name}`, which connects, and not of {to}");
        let whose = match at.rule.at.direction {
            Direction::Ingress => "ports of an `ingress` rule are those of the pods that the policy selects",
            Direction::Egress => "ports of an `egress` rule are those of the pods it leads to",
        };
        let (cause, place) = (Cause::Port(at.rule.at, at.index), at.origin().key("port").value());
        context
            .report_because(cause, place, context.subject(&at.rule), message)
            .because(port.origin.clone().value(), format!("`{name}` listens on it"))
            .help(format!("write a port of {to}: {whose}"));
    }
}
