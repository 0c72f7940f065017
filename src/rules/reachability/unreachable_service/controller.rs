//! Backends of Ingresses and routes whose pods do not admit the ingress controller.

use std::collections::{BTreeMap, BTreeSet};

use super::{SHOWN, Target, admits_addresses, is_said_elsewhere, ports, targets};
use crate::cluster::{Backend, Direction, NamespaceId, PolicyId, Service, Tier, Workload, WorkloadId};
use crate::finding::{Origin, Place};
use crate::policy::{NamespaceSet, Peer};
use crate::reach::Endpoint;
use crate::rules::Context;
use crate::rules::intent::{opens, to_blame};

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

/// The backends that lead to a Service, and where they end.
struct Blocked<'m> {
    service: &'m Service,
    backends: Vec<&'m Backend>,
    targets: Vec<Target<'m>>,
}

pub(super) fn check(context: &mut Context<'_>, closed_to_all: &BTreeSet<(NamespaceId, &String)>) {
    let mut blocked: BTreeMap<(PolicyId, Origin), Blocked<'_>> = BTreeMap::new();
    let cluster = context.cluster();
    for backend in cluster.backends.iter().filter(|it| !closed_to_all.contains(&(it.namespace, &it.service))) {
        let Some(service) = cluster.service_of(backend) else { continue };
        let meant: Vec<_> = service.ports_meant(backend.port.as_ref()).collect();
        let Some(targets) = targets(context, service, meant.into_iter(), None) else { continue };
        if targets.iter().any(|target| may_enter(context, target) || is_said_elsewhere(context, target)) {
            continue;
        }
        let blamed = targets.first().and_then(|target| to_blame(context, target.id, Direction::Ingress));
        let Some((policy, _)) = blamed else { continue };
        let entry = blocked.entry((policy, service.object.origin.clone()));
        entry.or_insert_with(|| Blocked { service, backends: Vec::new(), targets }).backends.push(backend);
    }
    for ((policy, _), blocked) in blocked {
        report(context, policy, &blocked);
    }
}

/// Whether anybody is admitted on the port who may be the ingress controller: a pod of another namespace that is not
/// known to be something else, an address, or a pod of the own namespace that looks like one.
fn may_enter(context: &Context<'_>, target: &Target<'_>) -> bool {
    let (reach, to) = (context.at_most(), Endpoint::Workload(target.id));
    let admitted = reach.ingress(Endpoint::IngressController, to);
    if admitted.contains(target.from.protocol, target.port) || admits_addresses(context, target) {
        return true;
    }
    let policies = reach.isolating(to, Direction::Ingress).filter_map(|id| context.lowered(id));
    let rules = policies.flat_map(|policy| &policy.ingress);
    let mut peers = rules
        .filter(|rule| opens(&rule.ports, target.workload, target.from.protocol, target.port))
        .flat_map(|rule| rule.peers.listed());
    peers.any(|peer| match peer {
        Peer::Pods(set) => {
            let known = reach.peer_workloads(peer);
            let own = |namespace: NamespaceId| namespace == target.workload.object.namespace;
            let elsewhere = match &set.namespaces {
                NamespaceSet::One(namespace) => !own(*namespace),
                all @ NamespaceSet::Matching(_) => context.namespaces_of(all).iter().any(|(id, _)| !own(*id)),
            };
            elsewhere && known.is_empty() || known.iter().any(|&id| may_be_controller(context, id, &own))
        }
        Peer::Block { .. } | Peer::Invalid => false,
    })
}

fn may_be_controller(context: &Context<'_>, id: WorkloadId, own: &impl Fn(NamespaceId) -> bool) -> bool {
    let Some(workload) = context.workload(id) else { return false };
    let is_unclear = || context.model().tier(id).is_none_or(|tier| tier.tier == Tier::Frontend);
    looks_like_controller(workload) || !own(workload.object.namespace) && is_unclear()
}

fn looks_like_controller(workload: &Workload) -> bool {
    let images = workload.containers.iter().map(|container| container.image.as_str());
    let mut names = images.chain([workload.object.name.as_str()]);
    names.any(|name| name.split(|it: char| !it.is_ascii_alphanumeric()).any(|word| CONTROLLERS.contains(&word)))
}

fn report(context: &mut Context<'_>, policy: PolicyId, blocked: &Blocked<'_>) {
    let (Some(written), [backend, ..]) = (context.policy(policy), blocked.backends.as_slice()) else { return };
    let ports = ports(&blocked.targets);
    let (kind, name) = (&backend.object.kind, &backend.object.name);
    let message = format!(
        "{kind} `{name}` cannot reach Service `{}`: no rule admits its controller on {ports}",
        blocked.service.object.name
    );
    let about = context.cluster().subject(&written.object);
    let places: Vec<(Place, String)> = blocked
        .backends
        .iter()
        .take(SHOWN)
        .map(|it| (it.origin.clone().entry(), format!("{} `{}` leads here", it.object.kind, it.object.name)))
        .collect();
    let draft = context.report(written.restriction_place(Direction::Ingress), about, message);
    for (place, words) in places {
        draft.because(place, words);
    }
    draft.help(format!("admit the controller on {ports}: a peer with the `namespaceSelector` of its namespace"));
}
