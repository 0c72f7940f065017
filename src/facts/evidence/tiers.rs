//! Which workloads use which others by their tiers, where the configuration says so and nothing else does.

use std::collections::BTreeSet;

use super::{Client, Evidence, Reason, Target};
use crate::analysis::Analysis;
use crate::objects::WorkloadId;

/// The workloads of a tier that another one may be reached from, with those of that other one in the same namespace:
/// unless settings, routes or policies already say which of the tier uses which of the other.
pub(super) fn allowed<'m>(analysis: &'m Analysis, known: &[Evidence<'m>]) -> Vec<Evidence<'m>> {
    if analysis.config().tiers.iter().all(|tier| tier.reachable_from.is_none()) {
        return Vec::new();
    }
    let tier = |id: WorkloadId| analysis.configured_tier(id).map(|tier| tier.name.as_str());
    let (mut clients_of, mut used_by) = (BTreeSet::new(), BTreeSet::new());
    for evidence in known {
        let Client::Workload(client) = evidence.client else { continue };
        for server in evidence.server.workloads(analysis) {
            clients_of.extend(tier(client).map(|tier| (tier, server)));
            used_by.extend(tier(server).map(|tier| (client, tier)));
        }
    }
    let mut found = Vec::new();
    for (server, workload) in analysis.workloads() {
        let Some(own) = analysis.configured_tier(server) else { continue };
        for source in own.reachable_from.iter().flatten() {
            if *source == own.name || clients_of.contains(&(source.as_str(), server)) {
                continue;
            }
            let beside = analysis.cluster().workloads_in(workload.object.namespace);
            let clients = beside
                .map(|(id, _)| id)
                .filter(|id| tier(*id) == Some(source.as_str()) && !used_by.contains(&(*id, own.name.as_str())));
            found.extend(clients.map(|client| Evidence {
                client: Client::Workload(client),
                server: Target::Workload(server, None),
                reason: Reason::Tier(&own.name),
                place: own.origin.key("reachableFrom").entry(),
            }));
        }
    }
    found
}
