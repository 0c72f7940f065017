//! A deny-all for ingress that leaves out which it cannot name: addresses outside, and nodes.

use super::{SHOWN, about};
use crate::facts::admin::AdminRule;
use crate::net::Direction;
use crate::objects::{Selector, WorkloadId};
use crate::policy::{Action, NamespaceSet, Peer, PodSet, Ports};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let fates = &context.facts().admin.fates;
    for fate in fates.iter().filter(|fate| fate.is_reached && denies_all(&fate.rule)) {
        let is_open = |&id: &WorkloadId| {
            let is_isolated = context.at_least().is_isolated(Endpoint::Workload(id), Direction::Ingress);
            context.analysis().exposure(id).is_some() && !is_isolated
        };
        let mut exposed: Vec<WorkloadId> = context.at_least().selected(fate.rule.at.policy).filter(is_open).collect();
        exposed.sort_unstable();
        if !exposed.is_empty() {
            report(context, &fate.rule, &exposed);
        }
    }
}

/// Whether a rule denies ingress from all pods on all ports.
fn denies_all(rule: &AdminRule<'_>) -> bool {
    let everyone = PodSet::new(NamespaceSet::every(), Selector::default());
    rule.at.direction == Direction::Ingress
        && rule.rule.action == Action::Deny
        && matches!(rule.rule.ports, Ports::All)
        && rule.rule.peers.listed().iter().any(|peer| matches!(peer, Peer::Pods(set) if *set == everyone))
}

fn report(context: &mut Context<'_>, rule: &AdminRule<'_>, exposed: &[WorkloadId]) {
    let who = phrase::list(context.names(exposed));
    let message = format!("{} leaves {who} open to addresses outside the cluster", rule.title());
    let exposures: Vec<_> = exposed.iter().filter_map(|&id| Some((id, context.analysis().exposure(id)?))).collect();
    let subject = about(context, rule);
    let draft = context.report_because(Cause::Rule(rule.at), rule.action_place(), subject, message);
    for (_, exposure) in exposures.iter().take(SHOWN) {
        draft.because(exposure.origin.clone().entry(), exposure.words.clone());
    }
    draft.help(
        "isolate them for ingress by a NetworkPolicy, which can name addresses, if they are not meant for everyone",
    );
}
