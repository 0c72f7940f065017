//! `ports: []` reads as "on no port" and means "on every port": a template whose value is empty fails open.

use crate::net::Direction;
use crate::policy::RuleRef;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::rules::{Cause, Context};

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for (policy, written, lowered) in context.policies() {
        for &(direction, index, item) in written.empty_ports.iter().filter(|(it, ..)| lowered.isolates(*it)) {
            report(context, written, RuleRef { policy, direction, index }, item);
        }
    }
}

/// Reports a list of ports that holds nothing, or an item of it whose port has no value.
fn report(context: &mut Context<'_>, written: &NetworkPolicy, rule: RuleRef, item: Option<usize>) {
    let name = &written.object.name;
    let verb = match rule.direction {
        Direction::Ingress => "admits its peers on",
        Direction::Egress => "permits its peers on",
    };
    let ports = written.rule_origin(rule.direction, rule.index).key("ports");
    let about = context.cluster().subject(&written.object);
    let (place, message, cause, help) = match item {
        None => (
            ports,
            format!("an empty `ports` of `{name}` {verb} every port"),
            Cause::Rule(rule),
            "list the ports, or delete the rule to open none; if every port is meant, leave `ports` out",
        ),
        Some(item) => (
            ports.index(item).key("port"),
            format!("a `port` without a value in `{name}` {verb} every port of the protocol"),
            Cause::Port(rule, item),
            "write the port, or delete the item; if every port is meant, leave `port` out",
        ),
    };
    context.report_because(cause, place.entry(), about, message).help(help);
}
