//! What holds in one state and not in the other: policies that isolate, and rules that match.

use super::aspect::{Items, changed, explains};
use super::attributes;
use crate::diff::change::Cause;
use crate::diff::policies::comparable;
use crate::diff::side::Side;
use crate::net::Direction;
use crate::objects::PolicyId;
use crate::policy::{Peer, PolicyObject, RuleRef};
use crate::reach::{Reading, SideExplanation};
use crate::source::Place;

/// What a policy does to one side of a connection.
#[derive(Clone, Copy)]
pub(super) struct Item {
    policy: PolicyId,
    /// The rule that matches; `None` where the policy isolates.
    rule: Option<RuleRef>,
}

impl Item {
    /// That a policy isolates.
    pub(super) fn isolation(policy: PolicyId) -> Self {
        Self { policy, rule: None }
    }

    /// That a rule matches.
    pub(super) fn rule(rule: RuleRef) -> Self {
        Self { policy: rule.policy, rule: Some(rule) }
    }
}

impl Items<'_> {
    /// What makes one state permit what the other denies.
    pub(super) fn difference(
        &self,
        permitting: Side,
        permits: &SideExplanation,
        denies: &SideExplanation,
    ) -> Vec<Cause> {
        let mut causes = Vec::new();
        let passed = |explanation: &SideExplanation| explanation.passing.clone();
        for rule in permits.admitting.iter().copied().chain(passed(permits)) {
            causes.extend(self.only_in(permitting, Item::rule(rule)));
        }
        if permits.isolating.is_empty() {
            for &policy in &denies.isolating {
                causes.extend(self.only_in(permitting.other(), Item::isolation(policy)));
            }
        }
        for rule in denies.denying.iter().copied().chain(passed(denies)) {
            causes.extend(self.only_in(permitting.other(), Item::rule(rule)));
        }
        causes
    }

    /// What shows the verdicts of both states, whether it changed or not: the rules that permit in the one, and what
    /// denies in the other.
    pub(super) fn explaining(
        &self,
        permitting: Side,
        permits: &SideExplanation,
        denies: &SideExplanation,
        most: usize,
    ) -> Vec<Cause> {
        let (verb, isolates) = (self.verb(), format!("isolates pods for {}", self.direction));
        let admitting =
            permits.admitting.iter().take(most).filter_map(|&rule| {
                Some(explains(permitting, self.rule_place(permitting, rule)?, format!("{verb} this")))
            });
        let mut causes: Vec<Cause> = admitting.collect();
        let other = permitting.other();
        // What denied in BASE and is gone in HEAD is named where it is gone.
        if other == Side::Head {
            let denying = denies
                .denying
                .iter()
                .take(most)
                .filter_map(|&rule| Some(explains(other, self.rule_place(other, rule)?, "denies this".to_owned())));
            causes.extend(denying);
            let isolating = denies.isolating.iter().take(most);
            causes.extend(isolating.filter_map(|&policy| {
                let place = isolation_place(self.matching.policy(other, policy)?, self.direction);
                Some(explains(other, place, isolates.clone()))
            }));
        }
        causes
    }

    /// Why something holds in a state and not in the other; nothing where it holds in both. Where something of BASE comes
    /// back when that is undone, everything is named that makes it mean something else now.
    pub(super) fn only_in(&self, side: Side, item: Item) -> Vec<Cause> {
        let Some(own) = self.matching.policy(side, item.policy) else { return Vec::new() };
        let mut causes = Vec::new();
        let mut is_put_back = side == Side::Base;
        match self.matching.other_policy(side, item.policy) {
            None => causes.push(self.of_policy(side, own, item)),
            Some((other_id, other)) => {
                let rule = item.rule.filter(|&rule| self.matching.equal_rule(side, rule).is_none());
                if let Some(rule) = rule {
                    causes.extend(self.of_rule(side, rule, own, other));
                }
                let is_there = |rule: &RuleRef| rule.index < other.policy.rules(rule.direction).len();
                let before = rule.filter(is_there).map(|rule| RuleRef { policy: other_id, ..rule });
                is_put_back |= before.is_some();
                if causes.is_empty() || is_put_back {
                    causes.extend(self.of_rest(side, own, other));
                    causes.extend(self.of_opposite(side, item.policy, own, other));
                }
                // What is put back may match ends that look otherwise now.
                if side == Side::Head && !causes.is_empty() {
                    causes.extend(attributes::changed_attributes(self, other, before));
                }
            }
        }
        if causes.is_empty() || is_put_back {
            causes.extend(attributes::changed_attributes(self, own, item.rule));
        }
        causes
    }

    /// Where a policy isolates in neither direction as before, one line says so: undoing it brings back what the policy did
    /// to the far end in the opposite direction.
    fn of_opposite(&self, side: Side, id: PolicyId, own: &PolicyObject, other: &PolicyObject) -> Vec<Cause> {
        let differs = Direction::BOTH.into_iter().all(|it| own.policy.engagement(it) != other.policy.engagement(it));
        let Some(remote) = self.remote.filter(|_| differs) else { return Vec::new() };
        let direction = self.direction.opposite();
        let opposite = Items { matching: self.matching, direction, subject: remote, remote: Some(self.subject) };
        let (id, policy, head) = match (side, self.matching.other_policy(side, id)) {
            (Side::Base, _) => (id, own, other),
            (Side::Head, Some((id, _))) => (id, other, own),
            (Side::Head, None) => return Vec::new(),
        };
        let mut causes = attributes::changed_attributes(&opposite, policy, None);
        for index in 0..policy.policy.rules(direction).len() {
            let rule = RuleRef { policy: id, direction, index };
            if self.matching.equal_rule(Side::Base, rule).is_none() {
                causes.extend(opposite.of_rule(Side::Base, rule, policy, head));
            }
            causes.extend(attributes::changed_attributes(&opposite, policy, Some(rule)));
        }
        causes
    }

    /// The whole policy is new or gone.
    fn of_policy(&self, side: Side, policy: &PolicyObject, item: Item) -> Cause {
        let (name, direction) = (&policy.object.name, self.direction);
        let (place, message) = match item.rule {
            Some(rule) => {
                let place = self.rule_place(side, rule).unwrap_or_else(|| policy.object.name_place());
                let message = match side {
                    Side::Head => format!("{} this, in the new policy `{name}`", self.verb()),
                    Side::Base => format!("{} this, in the policy `{name}`, which is removed", self.verb_before()),
                };
                (place, message)
            }
            None => {
                let message = match side {
                    Side::Head => format!("the new policy `{name}` isolates pods for {direction}"),
                    Side::Base => format!("isolated pods for {direction}, in the policy `{name}`, which is removed"),
                };
                (isolation_place(policy, direction), message)
            }
        };
        changed(side, place, message)
    }

    /// A rule is new, gone or different.
    fn of_rule(&self, side: Side, rule: RuleRef, own: &PolicyObject, other: &PolicyObject) -> Vec<Cause> {
        let is_unequal = |side: Side, index: usize, policy: PolicyId| {
            self.matching.equal_rule(side, RuleRef { policy, index, ..rule }).is_none()
        };
        let other_id = self.matching.other_policy(side, rule.policy).map(|(id, _)| id);
        // What is at its place in the other state, unless that is the same as another rule of this one.
        let is_there = rule.index < other.policy.rules(rule.direction).len();
        let at_its_place = other_id.filter(|&id| is_there && is_unequal(side.other(), rule.index, id)).is_some();
        let place = self.differing_part(side, rule, own, other, at_its_place);
        let place = place.or_else(|| self.rule_place(side, rule));
        let name = &own.object.name;
        let message = match (side, at_its_place) {
            (Side::Head, true) => format!("now {} this", self.verb()),
            (Side::Head, false) => format!("{} this, in a new rule of `{name}`", self.verb()),
            (Side::Base, true) => format!("{} this", self.verb_before()),
            (Side::Base, false) => format!("{} this, in a rule of `{name}` that is removed", self.verb_before()),
        };
        let mut causes: Vec<Cause> = place.map(|place| changed(side, place, message)).into_iter().collect();
        if side == Side::Base && at_its_place {
            let instead = other.rule_origin(rule.direction, rule.index);
            causes.push(changed(Side::Head, instead.entry(), format!("now {} only this", self.verb())));
        }
        causes
    }

    /// The part of a rule that differs from the rule at its place, where only one does.
    fn differing_part(
        &self,
        side: Side,
        rule: RuleRef,
        own: &PolicyObject,
        other: &PolicyObject,
        at_its_place: bool,
    ) -> Option<Place> {
        let policies = comparable(own, other);
        let [Some(one), Some(another)] =
            policies.each_ref().map(|it| it.rules(rule.direction).get(rule.index).filter(|_| at_its_place))
        else {
            return None;
        };
        let origin = own.rule_origin(rule.direction, rule.index);
        match (one.peers == another.peers, one.ports == another.ports) {
            (true, false) => Some(origin.key("ports").entry()),
            (false, true) => self.rule_place(side, rule),
            _ => Some(origin.entry()),
        }
    }

    /// What else of a policy differs: which pods it selects, what it does to them, and when it is asked.
    pub(super) fn of_rest(&self, side: Side, own: &PolicyObject, other: &PolicyObject) -> Vec<Cause> {
        let (direction, mut causes) = (self.direction, Vec::new());
        let head = if side == Side::Head { own } else { other };
        let [one, another] = comparable(own, other);
        let name = &head.object.name;
        if one.subject != another.subject {
            causes.push(changed(Side::Head, head.subject_origin().entry(), format!("`{name}` now selects other pods")));
        }
        if one.engagement(direction) != another.engagement(direction) {
            let message = match head.policy.isolates(direction) {
                true => format!("`{name}` now isolates pods for {direction}"),
                false => format!("`{name}` no longer isolates pods for {direction}"),
            };
            let place = match head.policy.isolates(direction) {
                true => isolation_place(head, direction),
                false => no_isolation_place(head, direction),
            };
            causes.push(changed(Side::Head, place, message));
        }
        if one.order != another.order || one.stage != another.stage {
            let message = format!("`{name}` is now asked at another point");
            causes.push(changed(Side::Head, head.object.origin.key("spec").key("priority").entry(), message));
        }
        if own.rejected != other.rejected {
            let message = match head.rejected {
                true => format!("`{name}` is now refused, so that it is not in force"),
                false => format!("`{name}` is now accepted, so that it is in force"),
            };
            causes.push(changed(Side::Head, head.object.name_place(), message));
        }
        causes
    }

    /// The peer of a rule that means the far end; the whole rule where it is for everyone.
    pub(super) fn rule_place(&self, side: Side, rule: RuleRef) -> Option<Place> {
        let object = self.matching.policy(side, rule.policy)?;
        let origin = object.rule_origin(rule.direction, rule.index);
        let peers = object.policy.rules(rule.direction).get(rule.index)?.peers.listed();
        let reach = self.matching.reach(side, Reading::Most);
        let remote = self.remote.and_then(|remote| *remote.endpoints.of(side));
        let admits = |peer: &Peer| remote.is_some_and(|remote| reach.peer_admits(peer, remote));
        Some(match peers.iter().position(admits) {
            Some(peer) => object.peer_origin(rule.direction, rule.index, peer).entry(),
            None => origin.entry(),
        })
    }

    /// What a rule does to the far end.
    fn verb(&self) -> &'static str {
        match self.direction {
            Direction::Ingress => "admits",
            Direction::Egress => "permits",
        }
    }

    /// The same, before the change.
    fn verb_before(&self) -> &'static str {
        match self.direction {
            Direction::Ingress => "admitted",
            Direction::Egress => "permitted",
        }
    }
}

/// Where a policy leaves a direction out.
fn no_isolation_place(object: &PolicyObject, direction: Direction) -> Place {
    match object.network_policy() {
        Some(written) if written.policy_types.is_some() => object.object.origin.keys(["spec", "policyTypes"]).entry(),
        _ => object.engagement_origin(direction).entry(),
    }
}

/// Where a policy says that it isolates the pods that it selects.
fn isolation_place(object: &PolicyObject, direction: Direction) -> Place {
    match object.network_policy() {
        Some(written) => written.isolation_place(direction),
        None => object.engagement_origin(direction).entry(),
    }
}
