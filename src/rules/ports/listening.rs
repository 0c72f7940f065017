//! On which ports pods listen, as far as the input tells: their containers declare them, Services lead to them, or
//! annotations name them.

use std::ops::RangeInclusive;

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::cluster::{ContainerPort, Protocol, Service, ServicePort, Workload, WorkloadId};
use crate::rules::Context;

/// The ports of the sidecars that Istio and Linkerd put into pods when they are made.
const MESH: [RangeInclusive<u16>; 4] = [15_000..=15_090, 4_143..=4_143, 4_190..=4_191, 8_085..=8_086];

/// Where Prometheus is told which port to scrape.
const SCRAPED: &str = "prometheus.io/port";

/// The ports that the containers of a pod declare.
pub(super) fn declared(pod: &Workload) -> impl Iterator<Item = &ContainerPort> {
    pod.containers.iter().flat_map(|container| &container.ports)
}

/// Whether a pod declares any of these ports.
pub(super) fn declares(pod: &Workload, protocol: Protocol, ports: &RangeInclusive<u16>) -> bool {
    declared(pod).any(|port| port.protocol == protocol && ports.contains(&port.port))
}

/// Whether something leads to any of these ports of a pod, which need not declare them.
pub(super) fn is_led_to(
    context: &Context<'_>,
    (id, pod): (WorkloadId, &Workload),
    protocol: Protocol,
    ports: &RangeInclusive<u16>,
) -> bool {
    let scraped = || pod.pod_annotations.get(SCRAPED).and_then(|port| port.parse().ok());
    protocol == Protocol::Tcp && scraped().is_some_and(|port| ports.contains(&port))
        || service_ports(context, id).any(|(_, port)| {
            let target = match &port.target_port {
                IntOrString::Int(number) => u16::try_from(*number).ok(),
                IntOrString::String(_) => None,
            };
            port.protocol == protocol && target.is_some_and(|target| ports.contains(&target))
        })
}

/// Whether these are ports of what a service mesh adds to pods.
pub(super) fn is_of_a_mesh(ports: &RangeInclusive<u16>) -> bool {
    MESH.iter().any(|mesh| mesh.contains(ports.start()) && mesh.contains(ports.end()))
}

/// The ports of the Services that select a pod.
pub(super) fn service_ports<'m>(
    context: &Context<'m>,
    pod: WorkloadId,
) -> impl Iterator<Item = (&'m Service, &'m ServicePort)> + use<'m> {
    context.model().services_of(pod).flat_map(|service| service.ports.iter().map(move |port| (service, port)))
}
