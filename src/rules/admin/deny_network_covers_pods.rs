//! A Deny of all addresses that was meant for the internet, and that denies pods their connections to one another.

use super::about;
use crate::facts::admin::AdminRule;
use crate::net::Direction;
use crate::policy::{Action, Peer, Ports};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};

/// Words for what is outside the cluster.
const OUTSIDE: [&str; 7] = ["external", "internet", "offcluster", "outside", "public", "www", "world"];

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for rule in context.facts().admin.tiers.rules(Direction::Egress) {
        if is_meant_for_outside(rule) && covers_pods(context, rule) {
            let message = format!("{} also denies all connections to pods", rule.title());
            let subject = about(context, rule);
            context.report_because(Cause::Rule(rule.at), rule.action_place(), subject, message).help(
                "before it, add a rule with `action: Pass` and `to: [{namespaces: {}}]`: networks match pods too",
            );
        }
    }
}

/// Whether a rule denies networks only, and its name or that of its policy says that they are those outside.
fn is_meant_for_outside(rule: &AdminRule<'_>) -> bool {
    let peers = rule.rule.peers.listed();
    let name = rule.written.rules(Direction::Egress).get(rule.at.index).and_then(|it| it.name.as_deref());
    let mut names = name.into_iter().chain([rule.object.object.name.as_str()]);
    rule.rule.action == Action::Deny
        && peers.iter().all(|peer| matches!(peer, Peer::Block { .. }))
        && names.any(|name| {
            let name = name.to_lowercase();
            let mut words = name.split(|it: char| !it.is_ascii_alphanumeric());
            words.any(|word| OUTSIDE.contains(&word))
        })
}

/// Whether a rule matches any other pod, and no rule before it takes connections to all pods.
fn covers_pods(context: &Context<'_>, rule: &AdminRule<'_>) -> bool {
    let admits_pods = |it: &AdminRule<'_>| context.at_least().rule_admits(it.at, Endpoint::UnknownNamespace);
    let rules = context.facts().admin.tiers.rules(Direction::Egress).iter();
    let mut before = rules.take_while(|it| it.at != rule.at);
    let spares =
        |it: &AdminRule<'_>| it.rule.action != Action::Deny && matches!(it.rule.ports, Ports::All) && admits_pods(it);
    admits_pods(rule) && !before.any(spares)
}
