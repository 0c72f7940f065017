//! `from: []` reads as "from nobody" and means "from everyone": a template whose value is empty fails open.

use crate::diagnostic::{Confidence, Severity};
use crate::net::Direction;
use crate::objects::PolicyId;
use crate::policy::dialect::cilium::{Action, Items, Peers, Traffic};
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{self, PolicyObject, Ports, RuleRef, StageName};
use crate::rules::{Cause, Context};
use crate::source::Origin;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    check_cilium(context);
    for (policy, written, lowered) in context.policies() {
        for &(direction, index) in written.empty_peers.iter().filter(|(direction, _)| lowered.isolates(*direction)) {
            if let Some(rule) = lowered.rules(direction).get(index) {
                report(context, written, RuleRef { policy, direction, index }, &rule.ports);
            }
        }
    }
}

/// In policies of Cilium, an empty list is nobody or everyone, by its kind.
fn check_cilium(context: &mut Context<'_>) {
    let is_enforced = context.cluster().enforces(&StageName::Cilium);
    for (object, policy) in context.analysis().policies().iter().zip((0..).map(PolicyId)) {
        let Some(written) = object.cilium_policy().filter(|_| is_enforced && !object.rejected) else { continue };
        for direction in Direction::BOTH {
            let parts = written.parts(direction).iter().enumerate();
            for (index, part) in parts.filter(|(_, part)| part.items == Items::Plain) {
                let Some((rule, entry)) = written.entry(part) else { continue };
                let is_empty = (&entry.peers, &entry.traffic) == (&Peers::Unwritten, &Traffic::Unwritten);
                if is_empty && entry.action == Action::Allow {
                    let at = RuleRef { policy, direction, index };
                    report_empty_item(context, object, at, rule.origin_of(entry));
                }
                if entry.traffic == Traffic::Unwritten {
                    continue;
                }
                let at = RuleRef { policy, direction, index };
                let lowered = object.policy.rules(direction).get(index);
                let is_for_everyone = lowered.is_some_and(|rule| matches!(rule.peers, policy::Peers::Everyone));
                let (what, list) = match (&entry.peers, entry.empty) {
                    (Peers::Nothing(list), _) => ("an empty", *list),
                    (_, Some(list)) => ("an empty", list),
                    // No Service can match it.
                    (Peers::Of(list @ "toServices", _), _) if is_for_everyone => ("the", *list),
                    _ => continue,
                };
                let name = &object.object.name;
                let is_open = is_for_everyone && entry.action == Action::Allow;
                let message = match is_open {
                    true => format!("{what} `{list}` of `{name}` admits {} on its ports", everyone(direction)),
                    false => format!("{what} `{list}` of `{name}` matches no peer"),
                };
                let about = context.cluster().subject(&object.object);
                let place = rule.origin_of(entry).key(list).entry();
                let draft = context.report_because(Cause::Rule(at), place, about, message);
                draft.help("name the peers, or delete the item");
                if !is_open {
                    draft.severity(Severity::Warning);
                }
            }
        }
    }
}

/// Words in names of policies that are meant to let something in.
const OPEN: [&str; 4] = ["allow", "allowed", "open", "permit"];

/// Words in names of policies that are meant to isolate.
const CLOSED: [&str; 6] = ["block", "closed", "default", "deny", "isolate", "restrict"];

/// An item without peers and ports, which is nobody in a policy of Cilium and everyone in a NetworkPolicy, where the
/// name of the policy says that it is meant to allow.
fn report_empty_item(context: &mut Context<'_>, object: &PolicyObject, at: RuleRef, item: Origin) {
    let name = &object.object.name;
    let words: Vec<&str> = name.split(|it: char| !it.is_ascii_alphanumeric()).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    if !has(&OPEN) || has(&CLOSED) {
        return;
    }
    let field = match at.direction {
        Direction::Ingress => "fromEntities",
        Direction::Egress => "toEntities",
    };
    let about = context.cluster().subject(&object.object);
    let message = format!("an empty item of `{name}` matches no peer, and so allows nothing");
    let draft = context.report_because(Cause::Rule(at), item.entry(), about, message);
    draft.severity(Severity::Warning).confidence(Confidence::Likely);
    draft.remark("in a NetworkPolicy it would be everyone");
    draft.help(format!("to allow everyone, write `{field}: [all]`"));
}

fn report(context: &mut Context<'_>, written: &NetworkPolicy, rule: RuleRef, ports: &Ports) {
    let RuleRef { direction, index, .. } = rule;
    let (field, name) = (direction.peers_field(), &written.object.name);
    let everyone = everyone(direction);
    let ports_too = if matches!(ports, Ports::All) { "" } else { " on its ports" };
    let message = format!("an empty `{field}` of `{name}` admits {everyone}{ports_too}");
    let about = context.cluster().subject(&written.object);
    let place = written.rule_origin(direction, index).key(field).entry();
    let draft = context.report_because(Cause::Rule(rule), place, about, message);
    draft.help(format!(
        "name the peers, or delete the rule to admit no source; if everyone is meant, leave `{field}` out"
    ));
    // To ask a resolver wherever it is does little harm, and is what many mean by it.
    if direction == Direction::Egress && ports.are_of_dns() {
        draft.severity(Severity::Warning);
    }
}

fn everyone(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "every source",
        Direction::Egress => "every destination",
    }
}
