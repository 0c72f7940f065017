//! The rules of policies that are in force, each with where it stands.

use crate::cluster::{Direction, NetworkPolicy, PolicyId};
use crate::finding::Origin;
use crate::policy::{Policy, RuleRef};

/// A rule of a policy.
#[derive(Clone, Copy)]
pub(crate) struct RuleAt<'m> {
    /// The policy as written.
    pub(crate) written: &'m NetworkPolicy,
    /// The policy.
    pub(crate) lowered: &'m Policy,
    /// Which rule.
    pub(crate) at: RuleRef,
}

/// The rules of a policy that are in force, in order.
pub(crate) fn rules_of<'m>(
    policy: PolicyId,
    written: &'m NetworkPolicy,
    lowered: &'m Policy,
) -> impl DoubleEndedIterator<Item = RuleAt<'m>> + use<'m> {
    let directions = Direction::BOTH.into_iter().filter(|&direction| lowered.isolates(direction));
    directions.flat_map(move |direction| {
        let indices = 0..lowered.rules(direction).len();
        indices.map(move |index| RuleAt { written, lowered, at: RuleRef { policy, direction, index } })
    })
}

impl RuleAt<'_> {
    /// Where it stands.
    pub(crate) fn origin(&self) -> Origin {
        self.written.rule_origin(self.at.direction, self.at.index)
    }
}
