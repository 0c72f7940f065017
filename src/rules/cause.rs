//! What a rule's claim is about, so that one claim can be behind another.

use crate::net::Direction;
use crate::objects::{NamespaceId, PolicyId, WorkloadId};
use crate::policy::RuleRef;
use crate::source::Origin;

/// The one thing that a claim is about: whoever changes it settles the claim.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// A whole policy: that it is there.
    Policy(PolicyId),
    /// Which pods a policy is for.
    Subject(PolicyId),
    /// A rule of a policy.
    Rule(RuleRef),
    /// A peer of a rule, by its place in the list.
    Peer(RuleRef, usize),
    /// What a peer of a rule leaves out, by the peer's place in the list.
    Exception(RuleRef, usize),
    /// A port of a rule, by its place in the list.
    Port(RuleRef, usize),
    /// What a peer of an ingress rule, or a rule that is for everyone, opens of one workload.
    Opening(RuleRef, Option<usize>, WorkloadId),
    /// All pods of a namespace, in one direction.
    Namespace(NamespaceId, Direction),
    /// The pods of a workload, in one direction.
    Side(NamespaceId, WorkloadId, Direction),
    /// The connection from one workload to another.
    Connection(WorkloadId, WorkloadId),
    /// A field of a document, for what is none of these.
    Field(Origin),
}

impl Cause {
    /// The cause that contains this one: a policy contains its subject and its rules, a rule its peers and ports, a
    /// peer what it leaves out and what it opens of each workload, a namespace the sides of its workloads.
    fn container(&self) -> Option<Self> {
        match self {
            Self::Rule(rule) => Some(Self::Policy(rule.policy)),
            Self::Subject(policy) => Some(Self::Policy(*policy)),
            Self::Exception(rule, peer) | Self::Opening(rule, Some(peer), _) => Some(Self::Peer(*rule, *peer)),
            Self::Peer(rule, _) | Self::Port(rule, _) | Self::Opening(rule, None, _) => Some(Self::Rule(*rule)),
            Self::Side(namespace, _, direction) => Some(Self::Namespace(*namespace, *direction)),
            Self::Policy(_) | Self::Namespace(..) | Self::Connection(..) | Self::Field(_) => None,
        }
    }

    /// The policy that it is about, or a part of.
    pub(super) fn policy(&self) -> Option<PolicyId> {
        self.and_containers().find_map(|it| match it {
            Self::Policy(policy) => Some(policy),
            _ => None,
        })
    }

    /// This cause and those that contain it, from the inside.
    pub fn and_containers(&self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self.clone()), Self::container)
    }
}

#[cfg(test)]
mod tests {
    use super::Cause;
    use crate::net::Direction::{Egress, Ingress};
    use crate::objects::{NamespaceId, PolicyId, WorkloadId};
    use crate::policy::RuleRef;

    fn is_covered_by(inner: &Cause, outer: &Cause) -> bool {
        inner.and_containers().any(|it| it == *outer)
    }

    #[test]
    fn policies_contain_rules_and_rules_peers_and_ports() {
        let rule = RuleRef { policy: PolicyId(1), direction: Ingress, index: 2 };
        let policy = Cause::Policy(PolicyId(1));
        for inner in [Cause::Rule(rule), Cause::Peer(rule, 0), Cause::Port(rule, 3)] {
            assert!(is_covered_by(&inner, &policy), "{inner:?}");
            assert!(is_covered_by(&inner, &inner), "{inner:?}");
            assert!(!is_covered_by(&policy, &inner), "{inner:?}");
            assert!(!is_covered_by(&inner, &Cause::Policy(PolicyId(2))), "{inner:?}");
        }
        assert!(!is_covered_by(&Cause::Peer(rule, 0), &Cause::Port(rule, 0)));
        assert!(!is_covered_by(&Cause::Peer(rule, 0), &Cause::Peer(rule, 1)));
    }

    #[test]
    fn what_a_policy_selects_is_a_part_of_it_and_none_of_its_rules() {
        let rule = RuleRef { policy: PolicyId(1), direction: Ingress, index: 0 };
        let subject = Cause::Subject(PolicyId(1));
        assert!(is_covered_by(&subject, &Cause::Policy(PolicyId(1))));
        assert!(!is_covered_by(&Cause::Rule(rule), &subject));
        assert!(!is_covered_by(&subject, &Cause::Rule(rule)));
    }

    #[test]
    fn peers_contain_what_they_leave_out_and_what_they_open_of_each_workload() {
        let rule = RuleRef { policy: PolicyId(1), direction: Ingress, index: 0 };
        assert!(is_covered_by(&Cause::Exception(rule, 1), &Cause::Peer(rule, 1)));
        assert!(!is_covered_by(&Cause::Peer(rule, 1), &Cause::Exception(rule, 1)));
        let opening = |peer, workload| Cause::Opening(rule, peer, WorkloadId(workload));
        assert!(is_covered_by(&opening(Some(1), 7), &Cause::Peer(rule, 1)));
        assert!(is_covered_by(&opening(None, 7), &Cause::Rule(rule)));
        assert!(!is_covered_by(&opening(None, 7), &Cause::Peer(rule, 1)));
        assert!(!is_covered_by(&opening(Some(1), 7), &opening(Some(1), 8)));
        assert!(!is_covered_by(&opening(Some(1), 7), &opening(Some(0), 7)));
    }

    #[test]
    fn namespaces_contain_sides_of_one_direction() {
        let side = |direction| Cause::Side(NamespaceId(1), WorkloadId(7), direction);
        assert!(is_covered_by(&side(Egress), &Cause::Namespace(NamespaceId(1), Egress)));
        assert!(!is_covered_by(&side(Ingress), &Cause::Namespace(NamespaceId(1), Egress)));
        assert!(!is_covered_by(&side(Egress), &Cause::Namespace(NamespaceId(2), Egress)));
    }
}
