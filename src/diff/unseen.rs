//! New peers that match nothing of the input: no end of a connection stands for the pods that they admit.

use super::change::Cause;
use super::matching::Matching;
use super::policies::comparable;
use super::side::Side;
use crate::net::Direction;
use crate::objects::NamespaceId;
use crate::policy::{Action, Peer, PolicyObject};
use crate::source::Location;

/// The peers of HEAD that its policies did not have, and that match no workload.
pub(super) fn unseen(matching: &Matching<'_>) -> Vec<Cause> {
    let changed = matching.policies.iter().filter(|pair| !pair.is_same);
    let policies = changed.filter_map(|pair| {
        let policy = |side: Side| matching.policy(side, (*pair.ids.of(side))?);
        Some((policy(Side::Head)?, policy(Side::Base)))
    });
    policies.flat_map(|(head, base)| of_policy(matching, head, base)).collect()
}

fn of_policy(matching: &Matching<'_>, head: &PolicyObject, base: Option<&PolicyObject>) -> Vec<Cause> {
    let [new, old] = comparable(head, base.unwrap_or(head));
    let old = base.map(|_| old);
    let is_known = |direction: Direction, peer: &Peer| {
        let rules = old.iter().flat_map(|old| old.rules(direction));
        rules.flat_map(|rule| rule.peers.listed()).any(|known| known == peer)
    };
    let mut causes = Vec::new();
    for direction in Direction::BOTH {
        let rules = head.policy.rules(direction).iter().zip(new.rules(direction)).enumerate();
        for (index, (rule, same)) in rules.filter(|(_, (rule, _))| rule.action == Action::Allow) {
            for (place, (peer, same)) in rule.peers.listed().iter().zip(same.peers.listed()).enumerate() {
                if is_known(direction, same) || !is_unseen(matching, peer) {
                    continue;
                }
                let verb = match direction {
                    Direction::Ingress => "admits",
                    Direction::Egress => "permits",
                };
                causes.push(Cause {
                    side: Side::Head,
                    place: Location::from(head.peer_origin(direction, index, place).entry()),
                    message: format!("`{}` now {verb} pods that are not in the input", head.object.name),
                    is_changed: true,
                });
            }
        }
    }
    causes
}

/// Whether a peer means pods, and none that the input shows.
fn is_unseen(matching: &Matching<'_>, peer: &Peer) -> bool {
    let Peer::Pods(set) = peer else { return false };
    let analysis = matching.analyses.head;
    let is_declared = |id: NamespaceId| {
        let namespace = analysis.cluster().namespaces.get(id.0 as usize);
        namespace.is_some_and(|namespace| namespace.manifest.is_some()) && !analysis.has_workloads(id)
    };
    // A whole namespace that is declared is an end, though it has no workloads.
    let is_end =
        set.is_whole_namespaces() && analysis.namespaces_of(&set.namespaces).iter().any(|(id, _)| is_declared(*id));
    !is_end && analysis.reach().peer_workloads(peer).is_empty()
}
