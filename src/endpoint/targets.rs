//! The pods behind Services, Ingresses and routes, with the ports that these lead to.

use std::collections::BTreeMap;

use crate::cluster::Cluster;
use crate::net::ports::PortSet;
use crate::objects::{Backend, Service, ServicePort, WorkloadId};

/// Workloads with the ports of their pods.
pub(super) type Targets = BTreeMap<WorkloadId, PortSet>;

/// The workloads that a Service selects, with the ports that these of its ports lead to; a workload none of them
/// leads to is left out.
pub(super) fn of_service<'s>(
    cluster: &Cluster,
    service: &Service,
    ports: impl Iterator<Item = &'s ServicePort> + Clone,
) -> Targets {
    let mut targets = Targets::new();
    for (id, workload) in cluster.selected_by(service) {
        for port in ports.clone() {
            if let Some(target) = port.target_on(workload) {
                let known = targets.entry(id).or_default();
                *known = known.union(&PortSet::single(port.protocol, target));
            }
        }
    }
    targets
}

/// The workloads behind these backends, with the ports that they lead to.
pub(super) fn of_backends<'b>(cluster: &Cluster, backends: impl IntoIterator<Item = &'b Backend>) -> Targets {
    let mut targets = Targets::new();
    for backend in backends {
        let Some(service) = cluster.service_of(backend) else { continue };
        let ports: Vec<&ServicePort> = service.ports_meant(backend.port.as_ref()).collect();
        for (workload, ports) in of_service(cluster, service, ports.into_iter()) {
            let known = targets.entry(workload).or_default();
            *known = known.union(&ports);
        }
    }
    targets
}

/// The workloads that an ingress controller is meant to reach, with the target ports of the Services that an
/// Ingress, Route or Gateway route names.
#[must_use]
pub fn behind_ingress(cluster: &Cluster) -> BTreeMap<WorkloadId, PortSet> {
    of_backends(cluster, &cluster.backends)
}

/// The same where the input does not show the controller: one that it shows is a workload like others.
#[must_use]
pub fn behind_unseen_controller(cluster: &Cluster) -> BTreeMap<WorkloadId, PortSet> {
    if cluster.ingress_controllers.is_empty() { behind_ingress(cluster) } else { BTreeMap::new() }
}
