//! Which ends a list of connections is about.

use std::collections::BTreeMap;

use crate::endpoint::{Destination, End};
use crate::net::address::AddressSet;
use crate::net::ports::PortSet;
use crate::objects::WorkloadId;
use crate::reach::External;

/// Destinations up to this number are asked one by one; beyond, whole rows are quicker.
const FEW: usize = 64;

/// The ends asked for on one side, each with the ports asked for.
#[derive(Debug)]
pub(super) struct Filter {
    /// `None` means all.
    workloads: Option<BTreeMap<WorkloadId, PortSet>>,
    addresses: AddressSet,
    ports: PortSet,
    ingress_controller: bool,
}

impl Filter {
    /// Everything, on all ports.
    pub(super) fn all() -> Self {
        Self { workloads: None, addresses: AddressSet::all(), ports: PortSet::all(), ingress_controller: true }
    }

    pub(super) fn sources(ends: Vec<End>) -> Self {
        Self::destinations(ends.into_iter().map(|end| Destination { end, ports: PortSet::all() }).collect())
    }

    pub(super) fn destinations(ends: Vec<Destination>) -> Self {
        let mut filter = Self {
            workloads: Some(BTreeMap::new()),
            addresses: AddressSet::default(),
            ports: PortSet::all(),
            ingress_controller: false,
        };
        for Destination { end, ports } in ends {
            match end {
                End::Workload(workload) => drop(filter.workloads.get_or_insert_default().insert(workload, ports)),
                End::External(addresses) => (filter.addresses, filter.ports) = (addresses, ports),
                End::IngressController => filter.ingress_controller = true,
                // The list holds what is in the input.
                End::Presumed(_) | End::AnyPod(_) => {}
            }
        }
        filter
    }

    pub(super) fn is_all(&self) -> bool {
        self.workloads.is_none()
    }

    /// The ports asked for on a workload; `None` where the workload is not asked for.
    pub(super) fn workload(&self, workload: WorkloadId) -> Option<&PortSet> {
        match &self.workloads {
            // Whoever asks for everything asks for all ports.
            None => Some(&self.ports),
            Some(workloads) => workloads.get(&workload),
        }
    }

    /// The workloads, where they are few.
    pub(super) fn few_workloads(&self) -> Option<Vec<WorkloadId>> {
        let workloads = self.workloads.as_ref().filter(|workloads| workloads.len() <= FEW)?;
        Some(workloads.keys().copied().collect())
    }

    /// The addresses asked for, if any.
    pub(super) fn addresses(&self) -> Option<&AddressSet> {
        Some(&self.addresses).filter(|addresses| !addresses.is_empty())
    }

    pub(super) fn has_ingress_controller(&self) -> bool {
        self.ingress_controller
    }

    /// The part of the entries that is asked for, ordered by address, IPv4 before IPv6.
    pub(super) fn cut(&self, external: Vec<External>) -> Vec<External> {
        let cut = external.into_iter().map(|External { addresses, ports }| External {
            addresses: addresses.intersection(&self.addresses),
            ports: ports.intersection(&self.ports),
        });
        let mut cut: Vec<External> = cut.filter(|it| !it.addresses.is_empty() && !it.ports.is_empty()).collect();
        if !self.ports.is_all() {
            cut = merge(cut);
        }
        cut.sort_by_cached_key(|entry| entry.addresses.blocks().first().copied());
        cut
    }
}

/// Entries that became equal in their ports are one.
fn merge(entries: Vec<External>) -> Vec<External> {
    let mut merged: BTreeMap<PortSet, AddressSet> = BTreeMap::new();
    for External { addresses, ports } in entries {
        let known = merged.entry(ports).or_default();
        *known = known.union(&addresses);
    }
    merged.into_iter().map(|(ports, addresses)| External { addresses, ports }).collect()
}
