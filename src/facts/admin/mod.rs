//! What the rules of the tiers Admin and Baseline decide: each against those that are asked before it, for all ends that
//! policies can distinguish.

mod denials;
mod ends;
mod fate;
mod lower;
mod ties;
mod traffic;
mod walk;

use crate::analysis::Analysis;
use crate::net::Direction;
use crate::objects::{NamespaceId, WorkloadId};
use crate::policy::{Action, Peer, StageName};
use crate::reach::Endpoint;
pub(crate) use denials::Overridden;
pub(crate) use ends::{End, remotes};
pub(crate) use fate::Fate;
pub(crate) use ties::Tie;
pub(crate) use walk::{AdminRule, Tiers};

/// The rules of a cluster's Admin and Baseline policies, and what becomes of each.
pub(crate) struct AdminTiers<'m> {
    /// The rules, to be asked about single connections.
    pub(crate) tiers: Tiers<'m>,
    /// What becomes of each rule, those of ingress first, in the order in which they are asked. None where there are
    /// too many to compare.
    pub(crate) fates: Vec<Fate<'m>>,
    /// Policies of one priority that disagree, in order.
    pub(crate) ties: Vec<Tie>,
}

/// How many rules are asked about how many pairs of ends, at most.
const COMPARED: usize = 4_000_000;

impl<'m> AdminTiers<'m> {
    /// Works them out.
    pub(super) fn new(analysis: &'m Analysis) -> Self {
        let tiers = Tiers::new(analysis);
        let (mut fates, mut ties) = (Vec::new(), Vec::new());
        for direction in Direction::BOTH {
            let (subjects, remotes) = (ends::subjects(analysis), remotes(analysis, direction));
            let rules = tiers.rules(direction).len();
            if rules > 0 && subjects.len().saturating_mul(remotes.len()).saturating_mul(rules) <= COMPARED {
                fates.extend(fate::fates(&tiers, direction, &subjects, &remotes));
                ties.extend(ties::ties(&tiers, direction, &subjects, &remotes));
            }
        }
        Self { tiers, fates, ties }
    }

    /// Whether there are no such rules.
    pub(crate) fn is_empty(&self) -> bool {
        Direction::BOTH.into_iter().all(|direction| self.tiers.rules(direction).is_empty())
    }
}

/// Whether a rule of the tier Admin denies a workload many pods, or many addresses, in a direction, so that no
/// NetworkPolicy is to blame for what is blocked.
pub(super) fn may_be_denied(analysis: &Analysis, workload: WorkloadId, direction: Direction) -> bool {
    let of_the_cluster = analysis.policies().iter().rev().take_while(|it| it.object.namespace == NamespaceId::CLUSTER);
    let is_broad = |peer: &Peer| match peer {
        Peer::Pods(_) => true,
        Peer::Block { cidr, .. } => cidr.prefix_len() <= 1,
        _ => false,
    };
    let mut admin = of_the_cluster.filter(|it| !it.rejected && it.policy.stage == StageName::Admin);
    admin.any(|it| {
        let mut rules = it.policy.rules(direction).iter();
        rules.any(|rule| rule.action == Action::Deny && rule.peers.listed().iter().any(is_broad))
            && analysis.at_most().peer_admits(&Peer::Pods(it.policy.subject.clone()), Endpoint::Workload(workload))
    })
}
