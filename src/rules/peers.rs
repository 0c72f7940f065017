//! The peers of the rules that are in force, each with where it stands.

use super::Context;
use crate::net::Direction;
use crate::objects::PolicyId;
use crate::policy::dialect::network_policy::{NetworkPolicy, SelectorPlace};
use crate::policy::{Peer, PodSet, Ports, Rule};
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

impl<'m> Context<'m> {
    /// Every peer of every rule that is in force, in order: those of rejected policies, and of directions that
    /// `policyTypes` leaves out, are not.
    pub(crate) fn peers(&self) -> impl Iterator<Item = PeerAt<'m>> + use<'m> {
        self.shared().peers.get_or_init(|| self.find_peers().collect()).iter().copied()
    }

    fn find_peers(&self) -> impl Iterator<Item = PeerAt<'m>> + use<'m> {
        self.policies().flat_map(|(policy, written, lowered)| {
            let directions = Direction::BOTH.into_iter().filter(|&direction| lowered.isolates(direction));
            directions.flat_map(move |direction| {
                lowered.rules(direction).iter().enumerate().flat_map(move |(rule, of)| {
                    of.peers.listed().iter().enumerate().map(move |(index, peer)| PeerAt {
                        policy,
                        written,
                        direction,
                        rule,
                        index,
                        of,
                        peer,
                    })
                })
            })
        })
    }
}

impl<'m> PeerAt<'m> {
    /// Where it stands.
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

/// A label selector where it stands.
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
