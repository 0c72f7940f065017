//! Whether the ports that rules name are those on which their pods listen.
//!
//! [`judge`] says it of a port once for all; each rule reports one of its verdicts, so that no port is reported twice.

pub(super) mod all_ports_allowed;
mod listening;
pub(super) mod missing_protocol;
pub(super) mod port_not_exposed;
pub(super) mod port_of_wrong_side;
pub(super) mod service_port_in_policy;
pub(super) mod undefined_named_port;

use std::rc::Rc;

use crate::cluster::{ContainerPort, Direction, Protocol, ServicePort, Workload, WorkloadId};
use crate::finding::{Origin, Subject};
use crate::model::Model;
use crate::policy::{Peer, PortMatch, RuleRef};
use crate::reach::{AskedPort, Endpoint};
use crate::rules::Context;
use crate::rules::in_force::RuleAt;
use listening::{declared, declares, is_led_to, is_of_a_mesh, service_ports};

/// How many pods of a rule are asked: enough for any real namespace, and a bound on the time for the rest.
const LOOKED_AT: usize = 2_000;

type Pods<'m> = Vec<(WorkloadId, &'m Workload)>;

/// One item of a rule's ports, and the known pods whose ports it means.
struct PortAt<'m> {
    rule: RuleAt<'m>,
    /// Its place in the list.
    index: usize,
    port: &'m PortMatch,
    /// The destinations: for ingress the pods of the policy, for egress those of the peers. At least one.
    pods: Rc<Pods<'m>>,
    /// Whether the rule may mean pods that the input does not show.
    open: bool,
}

/// What is to be said of a port by its number.
enum Verdict<'m> {
    /// Some pod listens on it, or may.
    Right,
    /// It has no `protocol`, and the pods listen on it with another one than TCP.
    OtherProtocol { pod: &'m Workload, port: &'m ContainerPort },
    /// It is a Service's port, behind which the pods listen on another one.
    ServicePort { pods: Pods<'m>, port: &'m ServicePort, service: &'m str, target: u16 },
    /// Pods of the other end of the connection listen on it.
    WrongSide { pod: &'m Workload, port: &'m ContainerPort },
    /// No pod declares it.
    Nowhere,
}

/// Every port that the rules in force name, where known pods are behind it.
fn each_port<'m>(context: &Context<'m>) -> impl Iterator<Item = PortAt<'m>> + use<'m> {
    let model = context.model();
    context.rules().flat_map(|rule| ports_of(model, rule))
}

/// The ports that a rule names, where known pods are behind it.
fn ports_of<'m>(model: &'m Model, rule: RuleAt<'m>) -> impl Iterator<Item = PortAt<'m>> + use<'m> {
    let pods = if rule.rule.ports.listed().is_empty() { None } else { destinations(model, &rule) };
    pods.map(Rc::new).into_iter().flat_map(move |pods| {
        let open = is_open(model, &rule);
        let ports = rule.rule.ports.listed().iter().enumerate();
        ports.map(move |(index, port)| PortAt { rule, index, port, pods: Rc::clone(&pods), open })
    })
}

/// Whether a rule does not admit what it was written for, because of a port that it names: that is reported here, and
/// need not be where the connection is missed.
pub(in crate::rules) fn are_wrong(context: &Context<'_>, at: RuleRef) -> bool {
    let Some(rule) = context.rule(at) else { return false };
    ports_of(context.model(), rule).filter(|at| !at.open).any(|at| {
        let name = match judge(context, &at) {
            Verdict::OtherProtocol { .. } => "missing-protocol",
            Verdict::ServicePort { .. } => "service-port-in-policy",
            Verdict::WrongSide { .. } => "port-of-wrong-side",
            Verdict::Right | Verdict::Nowhere if undefined_named_port::is_undefined(&at) => "undefined-named-port",
            Verdict::Right | Verdict::Nowhere => return false,
        };
        !context.model().config().is_off(name)
    })
}

/// Whether one end of a connection has a rule for the other one, with ports that are [wrong](are_wrong).
pub(in crate::rules) fn are_wrong_at(
    context: &Context<'_>,
    end: WorkloadId,
    direction: Direction,
    other: WorkloadId,
) -> bool {
    let reach = context.at_most();
    let mut rules = reach.isolating(Endpoint::Workload(end), direction).flat_map(|policy| {
        let rules = context.lowered(policy).map_or(0, |policy| policy.rules(direction).len());
        (0..rules).map(move |index| RuleRef { policy, direction, index })
    });
    rules.any(|rule| reach.rule_admits(rule, Endpoint::Workload(other)) && are_wrong(context, rule))
}

/// The known pods whose ports a rule means; `None` where there is none, or too many to ask.
fn destinations<'m>(model: &'m Model, rule: &RuleAt<'m>) -> Option<Pods<'m>> {
    let reach = model.at_most();
    let pods: Pods<'m> = match rule.at.direction {
        Direction::Ingress => model.with_ids(reach.selected(rule.at.policy)).take(LOOKED_AT + 1).collect(),
        Direction::Egress if rule.rule.peers.listed().is_empty() => Vec::new(),
        Direction::Egress => model.with_ids(reach.admitted(rule.at)).take(LOOKED_AT + 1).collect(),
    };
    (!pods.is_empty() && pods.len() <= LOOKED_AT).then_some(pods)
}

/// Whether a rule may mean the ports of pods that the input does not show: any pod of a namespace, or namespaces that
/// are not known.
fn is_open(model: &Model, rule: &RuleAt<'_>) -> bool {
    let names_pods = |peer: &Peer| matches!(peer, Peer::Pods(set) if !set.pods.is_empty());
    match rule.at.direction {
        Direction::Ingress => rule.lowered.subject.pods.is_empty(),
        Direction::Egress => {
            !rule.rule.peers.listed().iter().all(names_pods)
                || model.at_most().rule_admits(rule.at, Endpoint::UnknownNamespace)
                || is_presumed(model, rule)
        }
    }
}

/// Whether a rule admits pods that are only presumed: they listen on what they listen on.
fn is_presumed(model: &Model, rule: &RuleAt<'_>) -> bool {
    let mut presumed = 0..model.cluster().presumed.len();
    presumed.any(|index| model.at_most().rule_admits(rule.at, Endpoint::Presumed(index)))
}

impl PortAt<'_> {
    /// Where it stands.
    fn origin(&self) -> Origin {
        self.rule.origin().key("ports").index(self.index)
    }

    /// The object that a finding is about.
    fn subject(&self, context: &Context<'_>) -> Subject {
        context.subject(&self.rule)
    }

    /// Whether it is written without a protocol, which is TCP then.
    fn has_no_protocol(&self) -> bool {
        let spec = &self.rule.written.spec;
        let ports = match self.rule.at.direction {
            Direction::Ingress => spec.ingress.iter().flatten().nth(self.rule.at.index).map(|it| &it.ports),
            Direction::Egress => spec.egress.iter().flatten().nth(self.rule.at.index).map(|it| &it.ports),
        };
        let port = ports.and_then(|ports| ports.as_ref()?.get(self.index));
        port.is_some_and(|port| port.protocol.is_none())
    }

    /// Whether the same peers may connect to another port as well, by this rule or by others: then what is meant works.
    fn is_open_on(&self, context: &Context<'_>, protocol: Protocol, number: u16) -> bool {
        let first = self.pods.first().map(|(_, pod)| *pod);
        let named = first.into_iter().flat_map(declared).filter_map(|port| port.name.as_deref());
        let is_it = |name: &&str| self.pods.iter().all(|(_, pod)| pod.named_port(name, protocol) == Some(number));
        let asked = AskedPort { protocol, number, names: named.filter(is_it).map(str::to_owned).collect() };
        let means_it = |port: &PortMatch| match port {
            PortMatch::Named { protocol: own, name } => *own == protocol && asked.names.contains(name),
            port => port.covers(protocol, number),
        };
        self.rule.rule.ports.listed().iter().any(means_it)
            || context.at_least().covering(context.at_most(), self.rule.at, Some(&asked), &|_| false).is_some()
    }
}

/// What is to be said of a port by its number, or of a range of them.
fn judge<'m>(context: &Context<'m>, at: &PortAt<'m>) -> Verdict<'m> {
    let &PortMatch::Range { protocol, first, last } = at.port else { return Verdict::Right };
    let ports = first..=last;
    if at.pods.iter().any(|(_, pod)| declares(pod, protocol, &ports))
        || is_of_a_mesh(&ports)
        || at.pods.iter().any(|pod| is_led_to(context, *pod, protocol, &ports))
    {
        return Verdict::Right;
    }
    if first == last {
        match on_other_protocol(at, first) {
            // Both are opened, to be safe.
            Some((_, port)) if at.is_open_on(context, port.protocol, first) => return Verdict::Right,
            Some((pod, port)) if at.has_no_protocol() => return Verdict::OtherProtocol { pod, port },
            _ => {}
        }
        if let Some(verdict) = as_service_port(context, at, protocol, first) {
            return verdict;
        }
    }
    if at.open || at.pods.iter().any(|(_, pod)| declared(pod).next().is_none()) {
        return Verdict::Right;
    }
    match on_other_end(context, &at.rule, protocol, first) {
        Some((pod, port)) if first == last => Verdict::WrongSide { pod, port },
        _ => Verdict::Nowhere,
    }
}

fn on_other_protocol<'m>(at: &PortAt<'m>, number: u16) -> Option<(&'m Workload, &'m ContainerPort)> {
    let ports = at.pods.iter().flat_map(|(_, pod)| declared(pod).map(|port| (*pod, port)));
    ports.into_iter().find(|(_, port)| port.port == number)
}

/// The port as a Service's, where that leads to another one on each pod of the rule that may listen.
fn as_service_port<'m>(context: &Context<'m>, at: &PortAt<'m>, protocol: Protocol, number: u16) -> Option<Verdict<'m>> {
    let mut found: Option<(Pods<'m>, &'m ServicePort, &'m str, u16)> = None;
    for &(id, pod) in at.pods.iter() {
        let services = service_ports(context, id);
        let mut meant = services.filter(|(_, port)| port.port == number && port.protocol == protocol);
        match meant.find_map(|(service, port)| Some((service, port, port.target_on(pod)?))) {
            Some((_, _, target)) if at.is_open_on(context, protocol, target) => return Some(Verdict::Right),
            Some((service, port, target)) => {
                let entry = found.get_or_insert((Vec::new(), port, service.object.name.as_str(), target));
                entry.0.push((id, pod));
            }
            // A pod of which nothing is known may be the one that is meant.
            None if declared(pod).next().is_none() => return Some(Verdict::Right),
            None => {}
        }
    }
    found.map(|(pods, port, service, target)| Verdict::ServicePort { pods, port, service, target })
}

/// The port of a pod at the other end of the connections that a rule admits, where it names that end by labels.
fn on_other_end<'m>(
    context: &Context<'m>,
    rule: &RuleAt<'m>,
    protocol: Protocol,
    number: u16,
) -> Option<(&'m Workload, &'m ContainerPort)> {
    let reach = context.at_least();
    let is_named = |peer: &Peer| matches!(peer, Peer::Pods(set) if !set.pods.is_empty());
    let pods: Pods<'m> = match rule.at.direction {
        Direction::Ingress if rule.rule.peers.listed().iter().all(is_named) => {
            context.model().with_ids(reach.admitted(rule.at)).take(LOOKED_AT).collect()
        }
        Direction::Egress if !rule.lowered.subject.pods.is_empty() => {
            context.model().with_ids(reach.selected(rule.at.policy)).take(LOOKED_AT).collect()
        }
        _ => return None,
    };
    let mut ports = pods.into_iter().flat_map(|(_, pod)| declared(pod).map(move |port| (pod, port)));
    ports.find(|(_, port)| port.port == number && port.protocol == protocol)
}

/// The names of pods, in order.
fn names<'m>(pods: &Pods<'m>) -> Vec<&'m str> {
    let mut names: Vec<&str> = pods.iter().map(|(_, pod)| pod.object.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}
