//! A policy that is for no pod: the workload that it was written for stays as open, or as closed, as before.

use std::collections::BTreeMap;

use super::{is_dead, labels_in_words, misspelt_values};
use crate::diagnostic::Severity;
use crate::facts::nearest::{Hint, nearest};
use crate::facts::peers::PeerAt;
use crate::objects::{Match, NamespaceId, PolicyId};
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{NamespaceSet, PodSet};
use crate::rules::{Cause, Context, repairs};

/// How many other places with the same mistake are shown.
const SHOWN: usize = 3;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    super::admin::check_subjects(context);
    let mut subjects: BTreeMap<&PodSet, Vec<(PolicyId, &NetworkPolicy)>> = BTreeMap::new();
    let all = context.policies().filter(|(id, ..)| context.at_most().selected(*id).next().is_none());
    for (id, written, lowered) in all {
        subjects.entry(&lowered.subject).or_default().push((id, written));
    }
    subjects.retain(|set, _| is_dead(context, set) != Match::No);
    let mut peers: BTreeMap<&PodSet, Vec<PeerAt<'_>>> = BTreeMap::new();
    if !subjects.is_empty() {
        for peer in context.peers() {
            if let Some(set) = peer.pods().filter(|set| subjects.contains_key(set)) {
                peers.entry(set).or_default().push(peer);
            }
        }
    }
    for (set, mut policies) in subjects {
        let NamespaceSet::One(namespace) = set.namespaces else { continue };
        let hint = nearest(context.analysis(), &[namespace], &set.pods);
        let assumed = is_dead(context, set) == Match::Unknown;
        if assumed && !hint.is_some_and(|hint| hint.is_near()) {
            continue;
        }
        let dead = Dead { set, namespace, hint, assumed };
        let mut peers = peers.remove(set).unwrap_or_default();
        let of_peer = |peer: &PeerAt<'_>| Cause::Peer(peer.rule_ref(), peer.index);
        let subjects = policies.iter().map(|(id, _)| Cause::Subject(*id));
        let causes = subjects.chain(peers.iter().map(of_peer)).collect();
        context.claim(causes, move |context, left| {
            policies.retain(|(id, _)| left.contains(&Cause::Subject(*id)));
            peers.retain(|peer| left.contains(&of_peer(peer)));
            report(context, &dead, &policies, &peers);
        });
    }
    for (_, written, lowered) in context.policies() {
        let about = context.cluster().subject(&written.object);
        misspelt_values::check(context, &lowered.subject, &written.subject_selector(), &about);
    }
}

/// Labels that no pod of a namespace has.
struct Dead<'m> {
    set: &'m PodSet,
    namespace: NamespaceId,
    hint: Option<Hint<'m>>,
    /// Whether pods that the input does not show may have them after all.
    assumed: bool,
}

fn report(context: &mut Context<'_>, dead: &Dead<'_>, policies: &[(PolicyId, &NetworkPolicy)], peers: &[PeerAt<'_>]) {
    let (&Dead { set, namespace, hint, assumed }, Some(((_, first), others))) = (dead, policies.split_first()) else {
        return;
    };
    let selector = first.subject_selector();
    let place = hint.map_or_else(|| selector.origin.clone().entry(), |hint| hint.place(&selector));
    let name = context.cluster().namespace_name(namespace);
    let mut message = format!("`podSelector` of `{}` matches no pod of namespace `{name}`", first.object.name);
    if assumed {
        message.push_str(" that the input shows");
    }
    let about = context.cluster().subject(&first.object);
    let advice = hint.map(|hint| {
        hint.advice(context.analysis(), |there| format!("set `namespace: {there}` in the policy's `metadata`"))
    });
    let subjects = policies.iter().map(|(_, policy)| policy.subject_selector());
    let selectors: Vec<_> = subjects.chain(peers.iter().map(|peer| peer.selector("podSelector"))).collect();
    let fix = hint.and_then(|hint| repairs::of_hint(context, (&[namespace], &set.pods, &hint), assumed, &selectors));
    let draft = context.report(place, about, message);
    draft.fix(fix);
    match advice {
        Some(advice) => advice.give(draft),
        None => {
            draft.help(format!("select labels that a pod template of `{name}` has, or delete the policy"));
        }
    }
    if assumed {
        draft.severity(Severity::Note);
    }
    let labels = labels_in_words(&set.pods);
    for (_, other) in others.iter().take(SHOWN) {
        draft
            .because(other.subject_selector().origin.entry(), format!("`{}` asks for {labels} too", other.object.name));
    }
    for peer in peers.iter().take(SHOWN) {
        let name = &peer.written.object.name;
        draft.because(peer.selector("podSelector").origin.entry(), format!("a peer of `{name}` asks for it too"));
    }
}
