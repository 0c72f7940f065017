//! A webhook or an aggregated API that the API server cannot call: requests of the whole cluster fail or time out.

use std::collections::BTreeMap;

use super::{SHOWN, restriction};
use crate::diagnostic::Severity;
use crate::facts::admission::{admits_addresses, opens, responsible_policy};
use crate::net::ports::PortSet;
use crate::net::{Direction, Protocol};
use crate::objects::{Backend, Labels, Match, NAME_LABEL, PolicyId, Service, Workload, WorkloadId};
use crate::policy::{NamespaceSet, Peer, Peers, Rule, RuleRef};
use crate::reach::Endpoint;
use crate::rules::Context;
use crate::rules::precedence::ports_are_wrong;
use crate::source::Origin;

/// Where agents run through which some clusters let the API server call pods.
const AGENTS: &str = "kube-system";

/// What the API server calls on a Service, and where that is closed to it.
struct Closed<'m> {
    service: &'m Service,
    callers: Vec<&'m Backend>,
    ports: PortSet,
    /// Whether pods are admitted that may be agents of the API server.
    admits_agents: bool,
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut closed: BTreeMap<(PolicyId, Origin), Closed<'_>> = BTreeMap::new();
    for callback in &context.cluster().intents.callbacks {
        let Some(service) = context.cluster().service_of(callback) else { continue };
        let Some((policy, ports, admits_agents)) = closed_ports(context, callback, service) else { continue };
        let entry = closed.entry((policy, service.object.origin.clone())).or_insert_with(|| Closed {
            service,
            callers: Vec::new(),
            ports: PortSet::default(),
            admits_agents,
        });
        entry.callers.push(callback);
        entry.ports = entry.ports.union(&ports);
    }
    for ((policy, _), closed) in closed {
        report(context, policy, &closed);
    }
}

/// The ports of the pods behind a callback, where all of them are closed to the API server, with the policy to blame.
fn closed_ports(context: &Context<'_>, callback: &Backend, service: &Service) -> Option<(PolicyId, PortSet, bool)> {
    let called = service.ports_meant(callback.port.as_ref()).find(|it| it.protocol == Protocol::Tcp)?;
    let (mut ports, mut policy, mut admits_agents) = (PortSet::default(), None, false);
    for (id, workload) in context.analysis().selected_by(service).filter(|(_, it)| !it.host_network) {
        let port = called.target_on(workload)?;
        if admits_addresses(context.analysis(), id, Direction::Ingress, Protocol::Tcp, port)
            || admits_on_a_wrong_port(context, id)
        {
            return None;
        }
        policy = policy.or(responsible_policy(context.analysis(), id, Direction::Ingress));
        admits_agents |= may_admit_agents(context, id, workload, port);
        ports = ports.union(&PortSet::single(Protocol::Tcp, port));
    }
    policy.map(|(id, _)| (id, ports, admits_agents))
}

/// Whether a rule admits addresses, but on ports that are wrong in themselves: the rules about ports say so.
fn admits_on_a_wrong_port(context: &Context<'_>, workload: WorkloadId) -> bool {
    let is_address = |peer: &Peer| matches!(peer, Peer::Block { .. });
    let admits = |rule: &Rule| matches!(rule.peers, Peers::Everyone) || rule.peers.listed().iter().any(is_address);
    context.at_most().isolating(Endpoint::Workload(workload), Direction::Ingress).any(|policy| {
        let rules = context.lowered(policy).map_or(&[][..], |policy| &policy.ingress).iter().enumerate();
        let mut rules = rules.filter(|(_, rule)| admits(rule));
        rules.any(|(index, _)| ports_are_wrong(context, RuleRef { policy, direction: Direction::Ingress, index }))
    })
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

fn report(context: &mut Context<'_>, policy: PolicyId, closed: &Closed<'_>) {
    let Some(written) = context.policy(policy) else { return };
    let (name, service) = (&written.object.name, &closed.service.object.name);
    let ports = &closed.ports;
    let message = if closed.admits_agents {
        format!("`{name}` opens Service `{service}` to pods alone, and most API servers are none")
    } else {
        format!("`{name}` keeps the API server from Service `{service}` on {ports}")
    };
    let about = context.cluster().subject(&written.object);
    let (place, words) = restriction(written, Direction::Ingress);
    let draft = context.report(place, about, message);
    draft.remark(words);
    for caller in closed.callers.iter().take(SHOWN) {
        let words = format!("the API server calls it for {} `{}`", caller.object.kind, caller.object.name);
        draft.because(caller.origin.clone().entry(), words);
    }
    if closed.admits_agents {
        draft.severity(Severity::Note);
    }
    draft.help(format!("admit {ports} from an `ipBlock` of the API server's addresses, or by a rule without `from`"));
}
