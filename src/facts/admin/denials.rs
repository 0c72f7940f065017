//! Which rule of the tiers denies a connection, for certain.

use super::traffic::traffic;
use super::walk::{AdminRule, Met, Tiers};
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::net::traffic::Traffic;
use crate::policy::dialect::admin::AdminTier;
use crate::policy::{Action, Rule, RuleRef};
use crate::reach::Endpoint;

impl<'m> Tiers<'m> {
    /// The rules that deny traffic between two ends in a direction, each with what it surely denies.
    pub(crate) fn denials(
        &self,
        direction: Direction,
        subject: Endpoint,
        remote: Endpoint,
    ) -> Vec<(&AdminRule<'m>, Traffic)> {
        let met = self.walk(&self.asked(direction, subject), direction, subject, remote);
        // Where a NetworkPolicy may isolate the pod, the tier Baseline may not be asked.
        let is_asked = |rule: &AdminRule<'_>| {
            rule.written.tier == AdminTier::Admin || !self.analysis.at_least().is_isolated(subject, direction)
        };
        let denials = met.iter().filter_map(|it| {
            let rule = self.rules(direction).get(it.rule)?;
            if rule.rule.action != Action::Deny || it.decides.least.is_empty() || !is_asked(rule) {
                return None;
            }
            let denied = self.without_tied(rule, it, &met);
            (!denied.is_empty()).then_some((rule, denied))
        });
        denials.collect()
    }

    /// What a rule surely decides, whichever of the policies that it is tied with is asked first.
    fn without_tied(&self, rule: &AdminRule<'m>, it: &Met, met: &[Met]) -> Traffic {
        let rule_of = |other: &Met| self.rules(rule.at.direction).get(other.rule);
        let differs = |other: &&Met| {
            let other = rule_of(other);
            other.is_some_and(|it| it.at.policy != rule.at.policy && it.rule.action != rule.rule.action)
        };
        // Rules that are tied are asked one after the other.
        let first = met.partition_point(|other| rule_of(other).is_some_and(|it| it.tie < rule.tie));
        let tied = met.get(first..).unwrap_or_default();
        let tied = tied.iter().take_while(|other| rule_of(other).is_some_and(|it| it.tie == rule.tie));
        let others = tied.filter(differs);
        others.fold(it.decides.least.clone(), |left, other| left.difference(&other.decides.most))
    }

    /// The rule that denies all of these ports between two ends in a direction, the first where several do together.
    pub(crate) fn denier(
        &self,
        direction: Direction,
        subject: Endpoint,
        remote: Endpoint,
        ports: &PortSet,
    ) -> Option<&AdminRule<'m>> {
        if self.rules(direction).is_empty() || ports.is_empty() {
            return None;
        }
        let denials = self.denials(direction, subject, remote);
        let all = denials.iter().fold(PortSet::default(), |sum, (_, denied)| sum.union(&denied.ports));
        let first = denials.iter().find(|(_, denied)| denied.ports.meets(ports)).map(|(rule, _)| *rule);
        first.filter(|_| all.is_superset(ports))
    }

    /// Whether all that a rule of a NetworkPolicy allows between two ends is surely denied before it is asked.
    pub(crate) fn overridden(
        &self,
        at: RuleRef,
        rule: &Rule,
        subject: Endpoint,
        remote: Endpoint,
    ) -> Overridden<'_, 'm> {
        if !self.analysis.at_most().rule_admits(at, remote) {
            return Overridden::Nothing;
        }
        let destination = if at.direction == Direction::Ingress { subject } else { remote };
        let allowed = traffic(self.analysis, &rule.ports, destination).most;
        if allowed.is_empty() {
            return Overridden::Nothing;
        }
        let denials = self.denials(at.direction, subject, remote);
        let of_admin = denials.iter().filter(|(rule, _)| rule.written.tier == AdminTier::Admin);
        let left = of_admin.clone().fold(allowed.clone(), |left, (_, denied)| left.difference(denied));
        let first = of_admin.clone().find(|(_, denied)| denied.meets(&allowed));
        match first {
            Some((rule, _)) if left.is_empty() => Overridden::By(rule),
            _ => Overridden::Not,
        }
    }
}

/// What becomes of what a NetworkPolicy allows.
pub(crate) enum Overridden<'t, 'm> {
    /// It allows nothing here.
    Nothing,
    /// Some of it may be left.
    Not,
    /// All of it is denied; by this rule first.
    By(&'t AdminRule<'m>),
}
