//! Whether the ports that rules name are those on which their pods listen.
//!
//! [`judge`](judge::judge) says it of each port once for all; each rule reports one of its verdicts, so that no port
//! is reported twice.

pub(super) mod all_ports_allowed;
mod judge;
mod listening;
pub(super) mod missing_protocol;
pub(super) mod port_not_exposed;
pub(super) mod port_of_wrong_side;
pub(super) mod service_port_in_policy;
pub(super) mod undefined_named_port;

use std::cell::OnceCell;
use std::sync::Arc;

use foldhash::HashMap;

use crate::analysis::Analysis;
use crate::diagnostic::Subject;
use crate::net::Direction;
use crate::objects::{ContainerPort, ServicePort, Workload, WorkloadId};
use crate::policy::{Peer, PortMatch, RuleRef};
use crate::reach::{Endpoint, Reachability};
use crate::rules::Context;
use crate::rules::in_force::{RuleAt, rules_of};
use crate::rules::shared::on_all_cores;
use crate::source::Origin;
use judge::{Item, judge};
use listening::Listeners;

type Pods<'m> = Vec<(WorkloadId, &'m Workload)>;

/// One item of a rule's ports of which there is something to say.
pub(in crate::rules) struct PortAt<'m> {
    rule: RuleAt<'m>,
    /// Its place in the list.
    index: usize,
    port: &'m PortMatch,
    /// The destinations: for ingress the pods of the policy, for egress those of the peers. At least one.
    pods: Arc<Listeners<'m>>,
    /// Whether the rule may mean pods that the input does not show.
    open: bool,
    verdict: Verdict<'m>,
}

/// What is to be said of a port.
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
    /// It is a name that no pod has.
    Undefined,
}

/// The ports of the rules in force with which something is wrong, in the order of the rules.
fn wrong_ports<'m>(context: &Context<'m>) -> &'m [PortAt<'m>] {
    context.shared().ports.get_or_init(|| {
        let policies: Vec<_> = context.policies().collect();
        on_all_cores(&policies, |policies| {
            let rules = policies.iter().flat_map(|(id, written, lowered)| rules_of(*id, written, lowered));
            wrong_ports_of(context, rules)
        })
    })
}

fn wrong_ports_of<'m>(context: &Context<'m>, rules: impl Iterator<Item = RuleAt<'m>>) -> Vec<PortAt<'m>> {
    let mut ends = Ends::new(context.analysis());
    let mut found = Vec::new();
    for rule in rules.filter(|rule| !rule.rule.ports.listed().is_empty()) {
        let Some(pods) = ends.destinations(&rule) else { continue };
        let (all, open) = (OnceCell::new(), OnceCell::new());
        for (index, port) in rule.rule.ports.listed().iter().enumerate() {
            match judge(context, &mut ends, Item { rule: &rule, index, port, pods: &pods, all: &all, open: &open }) {
                Verdict::Right => {}
                verdict => {
                    let open = *open.get_or_init(|| is_open(context.analysis(), &rule));
                    let pods = Arc::clone(&pods);
                    found.push(PortAt { rule, index, port, pods, open, verdict });
                }
            }
        }
    }
    found
}

/// Whether a rule does not admit what it was written for, because of a port that it names: that is reported here, and
/// need not be where the connection is missed.
pub(in crate::rules) fn are_wrong(context: &Context<'_>, at: RuleRef) -> bool {
    let wrong = wrong_ports(context);
    let first = wrong.partition_point(|port| port.rule.at < at);
    let mut of_rule = wrong.iter().skip(first).take_while(|port| port.rule.at == at).filter(|port| !port.open);
    of_rule.any(|port| {
        let name = match port.verdict {
            Verdict::OtherProtocol { .. } => "missing-protocol",
            Verdict::ServicePort { .. } => "service-port-in-policy",
            Verdict::WrongSide { .. } => "port-of-wrong-side",
            Verdict::Undefined => "undefined-named-port",
            Verdict::Right | Verdict::Nowhere => return false,
        };
        !context.analysis().config().is_off(name)
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

/// The pods at the ends of rules, those of each end looked at once.
struct Ends<'m> {
    analysis: &'m Analysis,
    /// By the groups that they are made of.
    known: HashMap<&'m [(u32, u32)], Arc<Listeners<'m>>>,
}

impl<'m> Ends<'m> {
    fn new(analysis: &'m Analysis) -> Self {
        Self { analysis, known: HashMap::default() }
    }

    /// The known pods whose ports a rule means; `None` where there is none, or too many to ask.
    fn destinations(&mut self, rule: &RuleAt<'m>) -> Option<Arc<Listeners<'m>>> {
        let reach = self.analysis.at_most();
        let groups = match rule.at.direction {
            Direction::Ingress => reach.selected_groups(rule.at.policy),
            Direction::Egress if rule.rule.peers.listed().is_empty() => return None,
            Direction::Egress => reach.admitted_groups(rule.at),
        };
        Some(self.of_groups(reach, groups)).filter(|it| !it.pods.is_empty() && it.are_all)
    }

    /// The pods at the other end of the connections that a rule admits, where it names that end by labels.
    fn others(&mut self, rule: &RuleAt<'m>) -> Option<Arc<Listeners<'m>>> {
        let reach = self.analysis.at_least();
        let groups = match rule.at.direction {
            Direction::Ingress if rule.rule.peers.listed().iter().all(names_pods) => reach.admitted_groups(rule.at),
            Direction::Egress if !rule.lowered.subject.pods.is_empty() => reach.selected_groups(rule.at.policy),
            _ => return None,
        };
        Some(self.of_groups(reach, groups))
    }

    fn of_groups(&mut self, reach: &'m Reachability, groups: &'m [(u32, u32)]) -> Arc<Listeners<'m>> {
        let listeners = || Arc::new(Listeners::new(self.analysis, reach.workloads_of(groups)));
        Arc::clone(self.known.entry(groups).or_insert_with(listeners))
    }
}

/// Whether a peer names pods by their labels.
fn names_pods(peer: &Peer) -> bool {
    matches!(peer, Peer::Pods(set) if !set.pods.is_empty())
}

/// Whether a rule may mean the ports of pods that the input does not show: any pod of a namespace, or namespaces that
/// are not known.
fn is_open(analysis: &Analysis, rule: &RuleAt<'_>) -> bool {
    match rule.at.direction {
        Direction::Ingress => rule.lowered.subject.pods.is_empty(),
        Direction::Egress => {
            !rule.rule.peers.listed().iter().all(names_pods)
                || analysis.at_most().rule_admits(rule.at, Endpoint::UnknownNamespace)
                || is_presumed(analysis, rule)
        }
    }
}

/// Whether a rule admits pods that are only presumed: they listen on what they listen on.
fn is_presumed(analysis: &Analysis, rule: &RuleAt<'_>) -> bool {
    let mut presumed = 0..analysis.cluster().presumed.len();
    presumed.any(|index| analysis.at_most().rule_admits(rule.at, Endpoint::Presumed(index)))
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
}

/// The names of pods, in order.
fn names<'m>(pods: &Pods<'m>) -> Vec<&'m str> {
    let mut names: Vec<&str> = pods.iter().map(|(_, pod)| pod.object.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}
