//! What reads as one thing in Cilium's policies and is another.

mod dns;

pub(super) mod deny_list_isolates;
pub(super) mod dns_names_refused;
pub(super) mod fqdn_without_dns_rule;
pub(super) mod hidden_label;
pub(super) mod layer7_rules_bypassed;
pub(super) mod namespace_in_endpoint_selector;
pub(super) mod ports_without_peers;

use crate::net::Direction;
use crate::objects::{PolicyId, WorkloadId};
use crate::policy::dialect::cilium::{CiliumPolicy, LabelSource, Requirement, Rule};
use crate::policy::{Peer, PolicyObject, RuleRef, StageName};
use crate::rules::Context;
use crate::source::{Origin, Place};

/// The policies of Cilium that are in force.
fn policies<'m>(
    context: &Context<'m>,
) -> impl Iterator<Item = (PolicyId, &'m PolicyObject, &'m CiliumPolicy)> + use<'m> {
    let is_enforced = context.cluster().enforces(&StageName::Cilium);
    let policies = context.analysis().policies().iter().take(if is_enforced { usize::MAX } else { 0 }).zip(0..);
    policies
        .filter(|(object, _)| !object.rejected)
        .filter_map(|(object, index)| Some((PolicyId(index), &**object, object.cilium_policy()?)))
}

/// A rule of a policy, and the pods that it is for.
struct Subject<'m> {
    policy: PolicyId,
    object: &'m PolicyObject,
    written: &'m CiliumPolicy,
    /// Its place among the rules of the policy.
    number: usize,
    rule: &'m Rule,
}

/// The rules of the policies of Cilium that are in force.
fn rules<'m>(context: &Context<'m>) -> impl Iterator<Item = Subject<'m>> + use<'m> {
    policies(context).flat_map(|(policy, object, written)| {
        let rules = written.rules.iter().enumerate();
        rules.map(move |(number, rule)| Subject { policy, object, written, number, rule })
    })
}

impl Subject<'_> {
    /// The workloads that it is for, in order.
    fn workloads(&self, context: &Context<'_>) -> Vec<WorkloadId> {
        let of_rule = |direction| {
            let parts = self.written.parts(direction);
            let place = parts.partition_point(|part| part.rule < self.number);
            parts.get(place).filter(|part| part.rule == self.number)?;
            self.object.policy.rules(direction).get(place)?.subject.as_deref()
        };
        match Direction::BOTH.into_iter().find_map(of_rule) {
            Some(subject @ Peer::Pods(_)) => context.at_most().peer_workloads(subject),
            _ => {
                let mut all: Vec<WorkloadId> = context.at_most().selected(self.policy).collect();
                all.sort_unstable();
                all
            }
        }
    }

    /// The rule of the common form that an entry becomes, the first of several.
    fn rule_of(&self, direction: Direction, entry: usize) -> Option<RuleRef> {
        let index = self.written.rule_of(direction, self.number, entry)?;
        Some(RuleRef { policy: self.policy, direction, index })
    }
}

/// Where a selector asks for a label.
fn requirement_place(selector: &Origin, requirement: &Requirement) -> Place {
    if !requirement.is_of_labels {
        return selector.key("matchExpressions").entry();
    }
    let name = &requirement.key.name;
    let key = match &requirement.key.source {
        LabelSource::Any => name.to_string(),
        LabelSource::K8s => format!("k8s:{name}"),
        LabelSource::Reserved => format!("reserved:{name}"),
        LabelSource::Other(source) => format!("{source}:{name}"),
    };
    selector.key("matchLabels").key(key).entry()
}
