//! A Service whose pods are closed on the very port that it leads to, for everybody or for those it is for.

mod controller;

use crate::diagnostic::Severity;
use crate::facts::unreachable::{Closed, Ends, target_ports};
use crate::net::Direction;
use crate::objects::PolicyId;
use crate::rules::Context;
use crate::text::phrase;

/// How many Services or backends a finding shows.
const SHOWN: usize = 3;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for ((policy, closed), services) in &context.facts().unreachable.causes {
        report(context, *policy, *closed, services);
    }
    controller::check(context);
}

fn report(context: &mut Context<'_>, policy: PolicyId, closed: Closed, services: &[Ends<'_>]) {
    let (Some(written), [first, ..]) = (context.policy(policy), services) else { return };
    let names = phrase::list(services.iter().map(|(service, _)| &service.object.name));
    let (noun, are) = if services.len() == 1 { ("Service", "is") } else { ("Services", "are") };
    let ports = target_ports(services.iter().flat_map(|(_, targets)| targets));
    let (message, help) = match closed {
        Closed::ToAll | Closed::Governing => (
            format!("{noun} {names} {are} unreachable: no rule admits anybody on {ports}"),
            format!("admit those who call {names}: an ingress rule `from` them, on the pods' own port, {ports}"),
        ),
        Closed::OnSomePorts => (
            format!("{noun} {names} {are} unreachable on {ports}: no rule admits anybody there"),
            format!("admit those who call {names} on {ports}, or delete the port from the Service"),
        ),
        Closed::ToOutside => (
            format!("{} {noun} {names} {are} closed to the outside on {ports}", first.0.service_type),
            format!("admit the clients by `ipBlock` on {ports}, or make it a Service of type `ClusterIP`"),
        ),
    };
    let about = context.cluster().subject(&written.object);
    let draft = context.report(written.restriction_place(Direction::Ingress), about, message);
    draft.severity(match closed {
        Closed::ToAll => Severity::Error,
        Closed::Governing => Severity::Note,
        Closed::OnSomePorts | Closed::ToOutside => Severity::Warning,
    });
    for (service, targets) in services.iter().take(SHOWN) {
        let Some(target) = targets.first() else { continue };
        let words =
            format!("`{}` leads to port {} of `{}`", service.object.name, target.port, target.workload.object.name);
        draft.because(target.from.origin.clone().entry(), words);
    }
    draft.help(help);
}
