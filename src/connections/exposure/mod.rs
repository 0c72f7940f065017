//! Exposure: who could connect to a workload beyond the workloads of the input, and what it could connect to.
//!
//! A repository seldom holds a whole cluster. The pods of others are represented by [examples](examples): one without
//! labels for each namespace, and one for each set of labels that a policy selects. The engine is asked about each of
//! them as about any pod, so that the answer takes every policy, every tier and both sides of a connection into account.

mod examples;
mod labels;
mod listing;

use std::collections::BTreeMap;

use rayon::prelude::*;
use smol_str::SmolStr;

use crate::analysis::Analysis;
use crate::endpoint::behind_unseen_controller;
use crate::net::Direction;
use crate::net::address::AddressSet;
use crate::net::ports::PortSet;
use crate::objects::WorkloadId;
use crate::reach::{Endpoint, Reachability};
pub(crate) use examples::{Examples, Pod};
pub(crate) use listing::Listing;

/// Who could connect to a workload, and what it could connect to, beyond the workloads of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// The workload.
    pub workload: WorkloadId,
    /// Who could connect to it.
    pub sources: Vec<Exposed>,
    /// What it could connect to.
    pub destinations: Vec<Exposed>,
}

/// Others that could connect, or be connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposed {
    /// Who.
    pub other: Other,
    /// On which ports of the destination; never empty.
    pub ports: PortSet,
    /// Whether that does not depend on labels of namespaces and pods of the input that it does not show.
    pub is_certain: bool,
}

/// Somebody who is not a workload of the input. Pods come first, by namespaces and labels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Other {
    /// Pods that the input does not show.
    Pods {
        /// Which namespaces they are in.
        namespaces: Namespaces,
        /// The labels that they need, as `key=value`, or `key` where any value will do; with none, any pod will do.
        labels: Vec<String>,
    },
    /// Addresses outside the cluster.
    External(Vec<ipnet::IpNet>),
    /// The ingress controller.
    IngressController,
    /// The nodes, and pods on their network.
    Nodes,
    /// The Kubernetes API server.
    ApiServer,
    /// Addresses outside the cluster that a name stands for.
    Domain(SmolStr),
}

/// The namespaces of pods that the input does not show.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Namespaces {
    /// Every one, in the input or not.
    Every,
    /// These of the input.
    Known(Vec<SmolStr>),
    /// Every one that is not in the input.
    Unknown,
    /// Those that are not in the input and carry these labels, as `key=value` or `key`. Their name is the label
    /// `kubernetes.io/metadata.name`.
    Labelled(Vec<String>),
}

/// The exposure of all workloads of a cluster.
#[derive(Debug)]
pub struct Exposures {
    /// In the order of the workloads.
    pub workloads: Vec<Exposure>,
    /// Why there may be more than is listed, if there may.
    pub note: Option<&'static str>,
}

impl Exposures {
    /// Asks the engine about every workload; once about those that no policy distinguishes.
    #[must_use]
    pub fn new(analysis: &Analysis) -> Self {
        let world = World::new(analysis);
        let workloads: Vec<WorkloadId> = (0..).map(WorkloadId).take(analysis.cluster().workloads.len()).collect();
        let group = |workload: WorkloadId| world.shown.group(workload);
        let mut alike: BTreeMap<u32, WorkloadId> = BTreeMap::new();
        for &workload in &workloads {
            alike.entry(group(workload)).or_insert(workload);
        }
        let compute = |(group, workload): (u32, WorkloadId)| {
            (group, Direction::BOTH.map(|direction| world.others(workload, direction)))
        };
        let by_group: BTreeMap<_, [Vec<Exposed>; 2]> = alike.into_par_iter().map(compute).collect();
        let of = |workload: WorkloadId| {
            let [mut sources, destinations] = by_group.get(&group(workload)).cloned().unwrap_or_default();
            sources.extend(world.ingress_controller(workload));
            Exposure { workload, sources, destinations }
        };
        Self { workloads: workloads.into_iter().map(of).collect(), note: world.examples.note }
    }
}

/// The one state that is looked at.
const STATE: usize = 0;

/// The cluster with the pods of others in it.
struct World {
    examples: Examples<1>,
    shown: Reachability,
    certain: Reachability,
    behind_ingress: BTreeMap<WorkloadId, PortSet>,
}

impl World {
    fn new(analysis: &Analysis) -> Self {
        let examples = Examples::new([analysis.cluster()], |_, _| true);
        let [(shown, certain)] = examples.reach([analysis.pod_blocks()]);
        Self { examples, shown, certain, behind_ingress: behind_unseen_controller(analysis.cluster()) }
    }

    fn others(&self, workload: WorkloadId, direction: Direction) -> Vec<Exposed> {
        if self.shown.open_ports(Endpoint::Workload(workload), direction).is_empty() {
            return Vec::new();
        }
        let mut others = self.pods(workload, direction);
        others.extend(self.outside(workload, direction));
        let ends = [(Endpoint::OtherNode, Other::Nodes), (Endpoint::ApiServer, Other::ApiServer)];
        others.extend(ends.into_iter().filter_map(|(end, other)| {
            self.exposed(other, |reach| ports(reach, Endpoint::Workload(workload), end, direction))
        }));
        let domains = (0..).zip(self.shown.domains()).filter(|_| direction == Direction::Egress);
        others.extend(domains.filter_map(|(place, name)| {
            let end = Endpoint::Domain(place);
            self.exposed(Other::Domain(name.clone()), |reach| {
                ports(reach, Endpoint::Workload(workload), end, direction)
            })
        }));
        others
    }

    fn ingress_controller(&self, workload: WorkloadId) -> Option<Exposed> {
        let meant = self.behind_ingress.get(&workload)?;
        let ports = |reach: &Reachability| {
            reach.ports(Endpoint::IngressController, Endpoint::Workload(workload)).intersection(meant)
        };
        self.exposed(Other::IngressController, ports)
    }

    fn exposed(&self, other: Other, ports: impl Fn(&Reachability) -> PortSet) -> Option<Exposed> {
        let shown = ports(&self.shown);
        if shown.is_empty() {
            return None;
        }
        let is_certain = ports(&self.certain).is_superset(&shown);
        Some(Exposed { other, ports: shown, is_certain })
    }

    /// Pods: those without labels for each namespace, then those whose labels permit more.
    fn pods(&self, workload: WorkloadId, direction: Direction) -> Vec<Exposed> {
        let workload = Endpoint::Workload(workload);
        let verdict = |end| {
            let shown = ports(&self.shown, workload, end, direction);
            let is_certain = !shown.is_empty() && ports(&self.certain, workload, end, direction).is_superset(&shown);
            (shown, is_certain)
        };
        let mut listing = Listing::new(&self.examples);
        let mut unlabelled = Vec::with_capacity(self.examples.len());
        for pod in self.examples.unlabelled() {
            let (ports, is_certain) = verdict(self.examples.endpoint(STATE, pod));
            unlabelled.push(ports.clone());
            if !ports.is_empty() {
                listing.add(pod, (ports, is_certain));
            }
        }
        for pod in self.examples.labelled() {
            let (ports, is_certain) = verdict(self.examples.endpoint(STATE, pod));
            // What any pod there may do is said already.
            let is_known = unlabelled.get(self.examples.place(pod)).is_some_and(|known| known.is_superset(&ports));
            if !ports.is_empty() && !is_known {
                listing.add(pod, (ports, is_certain));
            }
        }
        let entries = listing.finish().into_iter();
        entries.map(|(other, (ports, is_certain), _)| Exposed { other, ports, is_certain }).collect()
    }

    fn outside(&self, workload: WorkloadId, direction: Direction) -> Vec<Exposed> {
        let end = Endpoint::Workload(workload);
        let certain = self.certain.external(end, direction);
        let mut entries: Vec<Exposed> = self
            .shown
            .external(end, direction)
            .into_iter()
            .map(|entry| {
                let sure = certain.iter().filter(|sure| sure.ports.is_superset(&entry.ports));
                let sure: Vec<AddressSet> = sure.map(|sure| sure.addresses.clone()).collect();
                Exposed {
                    is_certain: AddressSet::union_of(&sure).is_superset(&entry.addresses),
                    other: Other::External(entry.addresses.blocks()),
                    ports: entry.ports,
                }
            })
            .collect();
        entries.sort_by(|left, right| left.other.cmp(&right.other));
        entries
    }
}

/// The ports of connections between a workload and another end: to the workload (ingress) or from it (egress).
fn ports(reach: &Reachability, workload: Endpoint, other: Endpoint, direction: Direction) -> PortSet {
    match direction {
        Direction::Ingress => reach.ports(other, workload),
        Direction::Egress => reach.ports(workload, other),
    }
}
