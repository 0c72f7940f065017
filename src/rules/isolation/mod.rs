//! Which pods are isolated at all.

pub(super) mod allow_all_defeats_deny;
mod defeats;
pub(super) mod host_network_bypass;
pub(super) mod missing_default_deny;

use crate::net::Direction;
use crate::objects::NamespaceId;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{Peers, Policy, Ports};
use crate::rules::Context;
pub(super) use defeats::{Defeat, openers};

/// Whether a policy of the namespace isolates all its pods in this direction without admitting everything itself.
/// One that the API server rejects counts: what is wrong with it is said elsewhere.
pub(super) fn has_default_deny(context: &Context<'_>, namespace: NamespaceId, direction: Direction) -> bool {
    selecting_all(context, namespace).any(|(written, lowered)| {
        written.rejected || (lowered.isolates(direction) && !admits_everything(lowered, direction))
    })
}

/// Policies of the namespace that select all its pods and yet are no default deny in this direction.
pub(super) fn near_misses<'m>(
    context: &Context<'m>,
    namespace: NamespaceId,
    direction: Direction,
) -> impl Iterator<Item = (&'m NetworkPolicy, &'m Policy)> + use<'m> {
    selecting_all(context, namespace).filter(move |(written, lowered)| {
        !written.rejected && (!lowered.isolates(direction) || admits_everything(lowered, direction))
    })
}

fn selecting_all<'m>(
    context: &Context<'m>,
    namespace: NamespaceId,
) -> impl Iterator<Item = (&'m NetworkPolicy, &'m Policy)> + use<'m> {
    let policies = &context.cluster().policies;
    // They are sorted by namespace.
    let first = policies.partition_point(|it| it.object.namespace < namespace);
    let here = policies.iter().skip(first).take_while(move |it| it.object.namespace == namespace);
    here.filter_map(|it| Some((it.network_policy()?, &it.policy)))
        .filter(|(_, lowered)| lowered.subject.is_whole_namespaces())
}

/// Whether one of the policy's own rules is open to everyone on every port.
pub(super) fn admits_everything(policy: &Policy, direction: Direction) -> bool {
    policy.rules(direction).iter().any(|rule| matches!((&rule.peers, &rule.ports), (Peers::Everyone, Ports::All)))
}
