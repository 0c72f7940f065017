//! What would bring a change about where a label or a selector is put back: rules and policies of HEAD that match what
//! was there before.

use super::aspect::{Items, changed};
use super::attributes::changed_attributes;
use super::items::Item;
use crate::analysis::Analysis;
use crate::diff::change::{Cause, End, ObjectName};
use crate::diff::matching::Matched;
use crate::diff::side::Side;
use crate::objects::{Match, Namespace, Requirement};
use crate::policy::{Action, NamespaceSet, Peer, Peers, PodSet, PolicyObject, RuleRef};
use crate::reach::{Reading, SideExplanation};

/// The causes that count once what the ends look like is put back, where one state permits and the other denies.
pub(super) fn causes(items: &Items<'_>, permitting: Side, denies: &SideExplanation) -> Vec<Cause> {
    let mut causes = Vec::new();
    if permitting == Side::Head {
        // What isolated the old pods must do so again.
        for &policy in &denies.isolating {
            causes.extend(items.only_in(Side::Base, Item::isolation(policy)));
            // Its rules would meet ends that look otherwise now.
            let Some(base) = items.matching.policy(Side::Base, policy) else { continue };
            for (index, rule) in base.policy.rules(items.direction).iter().enumerate() {
                if rule.action != Action::Deny && matches_remote(items, Side::Base, &rule.peers) {
                    let rule = RuleRef { policy, direction: items.direction, index };
                    causes.extend(changed_attributes(items, base, Some(rule)));
                }
            }
        }
    }
    let namespace = match &*items.subject.end {
        End::Workload(name) => Some(&name.namespace),
        End::AnyPod(namespace) => namespace.as_ref(),
        End::External(_) | End::IngressController => None,
    };
    let is_near = |policy: &ObjectName| policy.namespace.is_none() || policy.namespace.as_ref() == namespace;
    for pair in items.matching.policies.iter().filter(|pair| !pair.is_same && is_near(&pair.name)) {
        let Some(id) = pair.ids.head else { continue };
        let Some(head) = items.matching.policy(Side::Head, id).filter(|policy| !policy.rejected) else { continue };
        let base = items.matching.other_policy(Side::Head, id).map(|(_, base)| base);
        let selects = |side: Side, policy: &PolicyObject| {
            Side::BOTH.into_iter().any(|of| matches(items, side, &policy.policy.subject, items.subject, of))
        };
        if !selects(Side::Head, head) && !base.is_some_and(|base| selects(Side::Base, base)) {
            continue;
        }
        let wanted = match permitting {
            Side::Head => [Action::Allow, Action::Pass],
            Side::Base => [Action::Deny, Action::Pass],
        };
        for (index, rule) in head.policy.rules(items.direction).iter().enumerate() {
            let rule_ref = RuleRef { policy: id, direction: items.direction, index };
            let is_new = items.matching.equal_rule(Side::Head, rule_ref).is_none();
            if is_new && wanted.contains(&rule.action) && matches_remote(items, Side::Head, &rule.peers) {
                let place = head.rule_origin(items.direction, index).entry();
                causes.push(changed(Side::Head, place, "would change this as well".to_owned()));
            }
        }
        // What it selects now may be what it did not select before, with all its rules.
        let decides = head
            .policy
            .rules(items.direction)
            .iter()
            .any(|rule| wanted.contains(&rule.action) && matches_remote(items, Side::Head, &rule.peers));
        let closes = permitting == Side::Base && head.policy.isolates(items.direction);
        if let Some(base) = base.filter(|_| pair.selects_others && (decides || closes)) {
            causes.extend(items.of_rest(Side::Head, head, base));
            // What it selected before may look otherwise now.
            causes.extend(changed_attributes(items, base, None));
        }
        // With its isolation, its rules come into force.
        let isolates = |policy: &PolicyObject| policy.policy.isolates(items.direction);
        if isolates(head) && !base.is_some_and(isolates) {
            causes.extend(items.only_in(Side::Head, Item::isolation(id)));
        }
    }
    causes
}

/// Whether peers that a policy of one state names may mean the far end as it is in either state.
fn matches_remote(items: &Items<'_>, side: Side, peers: &Peers) -> bool {
    let (Peers::Of(peers), Some(remote)) = (peers, items.remote) else { return true };
    let reach = items.matching.reach(side, Reading::Most);
    peers.iter().any(|peer| match peer {
        Peer::Pods(set) => Side::BOTH.into_iter().any(|of| matches(items, side, set, remote, of)),
        Peer::Block { .. } => remote.endpoints.of(side).is_some_and(|remote| reach.peer_admits(peer, remote)),
        Peer::Invalid => false,
        _ => true,
    })
}

/// Whether a set of pods that a policy of one state is about may hold an end as it is in another.
fn matches(items: &Items<'_>, side: Side, set: &PodSet, end: &Matched, of: Side) -> bool {
    let own: &Analysis = items.matching.analyses.of(side);
    let other: &Analysis = items.matching.analyses.of(of);
    let cluster = other.cluster();
    let (namespace, workload): (Option<&Namespace>, _) = match &*end.end {
        End::Workload(_) => {
            let Some(workload) = items.matching.workload(of, end) else { return false };
            (cluster.namespaces.get(workload.object.namespace.0 as usize), Some(workload))
        }
        End::AnyPod(Some(name)) => (cluster.namespaces.iter().find(|it| it.name == name.as_str()), None),
        End::AnyPod(None) | End::IngressController => (None, None),
        End::External(_) => return false,
    };
    let is_in = match &set.namespaces {
        NamespaceSet::One(id) => namespace.is_some_and(|namespace| namespace.name == own.cluster().namespace_name(*id)),
        NamespaceSet::Matching(selector) => namespace.is_none_or(|namespace| selector.matches(&namespace.labels)),
    };
    let meets = |requirement: &Requirement| match workload {
        Some(workload) => workload.meets(requirement) != Match::No,
        None => requirement.holds(None),
    };
    is_in && set.pods.requirements().iter().all(meets)
}
