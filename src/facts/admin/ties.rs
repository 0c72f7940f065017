//! Policies of one tier and priority that would decide otherwise about the same connection: nobody knows which of them
//! is asked first.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::ends::End;
use super::lower::lower;
use super::traffic::Between;
use super::walk::{AdminRule, Met, Tiers};
use crate::net::Direction;
use crate::net::traffic::Traffic;
use crate::objects::PolicyId;
use crate::policy::dialect::admin::AdminTier;
use crate::policy::{Action, RuleRef};
use crate::reach::Endpoint;

/// Two tied policies that disagree, by the first connection about which they do.
#[derive(Clone, Debug)]
pub(crate) struct Tie {
    /// The rule of the one.
    pub(crate) first: RuleRef,
    /// The rule of the other.
    pub(crate) second: RuleRef,
    /// The pod that they select.
    pub(crate) subject: Endpoint,
    /// The other end.
    pub(crate) remote: Endpoint,
    /// What they disagree about.
    pub(crate) traffic: Traffic,
    /// Whether what becomes of the connection differs, and not only by which it is decided.
    pub(crate) changes_verdict: bool,
}

pub(super) fn ties(tiers: &Tiers<'_>, direction: Direction, subjects: &[End], remotes: &[End]) -> Vec<Tie> {
    let groups = tiers.rules(direction).chunk_by(|one, other| one.tie == other.tie);
    let mut groups = groups.filter(|group| group.first().map(|it| it.at.policy) != group.last().map(|it| it.at.policy));
    if groups.next().is_none() {
        return Vec::new();
    }
    let parts: Vec<Vec<Tie>> = subjects.par_iter().map(|it| of_subject(tiers, direction, it, remotes)).collect();
    let mut first: BTreeMap<(PolicyId, PolicyId), Tie> = BTreeMap::new();
    for tie in parts.into_iter().flatten() {
        let known = first.entry((tie.first.policy, tie.second.policy)).or_insert_with(|| tie.clone());
        if tie.changes_verdict && !known.changes_verdict {
            *known = tie;
        }
    }
    first.into_values().collect()
}

fn of_subject(tiers: &Tiers<'_>, direction: Direction, subject: &End, remotes: &[End]) -> Vec<Tie> {
    let asked = tiers.asked(direction, subject.endpoint);
    let rules = tiers.rules(direction);
    let mut ties = Vec::new();
    for remote in remotes {
        let met = tiers.walk(&asked, direction, subject.endpoint, remote.endpoint);
        for (index, one) in met.iter().enumerate() {
            let Some(first) = rules.get(one.rule) else { continue };
            for other in met.get(index + 1..).unwrap_or_default() {
                let Some(second) = rules.get(other.rule).filter(|second| second.tie == first.tie) else { break };
                let both = one.decides.least.intersection(&other.decides.least);
                if second.at.policy == first.at.policy || second.rule.action == first.rule.action || both.is_empty() {
                    continue;
                }
                let differing = differing(tiers, (first, second), (subject.endpoint, remote.endpoint), &met, &both);
                let changes_verdict = !differing.is_empty();
                ties.push(Tie {
                    first: first.at,
                    second: second.at,
                    subject: subject.endpoint,
                    remote: remote.endpoint,
                    traffic: if changes_verdict { differing } else { both },
                    changes_verdict,
                });
            }
        }
    }
    ties
}

/// That of the traffic about which two rules disagree whose verdict surely differs.
fn differing(
    tiers: &Tiers<'_>,
    (first, second): (&AdminRule<'_>, &AdminRule<'_>),
    (subject, remote): (Endpoint, Endpoint),
    met: &[Met],
    both: &Traffic,
) -> Traffic {
    let passed = || match first.written.tier {
        AdminTier::Admin => lower(tiers, first.at.direction, (subject, remote), met),
        // Nothing follows but that it is allowed.
        AdminTier::Baseline => Between { least: Traffic::all(), most: Traffic::all() },
    };
    match (first.rule.action, second.rule.action) {
        (Action::Allow, Action::Deny) | (Action::Deny, Action::Allow) => both.clone(),
        (Action::Pass, Action::Allow) | (Action::Allow, Action::Pass) => both.difference(&passed().most),
        (Action::Pass, Action::Deny) | (Action::Deny, Action::Pass) => both.intersection(&passed().least),
        _ => Traffic::default(),
    }
}
