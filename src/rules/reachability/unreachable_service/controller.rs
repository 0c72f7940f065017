//! Backends of Ingresses and routes whose pods do not admit the ingress controller.

use std::collections::{BTreeMap, BTreeSet};

use super::{SHOWN, wrong_ports};
use crate::cluster::Tier;
use crate::diagnostic::Confidence;
use crate::facts::admission::{opens, responsible_policy};
use crate::facts::evidence::{Meant, controllers};
use crate::facts::unreachable::{Target, target_ports, targets};
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::{Backend, NamespaceId, PolicyId, Workload, WorkloadId};
use crate::policy::{NamespaceSet, Peer, PolicyObject};
use crate::reach::Endpoint;
use crate::rules::repairs::{self, Admitted};
use crate::rules::{Cause, Context};
use crate::source::Place;
use crate::text::phrase;

/// Words in names and images of ingress controllers and gateways.
const CONTROLLERS: [&str; 14] = [
    "ingress",
    "ingressgateway",
    "controller",
    "gateway",
    "router",
    "traefik",
    "kong",
    "contour",
    "envoy",
    "haproxy",
    "apisix",
    "emissary",
    "ambassador",
    "cloudflared",
];

/// A backend that a policy closes, and where it ends.
struct Blocked<'m> {
    backend: &'m Backend,
    service: &'m str,
    targets: Vec<Target<'m>>,
    /// Ports that may be what is wrong.
    explanations: Vec<Cause>,
}

pub(super) fn check(context: &mut Context<'_>) {
    let mut blocked: BTreeMap<PolicyId, Vec<Blocked<'_>>> = BTreeMap::new();
    let (cluster, unreachable) = (context.cluster(), &context.facts().unreachable);
    let mut kept_in: BTreeMap<(PolicyId, WorkloadId), Vec<Blocked<'_>>> = BTreeMap::new();
    for backend in cluster.backends.iter().filter(|it| !unreachable.is_closed_to_all(it.namespace, &it.service)) {
        let Some(service) = cluster.service_of(backend) else { continue };
        let meant: Vec<_> = service.ports_meant(backend.port.as_ref()).collect();
        let Some(targets) = targets(context.analysis(), service, meant.into_iter(), None) else { continue };
        let seen = if backend.object.kind == "Ingress" { cluster.ingress_controllers.as_slice() } else { &[] };
        if targets.iter().any(|target| reaches(context, seen, target) || may_enter(context, seen, target)) {
            let Some((policy, controller)) = who_cannot_leave(context, seen, &targets) else { continue };
            let explanations = wrong_ports(context, &targets);
            let service = &service.object.name;
            kept_in.entry((policy, controller)).or_default().push(Blocked { backend, service, targets, explanations });
            continue;
        }
        let blamed =
            targets.first().and_then(|target| responsible_policy(context.analysis(), target.id, Direction::Ingress));
        let Some((policy, _)) = blamed else { continue };
        let explanations = wrong_ports(context, &targets);
        let service = &service.object.name;
        blocked.entry(policy).or_default().push(Blocked { backend, service, targets, explanations });
    }
    for (policy, mut blocked) in blocked {
        let causes = blocked.iter().map(|it| Cause::Field(it.backend.origin.clone())).collect();
        let explanations = blocked.iter().flat_map(|it| &it.explanations).cloned().collect();
        context.claim_explained(causes, explanations, move |context, left| {
            blocked.retain(|it| it.explanations.iter().all(|cause| left.contains(cause)));
            if !blocked.is_empty() {
                report(context, policy, &blocked);
            }
        });
    }
    for ((policy, controller), blocked) in kept_in {
        let causes = blocked.iter().map(|it| Cause::Field(it.backend.origin.clone())).collect();
        context.claim(causes, move |context, _| report_kept_in(context, policy, controller, &blocked));
    }
}

/// Whether one of these controllers may connect to a pod, as far as both sides show.
fn reaches(context: &Context<'_>, controllers: &[WorkloadId], target: &Target<'_>) -> bool {
    let ports = |id: &WorkloadId| context.at_most().ports(Endpoint::Workload(*id), Endpoint::Workload(target.id));
    controllers.iter().any(|id| ports(id).contains(target.from.protocol, target.port))
}

/// The controller that the pods admit, where it is the only one of the input and its egress keeps it from all of them;
/// and the policy that does.
fn who_cannot_leave(
    context: &Context<'_>,
    controllers: &[WorkloadId],
    targets: &[Target<'_>],
) -> Option<(PolicyId, WorkloadId)> {
    let &[controller] = controllers else { return None };
    let from = Endpoint::Workload(controller);
    let is_open = |ports: PortSet, target: &Target<'_>| ports.contains(target.from.protocol, target.port);
    let is_admitted = |it: &Target<'_>| is_open(context.at_most().ingress(from, Endpoint::Workload(it.id)), it);
    let may_leave = |it: &Target<'_>| is_open(context.at_most().egress(from, Endpoint::Workload(it.id)), it);
    if !targets.iter().any(is_admitted) || targets.iter().any(may_leave) {
        return None;
    }
    Some((responsible_policy(context.analysis(), controller, Direction::Egress)?.0, controller))
}

/// Whether anyone is admitted on the port who may be the ingress controller: one that the input shows, or else a pod of
/// another namespace that is not known to be something else, an address, or a pod of the own namespace that looks like
/// one.
fn may_enter(context: &Context<'_>, controllers: &[WorkloadId], target: &Target<'_>) -> bool {
    let (reach, to) = (context.at_most(), Endpoint::Workload(target.id));
    let admitted = reach.ingress(Endpoint::IngressController, to);
    if admitted.contains(target.from.protocol, target.port) || target.admits_addresses(context.analysis()) {
        return true;
    }
    let is_admitted =
        |&id: &WorkloadId| reach.ingress(Endpoint::Workload(id), to).contains(target.from.protocol, target.port);
    if controllers.iter().any(is_admitted) {
        return true;
    }
    // Where a controller is shown, others are somewhere else.
    let shown: BTreeSet<NamespaceId> =
        controllers.iter().filter_map(|&id| context.workload(id)).map(|it| it.object.namespace).collect();
    let policies = reach.isolating(to, Direction::Ingress).filter_map(|id| context.lowered(id));
    let rules = policies.flat_map(|policy| &policy.ingress);
    let mut peers = rules
        .filter(|rule| opens(&rule.ports, target.workload, target.from.protocol, target.port))
        .flat_map(|rule| rule.peers.listed());
    peers.any(|peer| match peer {
        Peer::Pods(set) => {
            let known = reach.peer_workloads(peer);
            let own =
                |namespace: NamespaceId| namespace == target.workload.object.namespace || shown.contains(&namespace);
            let elsewhere = match &set.namespaces {
                NamespaceSet::One(namespace) => !own(*namespace),
                all @ NamespaceSet::Matching(_) => {
                    context.analysis().namespaces_of(all).iter().any(|(id, _)| !own(*id))
                }
            };
            let is_one = |&id: &WorkloadId| may_be_controller(context, id, &own);
            elsewhere && known.is_empty() || controllers.is_empty() && known.iter().any(is_one)
        }
        _ => false,
    })
}

fn may_be_controller(context: &Context<'_>, id: WorkloadId, own: &impl Fn(NamespaceId) -> bool) -> bool {
    let Some(workload) = context.workload(id) else { return false };
    let is_unclear = || context.analysis().tier(id).is_none_or(|tier| tier.tier == Tier::Frontend);
    looks_like_controller(workload) || !own(workload.object.namespace) && is_unclear()
}

fn looks_like_controller(workload: &Workload) -> bool {
    let images = workload.containers.iter().map(|container| container.image.as_str());
    let mut names = images.chain([workload.object.name.as_str()]);
    names.any(|name| name.split(|it: char| !it.is_ascii_alphanumeric()).any(|word| CONTROLLERS.contains(&word)))
}

fn report(context: &mut Context<'_>, policy: PolicyId, blocked: &[Blocked<'_>]) {
    let Some(written) = context.policy(policy) else { return };
    let ports = target_ports(blocked.iter().flat_map(|it| &it.targets));
    let owners: BTreeSet<(&str, &str)> =
        blocked.iter().map(|it| (it.backend.object.kind.as_str(), it.backend.object.name.as_str())).collect();
    let services: BTreeSet<&str> = blocked.iter().map(|it| it.service).collect();
    let (who, its) = match owners.first() {
        Some((kind, name)) if owners.len() == 1 => (format!("{kind} `{name}`"), "its"),
        _ => (format!("{} Ingresses or routes", owners.len()), "their"),
    };
    let noun = if services.len() == 1 { "Service" } else { "Services" };
    let names = phrase::list(&services);
    let message = format!("{who} cannot reach {noun} {names}: no rule admits {its} controller on {ports}");
    let about = context.cluster().subject(&written.object);
    let places: Vec<(Place, String)> = blocked
        .iter()
        .take(SHOWN)
        .map(|it| it.backend)
        .map(|it| {
            (it.origin.clone().entry(), format!("{} `{}` leads to `{}`", it.object.kind, it.object.name, it.service))
        })
        .collect();
    let help = help(context, written, blocked, &ports);
    let draft = context.report(written.restriction_place(Direction::Ingress), about, message);
    // Which pods may be the controller is told by their names and images.
    draft.confidence(Confidence::Likely).key("controller");
    for (place, words) in places {
        draft.because(place, words);
    }
    draft.help(help);
}

/// A controller that the backends admit, and whose egress does not lead to them.
fn report_kept_in(context: &mut Context<'_>, policy: PolicyId, controller: WorkloadId, blocked: &[Blocked<'_>]) {
    let (Some(written), Some(workload)) = (context.policy(policy), context.workload(controller)) else { return };
    let ports = target_ports(blocked.iter().flat_map(|it| &it.targets));
    let services: BTreeSet<&str> = blocked.iter().map(|it| it.service).collect();
    let noun = if services.len() == 1 { "Service" } else { "Services" };
    let (names, name) = (phrase::list(&services), &workload.object.name);
    let message =
        format!("ingress controller `{name}` cannot reach {noun} {names}: its egress does not permit {ports}");
    let places: Vec<(Place, String)> = blocked
        .iter()
        .take(SHOWN)
        .map(|it| (it.backend.origin.clone().entry(), format!("leads to `{}`", it.service)))
        .collect();
    let about = context.cluster().subject(&written.object);
    let draft = context.report(written.restriction_place(Direction::Egress), about, message);
    // Which pods are the controller is told by their image.
    draft.confidence(Confidence::Likely).key("controller").key("egress");
    for (place, words) in places {
        draft.because(place, words);
    }
    draft.help(format!("permit {ports} `to` the pods behind {names}, in a policy that selects `{name}`"));
}

/// What to write: a policy for each workload behind the backends, where they are few and one controller serves all.
fn help(context: &Context<'_>, like: &PolicyObject, blocked: &[Blocked<'_>], ports: &PortSet) -> String {
    let kinds: BTreeMap<&str, &Backend> =
        blocked.iter().map(|it| (it.backend.object.kind.as_str(), it.backend)).collect();
    let of_backends: BTreeSet<Meant> =
        kinds.into_values().map(|backend| controllers(context.analysis(), Some(backend))).collect();
    let mut of_workloads: BTreeMap<WorkloadId, PortSet> = BTreeMap::new();
    for target in blocked.iter().flat_map(|it| &it.targets) {
        let ports = of_workloads.entry(target.id).or_default();
        *ports = ports.union(&target_ports([target]));
    }
    let meant = of_backends.first().filter(|_| of_backends.len() == 1);
    let admitted = meant.map(|meant| Admitted { who: "controller", meant, suffix: "from-controller" });
    admitted.and_then(|admitted| repairs::admit(context, like, &admitted, of_workloads)).unwrap_or_else(|| {
        format!("admit the controller on {ports}: a peer with the `namespaceSelector` of its namespace")
    })
}
