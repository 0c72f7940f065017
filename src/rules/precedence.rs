//! Which rules yield to others: those about a missing connection to those about the port that a rule names.

use super::Context;
use crate::facts::ports::Verdict;
use crate::net::Direction;
use crate::objects::WorkloadId;
use crate::policy::RuleRef;
use crate::reach::Endpoint;

/// Whether a rule does not admit what it was written for, because of a port that it names: where that is reported, it
/// need not be where the connection is missed.
pub(super) fn ports_are_wrong(context: &Context<'_>, rule: RuleRef) -> bool {
    context.facts().wrong_ports.of_rule(rule).filter(|port| !port.open).any(|port| {
        let name = match port.verdict {
            Verdict::OtherProtocol { .. } => "missing-protocol",
            Verdict::ServicePort { .. } => "service-port-in-policy",
            Verdict::WrongSide { .. } => "port-of-wrong-side",
            Verdict::Undefined => "undefined-named-port",
            Verdict::Right | Verdict::Nowhere => return false,
        };
        !context.analysis().config().is_off(name)
    })
}

/// Whether one end of a connection has a rule for the other one, with ports that are [wrong](ports_are_wrong).
pub(super) fn ports_are_wrong_at(
    context: &Context<'_>,
    end: WorkloadId,
    direction: Direction,
    other: WorkloadId,
) -> bool {
    let reach = context.at_most();
    let mut rules = reach.isolating(Endpoint::Workload(end), direction).flat_map(|policy| {
        let rules = context.lowered(policy).map_or(0, |policy| policy.rules(direction).len());
        (0..rules).map(move |index| RuleRef { policy, direction, index })
    });
    rules.any(|rule| reach.rule_admits(rule, Endpoint::Workload(other)) && ports_are_wrong(context, rule))
}
