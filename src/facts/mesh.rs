//! Istio's ambient mode: traffic between pods of the mesh arrives on one port, whatever port it is for.

use std::collections::BTreeSet;

use crate::analysis::Analysis;
use crate::facts::in_force::RuleAt;
use crate::net::Protocol;
use crate::net::ports::PortSet;
use crate::objects::{Labels, Workload, WorkloadId};
use crate::policy::{Peers, PortMatch, Ports};
use crate::reach::Endpoint;

/// The port on which ztunnel receives traffic (HBONE) for the pods of its node.
pub(crate) const TUNNEL: u16 = 15008;

/// The label of namespaces and pods that puts pods into the mesh, or keeps them out.
const MODE: &str = "istio.io/dataplane-mode";

/// The label and annotation of pods with a proxy of their own, which ambient mode leaves alone.
const SIDECAR: &str = "sidecar.istio.io/inject";

/// The workloads that are in the mesh in ambient mode.
pub(crate) struct Mesh(BTreeSet<WorkloadId>);

impl Mesh {
    /// Those of the input.
    pub(crate) fn of(analysis: &Analysis) -> Self {
        let workloads = analysis.workloads().filter(|(_, workload)| is_ambient(analysis, workload));
        Self(workloads.map(|(id, _)| id).collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a workload is one of them.
    pub(crate) fn holds(&self, workload: WorkloadId) -> bool {
        self.0.contains(&workload)
    }

    /// The pairs of workloads of the mesh that a rule is about, those that it is for first, each with one of its kind:
    /// of workloads that no policy distinguishes, one stands for all.
    pub(crate) fn pairs(&self, analysis: &Analysis, rule: &RuleAt<'_>) -> Vec<(WorkloadId, WorkloadId)> {
        let reach = analysis.at_most();
        let representatives = |workloads: &mut dyn Iterator<Item = WorkloadId>| {
            let mut groups = BTreeSet::new();
            let mut workloads: Vec<WorkloadId> = workloads.filter(|id| self.0.contains(id)).collect();
            workloads.sort_unstable();
            workloads.retain(|id| groups.insert(reach.group(*id)));
            workloads
        };
        let subjects = representatives(&mut reach.selected(rule.at.policy));
        let peers = match &rule.rule.peers {
            Peers::Everyone => representatives(&mut self.0.iter().copied()),
            Peers::Of(peers) => representatives(&mut peers.iter().flat_map(|peer| reach.peer_workloads(peer))),
        };
        let pairs = subjects.iter().flat_map(|subject| peers.iter().map(move |peer| (*subject, *peer)));
        pairs.filter(|(subject, peer)| subject != peer).collect()
    }
}

/// Whether a workload is in the mesh in ambient mode: the label of its pods decides, else that of its namespace. Pods on
/// the network of their node are never.
fn is_ambient(analysis: &Analysis, workload: &Workload) -> bool {
    let namespace = analysis.cluster().namespaces.get(workload.object.namespace.0 as usize);
    let mode = |labels: &Labels| labels.get(MODE).map(|mode| mode == "ambient");
    let is_in = mode(&workload.pod_labels).or_else(|| mode(&namespace?.labels)).unwrap_or_default();
    let has_proxy = [&workload.pod_labels, &workload.pod_annotations]
        .iter()
        .any(|it| it.get(SIDECAR).is_some_and(|inject| inject == "true"));
    is_in && !has_proxy && !workload.host_network
}

/// Whether the ports of a rule name some and leave out the port of the mesh.
pub(crate) fn leaves_out_tunnel(ports: &Ports) -> bool {
    matches!(ports, Ports::Of(ports) if !ports.iter().any(opens_tunnel))
}

/// The item of a rule's ports that opens the port of the mesh.
pub(crate) fn tunnel_of(ports: &Ports) -> Option<usize> {
    ports.listed().iter().position(opens_tunnel)
}

fn opens_tunnel(port: &PortMatch) -> bool {
    port.range().is_some_and(|(protocol, first, last)| protocol == Protocol::Tcp && (first..=last).contains(&TUNNEL))
}

/// The port of the mesh, as a set.
pub(crate) fn tunnel() -> PortSet {
    PortSet::single(Protocol::Tcp, TUNNEL)
}

/// The two ends of a pair, the source first.
pub(crate) fn ends(rule: &RuleAt<'_>, (subject, peer): (WorkloadId, WorkloadId)) -> (Endpoint, Endpoint) {
    let (subject, peer) = (Endpoint::Workload(subject), Endpoint::Workload(peer));
    match rule.at.direction {
        crate::net::Direction::Ingress => (peer, subject),
        crate::net::Direction::Egress => (subject, peer),
    }
}
