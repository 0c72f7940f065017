//! What becomes of traffic that leaves the tier Admin undecided.

use super::traffic::{Between, traffic};
use super::walk::{Met, Tiers};
use crate::analysis::Analysis;
use crate::net::Direction;
use crate::net::traffic::Traffic;
use crate::policy::dialect::Dialect;
use crate::policy::dialect::admin::AdminTier;
use crate::policy::{Action, RuleRef};
use crate::reach::{Endpoint, Reachability};

/// What is allowed of all that leaves the tier Admin.
pub(super) fn lower(
    tiers: &Tiers<'_>,
    direction: Direction,
    (subject, remote): (Endpoint, Endpoint),
    met: &[Met],
) -> Between<Traffic> {
    let analysis = tiers.analysis;
    let is_known = |dialect: &Dialect| matches!(dialect, Dialect::NetworkPolicy(_) | Dialect::Admin(_));
    if !analysis.policies().iter().all(|it| is_known(&it.dialect)) {
        return Between { least: Traffic::default(), most: Traffic::all() };
    }
    let of_baseline = |it: &&Met| {
        let rule = tiers.rules(direction).get(it.rule);
        rule.is_some_and(|rule| rule.written.tier == AdminTier::Baseline && rule.rule.action == Action::Deny)
    };
    let denied = met.iter().filter(of_baseline);
    let sum = |sum: Traffic, it: &Traffic| sum.union(it);
    let surely = denied.clone().map(|it| &it.decides.least).fold(Traffic::default(), sum);
    let perhaps = denied.map(|it| &it.decides.most).fold(Traffic::default(), sum);
    let baseline = Between { least: Traffic::all().difference(&perhaps), most: Traffic::all().difference(&surely) };
    let networks = admitted(analysis, direction, subject, remote);
    let (least, most) = (analysis.at_least(), analysis.at_most());
    // What isolates is told the other way round: for certain, of all that may be permitted.
    match (most.is_isolated(subject, direction), least.is_isolated(subject, direction)) {
        (true, _) => networks,
        (false, true) => {
            Between { least: networks.least.intersection(&baseline.least), most: networks.most.union(&baseline.most) }
        }
        (false, false) => baseline,
    }
}

/// What the NetworkPolicies that isolate a pod admit.
pub(super) fn admitted(
    analysis: &Analysis,
    direction: Direction,
    subject: Endpoint,
    remote: Endpoint,
) -> Between<Traffic> {
    let (least, most) = (analysis.at_least(), analysis.at_most());
    let destination = if direction == Direction::Ingress { subject } else { remote };
    let by = |isolating: &Reachability, admits: &Reachability, of: &dyn Fn(Between<Traffic>) -> Traffic| {
        let mut sum = Traffic::default();
        for policy in isolating.isolating(subject, direction) {
            let rules = analysis.lowered(policy).map_or(&[][..], |policy| policy.rules(direction));
            for (index, rule) in rules.iter().enumerate() {
                if admits.rule_admits(RuleRef { policy, direction, index }, remote) {
                    sum = sum.union(&of(traffic(analysis, &rule.ports, destination)));
                }
            }
        }
        sum
    };
    Between { least: by(most, least, &|it| it.least), most: by(least, most, &|it| it.most) }
}
