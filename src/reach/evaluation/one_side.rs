//! What one side of a connection permits, through all stages.

use std::borrow::Cow;
use std::net::IpAddr;

use smallvec::SmallVec;

use super::asked::{Asked, AskedRules};
use super::permitted::Permitted;
use super::side::Side;
use super::walk::Walk;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::net::traffic::Traffic;
use crate::policy::{Silence, Stage};
use crate::reach::alike::Outcome;
use crate::reach::classes::Kind;
use crate::reach::end::Remote;
use crate::reach::reachability::Reachability;
use crate::reach::reading::Reading;
use crate::reach::resolution::ResolvedRule;

impl Reachability {
    /// The ports that one side permits, through all stages.
    pub(in crate::reach) fn side(&self, direction: Direction, subject: u32, remote: Remote) -> PortSet {
        let side = Side { direction, subject, remote };
        if let Some(nodes) = self.nodes_of(side) {
            let [own, other] = nodes.map(|node| self.side(direction, subject, node));
            if self.reading == Reading::Least { own.intersection(&other) } else { own.union(&other) }
        } else if self.is_free(side) {
            PortSet::all()
        } else if self.resolved.is_plain {
            self.plain(side).unwrap_or_else(PortSet::all)
        } else if let Some(outcome) = self.outcome(side) {
            self.with_own(side, outcome)
        } else {
            self.ports_by(side, &self.asked(side))
        }
    }

    /// What is permitted on one side by the policies of the whole cluster, where nothing else matters but what the pod's own
    /// policies allow.
    fn outcome(&self, side: Side) -> Option<&Outcome> {
        let (outcomes, shared) = (self.outcomes(side.direction), self.shared(side.direction));
        let group = outcomes.subjects.place(side.subject)?;
        match side.remote {
            Remote::Class(class) => outcomes.of_class(group, class),
            Remote::Address(IpAddr::V4(address)) => {
                outcomes.of_v4(group, shared.matching_v4.list_of(address.to_bits()))
            }
            Remote::Address(IpAddr::V6(address)) => {
                outcomes.of_v6(group, shared.matching_v6.list_of(address.to_bits()))
            }
            Remote::Anyone => None,
        }
    }
    /// The ports that one side permits where the pod's own policies matter as this outcome says.
    fn with_own(&self, side: Side, outcome: &Outcome) -> PortSet {
        if outcome.if_allowed.is_empty() {
            return outcome.always.clone();
        }
        let mut allowed: SmallVec<[Cow<'_, PortSet>; 4]> = SmallVec::new();
        for policy in self.policies_on(side.subject, side.direction).filter(|policy| !self.is_shared(policy)) {
            let admitting = policy.rules(side.direction).iter().filter(|rule| self.admits(rule, side.remote));
            allowed.extend(admitting.map(|rule| rule.traffic.ports_on(side.destination(), self.classes())));
        }
        outcome.permitted(&PortSet::union_of(allowed))
    }

    /// The ports that one side permits by these rules, which are all that may match.
    pub(in crate::reach) fn ports_by(&self, side: Side, asked: &AskedRules<'_>) -> PortSet {
        self.allowed_by(side, asked).unwrap_or_else(|| self.walk(side, asked).traffic.ports)
    }

    /// The ports on which one side may permit anyone at all.
    pub(in crate::reach) fn side_for_anybody(&self, direction: Direction, subject: u32) -> PortSet {
        let side = Side { direction, subject, remote: Remote::Anyone };
        if self.resolved.is_plain {
            return self.plain(side).unwrap_or_else(PortSet::all);
        }
        let asked = self.asked(side);
        self.allowed_by(side, &asked).unwrap_or_else(|| {
            let mut walk = Walk::new(Traffic::all());
            self.through_stages(&mut walk, side, &asked, |_, _| {});
            // What is decided for somebody may be left for another one.
            walk.finish(Reading::Most).traffic.ports
        })
    }

    /// All that one side permits, through all stages.
    pub(in crate::reach) fn permitted_by(&self, side: Side) -> Permitted {
        if let Some(nodes) = self.nodes_of(side) {
            let [own, other] = nodes.map(|remote| self.permitted_by(Side { remote, ..side }));
            let traffic = match self.reading {
                Reading::Least => own.traffic.intersection(&other.traffic),
                Reading::Shown | Reading::Most => own.traffic.union(&other.traffic),
            };
            return Permitted { layer7: own.layer7.union(&other.layer7).intersection(&traffic), traffic };
        }
        if self.is_free(side) { Permitted::all() } else { self.walk(side, &self.asked(side)) }
    }

    /// The nodes that a far end on the network of its node may be, where it counts as that node: the pod's own, and
    /// another one. As it is shown, it is on another one.
    fn nodes_of(&self, side: Side) -> Option<[Remote; 2]> {
        let Remote::Class(class) = side.remote else { return None };
        if self.reading == Reading::Shown || !self.is_some_node(class) {
            return None;
        }
        let node = |kind| self.classes().one_of_kind(kind).map(Remote::Class);
        Some([node(Kind::OwnNode)?, node(Kind::OtherNode)?])
    }

    /// Whether it is a pod on the network of its node, and counts as that node.
    pub(in crate::reach) fn is_some_node(&self, class: u32) -> bool {
        self.basis.arrangement.host_network_is_some_node && self.classes().kind(class) == Kind::HostNetwork
    }

    /// Whether no policy applies: what is no pod has no policies, and its own node always reaches a pod.
    pub(in crate::reach) fn is_free(&self, side: Side) -> bool {
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

    /// What rules permit that only allow, all of one stage, which is how most pods have it; `None` where it is otherwise.
    fn allowed_by(&self, side: Side, asked: &AskedRules<'_>) -> Option<PortSet> {
        let (direction, stages) = (side.direction, &self.basis.arrangement.stages);
        let (mut stage, mut is_engaged) = (asked.first().and_then(|rule| rule.place.stage), false);
        for &number in self.selecting(side.subject, direction) {
            let policy = self.policy(number).filter(|policy| policy.isolates(direction));
            let Some((policy, place)) = policy.zip(self.basis.places.get(number as usize)) else { continue };
            let is_certain = policy.engages(side.subject, direction).and(policy.subject.has(side.subject)).least;
            if !is_certain || stage.is_some_and(|stage| place.stage != Some(stage)) {
                return None;
            }
            (stage, is_engaged) = (place.stage, true);
        }
        let is_plain = |it: &Asked<'_>| it.place.stage == stage && it.rule.is_plain() && it.policy.subject.is_exact();
        let is_beyond = |stage: &Stage| stage.engages_all(direction) || !self.is_known(stage);
        if stages.iter().any(is_beyond) || !asked.iter().all(is_plain) {
            return None;
        }
        let denies = stage.and_then(|stage| stages.get(stage)).is_some_and(|stage| stage.on_silence == Silence::Deny);
        if !is_engaged || !denies {
            return Some(PortSet::all());
        }
        let admitting = asked.iter().map(|it| it.rule).filter(|rule| self.admits(rule, side.remote));
        let ports = admitting.map(|rule| rule.traffic.ports_on(side.destination(), self.classes()));
        Some(PortSet::union_of(ports.collect::<SmallVec<[_; 4]>>()))
    }

    /// Asks the stages one after the other.
    pub(in crate::reach) fn walk(&self, side: Side, asked: &AskedRules<'_>) -> Permitted {
        let mut walk = Walk::new(Traffic::all());
        self.through_stages(&mut walk, side, asked, |_, _| {});
        walk.finish(self.reading)
    }

    /// Whether a rule's peers include the far end. Node addresses are admitted only by a rule for everyone.
    pub(in crate::reach) fn admits(&self, rule: &ResolvedRule, remote: Remote) -> bool {
        rule.everyone || rule.ends.of(self.reading).contains(remote)
    }

    /// The rule's ports, those with names resolved on the destination.
    pub(in crate::reach) fn rule_ports(&self, rule: &ResolvedRule, side: Side) -> PortSet {
        rule.traffic.on(side.destination(), self.classes()).of(self.reading).ports.clone()
    }
}
