//! Addresses that an `except` leaves out and another rule lets in again: rules add up, and none takes anything away.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ipnet::IpNet;

use crate::facts::exceptions::{admits, for_same_pods};
use crate::facts::peers::PeerAt;
use crate::net::Direction;
use crate::objects::PolicyId;
use crate::policy::{Peer, Peers, Rule};
use crate::rules::{Cause, Context};
use crate::source::Place;
use crate::text::phrase;

/// How many of the rules that admit the addresses again are shown.
const SHOWN: usize = 3;

/// What comes first is reported, where two blocks undo one another's `except`: by addresses, so that the order of the
/// file does not matter.
type Order = (PolicyId, IpNet, BTreeSet<IpNet>, usize, usize);

/// Where a rule lets addresses in: its policy, its place there, and that of the peer, if it does not let in everyone.
type At = (PolicyId, usize, Option<usize>);

/// What lets addresses in, of one direction.
#[derive(Default)]
struct Admitting {
    everyone: Vec<At>,
    blocks: HashMap<IpNet, Vec<At>>,
}

impl Admitting {
    fn new(context: &Context<'_>, direction: Direction) -> Self {
        let mut admitting = Self::default();
        for (policy, _, lowered) in context.policies() {
            for (index, rule) in lowered.rules(direction).iter().enumerate() {
                if matches!(rule.peers, Peers::Everyone) {
                    admitting.everyone.push((policy, index, None));
                }
                for (place, peer) in rule.peers.listed().iter().enumerate() {
                    if let Peer::Block { cidr, .. } = peer {
                        admitting.blocks.entry(cidr.trunc()).or_default().push((policy, index, Some(place)));
                    }
                }
            }
        }
        admitting
    }

    /// What lets in a range as a whole, but for what the blocks leave out, in the order of the policies.
    fn of(&self, range: &IpNet) -> Vec<At> {
        let around = std::iter::successors(Some(range.trunc()), IpNet::supernet);
        let mut found: Vec<At> = around.filter_map(|block| self.blocks.get(&block)).flatten().copied().collect();
        found.extend(&self.everyone);
        found.sort_unstable();
        found
    }
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let admitting = Direction::BOTH.map(|direction| Admitting::new(context, direction));
    let mut together: BTreeMap<(PolicyId, Direction), Vec<PolicyId>> = BTreeMap::new();
    for peer in context.peers() {
        let Peer::Block { cidr, except } = peer.peer else { continue };
        if except.is_empty() {
            continue;
        }
        let policies = together
            .entry((peer.policy, peer.direction))
            .or_insert_with(|| for_same_pods(context.analysis(), peer.policy, peer.direction))
            .clone();
        let mut reopened: Vec<usize> = Vec::new();
        let mut causes: Vec<(Place, String)> = Vec::new();
        for (index, range) in except.iter().enumerate() {
            let [ingress, egress] = &admitting;
            let admitting = if peer.direction == Direction::Ingress { ingress } else { egress };
            let mut by = admitting.of(range);
            by.retain(|(policy, ..)| policies.binary_search(policy).is_ok());
            let by = reopening(context, &peer, (cidr, except), range, &by);
            if !by.is_empty() {
                reopened.push(index);
            }
            for cause in by {
                if !causes.contains(&cause) {
                    causes.push(cause);
                }
            }
        }
        reopened.sort_by_key(|&index| except.get(index));
        report(context, &peer, except, &reopened, causes);
    }
}

/// Where a range that a peer leaves out is admitted as a whole. A narrower block inside the range is an exception
/// that somebody made on purpose.
fn reopening(
    context: &Context<'_>,
    peer: &PeerAt<'_>,
    own: (&IpNet, &[IpNet]),
    range: &IpNet,
    admitting: &[At],
) -> Vec<(Place, String)> {
    let mut found = Vec::new();
    for &(policy, rule, index) in admitting {
        let (Some(written), Some(lowered)) = (context.policy(policy), context.lowered(policy)) else { continue };
        let Some(of) = lowered.rules(peer.direction).get(rule).filter(|of| of.ports.overlaps(peer.ports())) else {
            continue;
        };
        let Some(index) = index else {
            let words = format!("`{}` admits every address", written.object.name);
            found.push((written.rule_origin(peer.direction, rule).entry(), words));
            continue;
        };
        let Some(Peer::Block { cidr, except }) = of.peers.listed().get(index) else { continue };
        // What a block leaves out itself it does not admit, however much that is.
        let is_itself = (policy, rule, index) == (peer.policy, peer.rule, peer.index);
        if is_itself || !admits(cidr, except, range) {
            continue;
        }
        let set = |ranges: &[IpNet]| ranges.iter().copied().collect();
        let here: Order = (peer.policy, *own.0, set(own.1), peer.rule, peer.index);
        let there: Order = (policy, *cidr, set(except), rule, index);
        if here == there || there < here && undoes(own, of, index) {
            continue;
        }
        let words = format!("`{}` admits `{range}`", written.object.name);
        found.push((written.peer_origin(peer.direction, rule, index).entry(), words));
    }
    found
}

/// Whether the block `own` admits a range that another one leaves out.
fn undoes((cidr, except): (&IpNet, &[IpNet]), rule: &Rule, index: usize) -> bool {
    match rule.peers.listed().get(index) {
        Some(Peer::Block { except: others, .. }) => others.iter().any(|range| admits(cidr, except, range)),
        _ => false,
    }
}

fn report(
    context: &mut Context<'_>,
    peer: &PeerAt<'_>,
    except: &[IpNet],
    reopened: &[usize],
    causes: Vec<(Place, String)>,
) {
    let Some(&first) = reopened.first() else { return };
    let name = &peer.written.object.name;
    let ranges = phrase::list(reopened.iter().filter_map(|&index| except.get(index)));
    let message = format!("`{name}` leaves out {ranges}, which another rule admits");
    let about = context.cluster().subject(&peer.written.object);
    let place = peer.origin().keys(["ipBlock", "except"]).index(first).value();
    let draft = context.report_because(Cause::Exception(peer.rule_ref(), peer.index), place, about, message);
    draft.help("an `except` narrows its own block alone: leave the range out of the other rule too");
    for (place, words) in causes.into_iter().take(SHOWN) {
        draft.because(place, words);
    }
}
