//! A Pass in the tier of NetworkPolicies, which skips them.

use std::collections::BTreeSet;

use super::{
    CalicoPolicyAt, is_with_network_policies, network_policies, order_of_network_policies, policies, selected, stage_of,
};
use crate::net::Direction;
use crate::objects::WorkloadId;
use crate::policy::{Action, RuleRef};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let Some(order) = order_of_network_policies(&context.cluster().arrangement) else { return };
    let before = |policy: &CalicoPolicyAt<'_>| is_with_network_policies(policy) && policy.object.policy.order < order;
    for policy in policies(context).into_iter().filter(before) {
        for direction in Direction::BOTH.into_iter().filter(|&direction| policy.object.policy.isolates(direction)) {
            let rules = policy.object.policy.rules(direction).iter().enumerate();
            for (index, _) in rules.filter(|(_, rule)| rule.action == Action::Pass) {
                check_rule(context, &policy, RuleRef { policy: policy.id, direction, index });
            }
        }
    }
}

fn check_rule(context: &mut Context<'_>, policy: &CalicoPolicyAt<'_>, at: RuleRef) {
    let mut skipped: BTreeSet<&str> = BTreeSet::new();
    let mut open = Vec::new();
    for workload in selected(context, policy.id).into_iter().filter(|&it| !is_decided_later(context, it, policy, at)) {
        let network = network_policies(context, workload, at.direction);
        if !network.is_empty() {
            skipped.extend(network.iter().map(|policy| policy.object.name.as_str()));
            open.push(workload);
        }
    }
    if open.is_empty() {
        return;
    }
    let who = phrase::list(context.names(&open));
    let message = format!("this Pass of `{}` skips the NetworkPolicies of {who}", policy.name());
    let place = policy.object.rule_origin(at.direction, at.index).key("action").entry();
    let about = context.cluster().subject(&policy.object.object);
    let draft = context.report_because(Cause::Rule(at), place, about, message);
    draft.remark(format!("{} is not evaluated, and what is passed is allowed", phrase::list(skipped)));
    draft.help(
        "put the policy into a tier before `default`, so that Pass leads to the NetworkPolicies; or write `Allow`",
    );
}

/// Whether a policy of a later tier has a say about the workload.
fn is_decided_later(context: &Context<'_>, workload: WorkloadId, policy: &CalicoPolicyAt<'_>, at: RuleRef) -> bool {
    let arrangement = &context.cluster().arrangement;
    let Some((own, _)) = stage_of(arrangement, &policy.object.policy.stage) else { return true };
    let end = Endpoint::Workload(workload);
    let isolating = context.at_most().isolating(end, at.direction).filter_map(|id| context.policy(id));
    let is_later = |place: usize| place > own;
    let mut later = isolating.filter_map(|it| stage_of(arrangement, &it.policy.stage));
    let has_baseline = context.analysis().policies().iter().any(|it| {
        it.admin_policy().is_some() && stage_of(arrangement, &it.policy.stage).is_some_and(|(place, _)| is_later(place))
    });
    has_baseline || later.any(|(place, _)| is_later(place))
}
