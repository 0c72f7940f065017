//! Connections that one side allows by name, and the other side blocks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use foldhash::HashMap;
use rayon::prelude::*;

use super::admin::may_be_denied;
use super::peers::PeerAt;
use crate::analysis::Analysis;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::{PolicyId, WorkloadId};
use crate::policy::{Action, Peer, Policy, RuleRef, StageName};
use crate::reach::{Endpoint, Reachability};

/// A peer none of whose connections works, though some pods on both sides are known.
pub(crate) struct OneSided {
    /// The rule of the peer.
    pub(crate) rule: RuleRef,
    /// The peer's place in the rule.
    pub(crate) peer: usize,
    /// The workloads that the policy selects.
    pub(crate) subjects: Arc<Vec<WorkloadId>>,
    /// The workloads that the peer names, and whose side blocks; at least one.
    pub(crate) blocked: Vec<WorkloadId>,
    /// Where both sides name each other, but on different ports.
    pub(crate) apart: Option<Apart>,
}

/// Two sides that name each other on different ports.
pub(crate) struct Apart {
    /// What the rule's own side admits.
    pub(crate) near: PortSet,
    /// What the other side admits.
    pub(crate) far: PortSet,
    /// The rule of the other side.
    pub(crate) other: RuleRef,
}

/// All such peers, in order.
pub(crate) struct OneSidedAllows(Vec<OneSided>);

/// How many policies are looked at together, at least: they share what is known of groups of workloads.
const PART: usize = 500;

impl OneSidedAllows {
    pub(super) fn new(analysis: &Analysis) -> Self {
        let policies: Vec<_> = analysis.evaluated_policies().map(|(id, object)| (id, &object.policy)).collect();
        let part = PART.max(policies.len().div_ceil(rayon::current_num_threads()));
        let parts: Vec<Vec<OneSided>> = policies.par_chunks(part).map(|part| one_sided(analysis, part)).collect();
        Self(parts.into_iter().flatten().collect())
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &OneSided> {
        self.0.iter()
    }

    /// Those at either end that name a connection which the other end blocks.
    pub(crate) fn naming<'s>(
        &'s self,
        analysis: &'s Analysis,
        from: WorkloadId,
        to: WorkloadId,
    ) -> impl Iterator<Item = &'s OneSided> {
        let ends = [(Direction::Ingress, to, from), (Direction::Egress, from, to)];
        ends.into_iter().flat_map(move |(direction, subject, remote)| {
            let policies = analysis.at_most().isolating(Endpoint::Workload(subject), direction);
            let of_policies = policies.flat_map(move |policy| self.of_policy(policy, direction));
            of_policies.filter(move |it| it.blocked.contains(&remote))
        })
    }

    /// Those of a policy in one direction.
    pub(crate) fn of_policy(&self, policy: PolicyId, direction: Direction) -> impl Iterator<Item = &OneSided> {
        let side = move |it: &OneSided| (it.rule.policy, it.rule.direction);
        let first = self.0.partition_point(|it| side(it) < (policy, direction));
        self.0.iter().skip(first).take_while(move |it| side(it) == (policy, direction))
    }
}

fn one_sided(analysis: &Analysis, policies: &[(PolicyId, &Policy)]) -> Vec<OneSided> {
    let (mut known, mut found) = (Known::default(), Vec::new());
    for &(id, policy) in policies {
        // What the admin tiers accept, the other side must admit all the same.
        let is_admin = matches!(policy.stage, StageName::Admin | StageName::Baseline);
        for direction in Direction::BOTH.into_iter().filter(|&direction| is_admin || policy.isolates(direction)) {
            let subjects: Arc<Vec<WorkloadId>> = Arc::new(analysis.at_most().selected(id).collect());
            let rules = policy.rules(direction).iter().enumerate().filter(|(_, rule)| rule.action == Action::Allow);
            for (index, rule) in rules {
                let rule_ref = RuleRef { policy: id, direction, index };
                for (place, peer) in rule.peers.listed().iter().enumerate().filter(|(_, peer)| is_explicit(peer)) {
                    let blocked = blocked_remotes(analysis, direction, peer, &subjects, &mut known);
                    if !blocked.is_empty() {
                        let subjects = Arc::clone(&subjects);
                        let apart = apart(analysis, direction, &subjects, &blocked);
                        found.push(OneSided { rule: rule_ref, peer: place, subjects, blocked, apart });
                    }
                }
            }
        }
    }
    found
}

/// Those of the workloads that a peer of an egress rule names, none of whose connections works, each with the policies
/// of such peers: what is wrong with their ingress may be that.
pub(super) fn asked_for(
    analysis: &Analysis,
    peers: &[PeerAt<'_>],
    among: &BTreeSet<WorkloadId>,
) -> BTreeMap<WorkloadId, BTreeSet<PolicyId>> {
    let mut asked_for: BTreeMap<WorkloadId, BTreeSet<PolicyId>> = BTreeMap::new();
    let egress = peers.iter().filter(|peer| peer.direction == Direction::Egress && !among.is_empty());
    for peer in egress.filter(|peer| is_explicit(peer.peer)) {
        let reach = analysis.at_most();
        let remotes = reach.peer_workloads(peer.peer);
        if !remotes.iter().any(|remote| among.contains(remote)) {
            continue;
        }
        let subjects: Vec<WorkloadId> = reach.selected(peer.policy).collect();
        let pairs = remotes.iter().flat_map(|&remote| subjects.iter().map(move |&subject| (subject, remote)));
        let mut meant = pairs.filter(|(subject, remote)| subject != remote).peekable();
        let works = |(subject, remote)| {
            let (near, far) = sides(reach, Direction::Egress, subject, remote);
            near.meets(&far)
        };
        if meant.peek().is_some() && !meant.any(works) {
            for &remote in remotes.iter().filter(|remote| among.contains(remote)) {
                asked_for.entry(remote).or_default().insert(peer.policy);
            }
        }
    }
    asked_for
}

/// Whether a peer names workloads by their labels, rather than everyone somewhere.
fn is_explicit(peer: &Peer) -> bool {
    matches!(peer, Peer::Pods(set) if !set.pods.is_empty())
}

/// The workloads that a peer names and the other side blocks; none where it works for any of them.
fn blocked_remotes(
    analysis: &Analysis,
    direction: Direction,
    peer: &Peer,
    subjects: &[WorkloadId],
    known: &mut Known,
) -> Vec<WorkloadId> {
    let reach = analysis.at_most();
    let mut blocked: Vec<WorkloadId> = Vec::new();
    for remote in reach.peer_workloads(peer) {
        let mut is_cut_off = None;
        for &subject in subjects.iter().filter(|&&subject| subject != remote) {
            let Some(works) = known.works(reach, direction, subject, remote) else { continue };
            if works {
                return Vec::new();
            }
            // One that is cut off from all of them is blocked: there is no need to look for a connection that works.
            let find = || reach.is_cut_off(remote, direction.opposite(), subjects);
            if *is_cut_off.get_or_insert_with(find) {
                blocked.push(remote);
                break;
            }
            if answered(analysis, direction, subject, remote) {
                return Vec::new();
            }
            if blocked.last() != Some(&remote) {
                blocked.push(remote);
            }
        }
    }
    // What an Admin policy may deny, no NetworkPolicy forgot.
    blocked.retain(|&remote| !may_be_denied(analysis, remote, direction.opposite()));
    blocked
}

/// What was found out: of groups of workloads that no policy distinguishes, whether the one side admits the other at all,
/// and then, whether the connection works.
#[derive(Default)]
struct Known(HashMap<(Direction, u32, u32), Option<bool>>);

impl Known {
    fn works(
        &mut self,
        reach: &Reachability,
        direction: Direction,
        subject: WorkloadId,
        remote: WorkloadId,
    ) -> Option<bool> {
        let find = || {
            let (near, far) = sides(reach, direction, subject, remote);
            (!near.is_empty()).then(|| near.meets(&far))
        };
        *self.0.entry((direction, reach.group(subject), reach.group(remote))).or_insert_with(find)
    }
}

/// What the rule's own side and the other side admit between two workloads.
fn sides(reach: &Reachability, direction: Direction, subject: WorkloadId, remote: WorkloadId) -> (PortSet, PortSet) {
    let (subject, remote) = (Endpoint::Workload(subject), Endpoint::Workload(remote));
    match direction {
        Direction::Ingress => (reach.ingress(remote, subject), reach.egress(remote, subject)),
        Direction::Egress => (reach.egress(subject, remote), reach.ingress(subject, remote)),
    }
}

/// The ports on which the two sides name each other, where they do and have none in common.
fn apart(analysis: &Analysis, direction: Direction, subjects: &[WorkloadId], blocked: &[WorkloadId]) -> Option<Apart> {
    let reach = analysis.at_most();
    let remote = *blocked.first()?;
    let subject = *subjects.iter().find(|&&subject| subject != remote)?;
    let (near, far) = sides(reach, direction, subject, remote);
    if near.is_empty() || far.is_empty() {
        return None;
    }
    let other_side = direction.opposite();
    let other = reach.isolating(Endpoint::Workload(remote), other_side).find_map(|policy| {
        let mut rules = analysis.lowered(policy)?.rules(other_side).iter();
        let names_it = |peer: &Peer| is_explicit(peer) && reach.peer_admits(peer, Endpoint::Workload(subject));
        let index = rules.position(|rule| rule.peers.listed().iter().any(names_it))?;
        Some(RuleRef { policy, direction: other_side, index })
    })?;
    Some(Apart { near, far, other })
}

/// Whether the other side names this one as well, so that the two allows disagree about ports: then the one at
/// the destination is reported, once.
fn answered(analysis: &Analysis, direction: Direction, subject: WorkloadId, remote: WorkloadId) -> bool {
    if direction == Direction::Ingress {
        return false;
    }
    let reach = analysis.at_most();
    reach.isolating(Endpoint::Workload(remote), Direction::Ingress).any(|id| {
        let rules = analysis.lowered(id).map_or(&[][..], |policy| &policy.ingress);
        let mut peers = rules.iter().flat_map(|rule| rule.peers.listed());
        peers.any(|peer| is_explicit(peer) && reach.peer_admits(peer, Endpoint::Workload(subject)))
    })
}
