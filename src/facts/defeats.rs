//! Denies that other policies cancel: NetworkPolicies are additive, and what one of them admits is open.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use foldhash::HashMap;
use ipnet::{IpNet, Ipv4Net};

use crate::analysis::Analysis;
use crate::net::Direction;
use crate::net::address::AddressSet;
use crate::net::ports::PortSet;
use crate::objects::{PolicyId, WorkloadId};
use crate::policy::{Policy, Ports, Rule, RuleRef};
use crate::reach::{Endpoint, Reachability};

/// A direction of a deny that other policies open for some of its pods.
#[derive(Debug)]
pub(crate) struct Deny {
    /// The policy that denies.
    pub(crate) policy: PolicyId,
    /// The direction in which it does.
    pub(crate) direction: Direction,
    /// The rules that open everything that the deny is for, pods that are not shown included.
    covering: BTreeSet<RuleRef>,
    /// Sets of rules that each open a number of workloads.
    opening: Vec<(BTreeSet<RuleRef>, usize)>,
    /// How many workloads the deny selects.
    selected: usize,
}

/// How much of a deny certain rules cancel.
#[derive(Debug)]
pub(crate) struct Defeat {
    /// The rules that are open to everyone, in order.
    pub(crate) openers: BTreeSet<RuleRef>,
    /// How many workloads the deny selects.
    pub(crate) selected: usize,
    /// How many of them are open again.
    pub(crate) opened: usize,
}

impl Deny {
    /// What is left of the deny, where only some rules count: a defeat of all or most of the pods that it selects.
    pub(crate) fn defeat(&self, counts: impl Fn(&RuleRef) -> bool) -> Option<Defeat> {
        let counted = |rules: &BTreeSet<RuleRef>| -> BTreeSet<RuleRef> {
            rules.iter().filter(|rule| counts(rule)).copied().collect()
        };
        let (covering, selected) = (counted(&self.covering), self.selected);
        if !covering.is_empty() {
            return Some(Defeat { openers: covering, selected, opened: selected });
        }
        let (mut openers, mut opened) = (BTreeSet::new(), 0);
        for (rules, workloads) in &self.opening {
            let rules = counted(rules);
            opened += if rules.is_empty() { 0 } else { *workloads };
            openers.extend(rules);
        }
        // One workload with a policy of its own makes no pattern.
        let most = opened >= 2 && opened * 2 > selected;
        most.then_some(Defeat { openers, selected, opened })
    }
}

/// The denies that are cancelled for all or most of the pods that they select, in order.
pub(super) fn defeated_denies(analysis: &Analysis) -> Vec<Deny> {
    let mut opening = Opening { analysis, of_group: HashMap::default() };
    let mut denies = Vec::new();
    for (policy, object) in analysis.policies_in_force().filter(|(_, object)| object.is_unordered()) {
        let lowered = &object.policy;
        for direction in Direction::BOTH.into_iter().filter(|&direction| is_deny(lowered, direction)) {
            let deny = opening.deny(policy, lowered, direction);
            denies.extend(Some(deny).filter(|deny| deny.defeat(|_| true).is_some()));
        }
    }
    denies
}

/// Whether a policy admits nothing in a direction, and is for every pod or for nothing else.
fn is_deny(policy: &Policy, direction: Direction) -> bool {
    let allows = policy.rules(direction.opposite());
    policy.isolates(direction)
        && policy.rules(direction).iter().all(Rule::matches_nothing)
        && (policy.subject.is_whole_namespaces() || allows.iter().all(Rule::matches_nothing))
}

/// Which rules open which pods to everyone.
struct Opening<'m> {
    analysis: &'m Analysis,
    /// By groups of workloads that no policy distinguishes.
    of_group: HashMap<(u32, Direction), BTreeSet<RuleRef>>,
}

impl Opening<'_> {
    fn deny(&mut self, policy: PolicyId, lowered: &Policy, direction: Direction) -> Deny {
        let selected: Vec<WorkloadId> = self.analysis.at_least().selected(policy).collect();
        let covering = self.covering(lowered, direction, &selected).unwrap_or_default();
        let mut groups: BTreeMap<u32, (BTreeSet<RuleRef>, usize)> = BTreeMap::new();
        for &workload in &selected {
            // What is meant for everyone is not meant to be denied.
            if direction == Direction::Ingress && self.analysis.is_public(workload) {
                continue;
            }
            let group = self.analysis.at_least().group(workload);
            groups.entry(group).or_insert_with(|| (self.of_workload(workload, direction), 0)).1 += 1;
        }
        let opening = groups.into_values().filter(|(rules, _)| !rules.is_empty()).collect();
        Deny { policy, direction, covering, opening, selected: selected.len() }
    }

    /// The open rules of policies for all that the deny is for, pods that are not shown included.
    fn covering(&mut self, deny: &Policy, direction: Direction, selected: &[WorkloadId]) -> Option<BTreeSet<RuleRef>> {
        let namespace = deny.namespace()?;
        let mut rules = match selected.first() {
            _ if deny.subject.is_whole_namespaces() => {
                open_rules(self.analysis, Endpoint::OtherPod(namespace), direction)
            }
            Some(&first) => self.of_workload(first, direction),
            None => BTreeSet::new(),
        };
        rules.retain(|rule| {
            let subject = self.analysis.lowered(rule.policy).map(|policy| &policy.subject);
            subject.is_some_and(|subject| subject.is_whole_namespaces() || *subject == deny.subject)
        });
        Some(rules)
    }

    fn of_workload(&mut self, workload: WorkloadId, direction: Direction) -> BTreeSet<RuleRef> {
        let group = (self.analysis.at_least().group(workload), direction);
        let rules = || open_rules(self.analysis, Endpoint::Workload(workload), direction);
        self.of_group.entry(group).or_insert_with(rules).clone()
    }
}

/// The rules that open a pod to everyone on every port, where some do.
fn open_rules(analysis: &Analysis, pod: Endpoint, direction: Direction) -> BTreeSet<RuleRef> {
    let reach = analysis.at_least();
    let anyone = [Endpoint::UnknownNamespace, Endpoint::External(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)))];
    if !is_open(reach, pod, direction) {
        return BTreeSet::new();
    }
    let explained = anyone.into_iter().flat_map(|other| {
        let explain = |from, to| reach.explain_ports(from, to, &PortSet::all());
        match direction {
            Direction::Ingress => explain(other, pod).ingress.admitting,
            Direction::Egress => explain(pod, other).egress.admitting,
        }
    });
    let is_whole = |rule: &RuleRef| {
        if analysis.policy(rule.policy).is_none() {
            return false;
        }
        let of = analysis.lowered(rule.policy).and_then(|policy| policy.rules(direction).get(rule.index));
        of.is_some_and(|rule| matches!(rule.ports, Ports::All))
    };
    explained.filter(is_whole).collect()
}

/// Whether any pod and any IPv4 address is admitted on every port.
fn is_open(reach: &Reachability, pod: Endpoint, direction: Direction) -> bool {
    let pods = match direction {
        Direction::Ingress => reach.ingress(Endpoint::UnknownNamespace, pod),
        Direction::Egress => reach.egress(pod, Endpoint::UnknownNamespace),
    };
    let everywhere = || AddressSet::block(&IpNet::V4(Ipv4Net::default()));
    pods.is_all()
        && reach.external(pod, direction).iter().any(|it| it.ports.is_all() && it.addresses.is_superset(&everywhere()))
}
