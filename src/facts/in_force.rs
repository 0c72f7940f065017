//! The rules of policies that are in force, each with where it is.

use crate::analysis::Analysis;
use crate::net::Direction;
use crate::objects::PolicyId;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{Policy, Rule, RuleRef};
use crate::source::Origin;

/// A rule of a policy.
#[derive(Clone, Copy)]
pub(crate) struct RuleAt<'m> {
    /// The policy as written.
    pub(crate) written: &'m NetworkPolicy,
    /// The policy.
    pub(crate) lowered: &'m Policy,
    /// Which rule.
    pub(crate) at: RuleRef,
    /// The rule.
    pub(crate) rule: &'m Rule,
}

/// Every rule that is in force, in order: those of rejected policies, and of directions that `policyTypes` leaves out,
/// are not.
pub(crate) fn rules(analysis: &Analysis) -> impl Iterator<Item = RuleAt<'_>> {
    analysis.accepted_policies().flat_map(|(policy, written, lowered)| rules_of(policy, written, lowered))
}

/// The rules of a policy that are in force, in order.
pub(crate) fn rules_of<'m>(
    policy: PolicyId,
    written: &'m NetworkPolicy,
    lowered: &'m Policy,
) -> impl DoubleEndedIterator<Item = RuleAt<'m>> + use<'m> {
    let directions = Direction::BOTH.into_iter().filter(|&direction| lowered.isolates(direction));
    directions.flat_map(move |direction| {
        lowered.rules(direction).iter().enumerate().map(move |(index, rule)| RuleAt {
            written,
            lowered,
            at: RuleRef { policy, direction, index },
            rule,
        })
    })
}

impl RuleAt<'_> {
    /// Where it is written.
    pub(crate) fn origin(&self) -> Origin {
        self.written.rule_origin(self.at.direction, self.at.index)
    }
}
