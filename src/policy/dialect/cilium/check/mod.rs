//! What Cilium's agent refuses although the API server takes it.
//!
//! The checks are those of `pkg/policy/api/rule_validation.go` and of `Parse` in `pkg/k8s/apis/cilium.io/v2`, release
//! 1.20. One of them fails the whole object: the agent imports none of its rules, and only `status.conditions` says so.

mod entry;
mod icmp;
mod peers;
mod ports;
mod regex;
mod selector;

use crate::net::Direction;
use crate::policy::dialect::cilium::{Action, Kind};
use crate::schema::field::Field;
use crate::schema::report::{Flaw, Report};
use crate::yaml::Kind as NodeKind;

/// What an entry is part of.
struct Place {
    /// Its direction.
    direction: Direction,
    /// Whether it allows or denies.
    action: Action,
    /// Whether the rule selects nodes.
    is_host: bool,
}

/// The lists of rules, with what they are for.
const LISTS: [(&str, Direction, Action); 4] = [
    ("ingress", Direction::Ingress, Action::Allow),
    ("ingressDeny", Direction::Ingress, Action::Deny),
    ("egress", Direction::Egress, Action::Allow),
    ("egressDeny", Direction::Egress, Action::Deny),
];

/// Checks a policy that its schema admits.
pub(super) fn policy(object: &Field<'_, '_>, kind: Kind, report: &mut Report<'_>) {
    if let Some(spec) = object.get("spec") {
        rule(&spec, kind, report);
    }
    if let Some(specs) = object.list("specs") {
        for spec in specs.items() {
            rule(&spec, kind, report);
        }
    }
}

fn rule(rule: &Field<'_, '_>, kind: Kind, report: &mut Report<'_>) {
    if LISTS.iter().all(|(list, _, _)| is_empty(rule, list)) {
        no_rules(rule, report);
    }
    for label in rule.list("labels").iter().flat_map(Field::items) {
        if let Some(key) = label.get("key").filter(|_| label.lacks("key")) {
            report.rejected_by_agent(&key, Flaw::new("this label has no key", "write the key, or remove the label"));
        }
    }
    for key in ["endpointSelector", "nodeSelector"] {
        if let Some(selector) = rule.get(key) {
            selector::check(&selector, report);
        }
    }
    let nodes = rule.get("nodeSelector");
    if let Some(nodes) = nodes.filter(|_| kind == Kind::Namespaced) {
        let help = "use a CiliumClusterwideNetworkPolicy, or select pods with `endpointSelector`";
        report.key_rejected_by_agent(&nodes, Flaw::new("`nodeSelector` in a CiliumNetworkPolicy", help));
    }
    for (list, direction, action) in LISTS {
        let Some(entries) = rule.list(list) else { continue };
        let place = Place { direction, action, is_host: nodes.is_some() };
        for entry in entries.items() {
            entry::check(&entry, &place, report);
        }
    }
}

/// "rule must have at least one of Ingress, IngressDeny, Egress, EgressDeny".
fn no_rules(rule: &Field<'_, '_>, report: &mut Report<'_>) {
    let written: Vec<_> = LISTS.iter().filter_map(|(list, _, _)| rule.get(list)).collect();
    let Some(first) = written.first() else { return };
    let lists = written.iter().map(|list| format!("`{}: [{{}}]`", list.key())).collect::<Vec<_>>().join(" and ");
    let message = "no list of this policy holds a rule, so it isolates nothing";
    report.rejected_by_agent(first, Flaw::new(message, format!("to deny all traffic, write {lists}")));
}

/// Whether a list is absent or has no items.
fn is_empty(mapping: &Field<'_, '_>, list: &str) -> bool {
    mapping.get(list).is_none_or(|list| list.node.kind() != NodeKind::Seq || list.node.items().next().is_none())
}
