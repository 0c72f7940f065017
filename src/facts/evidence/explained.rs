//! Which of what is permitted is asked for.

use foldhash::{HashMap, HashMapExt as _};

use super::{Client, Party, Request};
use crate::analysis::Analysis;
use crate::cluster::PresumedAs;
use crate::net::Protocol;
use crate::net::address::AddressSet;
use crate::net::ports::PortSet;
use crate::objects::{Labels, Match, Selector, WorkloadId};
use crate::policy::{NamespaceSet, PodSet};
use crate::reach::External;

/// What is asked for, by its ends.
#[derive(Debug)]
pub(crate) struct Explained<'m> {
    analysis: &'m Analysis,
    pairs: HashMap<(WorkloadId, WorkloadId), PortSet>,
    to_workload: HashMap<WorkloadId, Side>,
    from_workload: HashMap<WorkloadId, Side>,
    /// The ports on which DNS servers of the input answer.
    dns: HashMap<WorkloadId, PortSet>,
}

/// What is asked for at one end, where the other end is no workload.
#[derive(Debug, Default)]
pub(crate) struct Side {
    /// With everyone.
    pub(crate) anyone: PortSet,
    /// With the ingress controller.
    pub(crate) controller: PortSet,
    /// With pods by their labels.
    pub(crate) pods: Vec<(PodSet, PortSet)>,
    /// With addresses outside the cluster.
    pub(crate) addresses: Vec<(AddressSet, PortSet)>,
}

impl<'m> Explained<'m> {
    /// What these ask for.
    pub(crate) fn new(analysis: &'m Analysis, requests: &[Request<'_, '_>]) -> Self {
        let dns = dns_servers(analysis);
        let (to_workload, from_workload) = (HashMap::new(), HashMap::new());
        let mut explained = Self { analysis, pairs: HashMap::new(), to_workload, from_workload, dns };
        for request in requests {
            explained.add(request);
        }
        explained
    }

    fn add(&mut self, request: &Request<'_, '_>) {
        let ports = &request.ports;
        match (&request.from, &request.to) {
            (Party::Workload(from), Party::Workload(to)) => join(self.pairs.entry((*from, *to)).or_default(), ports),
            (from, Party::Workload(to)) => {
                let is_controller = matches!(request.evidence.client, Client::IngressController);
                let side = self.to_workload.entry(*to).or_default();
                side.add(from, ports);
                if is_controller {
                    join(&mut side.controller, ports);
                }
            }
            (Party::Workload(from), to) => self.from_workload.entry(*from).or_default().add(to, ports),
            _ => {}
        }
        // A controller that the input shows is a workload, and stands for the one that it might not show.
        if let (Client::IngressController, Party::Workload(to)) = (&request.evidence.client, &request.to) {
            join(&mut self.to_workload.entry(*to).or_default().controller, ports);
        }
    }

    /// What is asked for at a workload, where others connect to it that are no workloads.
    pub(crate) fn to(&self, workload: WorkloadId) -> Option<&Side> {
        self.to_workload.get(&workload)
    }

    /// What is asked for by a workload, where it connects to others that are no workloads.
    pub(crate) fn from(&self, workload: WorkloadId) -> Option<&Side> {
        self.from_workload.get(&workload)
    }

    /// The ports on which a workload is asked to connect to another one, those of DNS included.
    pub(crate) fn between(&self, from: WorkloadId, to: WorkloadId) -> PortSet {
        let mut ports = self.pairs.get(&(from, to)).cloned().unwrap_or_default();
        if let Some(dns) = self.dns.get(&to) {
            join(&mut ports, dns);
        }
        if let Some(side) = self.to_workload.get(&to) {
            join(&mut ports, &side.anyone);
            side.pods.iter().filter(|(set, _)| self.holds(set, from)).for_each(|(_, it)| join(&mut ports, it));
        }
        if let Some(side) = self.from_workload.get(&from) {
            join(&mut ports, &side.anyone);
            side.pods.iter().filter(|(set, _)| self.holds(set, to)).for_each(|(_, it)| join(&mut ports, it));
        }
        ports
    }

    /// Whether a set that is asked for holds a workload of the input.
    fn holds(&self, set: &PodSet, workload: WorkloadId) -> bool {
        let Some(workload) = self.analysis.workload(workload) else { return false };
        let is_in = match &set.namespaces {
            NamespaceSet::One(namespace) => *namespace == workload.object.namespace,
            NamespaceSet::Matching(selector) => {
                let namespace = self.analysis.cluster().namespaces.get(workload.object.namespace.0 as usize);
                namespace.is_some_and(|namespace| selector.matches(&namespace.labels))
            }
        };
        is_in && workload.is_selected_by(&set.pods) == Match::Yes
    }
}

impl Side {
    fn add(&mut self, party: &Party, ports: &PortSet) {
        match party {
            Party::Anyone => join(&mut self.anyone, ports),
            Party::AnyPod(Some(namespace)) => {
                self.pods.push((PodSet::new(NamespaceSet::One(*namespace), Selector::default()), ports.clone()));
            }
            Party::AnyPod(None) => {
                self.pods.push((PodSet::new(NamespaceSet::every(), Selector::default()), ports.clone()));
            }
            Party::Pods(set) => self.pods.push((set.clone(), ports.clone())),
            Party::Addresses(block) => {
                let addresses = AddressSet::block(&block.cidr).difference(&AddressSet::from_blocks(&block.except));
                self.addresses.push((addresses, ports.clone()));
            }
            Party::Workload(_) => {}
        }
    }

    /// What of this is not asked for.
    pub(crate) fn excess(&self, External { addresses, ports }: External) -> Vec<External> {
        let mut left = vec![External { addresses, ports: ports.difference(&self.anyone) }];
        for (asked, on) in &self.addresses {
            let parts = left.into_iter().flat_map(|External { addresses, ports }| {
                let outside = External { addresses: addresses.difference(asked), ports: ports.clone() };
                let inside = External { addresses: addresses.intersection(asked), ports: ports.difference(on) };
                [outside, inside]
            });
            left = parts.filter(|part| !part.addresses.is_empty() && !part.ports.is_empty()).collect();
        }
        left.retain(|part| !part.addresses.is_empty() && !part.ports.is_empty());
        left
    }
}

fn join(ports: &mut PortSet, more: &PortSet) {
    *ports = ports.union(more);
}

/// The workloads of the input that look like the cluster's DNS.
fn dns_servers(analysis: &Analysis) -> HashMap<WorkloadId, PortSet> {
    let mut found: HashMap<WorkloadId, PortSet> = HashMap::new();
    for pod in &analysis.cluster().presumed {
        let PresumedAs::Dns { port } = pod.presumed_as else { continue };
        let has = |labels: &Labels| pod.labels.iter().all(|(key, value)| labels.get(key) == Some(value));
        let workloads = analysis.cluster().workloads_in(pod.namespace);
        for (id, _) in workloads.filter(|(_, workload)| has(&workload.pod_labels)) {
            let both = [Protocol::Tcp, Protocol::Udp].map(|protocol| PortSet::single(protocol, port));
            both.iter().for_each(|ports| join(found.entry(id).or_default(), ports));
        }
    }
    found
}
