//! Single kinds of evidence, as rules look at them.

use super::{AllEvidence, Asked, Client, Evidence, Reason, Target};
use crate::net::ports::PortSet;
use crate::objects::{Backend, Binding, Service, Workload, WorkloadId};
use crate::source::Place;

/// That a workload names a Service.
#[derive(Clone, Copy)]
pub(crate) struct Mention<'m> {
    pub(crate) client: WorkloadId,
    pub(crate) service: &'m Service,
    asked: Asked<'m>,
    pub(crate) place: &'m Place,
    /// What names it there.
    pub(crate) by: &'m Reason<'m>,
}

/// A port that is to be scraped, and where that is said.
#[derive(Clone, Copy)]
pub(crate) struct Scraped<'m> {
    /// The workload whose port it is.
    pub(crate) workload: WorkloadId,
    /// The port, of TCP.
    pub(crate) port: u16,
    /// Where that is said.
    pub(crate) place: &'m Place,
    /// What says it.
    pub(crate) said_by: &'m Reason<'m>,
}

impl<'m> Mention<'m> {
    /// The ports of a workload behind the Service that the client may mean.
    pub(crate) fn ports_on(&self, workload: &Workload) -> PortSet {
        self.asked.on(self.service, workload)
    }

    /// The Service's port, where it is named.
    pub(crate) fn port(&self) -> Option<u16> {
        match self.asked {
            Asked::ByClient(port) => port,
            Asked::ByObject(_) => None,
        }
    }

    /// The ConfigMap, where the workload takes it whole: others may be meant by it.
    pub(crate) fn config_map(&self) -> Option<&'m str> {
        match self.by {
            Reason::ConfigMap { name, whole: true, .. } => Some(name),
            _ => None,
        }
    }
}

impl<'m> Evidence<'m> {
    fn as_mention(&'m self) -> Option<Mention<'m>> {
        match (&self.client, &self.server, &self.reason) {
            (
                Client::Workload(client),
                Target::Service(service, asked),
                Reason::Variable(_) | Reason::Command(_) | Reason::ConfigMap { .. },
            ) => Some(Mention { client: *client, service, asked: *asked, place: &self.place, by: &self.reason }),
            _ => None,
        }
    }

    fn as_scraped(&self) -> Option<Scraped<'_>> {
        let (Client::Scraper, Target::Workload(workload, Some(ports))) = (&self.client, &self.server) else {
            return None;
        };
        let port = ports.ranges().next()?.first;
        Some(Scraped { workload: *workload, port, place: &self.place, said_by: &self.reason })
    }
}

impl<'m> AllEvidence<'m> {
    /// The Services that workloads name, in the order of the workloads.
    pub(crate) fn mentions(&'m self) -> impl Iterator<Item = Mention<'m>> {
        self.iter().filter_map(Evidence::as_mention)
    }

    /// Ports that are to be scraped.
    pub(crate) fn scraped(&self) -> impl Iterator<Item = Scraped<'_>> {
        self.iter().filter_map(Evidence::as_scraped)
    }

    /// The Services that the API server calls, each with what has it called.
    pub(crate) fn callbacks(&self) -> impl Iterator<Item = (&'m Service, &'m Backend)> {
        self.iter().filter_map(|evidence| match (&evidence.server, &evidence.reason) {
            (Target::Service(service, _), Reason::Callback(caller)) => Some((*service, *caller)),
            _ => None,
        })
    }

    /// The workloads that use the Kubernetes API, each with what lets it.
    pub(crate) fn api_clients(&self) -> impl Iterator<Item = (WorkloadId, &'m Binding)> {
        self.iter().filter_map(|evidence| match (&evidence.client, &evidence.reason) {
            (Client::Workload(client), Reason::Binding(binding)) => Some((*client, *binding)),
            _ => None,
        })
    }

    /// The workloads whose pods talk to one another, on which ports, and whether these are for nobody else.
    pub(crate) fn members(&self) -> impl Iterator<Item = (WorkloadId, &PortSet, bool)> {
        self.iter().filter_map(|evidence| match (&evidence.client, &evidence.server, &evidence.reason) {
            (Client::Workload(client), Target::Workload(server, Some(ports)), Reason::Members { only })
                if client == server =>
            {
                Some((*client, ports, *only))
            }
            _ => None,
        })
    }
}
