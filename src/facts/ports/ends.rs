//! The pods at the ends of rules, whose ports rules name.

use std::borrow::Cow;
use std::rc::Rc;

use foldhash::HashMap;

use super::listening::Listeners;
use crate::analysis::Analysis;
use crate::facts::in_force::RuleAt;
use crate::net::Direction;
use crate::net::interval::IntervalSet;
use crate::policy::Peer;
use crate::reach::{Endpoint, Reachability};

/// The pods at the ends of rules, those of each end looked at once.
pub(crate) struct Ends<'m> {
    analysis: &'m Analysis,
    /// By the groups that they are made of.
    known: HashMap<Cow<'m, IntervalSet<u32>>, Rc<Listeners<'m>>>,
}

impl<'m> Ends<'m> {
    /// None so far.
    pub(crate) fn new(analysis: &'m Analysis) -> Self {
        Self { analysis, known: HashMap::default() }
    }

    /// The known pods whose ports a rule means; `None` where there is none, or too many to ask.
    pub(crate) fn destinations(&mut self, rule: &RuleAt<'m>) -> Option<Rc<Listeners<'m>>> {
        let reach = self.analysis.at_most();
        let groups = match rule.at.direction {
            // It is for some of the pods that the policy selects.
            Direction::Ingress if rule.rule.subject.is_some() => return None,
            Direction::Ingress => reach.selected_groups(rule.at.policy),
            Direction::Egress if rule.rule.peers.listed().is_empty() => return None,
            Direction::Egress => reach.admitted_groups(rule.at),
        };
        Some(self.of_groups(reach, groups)).filter(|it| !it.pods.is_empty() && it.are_all)
    }

    /// The pods at the other end of the connections that a rule admits, where it names that end by labels.
    pub(super) fn others(&mut self, rule: &RuleAt<'m>) -> Option<Rc<Listeners<'m>>> {
        let reach = self.analysis.at_least();
        let groups = match rule.at.direction {
            Direction::Ingress if rule.rule.peers.listed().iter().all(names_pods) => reach.admitted_groups(rule.at),
            Direction::Egress if !rule.lowered.subject.pods.is_empty() => reach.selected_groups(rule.at.policy),
            _ => return None,
        };
        Some(self.of_groups(reach, groups))
    }

    fn of_groups(&mut self, reach: &'m Reachability, groups: Cow<'m, IntervalSet<u32>>) -> Rc<Listeners<'m>> {
        let analysis = self.analysis;
        let listeners = |groups: &Cow<'m, IntervalSet<u32>>| {
            Rc::new(Listeners::new(analysis, reach.workloads_of(groups.intervals())))
        };
        Rc::clone(self.known.entry(groups).or_insert_with_key(listeners))
    }
}

/// Whether a peer names pods by their labels.
fn names_pods(peer: &Peer) -> bool {
    matches!(peer, Peer::Pods(set) if !set.pods.is_empty())
}

/// Whether a rule may mean the ports of pods that the input does not show: any pod of a namespace, or namespaces that
/// are not known.
pub(super) fn is_open(analysis: &Analysis, rule: &RuleAt<'_>) -> bool {
    match rule.at.direction {
        Direction::Ingress => rule.lowered.subject.pods.is_empty(),
        Direction::Egress => {
            !rule.rule.peers.listed().iter().all(names_pods)
                || analysis.at_most().rule_admits(rule.at, Endpoint::UnknownNamespace)
                || is_presumed(analysis, rule)
        }
    }
}

/// Whether a rule admits pods that are only presumed: they listen on what they listen on.
fn is_presumed(analysis: &Analysis, rule: &RuleAt<'_>) -> bool {
    let mut presumed = 0..analysis.cluster().presumed.len();
    presumed.any(|index| analysis.at_most().rule_admits(rule.at, Endpoint::Presumed(index)))
}
