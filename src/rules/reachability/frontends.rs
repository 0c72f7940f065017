//! The frontends that may matter to a database, without asking every frontend about every database.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::{Classification, Confidence, Direction, NamespaceId, Tier, WorkloadId};
use crate::policy::{Peer, RuleRef};
use crate::reach::Endpoint;
use crate::reach::ports::PortSet;
use crate::rules::Context;

/// Frontends by namespace, and by the rule that admits them by their labels.
pub(super) struct Frontends {
    all: BTreeSet<WorkloadId>,
    of_namespace: BTreeMap<NamespaceId, Vec<WorkloadId>>,
    of_rule: BTreeMap<RuleRef, Vec<WorkloadId>>,
    /// What is permitted between groups that no policy tells apart.
    between: BTreeMap<(u32, u32), PortSet>,
}

impl Frontends {
    pub(super) fn new(context: &Context<'_>) -> Self {
        let sure = |tier: &&Classification| tier.tier == Tier::Frontend && tier.confidence > Confidence::Low;
        let is_frontend = |id| context.model().tier(id).filter(sure).is_some();
        let mut frontends = Self {
            all: BTreeSet::new(),
            of_namespace: BTreeMap::new(),
            of_rule: BTreeMap::new(),
            between: BTreeMap::new(),
        };
        for (id, workload) in context.workloads().filter(|(id, _)| is_frontend(*id)) {
            frontends.all.insert(id);
            frontends.of_namespace.entry(workload.object.namespace).or_default().push(id);
        }
        frontends
    }

    /// The frontends that may connect to the database on any of these ports: of those in its own namespace and those
    /// that a rule of its policies admits by their labels. All others can only come in where any pod can.
    pub(super) fn reaching(
        &mut self,
        context: &Context<'_>,
        database: WorkloadId,
        own: NamespaceId,
        ports: &PortSet,
    ) -> Vec<WorkloadId> {
        let reach = context.at_least();
        let mut frontends = self.near(context, database, own);
        frontends.retain(|&frontend| {
            let permitted = || reach.ports(Endpoint::Workload(frontend), Endpoint::Workload(database));
            let permitted =
                self.between.entry((reach.group(frontend), reach.group(database))).or_insert_with(permitted);
            !permitted.intersection(ports).is_empty()
        });
        frontends
    }

    fn near(&mut self, context: &Context<'_>, database: WorkloadId, own: NamespaceId) -> Vec<WorkloadId> {
        let mut near = self.of_namespace.get(&own).cloned().unwrap_or_default();
        for policy in context.at_least().isolating(Endpoint::Workload(database), Direction::Ingress) {
            let rules = context.lowered(policy).map_or(&[][..], |policy| &policy.ingress);
            for (index, rule) in rules.iter().enumerate() {
                let rule_ref = RuleRef { policy, direction: Direction::Ingress, index };
                let all = &self.all;
                let admitted = self.of_rule.entry(rule_ref).or_insert_with(|| {
                    let explicit = rule.peers.listed().iter();
                    let explicit = explicit.filter(|peer| matches!(peer, Peer::Pods(set) if !set.pods.is_empty()));
                    let workloads = explicit.flat_map(|peer| context.at_least().peer_workloads(peer));
                    workloads.filter(|id| all.contains(id)).collect()
                });
                near.extend(admitted.iter());
            }
        }
        near.sort_unstable();
        near.dedup();
        near
    }
}
