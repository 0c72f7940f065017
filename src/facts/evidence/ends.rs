//! The ends of connections that are asked for, and those of objects that only lead to a Service.

use ipnet::IpNet;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use smol_str::SmolStr;

use super::{Evidence, Reason};
use crate::analysis::Analysis;
use crate::net::Protocol;
use crate::net::address::whole_world;
use crate::net::ports::PortSet;
use crate::objects::{NamespaceId, Service, ServicePort, Workload, WorkloadId};
use crate::policy::PodSet;

/// Who is to connect.
#[derive(Clone, Debug)]
pub(crate) enum Client {
    /// The pods of a workload.
    Workload(WorkloadId),
    /// The ingress controller, whichever it is.
    IngressController,
    /// What scrapes metrics, whichever it is.
    Scraper,
    /// The API server.
    ApiServer,
    /// Any pod of a namespace, or of the cluster.
    AnyPod(Option<NamespaceId>),
    /// Pods that the input does not show.
    Pods(PodSet),
    /// Addresses outside the cluster.
    Addresses(Block),
}

/// What is to be connected to, on which ports: `None` where nothing says which.
#[derive(Clone, Debug)]
pub(crate) enum Target<'m> {
    /// The pods behind a Service.
    Service(&'m Service, Asked<'m>),
    /// The pods of a workload.
    Workload(WorkloadId, Option<PortSet>),
    /// The API server.
    ApiServer,
    /// Pods that the input does not show.
    Pods(PodSet, Option<PortSet>),
    /// Addresses outside the cluster.
    Addresses(Block, Option<PortSet>),
    /// A host by its name: outside the cluster, or in a part of it that the input does not show.
    Name(SmolStr, Option<u16>),
    /// Whatever a part of the input that is not shown says.
    Unknown,
}

/// The ports of a Service that are asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asked<'m> {
    /// One by its number, where that is named; else any of them. The name of a headless Service leads to the pods, past
    /// the Service's ports.
    ByClient(Option<u16>),
    /// Those that an object means by a number or a name; all of them where it gives none.
    ByObject(Option<&'m IntOrString>),
}

/// A block of addresses, and what is left out of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Block {
    /// The block.
    pub(crate) cidr: IpNet,
    /// What is left out.
    pub(crate) except: Vec<IpNet>,
}

impl Block {
    /// A block of which nothing is left out.
    pub(crate) fn whole(cidr: IpNet) -> Self {
        Self { cidr, except: Vec::new() }
    }
}

impl Target<'_> {
    /// The workloads of the input that are meant.
    pub(super) fn workloads(&self, analysis: &Analysis) -> Vec<WorkloadId> {
        match self {
            Self::Service(service, _) => analysis.selected_by(service).map(|(id, _)| id).collect(),
            Self::Workload(id, _) => vec![*id],
            _ => Vec::new(),
        }
    }
}

impl<'m> Asked<'m> {
    /// The ports of a workload behind the Service that are meant.
    pub(crate) fn on(self, service: &Service, workload: &Workload) -> PortSet {
        let target = |port: &ServicePort| Some(PortSet::single(port.protocol, port.target_on(workload)?));
        let (meant, direct): (Vec<&ServicePort>, _) = match self {
            Self::ByClient(port) => {
                let meant = service.ports.iter().filter(|it| port.is_none_or(|port| it.port == port));
                let direct = port.filter(|_| service.is_headless());
                (meant.collect(), direct.map(|port| PortSet::single(Protocol::Tcp, port)))
            }
            Self::ByObject(port) => (service.ports_meant(port).collect(), None),
        };
        meant.into_iter().filter_map(target).chain(direct).fold(PortSet::default(), |set, ports| set.union(&ports))
    }
}

/// The Services that Ingresses and routes lead to.
pub(super) fn backends(analysis: &Analysis) -> impl Iterator<Item = Evidence<'_>> {
    analysis.cluster().backends.iter().filter_map(|backend| {
        let service = analysis.cluster().service_of(backend)?;
        Some(Evidence {
            client: Client::IngressController,
            server: Target::Service(service, Asked::ByObject(backend.port.as_ref())),
            reason: Reason::Backend(backend),
            place: backend.origin.clone().entry(),
        })
    })
}

/// The Services that are open to clients outside the cluster.
pub(super) fn exposed(analysis: &Analysis) -> impl Iterator<Item = Evidence<'_>> {
    let everywhere = whole_world();
    analysis.cluster().services.iter().filter(|service| service.is_exposed() && service.selector.is_some()).flat_map(
        move |service| {
            everywhere.map(|cidr| Evidence {
                client: Client::Addresses(Block::whole(cidr)),
                server: Target::Service(service, Asked::ByObject(None)),
                reason: Reason::Exposed(service),
                place: service.object.origin.keys(["spec", "type"]).entry(),
            })
        },
    )
}

/// The Services that the API server calls.
pub(super) fn callbacks(analysis: &Analysis) -> impl Iterator<Item = Evidence<'_>> {
    analysis.cluster().intents.callbacks.iter().filter_map(|callback| {
        let service = analysis.cluster().service_of(callback)?;
        Some(Evidence {
            client: Client::ApiServer,
            server: Target::Service(service, Asked::ByObject(callback.port.as_ref())),
            reason: Reason::Callback(callback),
            place: callback.origin.clone().entry(),
        })
    })
}
