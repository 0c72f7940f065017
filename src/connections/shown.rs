//! Which workloads a diagram of connections shows, namespace by namespace.

use super::Connections;
use crate::endpoint::End;
use crate::objects::{NamespaceId, Workload, WorkloadId};

/// The workloads of a diagram by namespace: all of them, or, where only some connections are asked for, those that
/// have one.
pub(crate) fn by_namespace<'c>(connections: &Connections<'c>) -> Vec<(NamespaceId, Vec<(WorkloadId, &'c Workload)>)> {
    let workloads = &connections.analysis.cluster().workloads;
    let mut shown = vec![!connections.is_filtered(); workloads.len()];
    if connections.is_filtered() {
        for end in connections.iter().flat_map(|connection| [connection.from, connection.to]) {
            if let End::Workload(id) = end
                && let Some(shown) = shown.get_mut(id.0 as usize)
            {
                *shown = true;
            }
        }
    }
    let mut groups: Vec<(NamespaceId, Vec<(WorkloadId, &Workload)>)> = Vec::new();
    let ids = (0..).map(WorkloadId);
    for ((id, workload), _) in ids.zip(workloads).zip(&shown).filter(|(_, shown)| **shown) {
        let namespace = workload.object.namespace;
        match groups.last_mut() {
            Some((last, members)) if *last == namespace => members.push((id, workload)),
            _ => groups.push((namespace, vec![(id, workload)])),
        }
    }
    groups
}
