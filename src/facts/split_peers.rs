//! Two peers where one was meant: a dash before `podSelector` turns "these pods of those namespaces" into "all pods
//! of those namespaces, and these pods here".

use super::nearest::nearest;
use super::peers::PeerAt;
use crate::analysis::Analysis;
use crate::objects::{Match, Selector};
use crate::policy::{NamespaceSet, Peer, PodSet};

/// How sure it is that both selectors were meant at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Split {
    /// No pod of the policy's own namespace has the labels.
    NoneHere,
    /// The namespaces include the policy's own, so that the pods are admitted anyway.
    Redundant,
    /// Pods of the other namespaces have the labels, and pods of the policy's own have them too.
    Perhaps,
}

/// Two neighbours in a rule, one with a selector of namespaces alone and one with a selector of pods alone.
pub(crate) struct Pair<'m> {
    /// The one that comes first.
    pub(crate) first: PeerAt<'m>,
    /// Its neighbour.
    pub(crate) second: PeerAt<'m>,
    /// What the one selects.
    pub(crate) namespaces: &'m Selector,
    /// What the other selects.
    pub(crate) pods: &'m PodSet,
}

/// The pairs that were most likely meant to be one peer, in the order of the peers.
pub(crate) struct SplitPeers<'m>(Vec<(Pair<'m>, Split)>);

impl<'m> SplitPeers<'m> {
    pub(super) fn new(analysis: &'m Analysis, peers: &[PeerAt<'m>]) -> Self {
        let pairs = peers.iter().copied().filter_map(pair);
        Self(pairs.filter_map(|pair| split(analysis, &pair).map(|split| (pair, split))).collect())
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &(Pair<'m>, Split)> {
        self.0.iter()
    }
}

impl<'m> Pair<'m> {
    /// The one that selects whole namespaces.
    pub(crate) fn of_namespaces(&self) -> &PeerAt<'m> {
        let is_whole = self.first.pods().is_some_and(|set| set.pods.is_empty());
        if is_whole { &self.first } else { &self.second }
    }

    /// The one that selects pods.
    pub(crate) fn of_pods(&self) -> &PeerAt<'m> {
        if self.of_namespaces().index == self.first.index { &self.second } else { &self.first }
    }
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

fn split<'m>(analysis: &'m Analysis, pair: &Pair<'m>) -> Option<Split> {
    let NamespaceSet::One(own) = pair.pods.namespaces else { return None };
    let matching = NamespaceSet::Matching(pair.namespaces.clone());
    let namespaces = analysis.namespaces_of(&matching);
    if namespaces.contains(&(own, Match::Yes)) {
        return Some(Split::Redundant);
    }
    let both = PodSet::new(matching, pair.pods.pods.clone());
    let (here, there) = (analysis.finds(pair.pods), analysis.finds(&both));
    let shown = |(id, verdict): &(_, Match)| *verdict == Match::Yes && analysis.has_workloads(*id);
    match (here, there) {
        (Match::Yes, Match::Yes) => Some(Split::Perhaps),
        (Match::Yes | Match::Unknown, _) => None,
        (Match::No, Match::Yes) => Some(Split::NoneHere),
        // Nobody can tell what the namespace holds.
        (Match::No, _) if !analysis.has_workloads(own) => None,
        // The labels are nobody's, there either: that is another mistake.
        (Match::No, Match::No) if !namespaces.is_empty() && namespaces.iter().all(shown) => None,
        (Match::No, _) => {
            let hint = nearest(analysis, &[own], &pair.pods.pods);
            (!hint.is_some_and(|hint| hint.is_near())).then_some(Split::NoneHere)
        }
    }
}
