//! A Service whose pods are closed on the very port that it leads to, for everyone or for those it is for.

mod controller;
mod yaml;

use std::collections::BTreeSet;

use crate::diagnostic::Severity;
use crate::facts::unreachable::{Closed, Ends, Target, ports_for_others, target_ports};
use crate::net::Direction;
use crate::objects::{PolicyId, Service, WorkloadId};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::text::phrase;

/// How many Services or backends a finding shows.
const SHOWN: usize = 3;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for ((policy, closed), services) in &context.facts().unreachable.causes {
        let explanations: Vec<Vec<Cause>> =
            services.iter().map(|(_, targets)| explanations(context, targets)).collect();
        let causes = services.iter().map(|(service, _)| of_service(service)).collect();
        let all = explanations.iter().flatten().cloned().collect();
        context.claim_explained(causes, all, move |context, left| {
            let is_left = |((service, _), explanations): &(&Ends<'_>, Vec<Cause>)| {
                left.contains(&of_service(service)) && explanations.iter().all(|it| left.contains(it))
            };
            let services = services.iter().zip(explanations).filter(is_left).map(|(ends, _)| ends).collect::<Vec<_>>();
            report(context, *policy, *closed, &services);
        });
    }
    controller::check(context);
}

/// That a Service is closed.
fn of_service(service: &Service) -> Cause {
    Cause::Field(service.object.origin.clone())
}

/// What it may be a consequence of that nothing leads to these targets: ports that are wrong, or a client whose policy
/// names the pods without effect.
fn explanations(context: &Context<'_>, targets: &[Target<'_>]) -> Vec<Cause> {
    let (analysis, facts) = (context.analysis(), context.facts());
    let mut found: Vec<Cause> = wrong_ports(context, targets);
    for target in targets {
        let policies = || facts.unreachable.asked_for.get(&target.id).into_iter().flatten();
        let clients: BTreeSet<WorkloadId> =
            policies().flat_map(|&policy| analysis.at_most().selected(policy)).collect();
        let of_clients = policies().flat_map(|&policy| facts.one_sided.of_policy(policy, Direction::Egress));
        let of_clients = of_clients.filter(|it| it.blocked.contains(&target.id));
        let own = analysis.at_most().isolating(Endpoint::Workload(target.id), Direction::Ingress);
        let own = own.flat_map(|policy| facts.one_sided.of_policy(policy, Direction::Ingress));
        let own = own.filter(|it| it.blocked.iter().any(|client| clients.contains(client)));
        found.extend(of_clients.chain(own).map(|it| Cause::Peer(it.rule, it.peer)));
    }
    found
}

/// The ports of the pods' policies that are not those of these targets.
fn wrong_ports(context: &Context<'_>, targets: &[Target<'_>]) -> Vec<Cause> {
    let ports = targets.iter().flat_map(|target| ports_for_others(context.analysis(), target));
    ports.map(|(rule, port)| Cause::Port(rule, port)).collect()
}

fn report(context: &mut Context<'_>, policy: PolicyId, closed: Closed, services: &[&Ends<'_>]) {
    let (Some(written), [first, ..]) = (context.policy(policy), services) else { return };
    let names = phrase::list(services.iter().map(|(service, _)| &service.object.name));
    let (noun, are) = if services.len() == 1 { ("Service", "is") } else { ("Services", "are") };
    let ports = target_ports(services.iter().flat_map(|(_, targets)| targets));
    let (message, help) = match closed {
        Closed::ToAll | Closed::Governing => (
            format!("{noun} {names} {are} unreachable: no rule admits anyone on {ports}"),
            format!("admit those who call {names}: an ingress rule `from` them, on the pods' own port, {ports}"),
        ),
        Closed::OnSomePorts => (
            format!("{noun} {names} {are} unreachable on {ports}: no rule admits anyone there"),
            format!("admit those who call {names} on {ports}, or delete the port from the Service"),
        ),
        Closed::ToOutside => (
            format!("{} {noun} {names} {are} closed to the outside on {ports}", first.0.service_type),
            format!("admit the clients by `ipBlock` on {ports}, or make it a Service of type `ClusterIP`"),
        ),
    };
    let about = context.cluster().subject(&written.object);
    let targets: Vec<WorkloadId> = services.iter().flat_map(|(_, targets)| targets).map(|target| target.id).collect();
    let refused = context.refused(Direction::Ingress, &targets);
    let yaml = yaml::help(context, written, closed, services);
    let draft = context.report(written.restriction_place(Direction::Ingress), about, message);
    draft.key(match closed {
        Closed::ToAll => "all",
        Closed::Governing => "governing",
        Closed::OnSomePorts => "some-ports",
        Closed::ToOutside => "outside",
    });
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
    draft.because_of(refused);
    draft.help(yaml.unwrap_or(help));
}
