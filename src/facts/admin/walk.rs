//! The rules of the tiers Admin and Baseline, asked in order about one pair of ends.

use super::traffic::{Between, traffic};
use crate::analysis::Analysis;
use crate::net::Direction;
use crate::net::traffic::Traffic;
use crate::objects::PolicyId;
use crate::policy::dialect::PolicyObject;
use crate::policy::dialect::admin::{AdminPolicy, AdminTier};
use crate::policy::{Action, Peer, Rule, RuleRef};
use crate::reach::Endpoint;
use crate::source::Place;

/// A rule that is in force.
#[derive(Clone, Copy)]
pub(crate) struct AdminRule<'m> {
    pub(crate) at: RuleRef,
    pub(crate) object: &'m PolicyObject,
    pub(crate) written: &'m AdminPolicy,
    pub(crate) rule: &'m Rule,
    /// A number that rules of one tier and priority share.
    pub(super) tie: usize,
}

/// The rules that are in force.
pub(crate) struct Tiers<'m> {
    pub(super) analysis: &'m Analysis,
    rules: [Vec<AdminRule<'m>>; 2],
}

/// A rule that may be for a pod, by its place in [`Tiers::rules`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) rule: usize,
    is_certain: bool,
}

/// What a rule does between two ends.
#[derive(Clone, Debug)]
pub(super) struct Met {
    /// Its place in [`Tiers::rules`].
    pub(super) rule: usize,
    /// What it matches, perhaps.
    pub(super) matched: Traffic,
    /// What it surely takes from the rules after it, if its policy selects the pod.
    pub(super) taken: Traffic,
    /// Whether its policy surely does.
    pub(super) selects: bool,
    /// What it may decide, and what it surely decides; of tied policies, if its own is asked first.
    pub(super) decides: Between<Traffic>,
}

impl AdminRule<'_> {
    /// Where it says what it does.
    pub(crate) fn action_place(&self) -> Place {
        self.object.rule_origin(self.at.direction, self.at.index).key("action").value()
    }

    /// What messages call it: by its own name, else by its place.
    pub(crate) fn title(&self) -> String {
        let policy = &self.object.object.name;
        let RuleRef { direction, index, .. } = self.at;
        match self.written.rules(direction).get(index).and_then(|it| it.name.as_ref()) {
            Some(name) => format!("rule `{name}` of `{policy}`"),
            None => format!("{direction} rule {} of `{policy}`", index + 1),
        }
    }
}

impl<'m> Tiers<'m> {
    pub(super) fn new(analysis: &'m Analysis) -> Self {
        let mut policies: Vec<(PolicyId, &PolicyObject, &AdminPolicy)> = (analysis.policies().iter().zip(0..))
            .filter(|(object, _)| !object.rejected)
            .filter_map(|(object, index)| Some((PolicyId(index), &**object, object.admin_policy()?)))
            .collect();
        policies.sort_by(|(_, one, first), (_, other, second)| {
            let by_order = || one.policy.order.cmp(&other.policy.order);
            first.tier.cmp(&second.tier).then_with(by_order).then_with(|| one.object.name.cmp(&other.object.name))
        });
        let groups = policies.chunk_by(|(_, one, first), (_, other, second)| {
            (first.tier, one.policy.order) == (second.tier, other.policy.order)
        });
        let mut rules = [Vec::new(), Vec::new()];
        for (tie, group) in groups.enumerate() {
            for &(policy, object, written) in group {
                for (direction, rules) in Direction::BOTH.into_iter().zip(&mut rules) {
                    let each = object.policy.rules(direction).iter().enumerate();
                    rules.extend(each.map(|(index, rule)| AdminRule {
                        at: RuleRef { policy, direction, index },
                        object,
                        written,
                        rule,
                        tie,
                    }));
                }
            }
        }
        Self { analysis, rules }
    }

    /// The rules of a direction, in the order in which they are asked.
    pub(crate) fn rules(&self, direction: Direction) -> &[AdminRule<'m>] {
        let [ingress, egress] = &self.rules;
        match direction {
            Direction::Ingress => ingress,
            Direction::Egress => egress,
        }
    }

    /// The rules that may be for a pod.
    pub(super) fn asked(&self, direction: Direction, subject: Endpoint) -> Vec<Asked> {
        let mut asked = Vec::new();
        let mut place = 0;
        for of_policy in self.rules(direction).chunk_by(|one, other| one.at.policy == other.at.policy) {
            let selects = of_policy.first().map(|first| self.selects(first, subject)).unwrap_or_default();
            if selects.most {
                asked.extend((0..of_policy.len()).map(|it| Asked { rule: place + it, is_certain: selects.least }));
            }
            place += of_policy.len();
        }
        asked
    }

    fn selects(&self, rule: &AdminRule<'_>, subject: Endpoint) -> Between<bool> {
        let set = Peer::Pods(rule.object.policy.subject.clone());
        let is_in = |reach: &crate::reach::Reachability| reach.peer_admits(&set, subject);
        Between { least: is_in(self.analysis.at_least()), most: is_in(self.analysis.at_most()) }
    }

    /// Asks rules about a pair of ends. Those that cannot match are left out.
    pub(super) fn walk(&self, asked: &[Asked], direction: Direction, subject: Endpoint, remote: Endpoint) -> Vec<Met> {
        let rules = self.rules(direction);
        let tie = |asked: &Asked| rules.get(asked.rule).map(|rule| rule.tie);
        let tier = |asked: &Asked| rules.get(asked.rule).map(|rule| rule.written.tier);
        let policy = |asked: &Asked| rules.get(asked.rule).map(|rule| rule.at.policy);
        let mut met = Vec::new();
        let mut open = Between { least: Traffic::all(), most: Traffic::all() };
        let mut passed: Between<Traffic> = Between::default();
        let mut last_tier = None;
        for tied in asked.chunk_by(|one, other| tie(one) == tie(other)) {
            let here = tied.first().and_then(tier);
            if last_tier.is_some() && last_tier != here {
                open.least = open.least.union(&passed.least);
                open.most = open.most.union(&passed.most);
            }
            last_tier = here;
            let mut after = open.clone();
            for of_policy in tied.chunk_by(|one, other| policy(one) == policy(other)) {
                let mut own = open.clone();
                for asked in of_policy {
                    let Some(rule) = rules.get(asked.rule) else { continue };
                    let Some(it) = self.meet(*asked, rule, (subject, remote), &mut own) else { continue };
                    if rule.rule.action == Action::Pass && here == Some(AdminTier::Admin) {
                        passed.least = passed.least.union(&it.decides.least);
                        passed.most = passed.most.union(&it.decides.most);
                    }
                    met.push(it);
                }
                after.least = after.least.intersection(&own.least);
                if of_policy.iter().all(|asked| asked.is_certain) {
                    after.most = after.most.intersection(&own.most);
                }
            }
            open = after;
        }
        met
    }

    fn meet(
        &self,
        asked: Asked,
        rule: &AdminRule<'_>,
        (subject, remote): (Endpoint, Endpoint),
        open: &mut Between<Traffic>,
    ) -> Option<Met> {
        if !self.analysis.at_most().rule_admits(rule.at, remote) {
            return None;
        }
        let destination = if rule.at.direction == Direction::Ingress { subject } else { remote };
        let traffic = traffic(self.analysis, &rule.rule.ports, destination);
        if traffic.most.is_empty() {
            return None;
        }
        let is_certain = self.analysis.at_least().rule_admits(rule.at, remote);
        let certain = if is_certain { traffic.least } else { Traffic::default() };
        let surely = if asked.is_certain { open.least.intersection(&certain) } else { Traffic::default() };
        let decides = Between { least: surely, most: open.most.intersection(&traffic.most) };
        open.most = open.most.difference(&certain);
        open.least = open.least.difference(&traffic.most);
        Some(Met { rule: asked.rule, matched: traffic.most, taken: certain, selects: asked.is_certain, decides })
    }
}
