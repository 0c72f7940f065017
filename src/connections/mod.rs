//! Every permitted connection, as a stream.
//!
//! The order is that of the sources: workloads by namespace, kind and name, then addresses outside by their blocks,
//! then the ingress controller; and for each of them that of the destinations. Self-connections and connections between
//! addresses outside are left out. Rows are computed in parallel, a few at a time, so that pairs are never all in
//! memory.

pub mod exposure;
mod filter;
pub(crate) mod notes;
pub(crate) mod shown;
mod unexplained;

use std::collections::BTreeMap;
use std::sync::Arc;

use ipnet::IpNet;
use rayon::prelude::*;

use crate::analysis::Analysis;
use crate::endpoint::{End, EndpointError, Names, Resolver, behind_unseen_controller};
use crate::facts::evidence::Explained;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::WorkloadId;
use crate::reach::{Endpoint, External, Rows};
use exposure::Exposures;
use filter::Filter;

/// How many rows are computed at once. A row may name every workload of the cluster.
const ROWS_AT_ONCE: usize = 32;

/// The most connections that are listed.
pub const MOST_LISTED: usize = 2_000_000;

/// The most ranges of ports that all of them may have together.
pub const MOST_RANGES: usize = 20_000_000;

/// Ends of a kind that may connect to ends of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Where it comes from.
    pub from: End,
    /// Where it goes.
    pub to: End,
    /// The ports permitted; never empty.
    pub ports: Arc<PortSet>,
}

/// The permitted connections of a model.
#[derive(Debug)]
pub struct Connections<'m> {
    pub(crate) analysis: &'m Analysis,
    resolver: Resolver<'m>,
    behind_ingress: BTreeMap<WorkloadId, PortSet>,
    from: Filter,
    to: Filter,
    notes: Vec<String>,
    /// What the input asks for, where only the rest is listed.
    explained: Option<Box<Explained<'m>>>,
}

impl<'m> Connections<'m> {
    /// The connections from and to what these endpoints stand for; from and to everything where none is given.
    ///
    /// # Errors
    /// Where a text is not an endpoint of the model.
    pub fn new(analysis: &'m Analysis, from: Option<&str>, to: Option<&str>) -> Result<Self, EndpointError> {
        let resolver = Resolver::new(analysis.cluster());
        let mut notes = notes::of(analysis);
        let from = match from {
            None => Filter::all(),
            Some(text) => {
                let selection = resolver.source(text)?;
                notes.extend(selection.notes);
                Filter::sources(selection.ends)
            }
        };
        let to = match to {
            None => Filter::all(),
            Some(text) => {
                let selection = resolver.destination(text)?;
                notes.extend(selection.notes);
                Filter::destinations(selection.ends)
            }
        };
        let behind_ingress = behind_unseen_controller(analysis.cluster());
        Ok(Self { analysis, resolver, behind_ingress, from, to, notes, explained: None })
    }

    /// The connections, in order.
    pub fn iter(&self) -> impl Iterator<Item = Connection> + '_ {
        let sources: Vec<WorkloadId> = self.workloads().filter(|&it| self.from.workload(it).is_some()).collect();
        let count = sources.len();
        // Rows are for whoever asks for many destinations.
        let rows = self.to.few_workloads().is_none().then(|| self.analysis.reach().rows());
        let from_workloads = (0..count).step_by(ROWS_AT_ONCE).flat_map(move |start| {
            let chunk = sources.get(start..count.min(start + ROWS_AT_ONCE)).unwrap_or_default();
            let found: Vec<_> = chunk.par_iter().map(|&source| self.row(source, rows.as_ref())).collect();
            found.into_iter().flatten()
        });
        let outside_sources = std::iter::once_with(|| self.outside_sources()).flatten();
        let all = from_workloads.chain(outside_sources).chain(self.ingress_controller_sources());
        all.flat_map(|connection| self.listed(connection))
    }

    /// As many of the connections as are listed, in order. `is_cut` says afterwards whether there are more.
    pub fn up_to_limit<'c>(&'c self, is_cut: &'c mut bool) -> impl Iterator<Item = Connection> + 'c {
        let (mut listed, mut ranges) = (0, 0);
        self.iter().take_while(move |connection| {
            listed += 1;
            ranges += connection.ports.ranges().count();
            *is_cut = listed > MOST_LISTED || ranges > MOST_RANGES;
            !*is_cut
        })
    }

    /// What the reader must know to judge the connections. One line each.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What the ends are called.
    #[must_use]
    pub fn names(&self) -> &Names<'m> {
        self.resolver.names()
    }

    fn workloads(&self) -> impl Iterator<Item = WorkloadId> + use<> {
        (0..).map(WorkloadId).take(self.analysis.cluster().workloads.len())
    }

    /// The exposure of the workloads asked for: of sources and of destinations.
    #[must_use]
    pub fn exposures(&self) -> Exposures {
        let mut exposures = Exposures::new(self.analysis);
        let [shows_sources, shows_destinations] = self.sides();
        let is_asked = |workload: WorkloadId| {
            (shows_destinations && self.from.workload(workload).is_some())
                || (shows_sources && self.to.workload(workload).is_some())
        };
        exposures.workloads.retain(|exposure| is_asked(exposure.workload));
        for exposure in &mut exposures.workloads {
            let Some(asked) = self.to.workload(exposure.workload).filter(|asked| !asked.is_all()) else { continue };
            exposure.sources.iter_mut().for_each(|source| source.ports = source.ports.intersection(asked));
            exposure.sources.retain(|source| !source.ports.is_empty());
        }
        exposures
    }

    /// Which sides of exposure are asked for: what reaches the workloads, where connections to some are asked for, and
    /// what they reach, where connections from some are; both without either.
    #[must_use]
    pub fn sides(&self) -> [bool; 2] {
        [!self.to.is_all() || self.from.is_all(), !self.from.is_all() || self.to.is_all()]
    }

    pub(crate) fn is_filtered(&self) -> bool {
        !self.from.is_all() || !self.to.is_all()
    }

    /// The connections from addresses outside, by address: entries for each workload, not pairs.
    fn outside_sources(&self) -> Vec<Connection> {
        if self.from.addresses().is_none() {
            return Vec::new();
        }
        let targets: Vec<WorkloadId> = self.workloads().filter(|&it| self.to.workload(it).is_some()).collect();
        let entries: Vec<Vec<External>> = targets
            .par_iter()
            .map(|&to| self.from.cut(self.analysis.reach().external(Endpoint::Workload(to), Direction::Ingress)))
            .collect();
        let mut sources: BTreeMap<Vec<IpNet>, Vec<Connection>> = BTreeMap::new();
        for (to, entries) in targets.into_iter().zip(entries) {
            for External { addresses, ports } in entries {
                let blocks = addresses.blocks();
                if let Some(connection) = self.connection(End::External(addresses), to, &Arc::new(ports)) {
                    sources.entry(blocks).or_default().push(connection);
                }
            }
        }
        sources.into_values().flatten().collect()
    }

    fn ingress_controller_sources(&self) -> impl Iterator<Item = Connection> + '_ {
        let targets = self.behind_ingress.iter().filter(|_| self.from.has_ingress_controller());
        targets.filter_map(|(&to, meant)| {
            let ports = self.analysis.reach().ports(Endpoint::IngressController, Endpoint::Workload(to));
            self.connection(End::IngressController, to, &Arc::new(ports.intersection(meant)))
        })
    }

    /// The connections from a workload, by its row, or by looking at the destinations asked for where they are few.
    fn row(&self, from: WorkloadId, rows: Option<&Rows<'_>>) -> Vec<Connection> {
        let reach = self.analysis.reach();
        let source = Endpoint::Workload(from);
        let targets = match rows {
            Some(rows) => rows.targets(source),
            None => {
                let others = self.to.few_workloads().into_iter().flatten().filter(|&to| to != from);
                others.map(|to| (to, Arc::new(reach.ports(source, Endpoint::Workload(to))))).collect()
            }
        };
        let of_workloads =
            targets.into_iter().filter_map(|(to, ports)| self.connection(End::Workload(from), to, &ports));
        let mut connections: Vec<Connection> = of_workloads.collect();
        if self.to.addresses().is_some() {
            let cut = self.to.cut(reach.external(source, Direction::Egress));
            connections.extend(cut.into_iter().map(|External { addresses, ports }| Connection {
                from: End::Workload(from),
                to: End::External(addresses),
                ports: Arc::new(ports),
            }));
        }
        connections
    }

    /// A connection to a workload on the ports permitted and asked for, if there are any.
    fn connection(&self, from: End, to: WorkloadId, ports: &Arc<PortSet>) -> Option<Connection> {
        let asked = self.to.workload(to)?;
        let ports = if asked.is_all() { Arc::clone(ports) } else { Arc::new(ports.intersection(asked)) };
        (!ports.is_empty()).then_some(Connection { from, to: End::Workload(to), ports })
    }
}
