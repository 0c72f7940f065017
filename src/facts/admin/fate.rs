//! What becomes of each rule: what is left for it to decide, and what its decision leads to.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::ends::End;
use super::lower::admitted;
use super::walk::{AdminRule, Met, Tiers};
use crate::net::Direction;
use crate::objects::{PolicyId, WorkloadId};
use crate::policy::dialect::admin::AdminTier;
use crate::policy::{Action, Peer, PodSet, PortMatch, Ports};

/// What becomes of a rule.
#[derive(Clone)]
pub(crate) struct Fate<'m> {
    /// The rule.
    pub(crate) rule: AdminRule<'m>,
    /// Whether it matches any traffic of the ends that the input distinguish.
    pub(crate) is_matched: bool,
    /// Whether any of that may be left for it to decide.
    pub(crate) is_reached: bool,
    /// The rules that surely take what it matches and does not decide, in order.
    pub(crate) covering: Vec<AdminRule<'m>>,
    /// Whether one of these takes everything that the rule can match, whatever pods there will be.
    pub(crate) is_covered_for_good: bool,
    /// Whether a later rule of its tier may match what it decides.
    pub(crate) is_followed: bool,
    /// Of a rule of the tier Baseline: whether it may decide anything for pods that no NetworkPolicy isolates.
    pub(crate) is_free: bool,
    /// Of a rule of the tier Baseline, the NetworkPolicies that isolate the pods for which it would decide.
    pub(crate) isolating: BTreeSet<PolicyId>,
    /// The workloads for which such a rule would allow what NetworkPolicies deny.
    pub(crate) lost: Vec<WorkloadId>,
    /// The workloads for which a NetworkPolicy isolates, or a rule of the tier Baseline may match, what the rule passes.
    pub(crate) guarded: Vec<WorkloadId>,
    /// The workloads for which nothing does.
    pub(crate) unguarded: Vec<WorkloadId>,
}

/// The same of one subject, by places of rules.
#[derive(Clone, Default)]
struct Seen {
    is_matched: bool,
    is_reached: bool,
    covering: BTreeSet<usize>,
    is_followed: bool,
    is_free: bool,
    isolating: BTreeSet<PolicyId>,
    lost: Vec<WorkloadId>,
    guarded: Vec<WorkloadId>,
    unguarded: Vec<WorkloadId>,
}

pub(super) fn fates<'m>(tiers: &Tiers<'m>, direction: Direction, subjects: &[End], remotes: &[End]) -> Vec<Fate<'m>> {
    let rules = tiers.rules(direction);
    let parts: Vec<Vec<(usize, Seen)>> =
        subjects.par_iter().map(|subject| of_subject(tiers, direction, subject, remotes)).collect();
    let mut all = vec![Seen::default(); rules.len()];
    for (place, seen) in parts.into_iter().flatten() {
        if let Some(sum) = all.get_mut(place) {
            sum.add(seen);
        }
    }
    let fates = all.into_iter().zip(rules).enumerate().map(|(place, (seen, rule))| {
        let mut earlier = rules.iter().take(place).filter(|earlier| is_asked_before(earlier, rule));
        // What a rule passes, no later one of its tier takes from the next tier.
        let may_be_spared = |earlier: &AdminRule<'_>| {
            let mut before = rules.iter().take_while(|it| it.at != earlier.at);
            earlier.written.tier != rule.written.tier && before.any(|it| it.rule.action == Action::Pass)
        };
        let takes = |earlier: &&AdminRule<'_>| takes_all(earlier, rule) && !may_be_spared(earlier);
        let for_good = earlier.find(takes).copied();
        let covering = seen.covering.iter().filter_map(|&it| rules.get(it)).copied();
        Fate {
            is_covered_for_good: for_good.is_some(),
            rule: *rule,
            is_matched: seen.is_matched,
            is_reached: seen.is_reached,
            covering: for_good.map_or_else(|| covering.collect(), |one| vec![one]),
            is_followed: seen.is_followed,
            is_free: seen.is_free,
            isolating: seen.isolating,
            lost: seen.lost,
            guarded: seen.guarded,
            unguarded: seen.unguarded,
        }
    });
    fates.collect()
}

impl Seen {
    fn add(&mut self, other: Self) {
        self.is_matched |= other.is_matched;
        self.is_reached |= other.is_reached;
        self.covering.extend(other.covering);
        self.is_followed |= other.is_followed;
        self.is_free |= other.is_free;
        self.isolating.extend(other.isolating);
        self.lost.extend(other.lost);
        self.guarded.extend(other.guarded);
        self.unguarded.extend(other.unguarded);
    }
}

fn of_subject(tiers: &Tiers<'_>, direction: Direction, subject: &End, remotes: &[End]) -> Vec<(usize, Seen)> {
    let asked = tiers.asked(direction, subject.endpoint);
    let rules = tiers.rules(direction);
    let mut seen: Vec<Seen> = vec![Seen::default(); rules.len()];
    let mut passes: BTreeSet<(usize, bool)> = BTreeSet::new();
    let is_isolated = tiers.analysis.at_most().is_isolated(subject.endpoint, direction);
    let may_be_isolated = tiers.analysis.at_least().is_isolated(subject.endpoint, direction);
    for remote in remotes {
        let met = tiers.walk(&asked, direction, subject.endpoint, remote.endpoint);
        for (index, it) in met.iter().enumerate() {
            let (Some(rule), Some(seen)) = (rules.get(it.rule), seen.get_mut(it.rule)) else { continue };
            let is_reached = !it.decides.most.is_empty();
            seen.is_matched = true;
            seen.is_reached |= is_reached;
            let is_baseline = rule.written.tier == AdminTier::Baseline;
            let (earlier, later) = (met.get(..index).unwrap_or_default(), met.get(index + 1..).unwrap_or_default());
            seen.covering.extend(taking(rules, rule, it, earlier));
            let matches_hit = |other: &&Met| other.matched.meets(&it.decides.most);
            let is_later = |other: &&Met| rules.get(other.rule).is_some_and(|it| it.written.tier == rule.written.tier);
            seen.is_followed |= later.iter().filter(is_later).any(|other| matches_hit(&other));
            if is_baseline && is_reached {
                seen.is_free |= !is_isolated;
                let admitted = || admitted(tiers.analysis, direction, subject.endpoint, remote.endpoint).most;
                let is_lost = rule.rule.action == Action::Allow && is_isolated;
                if is_lost && seen.lost.is_empty() && !it.decides.least.difference(&admitted()).is_empty() {
                    seen.lost.clone_from(&subject.workloads);
                    seen.isolating.extend(tiers.analysis.at_most().isolating(subject.endpoint, direction));
                }
            }
            if rule.rule.action == Action::Pass && is_reached && !is_baseline {
                let of_baseline = later.iter().filter(|other| !is_later(other)).any(|other| matches_hit(&other));
                passes.insert((it.rule, may_be_isolated || of_baseline));
            }
        }
    }
    for (place, seen) in seen.iter_mut().enumerate() {
        if passes.contains(&(place, true)) {
            seen.guarded.clone_from(&subject.workloads);
        } else if passes.contains(&(place, false)) {
            seen.unguarded.clone_from(&subject.workloads);
        }
    }
    seen.into_iter().enumerate().filter(|(_, seen)| seen.is_matched).collect()
}

/// The rules that surely take some of what a rule matches. Those of policies that it is tied with do not.
fn taking(rules: &[AdminRule<'_>], rule: &AdminRule<'_>, it: &Met, earlier: &[Met]) -> Vec<usize> {
    if it.matched == it.decides.most {
        return Vec::new();
    }
    let may_take = |other: &&Met| {
        let is_before =
            |it: &AdminRule<'_>| is_asked_before(it, rule) && (other.selects || it.at.policy == rule.at.policy);
        rules.get(other.rule).is_some_and(is_before)
    };
    let taking = earlier.iter().filter(may_take).filter(|other| other.taken.meets(&it.matched));
    taking.map(|other| other.rule).collect()
}

/// Whether what an earlier rule matches is surely decided before a later one is asked.
fn is_asked_before(earlier: &AdminRule<'_>, later: &AdminRule<'_>) -> bool {
    let leaves = earlier.rule.action == Action::Pass && earlier.written.tier != later.written.tier;
    !leaves && (earlier.tie != later.tie || earlier.at.policy == later.at.policy)
}

/// Whether a rule matches all that another one can match, by what is written.
fn takes_all(earlier: &AdminRule<'_>, later: &AdminRule<'_>) -> bool {
    let peers = earlier.rule.peers.listed();
    includes(&earlier.object.policy.subject, &later.object.policy.subject)
        && later.rule.peers.listed().iter().all(|peer| peers.iter().any(|earlier| covers(earlier, peer)))
        && holds(&earlier.rule.ports, &later.rule.ports)
}

fn includes(one: &PodSet, other: &PodSet) -> bool {
    let everywhere = crate::policy::NamespaceSet::every();
    one == other
        || (one.namespaces == everywhere || one.namespaces == other.namespaces)
            && (one.is_whole_namespaces() || one.pods == other.pods && one.condition == other.condition)
}

fn covers(one: &Peer, other: &Peer) -> bool {
    match (one, other) {
        (Peer::Pods(one), Peer::Pods(other)) => includes(one, other),
        (Peer::Block { cidr: one, .. }, Peer::Block { cidr: other, .. }) => one.contains(other),
        (Peer::Nodes(one), Peer::Nodes(other)) => one.labels.is_empty() || one == other,
        _ => one == other,
    }
}

fn holds(one: &Ports, other: &Ports) -> bool {
    let (Ports::Of(one), Ports::Of(other)) = (one, other) else { return matches!(one, Ports::All) };
    let within = |port: &PortMatch, other: &PortMatch| match (port.range(), other.range()) {
        (Some((protocol, first, last)), Some((of, from, to))) => protocol == of && first <= from && to <= last,
        _ => port == other,
    };
    other.iter().all(|other| one.iter().any(|port| within(port, other)))
}

impl Fate<'_> {
    /// Whether nothing is left for it to decide.
    pub(crate) fn is_dead(&self) -> bool {
        self.is_covered_for_good || self.is_matched && !self.is_reached && !self.covering.is_empty()
    }
}
