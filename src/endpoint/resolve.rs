//! From the text of an endpoint to what it stands for in a cluster.

use super::lookup::{self, Found};
use super::pattern::{self, AskedPort, Pattern, PortName};
use super::targets::{self, Targets};
use super::{Destination, End, EndpointError, Names};
use crate::cluster::{Cluster, PresumedAs};
use crate::net::Protocol;
use crate::net::ports::PortSet;
use crate::objects::{NamespaceId, Object, Service, ServicePort, Workload, WorkloadId};
use crate::text::phrase;

/// What a text stands for, in the order of the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection<T> {
    /// The ends; never empty.
    pub ends: Vec<T>,
    /// What the person who wrote the text should know. One line each.
    pub notes: Vec<String>,
}

/// Reads endpoints against one cluster.
#[derive(Debug)]
pub struct Resolver<'c> {
    cluster: &'c Cluster,
    names: Names<'c>,
}

impl<'c> Resolver<'c> {
    /// Prepares the names of the cluster.
    #[must_use]
    pub fn new(cluster: &'c Cluster) -> Self {
        Self { cluster, names: Names::new(cluster) }
    }

    /// What workloads are called.
    #[must_use]
    pub fn names(&self) -> &Names<'c> {
        &self.names
    }

    /// The namespace of this name.
    pub(super) fn namespace(&self, name: &str) -> Option<NamespaceId> {
        lookup::namespace(self.cluster, name, name).ok()
    }

    /// Reads where connections come from.
    ///
    /// # Errors
    /// Where the text is not an endpoint, names nothing or several things, or has a port.
    pub fn source(&self, text: &str) -> Result<Selection<End>, EndpointError> {
        let (pattern, port) = pattern::parse(text)?;
        if port.is_some() {
            return Err(EndpointError::new(
                format!("the source `{text}` has a port"),
                "write the port of the destination only: `frontend backend:80`",
            ));
        }
        let mut notes = Vec::new();
        let ends = match self.find(pattern, text)? {
            Resolved::End(end) => vec![end],
            Resolved::Found(Found::Workloads(workloads)) => workloads.into_iter().map(End::Workload).collect(),
            Resolved::Found(Found::Replica(workload)) => {
                notes.push(self.replica_note(workload, text));
                vec![End::Workload(workload)]
            }
            Resolved::Found(Found::Presumed(pod)) => {
                notes.push(self.presumed_note(pod, text));
                vec![End::Presumed(pod)]
            }
            Resolved::Found(Found::Service(service)) => {
                let pods: Vec<End> = self.cluster.selected_by(service).map(|(id, _)| End::Workload(id)).collect();
                if pods.is_empty() {
                    return Err(selects_nothing(service));
                }
                notes.push(format!("`{text}` is a Service; the source is its pods"));
                pods
            }
            Resolved::Found(Found::Route(route, _)) => {
                notes.push(format!("`{text}` is an {}; the source is the ingress controller", route.kind));
                match self.cluster.ingress_controllers.as_slice() {
                    [] => vec![End::IngressController],
                    known => known.iter().copied().map(End::Workload).collect(),
                }
            }
        };
        Ok(Selection { ends, notes })
    }

    /// Reads where connections go, and on which ports.
    ///
    /// # Errors
    /// Where the text is not an endpoint, names nothing or several things, or a port that is not there.
    pub fn destination(&self, text: &str) -> Result<Selection<Destination>, EndpointError> {
        let (pattern, port) = pattern::parse(text)?;
        let port = port.as_ref();
        let mut notes = Vec::new();
        let ends = match self.find(pattern, text)? {
            Resolved::End(End::IngressController) => return Err(no_destination(text)),
            Resolved::End(end) => vec![Destination { end, ports: number_of(port, text)? }],
            Resolved::Found(Found::Workloads(workloads)) => {
                notes.extend(self.service_port_note(&workloads, port, text));
                self.on_workloads(&workloads, port, text, &mut notes)?
            }
            Resolved::Found(Found::Replica(workload)) => {
                notes.push(self.replica_note(workload, text));
                self.on_workloads(&[workload], port, text, &mut notes)?
            }
            Resolved::Found(Found::Presumed(pod)) => {
                notes.push(self.presumed_note(pod, text));
                vec![Destination { ports: self.on_presumed(pod, port, text)?, end: End::Presumed(pod) }]
            }
            Resolved::Found(Found::Service(service)) => destinations(self.on_service(service, port, text, &mut notes)?),
            Resolved::Found(Found::Route(_, _)) if port.is_some() => {
                return Err(EndpointError::new(
                    format!("`{text}` is an Ingress or a route, which has no port of the pods"),
                    "leave the port out, or name the Service or the workload behind it",
                ));
            }
            Resolved::Found(Found::Route(route, backends)) => {
                let targets = targets::of_backends(self.cluster, backends);
                if targets.is_empty() {
                    return Err(leads_nowhere(route));
                }
                destinations(targets)
            }
        };
        Ok(Selection { ends, notes })
    }

    fn find(&self, pattern: Pattern, text: &str) -> Result<Resolved<'c>, EndpointError> {
        match pattern {
            Pattern::Everything => {
                let everything: Vec<WorkloadId> = (0..).map(WorkloadId).take(self.cluster.workloads.len()).collect();
                if everything.is_empty() {
                    return Err(EndpointError::new(
                        "the input has no workloads",
                        "name the directory that holds their manifests",
                    ));
                }
                Ok(Resolved::Found(Found::Workloads(everything)))
            }
            Pattern::IngressController => match self.cluster.ingress_controllers.as_slice() {
                [] => Ok(Resolved::End(End::IngressController)),
                known => Ok(Resolved::Found(Found::Workloads(known.to_vec()))),
            },
            Pattern::AnyPod(None) => Ok(Resolved::End(End::AnyPod(None))),
            Pattern::AnyPod(Some(asked)) => {
                Ok(Resolved::End(End::AnyPod(Some(lookup::namespace(self.cluster, &asked, text)?))))
            }
            Pattern::Addresses(addresses) => Ok(Resolved::End(End::External(addresses))),
            Pattern::Labels { namespace, labels } => {
                lookup::by_labels(self.cluster, namespace.as_deref(), &labels, text).map(Resolved::Found)
            }
            Pattern::Name(name) => lookup::by_name(self.cluster, &self.names, &name, text).map(Resolved::Found),
        }
    }

    /// Each workload with the asked port of its pods. Workloads that lack a named port are left out and noted.
    fn on_workloads(
        &self,
        workloads: &[WorkloadId],
        port: Option<&AskedPort>,
        text: &str,
        notes: &mut Vec<String>,
    ) -> Result<Vec<Destination>, EndpointError> {
        let Some(AskedPort { port: PortName::Name(name), protocol }) = port else {
            let ports = number_of(port, text)?;
            let ends = workloads.iter().map(|&id| Destination { end: End::Workload(id), ports: ports.clone() });
            return Ok(ends.collect());
        };
        let (mut ends, mut lacking) = (Vec::new(), Vec::new());
        for &id in workloads {
            let workload = self.cluster.workloads.get(id.0 as usize);
            match workload.and_then(|workload| declared(workload, name, *protocol)) {
                Some(ports) => ends.push(Destination { end: End::Workload(id), ports }),
                None => lacking.push(self.names.workload(id)),
            }
        }
        if ends.is_empty() {
            return Err(EndpointError::new(
                format!("no container of {} declares a port `{name}`", phrase::list(lacking)),
                "write the port's number",
            ));
        }
        if !lacking.is_empty() {
            notes.push(format!("skipped: no container port is named `{name}`: {}", phrase::list(lacking)));
        }
        Ok(ends)
    }

    fn on_presumed(&self, pod: usize, port: Option<&AskedPort>, text: &str) -> Result<PortSet, EndpointError> {
        let Some(AskedPort { port: PortName::Name(name), protocol }) = port else { return number_of(port, text) };
        let declared = self.cluster.presumed.get(pod).into_iter().flat_map(|pod| &pod.named_ports);
        let mut declared = declared.filter(|(own, ..)| own == name);
        declared
            .find(|(_, own, _)| protocol.is_none_or(|protocol| protocol == *own))
            .map(|(_, protocol, port)| PortSet::single(*protocol, *port))
            .ok_or_else(|| EndpointError::new(format!("`{text}` has no port `{name}`"), "write the port's number"))
    }

    /// The pods of a Service with their target ports: of the asked port, of all ports where none is asked for.
    fn on_service(
        &self,
        service: &Service,
        port: Option<&AskedPort>,
        text: &str,
        notes: &mut Vec<String>,
    ) -> Result<Targets, EndpointError> {
        let name = &service.object.name;
        if self.cluster.selected_by(service).next().is_none() {
            return Err(selects_nothing(service));
        }
        let ports: Vec<&ServicePort> = match port {
            None => service.ports.iter().collect(),
            Some(asked) => asked_of_service(service, asked).into_iter().collect(),
        };
        if ports.is_empty() {
            let known = service.ports.iter().map(|port| format!("{}/{}", port.port, port.protocol));
            return Err(match (port, service.ports.is_empty()) {
                (Some(_), false) => EndpointError::new(
                    format!("Service `{name}` does not have the port of `{text}`"),
                    format!("its ports are {}", phrase::list(known)),
                ),
                _ => EndpointError::new(format!("Service `{name}` has no ports"), "name the workload and its port"),
            });
        }
        let targets = targets::of_service(self.cluster, service, ports.iter().copied());
        if targets.is_empty() {
            return Err(EndpointError::new(
                format!("the target port of Service `{name}` has a name that no container of its pods declares"),
                "name a `containerPort`, or write `targetPort` as a number",
            ));
        }
        let leads = targets.values().any(|target| ports.iter().any(|it| *target != single(it.protocol, it.port)));
        if let (Some(_), true, Some(target)) = (port, leads, targets.values().next()) {
            notes.push(format!("policies see the target port: `{text}` leads to {target} of the pods"));
        }
        Ok(targets)
    }

    /// Where a workload and a Service share the name and the port means something else on each.
    fn service_port_note(&self, workloads: &[WorkloadId], port: Option<&AskedPort>, text: &str) -> Option<String> {
        let [id] = workloads else { return None };
        let workload = self.cluster.workloads.get(id.0 as usize)?;
        let service = self
            .cluster
            .services
            .iter()
            .find(|service| service.object.name == workload.object.name && service.selects(workload))?;
        let asked = port?;
        let target = asked_of_service(service, asked)?.target_on(workload)?;
        let PortName::Number(number) = asked.port else { return None };
        (target != number).then(|| {
            let service = self.names.full(&service.object);
            format!(
                "{number} of `{text}` is the pods' port; `{service}:{number}` means the Service's, which is {target}"
            )
        })
    }

    fn replica_note(&self, workload: WorkloadId, text: &str) -> String {
        let workload = self.names.workload(workload);
        format!("no policy distinguishes `{text}` from the other replicas of `{workload}`, so the answer is about any")
    }

    fn presumed_note(&self, pod: usize, text: &str) -> String {
        let pod = self.cluster.presumed.get(pod);
        if let Some(PresumedAs::Replica { of, .. }) = pod.map(|pod| &pod.presumed_as) {
            return format!("`{text}` exists only where `{of}` has more replicas than the input shows");
        }
        let namespace = pod.map_or("", |pod| self.cluster.namespace_name(pod.namespace));
        format!("`{text}` is not in the input; it stands for the DNS server that clusters run in `{namespace}`")
    }
}

enum Resolved<'c> {
    End(End),
    Found(Found<'c>),
}

fn single(protocol: Protocol, port: u16) -> PortSet {
    PortSet::single(protocol, port)
}

/// The asked port where it is a number; every port where none is asked for.
fn number_of(port: Option<&AskedPort>, text: &str) -> Result<PortSet, EndpointError> {
    match port {
        None => Ok(PortSet::all()),
        Some(AskedPort { port: PortName::Number(number), protocol }) => {
            Ok(single(protocol.unwrap_or(Protocol::Tcp), *number))
        }
        Some(AskedPort { port: PortName::Name(name), .. }) => Err(EndpointError::new(
            format!("`{text}` is not a pod of the input, so none of its ports is named `{name}`"),
            "write the port's number",
        )),
    }
}

/// The container port of this name: of the protocol asked for, else of TCP, else of any.
fn declared(workload: &Workload, name: &str, protocol: Option<Protocol>) -> Option<PortSet> {
    let tried: &[Protocol] = match &protocol {
        Some(protocol) => std::slice::from_ref(protocol),
        None => &[Protocol::Tcp, Protocol::Udp, Protocol::Sctp],
    };
    tried.iter().find_map(|&protocol| Some(single(protocol, workload.named_port(name, protocol)?)))
}

/// The port of a Service: of the protocol asked for, else of TCP, else of any.
fn asked_of_service<'s>(service: &'s Service, asked: &AskedPort) -> Option<&'s ServicePort> {
    let is_it = |port: &&ServicePort| match &asked.port {
        PortName::Number(number) => port.port == *number,
        PortName::Name(name) => port.name.as_deref() == Some(name),
    };
    let mut of_protocol = service.ports.iter().filter(is_it);
    match asked.protocol {
        Some(protocol) => of_protocol.find(|port| port.protocol == protocol),
        None => of_protocol.clone().find(|port| port.protocol == Protocol::Tcp).or_else(|| of_protocol.next()),
    }
}

fn destinations(targets: Targets) -> Vec<Destination> {
    targets.into_iter().map(|(id, ports)| Destination { end: End::Workload(id), ports }).collect()
}

fn selects_nothing(service: &Service) -> EndpointError {
    let name = &service.object.name;
    if service.selector.is_none() {
        return EndpointError::new(
            format!("Service `{name}` has no selector, so it leads to no pod of the input"),
            "name the workload, or the address that its endpoints have",
        );
    }
    EndpointError::new(
        format!("Service `{name}` selects no workload of the input"),
        "make its `selector` equal the labels of a pod template, or name the workload",
    )
}

fn leads_nowhere(route: &Object) -> EndpointError {
    EndpointError::new(
        format!("{} `{}` leads to no workload of the input", route.kind, route.name),
        "add the Service that it names, and the workload behind it, to the input",
    )
}

fn no_destination(text: &str) -> EndpointError {
    EndpointError::new(
        format!("`{text}` can only be a source: its pods are not in the input"),
        "write the ingress controller first: `ingress-controller frontend:80`",
    )
}
