//! An Allow that is asked after the NetworkPolicies and admits what they do not.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use super::{
    CalicoPolicyAt, is_with_network_policies, network_policies, order_of_network_policies, policies, selected,
};
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::WorkloadId;
use crate::policy::{Action, Peers, Rule, RuleRef};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let Some(order) = order_of_network_policies(&context.cluster().arrangement) else { return };
    let after = |policy: &CalicoPolicyAt<'_>| is_with_network_policies(policy) && policy.object.policy.order > order;
    for policy in policies(context).into_iter().filter(after) {
        for direction in Direction::BOTH.into_iter().filter(|&direction| policy.object.policy.isolates(direction)) {
            let rules = policy.object.policy.rules(direction).iter().enumerate();
            for (index, _) in rules.filter(|(_, rule)| is_open(rule)) {
                check_rule(context, &policy, RuleRef { policy: policy.id, direction, index });
            }
        }
    }
}

/// Whether a rule allows everyone, on more than what everybody needs.
fn is_open(rule: &Rule) -> bool {
    let is_for_all = matches!(rule.peers, Peers::Everyone) && rule.subject.is_none();
    rule.action == Action::Allow && is_for_all && !rule.ports.are_of_dns()
}

fn check_rule(context: &mut Context<'_>, policy: &CalicoPolicyAt<'_>, at: RuleRef) {
    let mut isolating: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<WorkloadId> = Vec::new();
    for workload in selected(context, policy.id) {
        let network = network_policies(context, workload, at.direction);
        let is_meant = at.direction == Direction::Ingress && context.analysis().is_public(workload);
        if !network.is_empty() && !is_meant && is_admitted_by(context, workload, at) {
            isolating.extend(network.iter().map(|policy| policy.object.name.as_str()));
            open.push(workload);
        }
    }
    if open.is_empty() {
        return;
    }
    let who = phrase::list(context.names(&open));
    let verb = if isolating.len() == 1 { "isolates" } else { "isolate" };
    let by = phrase::list(isolating);
    let message = format!("`{}` opens {} of {who} again, which {by} {verb}", policy.name(), at.direction);
    let place = policy.object.rule_origin(at.direction, at.index).entry();
    let about = context.cluster().subject(&policy.object.object);
    let draft = context.report_because(Cause::Rule(at), place, about, message);
    draft.remark("evaluated after the NetworkPolicies, it admits what they do not");
    draft.help("name the peers and the ports that it is for, or let the policy select other pods");
}

/// Whether it is this rule that admits an end that no policy can have meant.
fn is_admitted_by(context: &Context<'_>, workload: WorkloadId, at: RuleRef) -> bool {
    let anyone = [Endpoint::UnknownNamespace, Endpoint::External(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)))];
    let pod = Endpoint::Workload(workload);
    anyone.into_iter().any(|other| {
        let explain = |from, to| context.at_least().explain_ports(from, to, &PortSet::all());
        let admitting = match at.direction {
            Direction::Ingress => explain(other, pod).ingress.admitting,
            Direction::Egress => explain(pod, other).egress.admitting,
        };
        admitting.contains(&at)
    })
}
