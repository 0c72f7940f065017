//! A webhook or an aggregated API that the API server cannot call: requests of the whole cluster fail or time out.

use std::collections::BTreeMap;

use super::{SHOWN, restriction};
use crate::diagnostic::Severity;
use crate::edit::Value;
use crate::facts::admission::{admits_addresses, opens, responsible_policy};
use crate::net::ports::PortSet;
use crate::net::{Direction, Protocol};
use crate::objects::{Backend, Labels, Match, NAME_LABEL, PolicyId, Service, Workload, WorkloadId};
use crate::policy::{NamespaceSet, Peer, Peers, PolicyObject, Rule, RuleRef};
use crate::reach::Endpoint;
use crate::rules::explanations::wrong_ports;
use crate::rules::repairs::{self, Allow, Far};
use crate::rules::{Cause, Context};
use crate::source::Origin;

/// Where agents run through which some clusters let the API server call pods.
const AGENTS: &str = "kube-system";

/// What the API server calls, and where that is closed to it.
struct Closed<'m> {
    service: &'m Service,
    caller: &'m Backend,
    ports: PortSet,
    /// Whether pods are admitted that may be agents of the API server.
    admits_agents: bool,
    /// Ports that may be what is wrong: of rules that do admit addresses.
    explanations: Vec<Cause>,
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut closed: BTreeMap<(PolicyId, Origin), Vec<Closed<'_>>> = BTreeMap::new();
    for (service, callback) in context.facts().evidence.callbacks() {
        if let Some((policy, found)) = closed_ports(context, callback, service) {
            closed.entry((policy, service.object.origin.clone())).or_default().push(found);
        }
    }
    for ((policy, service), mut closed) in closed {
        let explanations = closed.iter().flat_map(|it| &it.explanations).cloned().collect();
        context.claim_explained(vec![Cause::Field(service)], explanations, move |context, left| {
            closed.retain(|it| it.explanations.iter().all(|cause| left.contains(cause)));
            report(context, policy, &closed);
        });
    }
}

/// The ports of the pods behind a callback, where all of them are closed to the API server, with the policy to blame.
fn closed_ports<'m>(
    context: &Context<'m>,
    caller: &'m Backend,
    service: &'m Service,
) -> Option<(PolicyId, Closed<'m>)> {
    let called = service.ports_meant(caller.port.as_ref()).find(|it| it.protocol == Protocol::Tcp)?;
    let (mut ports, mut policy, mut admits_agents) = (PortSet::default(), None, false);
    let mut explanations = Vec::new();
    for (id, workload) in context.analysis().selected_by(service).filter(|(_, it)| !it.host_network) {
        let port = called.target_on(workload)?;
        if admits_addresses(context.analysis(), id, Direction::Ingress, Protocol::Tcp, port) {
            return None;
        }
        explanations.extend(wrong_ports_for_addresses(context, id));
        policy = policy.or(responsible_policy(context.analysis(), id, Direction::Ingress));
        admits_agents |= may_admit_agents(context, id, workload, port);
        ports = ports.union(&PortSet::single(Protocol::Tcp, port));
    }
    policy.map(|(id, _)| (id, Closed { service, caller, ports, admits_agents, explanations }))
}

/// The ports of rules that admit addresses, but on ports that are wrong in themselves.
fn wrong_ports_for_addresses(context: &Context<'_>, workload: WorkloadId) -> Vec<Cause> {
    let is_address = |peer: &Peer| matches!(peer, Peer::Block { .. });
    let admits = |rule: &Rule| matches!(rule.peers, Peers::Everyone) || rule.peers.listed().iter().any(is_address);
    let policies = context.at_most().isolating(Endpoint::Workload(workload), Direction::Ingress);
    let rules = policies.flat_map(|policy| {
        let rules = context.lowered(policy).map_or(&[][..], |policy| &policy.ingress).iter().enumerate();
        let rules = rules.filter(|(_, rule)| admits(rule));
        rules.map(move |(index, _)| RuleRef { policy, direction: Direction::Ingress, index })
    });
    rules.flat_map(|rule| wrong_ports(context, rule)).collect()
}

/// Whether a rule admits pods of `kube-system`: with Konnectivity, the API server calls through such pods.
fn may_admit_agents(context: &Context<'_>, id: WorkloadId, workload: &Workload, port: u16) -> bool {
    let labels = Labels::from_iter([(NAME_LABEL.into(), AGENTS.into())]);
    let is_there = |peer: &Peer| match peer {
        Peer::Pods(set) => match &set.namespaces {
            NamespaceSet::One(namespace) => context.cluster().namespace_name(*namespace) == AGENTS,
            NamespaceSet::Matching(selector) => selector.matches_partly(&labels, NAME_LABEL) != Match::No,
        },
        _ => false,
    };
    let policies = context.at_most().isolating(Endpoint::Workload(id), Direction::Ingress);
    let mut rules = policies.filter_map(|id| context.lowered(id)).flat_map(|policy| &policy.ingress);
    rules.any(|rule| opens(&rule.ports, workload, Protocol::Tcp, port) && rule.peers.listed().iter().any(is_there))
}

/// A policy that lets the API server call the pods behind a Service.
fn from_api_server(context: &Context<'_>, like: &PolicyObject, service: &Service, ports: &PortSet) -> Option<Value> {
    let allow = Allow {
        namespace: service.object.namespace,
        name: format!("{}-from-api-server", service.object.name),
        pods: repairs::lasting(service.selector.as_ref()?)?,
        rules: vec![(Direction::Ingress, Far::ApiServer)],
        ports: ports.clone(),
    };
    repairs::policy(context, like, &allow)
}

fn report(context: &mut Context<'_>, policy: PolicyId, closed: &[Closed<'_>]) {
    let (Some(written), Some(first)) = (context.policy(policy), closed.first()) else { return };
    let (name, service) = (&written.object.name, &first.service.object.name);
    let ports = closed.iter().fold(PortSet::default(), |ports, it| ports.union(&it.ports));
    let message = if first.admits_agents {
        format!("`{name}` opens Service `{service}` to pods alone, and most API servers are not pods")
    } else {
        format!("`{name}` keeps the API server from Service `{service}` on {ports}")
    };
    let about = context.cluster().subject(&written.object);
    let (place, words) = restriction(written, Direction::Ingress);
    let yaml = from_api_server(context, written, first.service, &ports);
    let draft = context.report(place, about, message);
    draft.key(service.as_str()).remark(words);
    for caller in closed.iter().map(|it| it.caller).take(SHOWN) {
        let words = format!("the API server calls it for {} `{}`", caller.object.kind, caller.object.name);
        draft.because(caller.origin.clone().entry(), words);
    }
    if first.admits_agents {
        draft.severity(Severity::Note);
    }
    draft.help(match yaml {
        Some(yaml) => repairs::with_yaml("admit the API server, for example with this policy", &yaml),
        None => format!("admit {ports} from an `ipBlock` of the API server's addresses, or by a rule without `from`"),
    });
}
