//! Addresses outside the cluster that workloads may connect to, or be connected from, on other ports than before.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::change::End;
use super::matching::{Matched, Matching};
use super::pairs::{Found, readings};
use super::side::{Both, Side};
use super::touched::Touched;
use crate::net::Direction;
use crate::net::address::AddressSet;
use crate::net::ports::PortSet;
use crate::reach::{Endpoint, External, Reading};

/// The changed connections from and to addresses outside: the fewest sets of addresses that changed alike.
pub(super) fn outside(matching: &Matching<'_>, touched: &Touched) -> Vec<Found> {
    let readings = readings(matching);
    let touched: Vec<usize> = touched.workloads().collect();
    let of = |&place: &usize| {
        let Some(workload) = matching.workloads.get(place) else { return Vec::new() };
        let directions = Direction::BOTH.into_iter();
        directions.flat_map(|direction| of_workload(matching, readings, workload, direction)).collect()
    };
    touched.par_iter().flat_map_iter(of).collect()
}

fn of_workload(matching: &Matching<'_>, readings: &[Reading], workload: &Matched, direction: Direction) -> Vec<Found> {
    for &reading in readings {
        let entries = Both::made(|side| entries(matching, side, reading, workload, direction));
        let found: Vec<Found> = parts(&entries)
            .into_iter()
            .map(|((base, head), addresses)| {
                let (workload, outside) = (workload.clone(), outside_end(addresses));
                let (from, to) = match direction {
                    Direction::Ingress => (outside, workload),
                    Direction::Egress => (workload, outside),
                };
                Found { from, to, ports: Both { base, head }, reading }
            })
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// An end of addresses, which each state has. One of them speaks for all.
fn outside_end(addresses: AddressSet) -> Matched {
    let first = addresses.blocks().first().map(|block| Endpoint::External(block.network()));
    Matched::new(End::External(addresses), Both::made(|_| first))
}

fn entries(
    matching: &Matching<'_>,
    side: Side,
    reading: Reading,
    workload: &Matched,
    direction: Direction,
) -> Vec<External> {
    let endpoint = *workload.endpoints.of(side);
    let mut entries =
        endpoint.map_or_else(Vec::new, |endpoint| matching.reach(side, reading).external(endpoint, direction));
    let admitted: Vec<AddressSet> = entries.iter().map(|entry| entry.addresses.clone()).collect();
    let rest = AddressSet::all().difference(&AddressSet::union_of(&admitted));
    if !rest.is_empty() {
        entries.push(External { addresses: rest, ports: PortSet::default() });
    }
    entries
}

/// The addresses whose ports differ, by the ports before and after.
fn parts(entries: &Both<Vec<External>>) -> BTreeMap<(PortSet, PortSet), AddressSet> {
    let mut parts: BTreeMap<(PortSet, PortSet), AddressSet> = BTreeMap::new();
    for base in &entries.base {
        for head in entries.head.iter().filter(|head| head.ports != base.ports) {
            let common = base.addresses.intersection(&head.addresses);
            if !common.is_empty() {
                let known = parts.entry((base.ports.clone(), head.ports.clone())).or_default();
                *known = known.union(&common);
            }
        }
    }
    parts
}
