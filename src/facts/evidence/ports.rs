//! The ports on which a workload serves clients, where nobody says which they mean.

use crate::analysis::Analysis;
use crate::cluster::Confidence;
use crate::facts::port_names::{is_for_metrics, names_metrics};
use crate::net::Protocol;
use crate::net::ports::PortSet;
use crate::objects::{ContainerPort, WorkloadId};

/// The declared ports that the workload's product uses, else those that its Services lead to, else all that it declares,
/// metrics left out, else those of its product; `None` where nothing says any.
pub(super) fn likely(analysis: &Analysis, id: WorkloadId) -> Option<PortSet> {
    let workload = analysis.workload(id)?;
    let family = analysis.tier(id).filter(|tier| tier.confidence > Confidence::Low).and_then(|tier| tier.family);
    let of_product = family.map_or(&[][..], |family| family.ports);
    let declared = || workload.containers.iter().filter(|it| !it.init).flat_map(|container| &container.ports);
    let is_metrics = |port: &&ContainerPort| port.name.as_deref().is_some_and(names_metrics);
    let union = |ports: &mut dyn Iterator<Item = &ContainerPort>| {
        Some(ports.fold(PortSet::default(), |set, port| set.union(&port.set()))).filter(|set| !set.is_empty())
    };
    let of_services = || {
        let ports = analysis.services_of(id).flat_map(|service| &service.ports).filter(|port| !is_for_metrics(port));
        let ports = ports.filter_map(|port| Some(PortSet::single(port.protocol, port.target_on(workload)?)));
        Some(ports.fold(PortSet::default(), |set, port| set.union(&port))).filter(|set| !set.is_empty())
    };
    union(&mut declared().filter(|port| of_product.contains(&port.port)))
        .or_else(of_services)
        .or_else(|| union(&mut declared().filter(|port| !is_metrics(port))))
        .or_else(|| of_product.first().map(|port| PortSet::single(Protocol::Tcp, *port)))
}
