//! One side allows a connection by name, and the other side blocks it: the allow has no effect.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;

use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::{PolicyId, WorkloadId};
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{Peer, Policy, RuleRef};
use crate::reach::{Endpoint, Reachability};
use crate::rules::{Context, ports};
use crate::source::Place;
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut known = Known::default();
    for (id, written, lowered) in context.policies() {
        for direction in Direction::BOTH {
            if !lowered.isolates(direction) {
                continue;
            }
            let subjects: Vec<WorkloadId> = context.at_most().selected(id).collect();
            for (index, rule) in lowered.rules(direction).iter().enumerate() {
                let rule_ref = RuleRef { policy: id, direction, index };
                for (place, peer) in rule.peers.listed().iter().enumerate() {
                    if is_explicit(peer) {
                        check_peer(context, written, rule_ref, (place, peer), &subjects, &mut known);
                    }
                }
            }
        }
    }
}

/// Those of the workloads that a peer of an egress rule names, none of whose connections works: about their ingress,
/// this rule speaks.
pub(super) fn asked_for(context: &Context<'_>, among: &BTreeSet<WorkloadId>) -> BTreeSet<WorkloadId> {
    let mut asked_for = BTreeSet::new();
    let egress = context.peers().filter(|peer| peer.direction == Direction::Egress && !among.is_empty());
    for peer in egress.filter(|peer| is_explicit(peer.peer)) {
        let reach = context.at_most();
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
            asked_for.extend(remotes.iter().filter(|remote| among.contains(remote)));
        }
    }
    asked_for
}

/// Whether a peer names workloads by their labels, rather than everybody somewhere.
fn is_explicit(peer: &Peer) -> bool {
    matches!(peer, Peer::Pods(set) if !set.pods.is_empty())
}

/// Reports a peer none of whose connections works, though some pods on both sides are known.
fn check_peer(
    context: &mut Context<'_>,
    written: &NetworkPolicy,
    rule: RuleRef,
    (place, peer): (usize, &Peer),
    subjects: &[WorkloadId],
    known: &mut Known,
) {
    let blocked = blocked_remotes(context, rule.direction, peer, subjects, known);
    let Some(&remote) = blocked.first() else { return };
    let ignored = known.ignored(context, rule.direction.opposite());
    let said_elsewhere = |&remote: &WorkloadId| {
        is_about_ports(context, rule, subjects, remote)
            || is_ignored(context, ignored, rule.direction.opposite(), subjects, remote)
    };
    if blocked.iter().all(said_elsewhere) {
        return;
    }
    let other_side = rule.direction.opposite();
    let name = &written.object.name;
    let (who, whom) = (phrase::list(context.names(&blocked)), phrase::list(context.names(subjects)));
    let message = match rule.direction {
        Direction::Ingress => format!("`{name}` admits {who} to {whom}, but egress of {who} does not permit it"),
        Direction::Egress => format!("`{name}` permits {whom} to reach {who}, but ingress of {who} does not admit it"),
    };
    let reasons = reasons(context, Endpoint::Workload(remote), other_side);
    let about = context.cluster().subject(&written.object);
    let allow = written.peer_origin(rule.direction, rule.index, place).entry();
    let draft = context.report(allow, about, message);
    for (place, reason) in reasons {
        draft.because(place, reason);
    }
    draft.help(match other_side {
        Direction::Egress => format!("also allow the egress: a policy that selects {who}, with a rule `to` {whom}"),
        Direction::Ingress => format!("also allow the ingress: a policy that selects {who}, with a rule `from` {whom}"),
    });
}

/// Whether one of the rules that name the two ends has ports which are wrong in themselves: the rules about ports say so.
fn is_about_ports(context: &Context<'_>, rule: RuleRef, subjects: &[WorkloadId], remote: WorkloadId) -> bool {
    let mut others = subjects.iter().filter(|&&subject| subject != remote);
    ports::are_wrong(context, rule)
        || others.any(|&subject| ports::are_wrong_at(context, remote, rule.direction.opposite(), subject))
}

/// Whether the other side does name this one, in rules that `policyTypes` leaves out: `ignored-rules` says so.
fn is_ignored(
    context: &Context<'_>,
    ignored: &[PolicyId],
    other_side: Direction,
    subjects: &[WorkloadId],
    remote: WorkloadId,
) -> bool {
    let reach = context.at_most();
    let names_us = |peer: &Peer| reach.peer_workloads(peer).iter().any(|workload| subjects.contains(workload));
    ignored.iter().filter_map(|&id| Some((id, context.lowered(id)?))).any(|(id, policy)| {
        let mut peers = policy.rules(other_side).iter().flat_map(|rule| rule.peers.listed());
        reach.selected(id).any(|workload| workload == remote) && peers.any(names_us)
    })
}

/// The workloads that a peer names and the other side blocks; none where it works for any of them.
fn blocked_remotes(
    context: &Context<'_>,
    direction: Direction,
    peer: &Peer,
    subjects: &[WorkloadId],
    known: &mut Known,
) -> Vec<WorkloadId> {
    let reach = context.at_most();
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
            if answered(context, direction, subject, remote) {
                return Vec::new();
            }
            if blocked.last() != Some(&remote) {
                blocked.push(remote);
            }
        }
    }
    blocked
}

/// The connections that this rule reports, asked for one by one.
#[derive(Default)]
pub(in crate::rules) struct Reported {
    peers: BTreeMap<(RuleRef, usize), Vec<WorkloadId>>,
    known: Known,
}

/// What was found out.
#[derive(Default)]
struct Known {
    /// Of groups of workloads that no policy tells apart, whether the one side admits the other at all, and then,
    /// whether the connection works.
    between: HashMap<(Direction, u32, u32), Option<bool>>,
    ignored: BTreeMap<Direction, Vec<PolicyId>>,
}

impl Known {
    /// The policies with peers in a direction that their `policyTypes` leave out.
    fn ignored(&mut self, context: &Context<'_>, direction: Direction) -> &[PolicyId] {
        let has_peers = |policy: &Policy| policy.rules(direction).iter().any(|rule| !rule.peers.listed().is_empty());
        let find = || {
            let ignored = context.policies().filter(|(_, _, it)| !it.isolates(direction) && has_peers(it));
            ignored.map(|(id, ..)| id).collect()
        };
        self.ignored.entry(direction).or_insert_with(find)
    }

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
        *self.between.entry((direction, reach.group(subject), reach.group(remote))).or_insert_with(find)
    }
}

impl Reported {
    /// Whether a peer at either end names the connection, and is reported because the other end blocks it.
    pub(in crate::rules) fn contains(&mut self, context: &Context<'_>, from: WorkloadId, to: WorkloadId) -> bool {
        [(Direction::Ingress, to, from), (Direction::Egress, from, to)].into_iter().any(
            |(direction, subject, remote)| {
                let policies = context.at_most().isolating(Endpoint::Workload(subject), direction);
                let peers = policies.filter_map(|id| Some((id, context.lowered(id)?))).flat_map(|(policy, lowered)| {
                    lowered.rules(direction).iter().enumerate().flat_map(move |(index, rule)| {
                        let rule_ref = RuleRef { policy, direction, index };
                        rule.peers.listed().iter().enumerate().map(move |(place, peer)| (rule_ref, place, peer))
                    })
                });
                peers.filter(|(_, _, peer)| is_explicit(peer)).any(|(rule, place, peer)| {
                    let Self { peers: reported, known } = self;
                    let reported = reported.entry((rule, place)).or_insert_with(|| {
                        let subjects: Vec<WorkloadId> = context.at_most().selected(rule.policy).collect();
                        blocked_remotes(context, direction, peer, &subjects, known)
                    });
                    reported.contains(&remote)
                })
            },
        )
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

/// Whether the other side names this one as well, so that the two allows disagree about ports: then the one at
/// the destination is reported, once.
fn answered(context: &Context<'_>, direction: Direction, subject: WorkloadId, remote: WorkloadId) -> bool {
    if direction == Direction::Ingress {
        return false;
    }
    let reach = context.at_most();
    reach.isolating(Endpoint::Workload(remote), Direction::Ingress).any(|id| {
        let rules = context.lowered(id).map_or(&[][..], |policy| &policy.ingress);
        let mut peers = rules.iter().flat_map(|rule| rule.peers.listed());
        peers.any(|peer| is_explicit(peer) && reach.peer_admits(peer, Endpoint::Workload(subject)))
    })
}

/// Why a workload is blocked in a direction: the rules that are too narrow, else the policies that isolate it.
fn reasons(context: &Context<'_>, endpoint: Endpoint, direction: Direction) -> Vec<(Place, String)> {
    const SHOWN: usize = 3;
    let isolating: Vec<PolicyId> = context.at_most().isolating(endpoint, direction).collect();
    let policies: Vec<&NetworkPolicy> = isolating.iter().filter_map(|&id| context.policy(id)).collect();
    let narrow: Vec<(Place, String)> = policies
        .iter()
        .filter(|policy| policy.has_rules(direction))
        .map(|policy| {
            let name = &policy.object.name;
            (policy.rule_origin(direction, 0).entry(), format!("`{name}` permits {direction} only to this"))
        })
        .collect();
    let mut reasons = if narrow.is_empty() {
        let isolates = |policy: &&NetworkPolicy| {
            let name = &policy.object.name;
            (policy.isolation_place(direction), format!("`{name}` isolates it for {direction} and permits nothing"))
        };
        policies.iter().map(isolates).collect()
    } else {
        narrow
    };
    reasons.truncate(SHOWN);
    reasons
}
