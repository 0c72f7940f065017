//! On which ports pods listen, as far as the input tells: their containers declare them, Services lead to them, or
//! annotations name them.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

use foldhash::HashMap;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use litemap::LiteMap;

use crate::analysis::{Analysis, LOOKED_AT};
use crate::net::Protocol;
use crate::objects::{ContainerPort, Service, ServicePort, Workload, WorkloadId};

/// The ports of the sidecars that Istio and Linkerd put into pods when they are made.
const MESH: [RangeInclusive<u16>; 4] = [15_000..=15_090, 4_143..=4_143, 4_190..=4_191, 8_085..=8_086];

/// Where Prometheus is told which port to scrape.
const SCRAPED: &str = "prometheus.io/port";

/// Pods, each with its workload.
pub(super) type Pods<'m> = Vec<(WorkloadId, &'m Workload)>;

/// A container's port, with its pod.
pub(super) type Declared<'m> = (&'m Workload, &'m ContainerPort);

/// The ports that the containers of a pod declare.
pub(crate) fn declared(pod: &Workload) -> impl Iterator<Item = &ContainerPort> {
    pod.containers.iter().flat_map(|container| &container.ports)
}

/// Whether these are ports of what a service mesh adds to pods.
pub(super) fn is_of_a_mesh(ports: &RangeInclusive<u16>) -> bool {
    MESH.iter().any(|mesh| mesh.contains(ports.start()) && mesh.contains(ports.end()))
}

/// The ports of the Services that select a pod.
pub(crate) fn service_ports(
    analysis: &Analysis,
    pod: WorkloadId,
) -> impl Iterator<Item = (&Service, &ServicePort)> + use<'_> {
    analysis.services_of(pod).flat_map(|service| service.ports.iter().map(move |port| (service, port)))
}

/// Pods that a rule leads to, as findings are about them.
pub(crate) struct Destinations<'m> {
    /// The pods.
    pub(crate) pods: Pods<'m>,
    /// Their names, in order.
    pub(crate) names: Vec<&'m str>,
    /// The ports that their containers declare, in order.
    pub(crate) declared: Vec<(u16, Protocol)>,
}

/// The names of pods, in order.
pub(crate) fn pod_names<'m>(pods: &Pods<'m>) -> Vec<&'m str> {
    let mut names: Vec<&str> = pods.iter().map(|(_, pod)| pod.object.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Pods that one end of a rule means, and the ports on which they listen: many rules ask the same pods.
pub(crate) struct Listeners<'m> {
    analysis: &'m Analysis,
    /// The pods, as far as they are asked.
    pub(super) pods: Pods<'m>,
    /// Whether these are all of them.
    pub(super) are_all: bool,
    /// Whether any of them declares no port, so that nobody knows where it listens.
    pub(super) is_any_silent: bool,
    /// Each port that containers declare, as the first of them does, with its place among all declarations. In order.
    declared: LiteMap<(u16, Protocol), (usize, Declared<'m>)>,
    destinations: OnceCell<Arc<Destinations<'m>>>,
    first_names: OnceCell<HashMap<(Protocol, u16), Vec<&'m str>>>,
    port_names: OnceCell<BTreeSet<(&'m str, Protocol)>>,
    led_to: OnceCell<BTreeSet<(u16, Protocol)>>,
    of_services: OnceCell<BTreeSet<(u16, Protocol)>>,
}

impl<'m> Listeners<'m> {
    pub(super) fn new(analysis: &'m Analysis, ids: impl Iterator<Item = WorkloadId>) -> Self {
        let mut ids = ids.fuse();
        let pods: Pods<'m> = analysis.with_ids(ids.by_ref().take(LOOKED_AT)).collect();
        let ports = pods.iter().flat_map(|(_, pod)| declared(pod).map(|port| (*pod, port)));
        let ports = ports.enumerate().map(|(place, it)| ((it.1.port, it.1.protocol), (place, it)));
        let mut first_declared: Vec<_> = ports.collect();
        first_declared.sort_by_key(|(port, _)| *port);
        first_declared.dedup_by_key(|(port, _)| *port);
        first_declared.shrink_to_fit();
        Self {
            analysis,
            are_all: ids.next().is_none(),
            is_any_silent: pods.iter().any(|(_, pod)| declared(pod).next().is_none()),
            pods,
            declared: LiteMap::from_sorted_store_unchecked(first_declared),
            destinations: OnceCell::new(),
            first_names: OnceCell::new(),
            port_names: OnceCell::new(),
            led_to: OnceCell::new(),
            of_services: OnceCell::new(),
        }
    }

    /// What findings say of them.
    pub(crate) fn destinations(&self) -> Arc<Destinations<'m>> {
        let destinations = || {
            Arc::new(Destinations {
                names: pod_names(&self.pods),
                declared: self.declared.keys().copied().collect(),
                pods: self.pods.clone(),
            })
        };
        Arc::clone(self.destinations.get_or_init(destinations))
    }

    /// Whether a pod listens on any of these ports, or something leads to it, so that it need not declare it.
    pub(super) fn listen_on(&self, protocol: Protocol, ports: &RangeInclusive<u16>) -> bool {
        let of_all_protocols = (*ports.start(), Protocol::Sctp)..=(*ports.end(), Protocol::Udp);
        self.declared_on(ports).any(|((_, own), _)| *own == protocol)
            || self.led_to().range(of_all_protocols).any(|(_, own)| *own == protocol)
    }

    /// The first declaration of a port.
    pub(super) fn declaring(&self, protocol: Protocol, port: u16) -> Option<Declared<'m>> {
        self.declared.get(&(port, protocol)).map(|(_, declared)| *declared)
    }

    /// The first declaration of a port, of whichever protocol.
    pub(super) fn declaring_number(&self, port: u16) -> Option<Declared<'m>> {
        self.declared_on(&(port..=port)).map(|(_, found)| found).min_by_key(|(place, _)| place).map(|(_, it)| *it)
    }

    /// The names under which the first pod declares a port.
    pub(super) fn first_names_of(&self, protocol: Protocol, port: u16) -> &[&'m str] {
        let names = self.first_names.get_or_init(|| {
            let mut names: HashMap<_, Vec<&str>> = HashMap::default();
            for port in self.pods.first().into_iter().flat_map(|(_, pod)| declared(pod)) {
                if let Some(name) = port.name.as_deref() {
                    names.entry((port.protocol, port.port)).or_default().push(name);
                }
            }
            names
        });
        names.get(&(protocol, port)).map_or(&[], Vec::as_slice)
    }

    fn declared_on(
        &self,
        ports: &RangeInclusive<u16>,
    ) -> impl Iterator<Item = (&(u16, Protocol), &(usize, Declared<'m>))> {
        let place = |port: &(u16, Protocol)| self.declared.find_index(port).unwrap_or_else(|place| place);
        let first = place(&(*ports.start(), Protocol::Sctp));
        let last = *ports.end();
        (first..).map_while(|place| self.declared.get_indexed(place)).take_while(move |((port, _), _)| *port <= last)
    }

    /// Whether a pod declares a port of this name.
    pub(super) fn know(&self, name: &str, protocol: Protocol) -> bool {
        let port_names = self.port_names.get_or_init(|| {
            let ports = self.pods.iter().flat_map(|(_, pod)| declared(pod));
            ports.filter_map(|port| Some((port.name.as_deref()?, port.protocol))).collect()
        });
        port_names.contains(&(name, protocol))
    }

    /// Whether a pod declares a port of this name, of whichever protocol.
    pub(super) fn know_any(&self, name: &str) -> bool {
        [Protocol::Tcp, Protocol::Udp, Protocol::Sctp].into_iter().any(|protocol| self.know(name, protocol))
    }

    /// Whether a Service of any of the pods has this port itself.
    pub(super) fn is_of_a_service(&self, protocol: Protocol, port: u16) -> bool {
        let of_services = || self.service_ports().map(|port| (port.port, port.protocol)).collect();
        self.of_services.get_or_init(of_services).contains(&(port, protocol))
    }

    fn led_to(&self) -> &BTreeSet<(u16, Protocol)> {
        self.led_to.get_or_init(|| {
            let annotated = self.pods.iter().filter_map(|(_, pod)| pod.pod_annotations.get(SCRAPED)?.parse().ok());
            let targets = self.service_ports().filter_map(|port| match &port.target_port {
                IntOrString::Int(number) => Some((u16::try_from(*number).ok()?, port.protocol)),
                IntOrString::String(_) => None,
            });
            annotated.map(|port| (port, Protocol::Tcp)).chain(targets).collect()
        })
    }

    fn service_ports(&self) -> impl Iterator<Item = &'m ServicePort> {
        let analysis = self.analysis;
        self.pods.iter().flat_map(move |(id, _)| service_ports(analysis, *id)).map(|(_, port)| port)
    }
}
