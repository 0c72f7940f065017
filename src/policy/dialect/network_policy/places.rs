//! Where a NetworkPolicy says what.

use super::NetworkPolicy;
use crate::net::Direction;
use crate::source::{Origin, Place};

impl NetworkPolicy {
    /// Where the policy says that it isolates in this direction: the item of `policyTypes`, else what the
    /// default follows from.
    pub(crate) fn isolation_place(&self, direction: Direction) -> Place {
        let spec = self.object.origin.key("spec");
        let mut types = self.policy_types.iter().flatten();
        match types.position(|isolated| *isolated == Some(direction)) {
            Some(index) => spec.key("policyTypes").index(index).value(),
            None if direction == Direction::Egress => spec.key("egress").key_only(),
            None => self.object.origin.keys(["metadata", "name"]).value(),
        }
    }

    /// What keeps out whatever it does not admit: its rules, else what says that it isolates.
    pub(crate) fn restriction_place(&self, direction: Direction) -> Place {
        if self.has_rules(direction) {
            self.rules_origin(direction).key_only()
        } else {
            self.isolation_place(direction)
        }
    }

    /// The rules of a direction.
    pub(crate) fn rules_origin(&self, direction: Direction) -> Origin {
        self.object.origin.keys(["spec", direction.field()])
    }

    /// One rule.
    pub(crate) fn rule_origin(&self, direction: Direction, rule: usize) -> Origin {
        self.rules_origin(direction).index(rule)
    }

    /// One peer of a rule.
    pub(crate) fn peer_origin(&self, direction: Direction, rule: usize, peer: usize) -> Origin {
        self.rule_origin(direction, rule).key(direction.peers_field()).index(peer)
    }
}
