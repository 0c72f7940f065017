//! Pairs of ends between which something else is permitted.

use std::sync::Arc;

use rayon::prelude::*;

use super::change::{End, Presence};
use super::matching::{Matched, Matching};
use super::side::{Both, Side};
use super::touched::Touched;
use crate::net::ports::PortSet;
use crate::reach::{Endpoint, Reading};

/// A change whose causes are not known yet.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) from: Matched,
    pub(super) to: Matched,
    pub(super) ports: Both<PortSet>,
    pub(super) reading: Reading,
}

impl Found {
    /// Whether one of the ends is new or gone.
    pub(super) fn presence(&self) -> Option<Presence> {
        self.from.presence().or(self.to.presence())
    }

    /// Whether it comes from the ingress controller.
    pub(super) fn is_through_ingress(&self) -> bool {
        *self.from.end == End::IngressController
    }
}

/// The changed pairs of workloads and of pods that the input does not show, one of them a workload.
pub(super) fn between(matching: &Matching<'_>, touched: &Touched) -> Vec<Found> {
    let readings = readings(matching);
    let count = matching.workloads.len();
    let ends: Vec<&Matched> = matching.workloads.iter().chain(&matching.any_pods).collect();
    let is_touched = |place: usize| match place.checked_sub(count) {
        None => touched.workload(place),
        Some(place) => touched.any_pod(place),
    };
    let all_touched: Vec<usize> = (0..ends.len()).filter(|&place| is_touched(place)).collect();
    if all_touched.is_empty() {
        return Vec::new();
    }
    let every: Vec<usize> = (0..ends.len()).collect();
    let row = |from: usize| {
        let targets = if is_touched(from) { &every } else { &all_touched };
        let pairs = targets.iter().filter(|&&to| to != from && (from < count || to < count));
        let pairs = pairs.filter_map(|&to| Some((*ends.get(from)?, *ends.get(to)?)));
        pairs.filter_map(|(from, to)| compare(matching, readings, from, to)).collect::<Vec<_>>()
    };
    every.par_iter().flat_map_iter(|&from| row(from)).collect()
}

/// The readings in which the states are compared: where everything is known, all that may be permitted is what is shown.
pub(super) fn readings(matching: &Matching<'_>) -> &'static [Reading] {
    let is_known = |side: Side| matching.analyses.of(side).at_least().is_exact();
    if Side::BOTH.into_iter().all(is_known) { &[Reading::Shown] } else { &[Reading::Shown, Reading::Most] }
}

fn compare(matching: &Matching<'_>, readings: &[Reading], from: &Matched, to: &Matched) -> Option<Found> {
    readings.iter().find_map(|&reading| {
        let ports = Both::made(|side| matching.ports(side, reading, from, to));
        (!ports.is_same()).then(|| Found { from: from.clone(), to: to.clone(), ports, reading })
    })
}

/// The changed connections of the ingress controller, on the ports that Ingresses and routes name.
pub(super) fn through_ingress(matching: &Matching<'_>, touched: &Touched) -> Vec<Found> {
    let from = Matched {
        end: Arc::new(End::IngressController),
        endpoints: Both::made(|_| Some(Endpoint::IngressController)),
    };
    let meant = |side: Side, end: &Matched| touched.behind_ingress.of(side).get(&end.workload(side)?);
    let mut found = Vec::new();
    for (place, to) in matching.workloads.iter().enumerate() {
        let asked = Both::made(|side| meant(side, to));
        if asked.each().all(Option::is_none) || (asked.is_same() && !touched.workload(place)) {
            continue;
        }
        for reading in [Reading::Shown, Reading::Most] {
            let ports = Both::made(|side| match asked.of(side) {
                Some(asked) => matching.ports(side, reading, &from, to).intersection(asked),
                None => PortSet::default(),
            });
            if !ports.is_same() {
                found.push(Found { from: from.clone(), to: to.clone(), ports, reading });
                break;
            }
        }
    }
    found
}
