//! Policies that isolate a whole namespace, and those that only look as if they did.

use crate::analysis::Analysis;
use crate::net::Direction;
use crate::objects::NamespaceId;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{Peers, Policy, Ports};

/// Whether a policy of the namespace isolates all its pods in this direction without admitting everything itself.
pub(crate) fn has_default_deny(analysis: &Analysis, namespace: NamespaceId, direction: Direction) -> bool {
    selecting_all(analysis, namespace).any(|(written, lowered)| {
        !written.rejected && lowered.isolates(direction) && !admits_everything(lowered, direction)
    })
}

/// Policies of the namespace that select all its pods and yet are no default deny in this direction.
pub(crate) fn near_misses(
    analysis: &Analysis,
    namespace: NamespaceId,
    direction: Direction,
) -> impl Iterator<Item = (&NetworkPolicy, &Policy)> {
    selecting_all(analysis, namespace).filter(move |(written, lowered)| {
        !written.rejected && (!lowered.isolates(direction) || admits_everything(lowered, direction))
    })
}

fn selecting_all(analysis: &Analysis, namespace: NamespaceId) -> impl Iterator<Item = (&NetworkPolicy, &Policy)> {
    let policies = &analysis.cluster().policies;
    // They are sorted by namespace.
    let first = policies.partition_point(|it| it.object.namespace < namespace);
    let here = policies.iter().skip(first).take_while(move |it| it.object.namespace == namespace);
    here.filter_map(|it| Some((it.network_policy()?, &it.policy)))
        .filter(|(_, lowered)| lowered.subject.is_whole_namespaces())
}

/// Whether one of the policy's own rules is open to everyone on every port.
fn admits_everything(policy: &Policy, direction: Direction) -> bool {
    policy.rules(direction).iter().any(|rule| matches!((&rule.peers, &rule.ports), (Peers::Everyone, Ports::All)))
}
