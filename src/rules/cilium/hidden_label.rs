//! Selectors on labels that Cilium leaves out of the identity of a pod, so that no policy sees them.

use std::collections::BTreeSet;

use super::{requirement_place, rules};
use crate::objects::PolicyId;
use crate::policy::dialect::cilium::{LabelSource, Peer, Peers, Requirement, Selector, Subject};
use crate::policy::{LabelView, RuleRef, StageName};
use crate::rules::{Cause, Context};
use crate::source::{Origin, Place};

/// What the labels begin with that Cilium makes itself.
const OWN: [&str; 2] = ["io.cilium.k8s.", "io.kubernetes.pod.namespace"];

/// Where a selector asks for such a label, and the label; whether it asks for it to be there; the policy.
type Found = (Place, Cause, String, bool, PolicyId);

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let view = &context.cluster().arrangement_of(&StageName::Cilium).view;
    let mut found: BTreeSet<Found> = BTreeSet::new();
    for subject in rules(context) {
        let mut add = |selector: &Selector, origin: Origin, cause: Cause| {
            for requirement in selector.requirements.iter().filter(|it| is_hidden(view, it)) {
                let place = requirement_place(&origin, requirement);
                let is_positive = requirement.operator.is_positive();
                let key = requirement.key.name.to_string();
                found.insert((place, cause.clone(), key, is_positive, subject.policy));
            }
        };
        if let Subject::Pods(selector) = &subject.rule.subject {
            add(selector, subject.rule.origin.key("endpointSelector"), Cause::Policy(subject.policy));
        }
        for (number, entry) in subject.rule.entries.iter().enumerate() {
            let Peers::Of(list, peers) = &entry.peers else { continue };
            let Some(rule): Option<RuleRef> = subject.rule_of(entry.direction, number) else { continue };
            for (index, peer) in peers.iter().enumerate() {
                if let Peer::Pods(selector) = peer {
                    let origin = subject.rule.origin_of(entry).key(*list).index(index);
                    add(selector, origin, Cause::Peer(rule, index));
                }
            }
        }
    }
    found.extend(of_network_policies(context, view));
    for (place, cause, key, is_positive, policy) in found {
        let Some(object) = context.any_policy(policy) else { continue };
        let message = format!("Cilium does not see label `{key}`, which `{}` asks for", object.object.name);
        let about = context.cluster().subject(&object.object);
        let draft = context.report_because(cause, place, about, message);
        draft.remark(if is_positive { "so that no pod matches" } else { "so that this holds for every pod" });
        draft.help("select by a label that counts for identities, or add it to `labels` of the agent's configuration");
    }
}

/// What NetworkPolicies ask for that Cilium enforces.
fn of_network_policies(context: &Context<'_>, view: &LabelView) -> Vec<Found> {
    let mut found = Vec::new();
    if !context.cluster().enforces(&StageName::Cilium) {
        return found;
    }
    for (id, written, lowered) in context.policies() {
        let hidden = lowered.subject.pods.requirements().iter().filter(|it| !view.shows(&it.key));
        found.extend(hidden.map(|it| {
            let place = written.subject_selector().requirement(&it.key).entry();
            (place, Cause::Subject(id), it.key.to_string(), it.operator.is_positive(), id)
        }));
    }
    for peer in context.peers() {
        let hidden = peer.pods().into_iter().flat_map(|set| set.pods.requirements()).filter(|it| !view.shows(&it.key));
        found.extend(hidden.map(|it| {
            let place = peer.selector("podSelector").requirement(&it.key).entry();
            let cause = Cause::Peer(peer.rule_ref(), peer.index);
            (place, cause, it.key.to_string(), it.operator.is_positive(), peer.policy)
        }));
    }
    found
}

fn is_hidden(view: &LabelView, requirement: &Requirement) -> bool {
    let key = &requirement.key;
    matches!(key.source, LabelSource::Any | LabelSource::K8s)
        && !OWN.iter().any(|own| key.name.starts_with(own))
        && !view.shows(&key.name)
}
