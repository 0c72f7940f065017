//! Workloads that are taken for databases, and the ports on which they serve clients.

use super::admission::opens;
use crate::analysis::Analysis;
use crate::cluster::{Classification, Confidence, Tier};
use crate::net::Protocol;
use crate::net::ports::PortSet;
use crate::objects::{Workload, WorkloadId};
use crate::policy::Ports;

/// What a workload is taken for, where it is taken for a database and not by a mere guess.
pub(crate) fn database(analysis: &Analysis, id: WorkloadId) -> Option<&Classification> {
    analysis.tier(id).filter(|tier| tier.tier == Tier::Database && tier.confidence > Confidence::Low)
}

/// Whether the ports of a rule meet those on which a database serves clients.
pub(super) fn are_of_a_database(analysis: &Analysis, id: WorkloadId, workload: &Workload, ports: &Ports) -> bool {
    let Some(tier) = database(analysis, id) else { return false };
    let clients = client_ports(workload, tier);
    clients.is_all() || clients.ranges().any(|it| opens(ports, workload, it.protocol, it.first))
}

/// The ports on which a database serves clients: those it declares, as far as the product is known to use them.
pub(crate) fn client_ports(workload: &Workload, tier: &Classification) -> PortSet {
    let of_product = tier.family.map_or(&[][..], |family| family.ports);
    let declared = || workload.containers.iter().flat_map(|container| &container.ports);
    let known = declared().filter(|port| of_product.contains(&port.port));
    let known = known.fold(PortSet::default(), |set, port| set.union(&PortSet::single(port.protocol, port.port)));
    if !known.is_empty() {
        return known;
    }
    let standard = of_product.iter().map(|&port| PortSet::single(Protocol::Tcp, port));
    let standard = standard.fold(PortSet::default(), |set, port| set.union(&port));
    let all = declared().fold(standard, |set, port| set.union(&PortSet::single(port.protocol, port.port)));
    if all.is_empty() { PortSet::all() } else { all }
}
