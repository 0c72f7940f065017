//! A Service whose pods are closed on the very port that it leads to, for everybody or for those it is for.

mod controller;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Severity;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::{Backend, NamespaceId, PolicyId, Service, ServicePort, Workload, WorkloadId};
use crate::policy::PortMatch;
use crate::reach::Endpoint;
use crate::rules::Context;
use crate::rules::intent::{opens, to_blame};
use crate::rules::metrics::Metrics;
use crate::rules::reachability::one_sided_allow;
use crate::text::phrase;

/// How many Services or backends a finding shows.
const SHOWN: usize = 3;

/// A port of pods that a Service leads to.
#[derive(Clone, Copy)]
struct Target<'m> {
    id: WorkloadId,
    workload: &'m Workload,
    from: &'m ServicePort,
    port: u16,
}

/// A Service and what it leads to.
type Ends<'m> = (&'m Service, Vec<Target<'m>>);

/// How much of a Service is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Closed {
    /// Nobody is admitted.
    ToAll,
    /// Nobody is admitted, but the Service may only be there to name the pods of a StatefulSet.
    Governing,
    /// No address outside the cluster is admitted, though the Service is of a type that is for them.
    ToOutside,
}

/// What is closed.
pub(in crate::rules) struct Findings<'m> {
    /// By the policy that closes it.
    causes: BTreeMap<(PolicyId, Closed), Vec<Ends<'m>>>,
    /// The Services that nobody can reach, those included of which other rules speak.
    closed_to_all: BTreeSet<(NamespaceId, &'m str)>,
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let found = find(context);
    for ((policy, closed), services) in &found.causes {
        report(context, *policy, *closed, services);
    }
    controller::check(context, &found.closed_to_all);
}

/// The Services of which this rule says that nobody can reach them, by namespace and name.
pub(in crate::rules) fn reported<'m>(context: &Context<'m>) -> BTreeSet<(NamespaceId, &'m str)> {
    let causes = find(context).causes.iter().filter(|((_, closed), _)| *closed == Closed::ToAll);
    let objects = causes.flat_map(|(_, services)| services).map(|(service, _)| &service.object);
    objects.map(|object| (object.namespace, object.name.as_str())).collect()
}

fn find<'m>(context: &Context<'m>) -> &'m Findings<'m> {
    context.shared().unreachable.get_or_init(|| find_all(context))
}

fn find_all<'m>(context: &Context<'m>) -> Findings<'m> {
    let cluster = context.cluster();
    let metrics = Metrics::of(context);
    let named = |backends: &'m [Backend]| backends.iter().map(|it| (it.namespace, it.service.as_str())).collect();
    let (callbacks, backends): (BTreeSet<_>, BTreeSet<_>) =
        (named(&cluster.intents.callbacks), named(&cluster.backends));
    let mut found = Findings { causes: BTreeMap::new(), closed_to_all: BTreeSet::new() };
    let mut dead: BTreeSet<WorkloadId> = BTreeSet::new();
    for service in &cluster.services {
        let key = (service.object.namespace, service.object.name.as_str());
        let Some(targets) = targets(context, service, service.ports.iter(), Some(metrics)) else { continue };
        let Some(closed) = closed(context, service, &targets).filter(|_| !callbacks.contains(&key)) else { continue };
        // A Service with an Ingress is open for the controller.
        if closed == Closed::ToOutside && backends.contains(&key) {
            continue;
        }
        if closed != Closed::ToOutside {
            found.closed_to_all.insert(key);
            dead.extend(targets.iter().map(|target| target.id));
        }
        let blamed = targets.first().and_then(|target| to_blame(context, target.id, Direction::Ingress));
        if let Some((policy, _)) = blamed.filter(|_| !targets.iter().any(|target| is_said_elsewhere(context, target))) {
            found.causes.entry((policy, closed)).or_default().push((service, targets));
        }
    }
    let asked_for = one_sided_allow::asked_for(context, &dead);
    for services in found.causes.values_mut() {
        services.retain(|(_, targets)| !targets.iter().any(|target| asked_for.contains(&target.id)));
    }
    found
}

/// What a Service's ports lead to, where that is known and policies decide about all of it.
fn targets<'m>(
    context: &Context<'m>,
    service: &'m Service,
    ports: impl Iterator<Item = &'m ServicePort> + Clone,
    but: Option<&Metrics>,
) -> Option<Vec<Target<'m>>> {
    let mut targets = Vec::new();
    for (id, workload) in context.analysis().selected_by(service) {
        // Pods on the network of their node are never isolated.
        if !context.at_most().is_isolated(Endpoint::Workload(id), Direction::Ingress) {
            return None;
        }
        for from in ports.clone() {
            let port = from.target_on(workload)?;
            let is_metrics = |metrics: &Metrics| Metrics::are_named_by(from) || metrics.serve(id, workload, port);
            if !but.is_some_and(is_metrics) {
                targets.push(Target { id, workload, from, port });
            }
        }
    }
    (!targets.is_empty()).then_some(targets)
}

fn closed(context: &Context<'_>, service: &Service, targets: &[Target<'_>]) -> Option<Closed> {
    let reach = context.at_most();
    let is_open = |target: &Target<'_>| {
        reach.open_ports(Endpoint::Workload(target.id), Direction::Ingress).contains(target.from.protocol, target.port)
    };
    if !targets.iter().any(is_open) {
        let is_headless = service.cluster_ips.iter().any(|ip| ip == "None");
        let of_set = targets.iter().all(|target| target.workload.is_stateful_set());
        return Some(if is_headless && of_set { Closed::Governing } else { Closed::ToAll });
    }
    (service.is_exposed() && !targets.iter().any(|target| admits_addresses(context, target)))
        .then_some(Closed::ToOutside)
}

/// Whether any address outside the cluster's pods is admitted on the port.
fn admits_addresses(context: &Context<'_>, target: &Target<'_>) -> bool {
    let external = context.at_most().external(Endpoint::Workload(target.id), Direction::Ingress);
    external.iter().any(|external| external.ports.contains(target.from.protocol, target.port))
}

/// Whether a policy for the pods opens the Service's own port, which is `service-port-in-policy`, or a port by a name
/// that the pods do not declare, which is `undefined-named-port`.
fn is_said_elsewhere(context: &Context<'_>, target: &Target<'_>) -> bool {
    let policies = context.at_most().isolating(Endpoint::Workload(target.id), Direction::Ingress);
    let mut rules = policies.filter_map(|id| context.lowered(id)).flat_map(|policy| &policy.ingress);
    rules.any(|rule| {
        let is_open = |port| opens(&rule.ports, target.workload, target.from.protocol, port);
        let of_service = is_open(target.from.port) && !is_open(target.port);
        let undefined = |port: &PortMatch| match port {
            PortMatch::Named { protocol, name } => target.workload.named_port(name, *protocol).is_none(),
            _ => false,
        };
        of_service || rule.ports.listed().iter().any(undefined)
    })
}

fn report(context: &mut Context<'_>, policy: PolicyId, closed: Closed, services: &[Ends<'_>]) {
    let (Some(written), [first, ..]) = (context.policy(policy), services) else { return };
    let names = phrase::list(services.iter().map(|(service, _)| &service.object.name));
    let (noun, are) = if services.len() == 1 { ("Service", "is") } else { ("Services", "are") };
    let ports = ports(services.iter().flat_map(|(_, targets)| targets));
    let (message, help) = match closed {
        Closed::ToAll | Closed::Governing => (
            format!("{noun} {names} {are} unreachable: no rule admits anybody on {ports}"),
            format!("admit those who call {names}: an ingress rule `from` them, on the pods' own port, {ports}"),
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
        Closed::ToOutside => Severity::Warning,
    });
    for (service, targets) in services.iter().take(SHOWN) {
        let Some(target) = targets.first() else { continue };
        let words =
            format!("`{}` leads to port {} of `{}`", service.object.name, target.port, target.workload.object.name);
        draft.because(target.from.origin.clone().entry(), words);
    }
    draft.help(help);
}

/// The target ports, in words.
fn ports<'t, 'm: 't>(targets: impl IntoIterator<Item = &'t Target<'m>>) -> PortSet {
    let single = |target: &Target<'_>| PortSet::single(target.from.protocol, target.port);
    targets.into_iter().fold(PortSet::default(), |ports, target| ports.union(&single(target)))
}
