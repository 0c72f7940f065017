//! A rule names a port on which its own pods listen and not those that the connection goes to: ports are always those
//! of the destination.

use super::{Verdict, wrong_ports};
use crate::net::Direction;
use crate::rules::Context;
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for at in wrong_ports(context) {
        let Verdict::WrongSide { pod, port } = at.verdict else { continue };
        let (number, name, to) = (port.port, &pod.object.name, phrase::list(at.pods.names()));
        let message = format!("port `{number}` is one of `{name}`, which connects, and not of {to}");
        let whose = match at.rule.at.direction {
            Direction::Ingress => "ports of an `ingress` rule are those of the pods that the policy selects",
            Direction::Egress => "ports of an `egress` rule are those of the pods it leads to",
        };
        context
            .report(at.origin().key("port").value(), at.subject(context), message)
            .because(port.origin.clone().value(), format!("`{name}` listens on it"))
            .help(format!("write a port of {to}: {whose}"));
    }
}
