//! Whether it is a rule that opens a pod to an end: no rule that is asked before it decides, none denies the same, and
//! the pod would be closed if nothing allowed it.

use foldhash::HashMap;

use super::in_force::RuleAt;
use crate::analysis::Analysis;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::WorkloadId;
use crate::policy::{Action, Peer, RuleRef};
use crate::reach::Endpoint;

/// What opens pods, asked about many rules.
pub(crate) struct Openers<'m> {
    analysis: &'m Analysis,
    /// The ports that are asked about.
    ports: PortSet,
    /// Whether all policies are NetworkPolicies: each rule opens what it is for.
    is_union: bool,
    /// By groups of workloads that no policy distinguishes.
    known: HashMap<(u32, Direction, Endpoint), Opened>,
    /// The rules that deny an end.
    denying: HashMap<(Direction, Endpoint), Vec<RuleRef>>,
}

/// What opens a pod to an end.
struct Opened {
    by: Vec<RuleRef>,
    is_closed_otherwise: bool,
}

impl<'m> Openers<'m> {
    /// Of a cluster, for these ports.
    pub(crate) fn new(analysis: &'m Analysis, ports: PortSet) -> Self {
        let is_union = analysis.evaluated_policies().all(|(_, policy)| policy.network_policy().is_some());
        Self { analysis, ports, is_union, known: HashMap::default(), denying: HashMap::default() }
    }

    /// Whether a rule that is for a workload and admits this end is what opens the one to the other, for certain.
    pub(crate) fn opens(&mut self, at: RuleRef, workload: WorkloadId, other: Endpoint) -> bool {
        if self.is_union {
            return true;
        }
        let Self { analysis, ports, known, denying, .. } = self;
        let group = analysis.at_least().group(workload);
        let opened = known.entry((group, at.direction, other)).or_insert_with(|| {
            let denying =
                denying.entry((at.direction, other)).or_insert_with(|| denials(analysis, at.direction, other));
            opened(analysis, (workload, at.direction, other), ports, denying)
        });
        opened.is_closed_otherwise && opened.by.contains(&at)
    }

    /// Whether a rule opens any of these ends to any pod that its policy may select. Of pods that the input does not show
    /// nobody knows what else is asked, and a policy of their namespace is taken at its word.
    pub(crate) fn opens_any(&mut self, rule: &RuleAt<'_>, others: &[Endpoint]) -> bool {
        let analysis = self.analysis;
        let mut selected = analysis.at_most().selected(rule.at.policy).peekable();
        if selected.peek().is_none() {
            return rule.lowered.namespace().is_some();
        }
        selected.any(|id| others.iter().any(|&other| self.opens(rule.at, id, other)))
    }
}

/// The rules that deny an end for certain, whichever pods they are for.
fn denials(analysis: &Analysis, direction: Direction, other: Endpoint) -> Vec<RuleRef> {
    let rules = analysis.evaluated_policies().flat_map(|(policy, object)| {
        let rules = object.policy.rules(direction).iter().enumerate();
        let denying = rules.filter(|(_, rule)| rule.action == Action::Deny);
        denying.map(move |(index, _)| RuleRef { policy, direction, index })
    });
    rules.filter(|rule| analysis.at_least().rule_admits(*rule, other)).collect()
}

fn opened(
    analysis: &Analysis,
    (workload, direction, other): (WorkloadId, Direction, Endpoint),
    ports: &PortSet,
    denying: &[RuleRef],
) -> Opened {
    // What policies that are not evaluated may close makes notes of findings, and does not silence them.
    let is_unknown = analysis.cluster().unevaluated().next().is_some();
    let reach = if is_unknown { analysis.reach() } else { analysis.at_least() };
    let pod = Endpoint::Workload(workload);
    let side = match direction {
        Direction::Ingress => reach.explain_ports(other, pod, ports).ingress,
        Direction::Egress => reach.explain_ports(pod, other, ports).egress,
    };
    let is_for_pod = |rule: &RuleRef| {
        let subject = analysis.lowered(rule.policy).map(|policy| Peer::Pods(policy.subject.clone()));
        subject.is_some_and(|subject| reach.peer_admits(&subject, pod))
    };
    let is_closed_otherwise = !side.ports.is_empty()
        && !side.admitting.is_empty()
        && (!side.isolating.is_empty() || denying.iter().any(is_for_pod));
    Opened { by: side.admitting, is_closed_otherwise }
}
