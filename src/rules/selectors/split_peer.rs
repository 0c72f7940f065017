//! Two peers where one was meant: a dash before `podSelector` turns "these pods of those namespaces" into "all pods
//! of those namespaces, and these pods here".

use super::{labels_in_words, namespaces_in_words};
use crate::diagnostic::Severity;
use crate::objects::{Match, Selector};
use crate::policy::{NamespaceSet, Peer, PodSet};
use crate::rules::Context;
use crate::rules::nearest::nearest;
use crate::rules::peers::PeerAt;

/// How sure it is that both selectors were meant at once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Split {
    /// The pods are sought in vain in the policy's own namespace.
    NoneHere,
    /// The namespaces include the policy's own, so that the pods are admitted anyway.
    Redundant,
    /// Pods of the other namespaces have the labels, and pods of the policy's own have them too.
    Perhaps,
}

/// Two neighbours in a rule, one with a selector of namespaces alone and one with a selector of pods alone.
struct Pair<'m> {
    first: PeerAt<'m>,
    second: PeerAt<'m>,
    namespaces: &'m Selector,
    pods: &'m PodSet,
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let pairs: Vec<Pair<'_>> = context.peers().filter_map(pair).collect();
    for pair in pairs {
        if let Some(split) = split(context, &pair) {
            report(context, &pair, split);
        }
    }
}

/// Whether a peer's pods are one half of such a pair, and sought in vain for that reason alone.
pub(super) fn is_half<'m>(context: &Context<'m>, peer: &PeerAt<'m>) -> bool {
    pairs_with(peer).any(|pair| split(context, &pair) == Some(Split::NoneHere))
}

/// Whether a peer is one half of such a pair for all that is known, so that what it opens is open by that mistake.
pub(in crate::rules) fn speaks_of<'m>(context: &Context<'m>, peer: &PeerAt<'m>) -> bool {
    pairs_with(peer).any(|pair| matches!(split(context, &pair), Some(Split::NoneHere | Split::Redundant)))
}

/// The pairs that a peer ends and begins.
fn pairs_with<'m>(peer: &PeerAt<'m>) -> impl Iterator<Item = Pair<'m>> + use<'m> {
    let before = peer.index.checked_sub(1).and_then(|index| at(peer, index)).and_then(pair);
    before.into_iter().chain(pair(*peer))
}

/// The pair that a peer begins.
fn pair(first: PeerAt<'_>) -> Option<Pair<'_>> {
    let second = at(&first, first.index + 1)?;
    let (one, other) = (first.pods()?, second.pods()?);
    let (namespaces, pods) = match (&one.namespaces, &other.namespaces) {
        (NamespaceSet::Matching(selector), NamespaceSet::One(_)) if one.pods.is_empty() => (selector, other),
        (NamespaceSet::One(_), NamespaceSet::Matching(selector)) if other.pods.is_empty() => (selector, one),
        _ => return None,
    };
    (!pods.pods.is_empty()).then_some(Pair { first, second, namespaces, pods })
}

/// Another peer of the same rule.
fn at<'m>(peer: &PeerAt<'m>, index: usize) -> Option<PeerAt<'m>> {
    let other: &'m Peer = peer.of.peers.listed().get(index)?;
    Some(PeerAt { index, peer: other, ..*peer })
}

fn split<'m>(context: &Context<'m>, pair: &Pair<'m>) -> Option<Split> {
    let NamespaceSet::One(own) = pair.pods.namespaces else { return None };
    let matching = NamespaceSet::Matching(pair.namespaces.clone());
    let namespaces = context.namespaces_of(&matching);
    if namespaces.contains(&(own, Match::Yes)) {
        return Some(Split::Redundant);
    }
    let both = PodSet::new(matching, pair.pods.pods.clone());
    let (here, there) = (context.finds(pair.pods), context.finds(&both));
    let shown = |(id, verdict): &(_, Match)| *verdict == Match::Yes && context.has_workloads(*id);
    match (here, there) {
        (Match::Yes, Match::Yes) => Some(Split::Perhaps),
        (Match::Yes | Match::Unknown, _) => None,
        (Match::No, Match::Yes) => Some(Split::NoneHere),
        // Nobody can tell what the namespace holds.
        (Match::No, _) if !context.has_workloads(own) => None,
        // The labels are nobody's, there either: that is another mistake.
        (Match::No, Match::No) if !namespaces.is_empty() && namespaces.iter().all(shown) => None,
        (Match::No, _) => {
            let hint = nearest(context, &[own], &pair.pods.pods);
            (!hint.is_some_and(|hint| hint.is_near())).then_some(Split::NoneHere)
        }
    }
}

fn report(context: &mut Context<'_>, pair: &Pair<'_>, split: Split) {
    let written = pair.first.written;
    let (who, pods) = (namespaces_in_words(pair.namespaces), labels_in_words(&pair.pods.pods));
    let message = format!("`{}` admits all of {who}, not only {pods}", written.object.name);
    let own = context.cluster().namespace_name(written.object.namespace).to_owned();
    let remark = match split {
        Split::NoneHere => format!("the dash makes this a second peer: pods of `{own}`, which has none"),
        Split::Redundant => "the dash makes this a second peer, which adds nothing".to_owned(),
        Split::Perhaps => format!("the dash makes this a second peer: pods of `{own}`"),
    };
    let about = context.cluster().subject(&written.object);
    let draft = context.report(pair.second.origin().entry(), about, message);
    draft.remark(remark);
    draft.because(pair.first.origin().entry(), "a peer of its own");
    draft.help("if both selectors are to hold at once, write them into one item, with one dash");
    if split == Split::Perhaps {
        draft.severity(Severity::Note);
    }
}
