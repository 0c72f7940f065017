//! A policy that is for no pod: the workload that it was written for stays as open, or as closed, as before.

use std::collections::BTreeMap;

use super::{is_dead, labels_in_words, misspelt_values};
use crate::diagnostic::Severity;
use crate::facts::nearest::nearest;
use crate::facts::peers::PeerAt;
use crate::objects::Match;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{NamespaceSet, PodSet};
use crate::rules::Context;

/// How many other places with the same mistake are shown.
const SHOWN: usize = 3;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut subjects: BTreeMap<&PodSet, Vec<&NetworkPolicy>> = BTreeMap::new();
    let all = context.policies().filter(|(id, ..)| context.at_most().selected(*id).next().is_none());
    for (_, written, lowered) in all {
        subjects.entry(&lowered.subject).or_default().push(written);
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
    for (set, policies) in subjects {
        report(context, set, &policies, peers.get(set).map_or(&[], Vec::as_slice));
    }
    for (_, written, lowered) in context.policies() {
        let about = context.cluster().subject(&written.object);
        misspelt_values::check(context, &lowered.subject, &written.subject_selector(), &about);
    }
}

fn report<'m>(context: &mut Context<'m>, set: &'m PodSet, policies: &[&'m NetworkPolicy], peers: &[PeerAt<'_>]) {
    let (NamespaceSet::One(namespace), Some((first, others))) = (&set.namespaces, policies.split_first()) else {
        return;
    };
    let hint = nearest(context.analysis(), &[*namespace], &set.pods);
    let assumed = is_dead(context, set) == Match::Unknown;
    if assumed && !hint.is_some_and(|hint| hint.is_near()) {
        return;
    }
    let selector = first.subject_selector();
    let place = hint.map_or_else(|| selector.origin.clone().entry(), |hint| hint.place(&selector));
    let name = context.cluster().namespace_name(*namespace);
    let mut message = format!("`podSelector` of `{}` matches no pod of namespace `{name}`", first.object.name);
    if assumed {
        message.push_str(" that the input shows");
    }
    let about = context.cluster().subject(&first.object);
    let advice = hint.map(|hint| {
        hint.advice(context.analysis(), |there| format!("set `namespace: {there}` in the policy's `metadata`"))
    });
    let draft = context.report(place, about, message);
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
    for other in others.iter().take(SHOWN) {
        draft
            .because(other.subject_selector().origin.entry(), format!("`{}` asks for {labels} too", other.object.name));
    }
    for peer in peers.iter().take(SHOWN) {
        let name = &peer.written.object.name;
        draft.because(peer.selector("podSelector").origin.entry(), format!("a peer of `{name}` asks for it too"));
    }
}
