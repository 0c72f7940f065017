//! Whether the ports that rules name are those on which their pods listen: said of each port once, for all rules.

mod ends;
mod listening;
mod verdict;

use std::cell::OnceCell;
use std::sync::Arc;

use rayon::prelude::*;

use crate::analysis::Analysis;
use crate::facts::in_force::{RuleAt, rules_of};
use crate::policy::{PortMatch, RuleRef};
use crate::source::Origin;
pub(crate) use ends::Ends;
use ends::is_open;
pub(crate) use listening::{Destinations, declared, pod_names, service_ports};
pub(crate) use verdict::Verdict;
use verdict::{Item, verdict_on};

/// One item of a rule's ports of which there is something to say.
pub(crate) struct PortAt<'m> {
    /// The rule.
    pub(crate) rule: RuleAt<'m>,
    /// Its place in the list.
    pub(crate) index: usize,
    /// The item.
    pub(crate) port: &'m PortMatch,
    /// The destinations: for ingress the pods of the policy, for egress those of the peers. At least one.
    pub(crate) pods: Arc<Destinations<'m>>,
    /// Whether the rule may mean pods that the input does not show.
    pub(crate) open: bool,
    /// Whether no pod of the rule, shown or not, declares any of these numbers.
    pub(crate) is_nowhere: bool,
    /// What is to be said of it.
    pub(crate) verdict: Verdict<'m>,
}

impl PortAt<'_> {
    /// Where it is written.
    pub(crate) fn origin(&self) -> Origin {
        self.rule.object.port_origin(self.rule.at.direction, self.rule.at.index, self.index)
    }
}

/// How many policies are looked at together, at least: they share what is known of their pods.
const PART: usize = 1_000;

/// The ports of the rules in force with which something is wrong, in the order of the rules.
pub(crate) struct WrongPorts<'m>(Vec<PortAt<'m>>);

impl<'m> WrongPorts<'m> {
    /// Those of the input.
    pub(super) fn new(analysis: &'m Analysis) -> Self {
        let policies: Vec<_> = analysis.evaluated_policies().collect();
        let part = PART.max(policies.len().div_ceil(rayon::current_num_threads()));
        let parts = policies.par_chunks(part).map(|policies| {
            let rules = policies.iter().flat_map(|(id, object)| rules_of(*id, object));
            wrong_ports(analysis, rules)
        });
        Self(parts.collect::<Vec<_>>().into_iter().flatten().collect())
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &PortAt<'m>> {
        self.0.iter()
    }

    /// Those of a rule.
    pub(crate) fn of_rule(&self, rule: RuleRef) -> impl Iterator<Item = &PortAt<'m>> {
        let first = self.0.partition_point(|port| port.rule.at < rule);
        self.0.iter().skip(first).take_while(move |port| port.rule.at == rule)
    }
}

fn wrong_ports<'m>(analysis: &'m Analysis, rules: impl Iterator<Item = RuleAt<'m>>) -> Vec<PortAt<'m>> {
    let mut ends = Ends::new(analysis);
    let mut found = Vec::new();
    for rule in rules.filter(|rule| !rule.rule.ports.listed().is_empty()) {
        let Some(pods) = ends.destinations(&rule) else { continue };
        let (all, open) = (OnceCell::new(), OnceCell::new());
        for (index, port) in rule.rule.ports.listed().iter().enumerate() {
            // One port as it is written may be one of each protocol: the first speaks for all.
            if index > 0 && rule.is_same_port(index - 1, index) {
                continue;
            }
            match verdict_on(
                analysis,
                &mut ends,
                Item { rule: &rule, index, port, pods: &pods, all: &all, open: &open },
            ) {
                Verdict::Right => {}
                verdict => {
                    let open = *open.get_or_init(|| is_open(analysis, &rule));
                    let is_nowhere = port.range().is_some() && !open && !pods.is_any_silent;
                    found.push(PortAt { rule, index, port, pods: pods.destinations(), open, is_nowhere, verdict });
                }
            }
        }
    }
    found
}
