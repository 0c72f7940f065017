//! Whether anything depends on what the input does not show.

use super::bounds::Bounds;
use super::ends::EndSet;
use super::reachability::Reachability;
use super::resolution::{ResolvedPolicy, ResolvedRule};
use crate::net::Direction;

impl Reachability {
    /// Whether all policies mean the same whatever the input does not show. This is asked of what is permitted for
    /// certain.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.alternative.is_none() && self.resolved.policies.iter().all(|policy| is_exact(policy))
    }
}

fn is_exact(policy: &ResolvedPolicy) -> bool {
    let is_exact_rule = |rule: &ResolvedRule| {
        are_same(&rule.ends) && rule.subject.as_deref().is_none_or(are_same) && rule.traffic.is_plain()
    };
    policy.is_plain_subject() && Direction::BOTH.into_iter().all(|it| policy.rules(it).iter().all(is_exact_rule))
}

fn are_same(ends: &Bounds<EndSet>) -> bool {
    ends.least.classes == ends.most.classes && ends.least.addresses == ends.most.addresses
}
