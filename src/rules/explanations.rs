//! What the failure of a connection may be a consequence of: mistakes that have rules of their own.

use crate::net::Direction;
use crate::objects::WorkloadId;
use crate::policy::RuleRef;
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};

/// The ports of a rule that are wrong in themselves, so that it does not admit what it was written for.
pub(super) fn wrong_ports<'c>(context: &'c Context<'_>, rule: RuleRef) -> impl Iterator<Item = Cause> + use<'c> {
    let wrong = context.facts().wrong_ports.of_rule(rule).filter(|port| !port.open);
    wrong.map(move |port| Cause::Port(rule, port.index))
}

/// The [wrong ports](wrong_ports) of the rules in which one end of a connection names some of the others.
pub(super) fn wrong_ports_at(
    context: &Context<'_>,
    end: WorkloadId,
    direction: Direction,
    others: &[WorkloadId],
) -> Vec<Cause> {
    let reach = context.at_most();
    let mut found = Vec::new();
    for policy in reach.isolating(Endpoint::Workload(end), direction) {
        let rules = context.lowered(policy).map_or(0, |policy| policy.rules(direction).len());
        for rule in (0..rules).map(|index| RuleRef { policy, direction, index }) {
            let mut ports = wrong_ports(context, rule).peekable();
            let names = |&other: &WorkloadId| other != end && reach.rule_admits(rule, Endpoint::Workload(other));
            if ports.peek().is_some() && others.iter().any(names) {
                found.extend(ports);
            }
        }
    }
    found
}
