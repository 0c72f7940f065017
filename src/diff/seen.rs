//! What policies see of a workload.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::side::{Both, Side};
use crate::analysis::Analysis;
use crate::net::Protocol;
use crate::objects::{Labels, NamespaceId, Numbered, ReadFrom, Replica, Workload, WorkloadId};

/// Whether policies see the same of a workload in both states.
pub(super) fn is_alike(analyses: Both<&Analysis>, workloads: Both<Option<WorkloadId>>) -> bool {
    let seen = |side: Side| {
        let analysis: &Analysis = analyses.of(side);
        Some(Seen::of(analysis.workload((*workloads.of(side))?)?, analysis))
    };
    match (seen(Side::Base), seen(Side::Head)) {
        (Some(base), Some(head)) => base == head,
        _ => false,
    }
}

/// All that policies see of a workload.
#[derive(PartialEq)]
struct Seen<'a> {
    labels: &'a Labels,
    /// What its controller sets follows from these.
    controller: (&'a SmolStr, bool, Option<&'a Replica>, Option<&'a Numbered>),
    host_network: bool,
    named_ports: BTreeSet<(&'a SmolStr, Protocol, u16)>,
    account: Option<&'a SmolStr>,
    account_labels: Option<&'a Labels>,
    namespace: Option<(&'a Labels, bool)>,
}

impl<'a> Seen<'a> {
    fn of(workload: &'a Workload, analysis: &'a Analysis) -> Self {
        let cluster = analysis.cluster();
        let NamespaceId(place) = workload.object.namespace;
        let account = workload.service_account.clone().unwrap_or_else(|| "default".into());
        let ports = workload.containers.iter().flat_map(|it| &it.ports);
        Self {
            labels: &workload.pod_labels,
            controller: (
                &workload.object.name,
                workload.read_from == ReadFrom::Manifest,
                workload.replica.as_deref(),
                workload.numbered.as_deref(),
            ),
            host_network: workload.host_network,
            named_ports: ports.filter_map(|it| Some((it.name.as_ref()?, it.protocol, it.port))).collect(),
            account: workload.service_account.as_ref(),
            account_labels: cluster.intents.account_labels.get(&(workload.object.namespace, account)),
            namespace: cluster.namespaces.get(place as usize).map(|it| (&it.labels, it.manifest.is_some())),
        }
    }
}
