//! The workloads of other tiers that may matter to one, without asking every workload about every other.

use std::collections::BTreeMap;

use foldhash::HashMap;

use super::source::Source;
use super::target::Target;
use crate::cluster::{self, Confidence};
use crate::config::Tier;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::{NamespaceId, WorkloadId};
use crate::policy::{Peer, RuleRef};
use crate::reach::Endpoint;
use crate::rules::Context;

/// The workloads that have no business with a tier, by namespace, and by the rule that admits them by their labels.
pub(super) struct Suspects<'m> {
    /// Each with the name of its tier.
    all: BTreeMap<WorkloadId, &'m str>,
    of_namespace: BTreeMap<NamespaceId, Vec<WorkloadId>>,
    of_rule: HashMap<RuleRef, Vec<WorkloadId>>,
    /// Whether the client that a rule names by its labels is meant: nothing else of the input could be it.
    named_are_meant: bool,
    /// What is permitted between groups that no policy distinguishes.
    between: HashMap<(u32, u32), PortSet>,
}

impl<'m> Suspects<'m> {
    /// Of a configured tier that says by which it may be reached, the workloads of all other tiers; else the frontends.
    pub(super) fn new(context: &Context<'m>, tier: Option<&Tier>) -> Self {
        let mut suspects = Self {
            all: BTreeMap::new(),
            of_namespace: BTreeMap::new(),
            of_rule: HashMap::default(),
            named_are_meant: false,
            between: HashMap::default(),
        };
        let explicit = tier.filter(|tier| tier.reachable_from.is_some());
        for (id, workload) in context.workloads() {
            let Some(name) = tier_name(context, id) else { continue };
            if explicit.map_or(name == cluster::Tier::Frontend.keyword(), |tier| !tier.admits(name)) {
                suspects.all.insert(id, name);
                suspects.of_namespace.entry(workload.object.namespace).or_default().push(id);
            }
        }
        let is_backend = |id| tier_of(context, id) == Some(cluster::Tier::Backend);
        suspects.named_are_meant = explicit.is_none() && !context.workloads().any(|(id, _)| is_backend(id));
        suspects
    }

    /// The suspects that may connect to the target: of those in its own namespace and those that a rule of its
    /// policies admits by their labels. All others can only come in where any pod can.
    pub(super) fn reaching(&mut self, context: &Context<'m>, target: &Target<'m>) -> Vec<Source<'m>> {
        let reach = context.at_least();
        let mut near = self.near(context, target.id, target.workload.object.namespace);
        if reach.is_cut_off(target.id, Direction::Ingress, &near) {
            return Vec::new();
        }
        near.retain(|&suspect| {
            let permitted = || reach.ports(Endpoint::Workload(suspect), Endpoint::Workload(target.id));
            let permitted =
                self.between.entry((reach.group(suspect), reach.group(target.id))).or_insert_with(permitted);
            permitted.meets(&target.ports)
        });
        if self.named_are_meant {
            let named = self.named(context, target.id);
            near.retain(|suspect| !named.contains(suspect));
        }
        let source =
            |id: WorkloadId| Some(Source::Workload(id, context.workload(id)?.object.name.as_str(), self.all.get(&id)?));
        near.into_iter().filter_map(source).collect()
    }

    /// The suspects that a rule for the target names by their labels.
    fn named(&self, context: &Context<'m>, target: WorkloadId) -> Vec<WorkloadId> {
        let policies = context.at_least().isolating(Endpoint::Workload(target), Direction::Ingress);
        let rules = policies.flat_map(|policy| {
            let count = context.lowered(policy).map_or(0, |policy| policy.ingress.len());
            (0..count).map(move |index| RuleRef { policy, direction: Direction::Ingress, index })
        });
        rules.filter_map(|rule| self.of_rule.get(&rule)).flatten().copied().collect()
    }

    fn near(&mut self, context: &Context<'m>, target: WorkloadId, own: NamespaceId) -> Vec<WorkloadId> {
        let mut near = self.of_namespace.get(&own).cloned().unwrap_or_default();
        for policy in context.at_least().isolating(Endpoint::Workload(target), Direction::Ingress) {
            let rules = context.lowered(policy).map_or(&[][..], |policy| &policy.ingress);
            for (index, rule) in rules.iter().enumerate() {
                let rule_ref = RuleRef { policy, direction: Direction::Ingress, index };
                let all = &self.all;
                let admitted = self.of_rule.entry(rule_ref).or_insert_with(|| {
                    let explicit = rule.peers.listed().iter();
                    let explicit = explicit.filter(|peer| matches!(peer, Peer::Pods(set) if !set.pods.is_empty()));
                    let workloads = explicit.flat_map(|peer| context.at_least().peer_workloads(peer));
                    workloads.filter(|id| all.contains_key(id)).collect()
                });
                near.extend(admitted.iter());
            }
        }
        near.sort_unstable();
        near.dedup();
        near
    }
}

fn tier_of(context: &Context<'_>, id: WorkloadId) -> Option<cluster::Tier> {
    context.analysis().tier(id).map(|tier| tier.tier)
}

/// The tier of a workload as far as it can speak against a connection: the configured one, or a frontend by its looks.
fn tier_name<'m>(context: &Context<'m>, id: WorkloadId) -> Option<&'m str> {
    if let Some(tier) = context.analysis().configured_tier(id) {
        return Some(&tier.name);
    }
    let looks = context.analysis().tier(id)?;
    let sure = looks.tier == cluster::Tier::Frontend && looks.confidence > Confidence::Low;
    sure.then(|| looks.tier.keyword())
}
