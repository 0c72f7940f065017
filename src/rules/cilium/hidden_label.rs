//! Selectors on labels that Cilium leaves out of the identity of a pod, so that no policy sees them.

use std::collections::BTreeSet;

use super::{requirement_place, rules};
use crate::policy::dialect::cilium::{LabelSource, Peer, Peers, Requirement, Selector, Subject};
use crate::policy::{LabelView, RuleRef};
use crate::rules::{Cause, Context};
use crate::source::{Origin, Place};

/// What the labels begin with that Cilium makes itself.
const OWN: [&str; 2] = ["io.cilium.k8s.", "io.kubernetes.pod.namespace"];

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let view = &context.cluster().arrangement.view;
    let mut found: BTreeSet<(Place, Cause, String, bool, usize)> = BTreeSet::new();
    for subject in rules(context) {
        let mut add = |selector: &Selector, origin: Origin, cause: Cause| {
            for requirement in selector.requirements.iter().filter(|it| is_hidden(view, it)) {
                let place = requirement_place(&origin, requirement);
                let is_positive = requirement.operator.is_positive();
                let key = requirement.key.name.to_string();
                found.insert((place, cause.clone(), key, is_positive, subject.policy.0 as usize));
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
    for (place, cause, key, is_positive, policy) in found {
        let Some(object) = context.analysis().policies().get(policy) else { continue };
        let message = format!("Cilium does not see label `{key}`, which `{}` asks for", object.object.name);
        let about = context.cluster().subject(&object.object);
        let draft = context.report_because(cause, place, about, message);
        draft.remark(if is_positive { "so that no pod matches" } else { "so that this holds for every pod" });
        draft.help("select by a label that counts for identities, or add it to `labels` of the agent's configuration");
    }
}

fn is_hidden(view: &LabelView, requirement: &Requirement) -> bool {
    let key = &requirement.key;
    matches!(key.source, LabelSource::Any | LabelSource::K8s)
        && !OWN.iter().any(|own| key.name.starts_with(own))
        && !view.shows(&key.name)
}
