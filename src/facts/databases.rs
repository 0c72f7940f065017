//! Workloads that are taken for databases, and the ports on which they serve clients.

use crate::analysis::Analysis;
use crate::cluster::{Classification, Confidence, Tier};
use crate::net::Protocol;
use crate::net::ports::PortSet;
use crate::objects::{Workload, WorkloadId};

/// What a workload is taken for, where it is taken for a database and not by a mere guess.
pub(crate) fn database(analysis: &Analysis, id: WorkloadId) -> Option<&Classification> {
    analysis.tier(id).filter(|tier| tier.tier == Tier::Database && tier.confidence > Confidence::Low)
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
