//! What one side of a connection permits, through all stages.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::classes::Kind;
use super::order::Place;
use super::resolve::{ResolvedPolicy, ResolvedRule};
use super::select::Reading;
use super::walk::Walk;
use super::{Permitted, Reachability, Remote};
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::net::traffic::Traffic;
use crate::policy::{Action, Combine, Silence, Stage};

/// Where one side is asked.
#[derive(Clone, Copy)]
pub(super) struct Side {
    pub(super) direction: Direction,
    pub(super) subject: u32,
    pub(super) remote: Remote,
}

/// A policy that may select the subject, when it is asked.
type Asked<'r> = (Place, &'r ResolvedPolicy);

impl Reachability {
    /// The ports that one side permits, through all stages.
    pub(super) fn side(&self, direction: Direction, subject: u32, remote: Remote) -> PortSet {
        let side = Side { direction, subject, remote };
        if self.is_free(side) {
            PortSet::all()
        } else if self.resolved.is_plain {
            self.plain(side).unwrap_or_else(PortSet::all)
        } else {
            self.walk(side).traffic.ports
        }
    }

    /// All that one side permits, through all stages.
    pub(super) fn permitted_by(&self, side: Side) -> Permitted {
        if self.is_free(side) { Permitted::all() } else { self.walk(side) }
    }

    /// Whether no policy applies: what is no pod has no policies, and its own node always reaches a pod.
    fn is_free(&self, side: Side) -> bool {
        let is_own_node =
            |remote| matches!(remote, Remote::Class(class) if self.classes().kind(class) == Kind::OwnNode);
        !self.classes().is_pod(side.subject)
            || (side.direction == Direction::Ingress
                && self.basis.arrangement.own_node_enters
                && is_own_node(side.remote))
    }

    /// What policies admit that are all as NetworkPolicies are; `None` where none of them isolates the pod.
    fn plain(&self, side: Side) -> Option<PortSet> {
        let mut isolated = false;
        let mut admitted: SmallVec<[Cow<'_, PortSet>; 4]> = SmallVec::new();
        for policy in self.policies_on(side.subject, side.direction) {
            isolated |= policy.isolates(side.direction);
            for rule in policy.rules(side.direction) {
                if self.admits(rule, side.remote) {
                    admitted.push(rule.traffic.ports_on(side.destination(), self.classes()));
                }
            }
        }
        isolated.then(|| PortSet::union_of(admitted))
    }

    /// Asks the stages one after the other.
    fn walk(&self, side: Side) -> Permitted {
        let asked: SmallVec<[Asked<'_>; 8]> = self.asked(side).collect();
        let mut walk = Walk::new();
        for (number, stage) in self.basis.arrangement.stages.iter().enumerate() {
            let first = asked.partition_point(|(place, _)| place.stage < Some(number));
            let end = asked.partition_point(|(place, _)| place.stage <= Some(number));
            let policies = asked.get(first..end).unwrap_or_default();
            let engages_all = stage.engages_all(side.direction);
            if policies.is_empty() && !engages_all {
                continue;
            }
            match stage.combine {
                Combine::FirstMatch => self.first_match(&mut walk, stage, policies, side),
                Combine::DenyWins => self.deny_wins(&mut walk, policies, side),
            }
            if stage.on_silence == Silence::Deny {
                self.deny_silence(&mut walk, engages_all, policies, side);
            }
            walk.leave_stage();
        }
        walk.finish(self.reading)
    }

    /// The policies that may select the subject, in the order in which they are asked.
    fn asked(&self, side: Side) -> impl Iterator<Item = Asked<'_>> {
        let selecting = self.selecting(side.subject, side.direction).iter();
        selecting.filter_map(|&index| Some((*self.basis.places.get(index as usize)?, self.policy(index)?)))
    }

    fn first_match(&self, walk: &mut Walk, stage: &Stage, policies: &[Asked<'_>], side: Side) {
        let is_certain = stage.ties.certain || self.reading == Reading::Shown;
        for tied in policies.chunk_by(|(one, _), (other, _)| !is_certain && one.tie == other.tie) {
            match tied {
                [(_, policy)] => self.ask(walk, policy, side, |_| true),
                tied => walk.ask_in_any_order(tied, |walk, (_, policy)| self.ask(walk, policy, side, |_| true)),
            }
        }
    }

    /// A deny decides, else an allow, else a pass.
    fn deny_wins(&self, walk: &mut Walk, policies: &[Asked<'_>], side: Side) {
        for action in [Action::Deny, Action::Allow, Action::Pass] {
            for (_, policy) in policies {
                self.ask(walk, policy, side, |rule| rule.action == action);
            }
        }
    }

    /// Denies what no rule of the stage has decided, of pods that it engages.
    fn deny_silence(&self, walk: &mut Walk, engages_all: bool, policies: &[Asked<'_>], side: Side) {
        let engages = |policy: &ResolvedPolicy| {
            let engages = policy.engages(side.subject, side.direction);
            engages.and(policy.subject.has(side.subject))
        };
        if engages_all || policies.iter().any(|(_, policy)| engages(policy).least) {
            walk.deny_open();
            return;
        }
        for (_, policy) in policies.iter().filter(|(_, policy)| engages(policy).most) {
            // Where it does engage the pod, its own rules are in force.
            let rules = policy.rules(side.direction).iter().filter(|rule| {
                rule.action != Action::None && rule.is_for(side.subject).and(rule.ends.contains(side.remote)).least
            });
            let decided = rules.map(|rule| rule.traffic.on(side.destination(), self.classes()).least);
            walk.deny_perhaps(&decided.fold(Traffic::default(), |sum, it| sum.union(&it)));
        }
    }

    /// Asks rules of a policy, one after the other.
    fn ask(&self, walk: &mut Walk, policy: &ResolvedPolicy, side: Side, which: impl Fn(&ResolvedRule) -> bool) {
        let selects = policy.subject.has(side.subject);
        let rules = policy.rules(side.direction).iter().filter(|rule| rule.action != Action::None && which(rule));
        for rule in rules {
            let applies = selects.and(rule.is_for(side.subject)).and(rule.ends.contains(side.remote));
            if applies.most {
                let traffic = rule.traffic.on(side.destination(), self.classes()).settled(self.reading);
                walk.meet(rule, applies, traffic);
            }
        }
    }

    /// Whether a rule's peers include the far end. Node addresses are admitted only by a rule for everyone.
    pub(super) fn admits(&self, rule: &ResolvedRule, remote: Remote) -> bool {
        rule.everyone || rule.ends.of(self.reading).contains(remote)
    }

    /// The rule's ports, those with names resolved on the destination.
    pub(super) fn rule_ports(&self, rule: &ResolvedRule, side: Side) -> PortSet {
        rule.traffic.on(side.destination(), self.classes()).of(self.reading).ports.clone()
    }
}

impl Side {
    /// The class of the destination; `None` of an address outside.
    pub(super) fn destination(self) -> Option<u32> {
        match (self.direction, self.remote) {
            (Direction::Ingress, _) => Some(self.subject),
            (Direction::Egress, Remote::Class(class)) => Some(class),
            (Direction::Egress, Remote::Address(_)) => None,
        }
    }
}

impl Permitted {
    /// Everything, without restrictions.
    pub(super) fn all() -> Self {
        Self { traffic: Traffic::all(), layer7: Traffic::default() }
    }
}
