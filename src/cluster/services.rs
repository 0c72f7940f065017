//! Which workloads are behind Services, Ingresses and routes, and on which ports.

use std::ops::Range;

use foldhash::{HashMap, HashMapExt as _};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use rayon::prelude::*;

use super::{Cluster, Exposure};
use crate::net::Protocol;
use crate::net::ports::PortSet;
use crate::objects::kinds::is_controller_label;
use crate::objects::{Backend, ContainerPort, NamespaceId, Object, Service, ServicePort, Workload, WorkloadId};

impl Service {
    /// Whether the Service selects the workload's pods, or some of them.
    #[must_use]
    pub fn selects(&self, workload: &Workload) -> bool {
        self.object.namespace == workload.object.namespace
            && self
                .selector
                .as_ref()
                .is_some_and(|wanted| wanted.iter().all(|(key, value)| workload.has_label(key, value)))
    }

    /// Whether its name stands for the addresses of the pods, so that clients connect to these directly.
    #[must_use]
    pub fn is_headless(&self) -> bool {
        self.cluster_ips.iter().any(|ip| ip == "None")
    }

    /// Whether it is open to clients outside the cluster.
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        matches!(self.service_type.as_str(), "LoadBalancer" | "NodePort")
    }

    /// The ports that a backend's port means: by number or name; all of them where it gives none.
    pub fn ports_meant<'s>(&'s self, port: Option<&'s IntOrString>) -> impl Iterator<Item = &'s ServicePort> + 's {
        self.ports.iter().filter(move |candidate| match port {
            None => true,
            // An OpenShift Route names the target port, everything else the Service's own.
            Some(IntOrString::Int(number)) => {
                i32::from(candidate.port) == *number || candidate.target_port == IntOrString::Int(*number)
            }
            Some(IntOrString::String(name)) => {
                candidate.name.as_deref() == Some(name) || candidate.target_port == IntOrString::String(name.clone())
            }
        })
    }
}

impl ServicePort {
    /// The port of the workload's pods that this Service port leads to; `None` where its name is declared nowhere.
    #[must_use]
    pub fn target_on(&self, workload: &Workload) -> Option<u16> {
        match &self.target_port {
            IntOrString::Int(number) => u16::try_from(*number).ok().filter(|&number| number > 0),
            IntOrString::String(name) => workload.named_port(name, self.protocol),
        }
    }
}

impl ContainerPort {
    /// The port as a set.
    #[must_use]
    pub fn set(&self) -> PortSet {
        PortSet::single(self.protocol, self.port)
    }
}

impl Workload {
    /// The number of the container port declared under a name and protocol.
    #[must_use]
    pub fn named_port(&self, name: &str, protocol: Protocol) -> Option<u16> {
        let ports = self.containers.iter().flat_map(|container| &container.ports);
        ports
            .filter(|port| port.protocol == protocol)
            .find(|port| port.name.as_deref() == Some(name))
            .map(|port| port.port)
    }
}

/// Where the objects of a namespace are in a list that is sorted by namespace.
fn range_in<T>(list: &[T], object: impl Fn(&T) -> &Object, namespace: NamespaceId) -> Range<usize> {
    let start = list.partition_point(|item| object(item).namespace < namespace);
    let end = list.partition_point(|item| object(item).namespace <= namespace);
    start..end
}

impl Cluster {
    /// The workloads that a Service selects.
    pub fn selected_by<'c>(&'c self, service: &'c Service) -> impl Iterator<Item = (WorkloadId, &'c Workload)> + 'c {
        let workloads = self.workloads_in(service.object.namespace);
        workloads.filter(|(_, workload)| service.selects(workload))
    }

    /// For each Service, the workloads that it selects.
    #[must_use]
    pub fn selections(&self) -> Vec<Vec<WorkloadId>> {
        let namespaces = (0..u32::try_from(self.namespaces.len()).unwrap_or(u32::MAX)).into_par_iter();
        namespaces.flat_map_iter(|namespace| self.selections_in(NamespaceId(namespace))).collect()
    }

    /// For each Service of a namespace: all at once, by the label that the fewest Services ask for.
    fn selections_in(&self, namespace: NamespaceId) -> Vec<Vec<WorkloadId>> {
        let services = self.services_in(namespace);
        let mut asking: HashMap<_, usize> = HashMap::new();
        for label in services.iter().flat_map(|service| service.selector.iter().flatten()) {
            *asking.entry(label).or_default() += 1;
        }
        let mut by_label: HashMap<_, Vec<usize>> = HashMap::new();
        // Those that ask for nothing but what controllers set.
        let mut others: Vec<usize> = Vec::new();
        for (index, service) in services.iter().enumerate() {
            let labels = service.selector.iter().flatten();
            let written = labels.clone().filter(|(key, _)| !is_controller_label(key));
            if let Some(rarest) = written.min_by_key(|label| asking.get(label).copied()) {
                by_label.entry(rarest).or_default().push(index);
            } else if labels.count() > 0 {
                others.push(index);
            }
        }
        let mut selections = vec![Vec::new(); services.len()];
        if by_label.is_empty() && others.is_empty() {
            return selections;
        }
        for (id, workload) in self.workloads_in(namespace) {
            let asking = workload.pod_labels.iter().flat_map(|label| by_label.get(&label)).flatten();
            for &index in asking.chain(&others) {
                if let (Some(service), Some(selected)) = (services.get(index), selections.get_mut(index))
                    && service.selects(workload)
                {
                    selected.push(id);
                }
            }
        }
        selections
    }

    /// The Service that a backend names.
    #[must_use]
    pub fn service_of(&self, backend: &Backend) -> Option<&Service> {
        self.service_named(backend.namespace, &backend.service)
    }

    /// The Service of this name.
    #[must_use]
    pub fn service_named(&self, namespace: NamespaceId, name: &str) -> Option<&Service> {
        self.services.get(self.place_of_service(namespace, name)?).map(AsRef::as_ref)
    }

    fn place_of_service(&self, namespace: NamespaceId, name: &str) -> Option<usize> {
        let wanted = (namespace, name);
        let found = self.services.binary_search_by(|service| {
            let object = &service.object;
            (object.namespace, object.name.as_str()).cmp(&wanted)
        });
        found.ok()
    }

    /// The workloads of a namespace.
    pub fn workloads_in(&self, namespace: NamespaceId) -> impl Iterator<Item = (WorkloadId, &Workload)> + '_ {
        let range = range_in(&self.workloads, |workload| &workload.object, namespace);
        let first = u32::try_from(range.start).unwrap_or(u32::MAX);
        let workloads = self.workloads.get(range).unwrap_or_default();
        workloads.iter().zip(first..).map(|(workload, index)| (WorkloadId(index), &**workload))
    }

    /// The Services of a namespace.
    #[must_use]
    pub fn services_in(&self, namespace: NamespaceId) -> &[Box<Service>] {
        self.services.get(range_in(&self.services, |service| &service.object, namespace)).unwrap_or_default()
    }

    /// The custom resources of a namespace.
    #[must_use]
    pub fn custom_resources_in(&self, namespace: NamespaceId) -> &[Object] {
        self.custom_resources.get(range_in(&self.custom_resources, |object| object, namespace)).unwrap_or_default()
    }

    /// For each workload, what makes it reachable from outside the cluster, if anything does. The selections are those
    /// of [`Self::selections`].
    #[must_use]
    pub fn exposures(&self, selections: &[Vec<WorkloadId>]) -> Vec<Option<Exposure>> {
        let mut exposures = vec![None; self.workloads.len()];
        let selected = |service: &Service| {
            let place = self.place_of_service(service.object.namespace, &service.object.name);
            place.and_then(|place| selections.get(place)).into_iter().flatten()
        };
        let mut expose = |service: &Service, exposure: &Exposure| {
            for &WorkloadId(index) in selected(service) {
                if let Some(slot @ None) = exposures.get_mut(index as usize) {
                    *slot = Some(exposure.clone());
                }
            }
        };
        for backend in &self.backends {
            if let Some(service) = self.service_of(backend) {
                let words = format!("behind {} `{}`", backend.object.kind, backend.object.name);
                expose(service, &Exposure { words, origin: backend.origin.clone() });
            }
        }
        for service in self.services.iter().filter(|service| service.is_exposed()) {
            let words = format!("behind {} Service `{}`", service.service_type, service.object.name);
            expose(service, &Exposure { words, origin: service.object.origin.keys(["spec", "type"]) });
        }
        exposures
    }
}
