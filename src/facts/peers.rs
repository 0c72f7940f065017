//! The peers of the rules that are in force, each with where it is.

use super::in_force::{RuleAt, rules};
use crate::analysis::Analysis;
use crate::net::Direction;
use crate::objects::PolicyId;
use crate::policy::dialect::network_policy::{NetworkPolicy, SelectorPlace};
use crate::policy::{Peer, PodSet, Ports, Rule, RuleRef};
use crate::source::Origin;

/// One item of a rule's `from` or `to`.
#[derive(Clone, Copy)]
pub(crate) struct PeerAt<'m> {
    /// The policy.
    pub(crate) policy: PolicyId,
    /// The policy as written.
    pub(crate) written: &'m NetworkPolicy,
    /// Whether the rule is for ingress or for egress.
    pub(crate) direction: Direction,
    /// The rule's place in its list.
    pub(crate) rule: usize,
    /// The peer's place in the rule.
    pub(crate) index: usize,
    /// The rule.
    pub(crate) of: &'m Rule,
    /// The peer.
    pub(crate) peer: &'m Peer,
}

/// Every peer of every rule that is in force, in order.
pub(super) fn peers(analysis: &Analysis) -> Vec<PeerAt<'_>> {
    let rules = rules(analysis).filter_map(|rule| Some((rule, rule.object.network_policy()?)));
    let peers = rules.flat_map(|(RuleAt { at, rule: of, .. }, written)| {
        of.peers.listed().iter().enumerate().map(move |(index, peer)| PeerAt {
            policy: at.policy,
            written,
            direction: at.direction,
            rule: at.index,
            index,
            of,
            peer,
        })
    });
    peers.collect()
}

impl<'m> PeerAt<'m> {
    /// Its rule.
    pub(crate) fn rule_ref(&self) -> RuleRef {
        RuleRef { policy: self.policy, direction: self.direction, index: self.rule }
    }

    /// Where it is written.
    pub(crate) fn origin(&self) -> Origin {
        self.written.peer_origin(self.direction, self.rule, self.index)
    }

    /// The pods that it names, where it names pods.
    pub(crate) fn pods(&self) -> Option<&'m PodSet> {
        match self.peer {
            Peer::Pods(set) => Some(set),
            _ => None,
        }
    }

    /// The ports of its rule.
    pub(crate) fn ports(&self) -> &'m Ports {
        &self.of.ports
    }

    /// Its selectors, as `podSelector` or `namespaceSelector` name them.
    pub(crate) fn selector(&self, field: &'static str) -> WrittenSelector<'m> {
        let place = SelectorPlace::Peer { direction: self.direction, rule: self.rule, peer: self.index, field };
        WrittenSelector { origin: self.origin().key(field), place, written: self.written }
    }
}

impl NetworkPolicy {
    /// The `podSelector` that says which pods it is for.
    pub(crate) fn subject_selector(&self) -> WrittenSelector<'_> {
        let origin = self.object.origin.keys(["spec", "podSelector"]);
        WrittenSelector { origin, place: SelectorPlace::Subject, written: self }
    }
}

/// A label selector where it is.
#[derive(Clone)]
pub(crate) struct WrittenSelector<'m> {
    /// The selector's field.
    pub(crate) origin: Origin,
    place: SelectorPlace,
    written: &'m NetworkPolicy,
}

impl WrittenSelector<'_> {
    /// Where it asks for a label: the entry of `matchLabels`, else the item of `matchExpressions`.
    pub(crate) fn requirement(&self, key: &str) -> Origin {
        let first = self.written.expressions.partition_point(|it| it.selector < self.place);
        let mut own = self.written.expressions.iter().skip(first).take_while(|it| it.selector == self.place);
        match own.find(|it| it.key == key) {
            Some(expression) => self.origin.key("matchExpressions").index(expression.index),
            None => self.origin.key("matchLabels").key(key.to_owned()),
        }
    }
}
