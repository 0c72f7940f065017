//! Which policies isolate an end, so that what no rule admits is denied.

use super::end::Endpoint;
use super::reachability::Reachability;
use super::resolution::ResolvedPolicy;
use crate::net::Direction;
use crate::objects::PolicyId;
use crate::policy::Silence;

impl Reachability {
    /// Whether any policy isolates the endpoint in this direction.
    #[must_use]
    pub fn is_isolated(&self, endpoint: Endpoint, direction: Direction) -> bool {
        self.isolating(endpoint, direction).next().is_some()
    }

    /// The policies that isolate the endpoint in this direction, in order.
    pub fn isolating(&self, endpoint: Endpoint, direction: Direction) -> impl Iterator<Item = PolicyId> + '_ {
        self.settle_isolating(self.subject(endpoint, direction).unwrap_or(u32::MAX), direction)
    }

    pub(super) fn isolating_class(&self, class: u32, direction: Direction) -> impl Iterator<Item = PolicyId> + '_ {
        let isolates = move |index| {
            let policy = self.policy(index);
            self.ends_in_deny(index) && policy.is_some_and(|policy| self.isolates(policy, class, direction))
        };
        self.selecting(class, direction).iter().filter(move |&&index| isolates(index)).map(|&index| PolicyId(index))
    }

    /// Whether the stage of a policy denies what none of its rules matches: only then does it isolate pods.
    fn ends_in_deny(&self, policy: u32) -> bool {
        let stage = self.basis.places.get(policy as usize).and_then(|place| place.stage);
        let stage = stage.and_then(|stage| self.basis.arrangement.stages.get(stage));
        stage.is_none_or(|stage| stage.on_silence == Silence::Deny)
    }

    /// Whether a policy isolates the pods of a class: for certain, or of what is permitted for certain, perhaps.
    pub(super) fn isolates(&self, policy: &ResolvedPolicy, class: u32, direction: Direction) -> bool {
        policy.engages(class, direction).and(policy.subject.has(class)).against(self.reading)
    }
}
