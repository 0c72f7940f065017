//! `from: []` reads as "from nobody" and means "from everyone": a template whose value is empty fails open.

use crate::diagnostic::Severity;
use crate::net::Direction;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{Ports, RuleRef};
use crate::rules::{Cause, Context};

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for (policy, written, lowered) in context.policies() {
        for &(direction, index) in written.empty_peers.iter().filter(|(direction, _)| lowered.isolates(*direction)) {
            if let Some(rule) = lowered.rules(direction).get(index) {
                report(context, written, RuleRef { policy, direction, index }, &rule.ports);
            }
        }
    }
}

fn report(context: &mut Context<'_>, written: &NetworkPolicy, rule: RuleRef, ports: &Ports) {
    let RuleRef { direction, index, .. } = rule;
    let (field, name) = (direction.peers_field(), &written.object.name);
    let everyone = match direction {
        Direction::Ingress => "every source",
        Direction::Egress => "every destination",
    };
    let ports_too = if matches!(ports, Ports::All) { "" } else { " on its ports" };
    let message = format!("an empty `{field}` of `{name}` admits {everyone}{ports_too}");
    let about = context.cluster().subject(&written.object);
    let place = written.rule_origin(direction, index).key(field).entry();
    let draft = context.report_because(Cause::Rule(rule), place, about, message);
    draft.help(format!(
        "name the peers, or delete the rule to admit no source; if everyone is meant, leave `{field}` out"
    ));
    // To ask a resolver wherever it is does little harm, and is what many mean by it.
    if direction == Direction::Egress && ports.is_limited_to(&[53, 5353]) {
        draft.severity(Severity::Warning);
    }
}
