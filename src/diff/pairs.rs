//! Pairs of ends between which something else is permitted.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::change::{End, Presence};
use super::matching::{Matched, Matching};
use super::side::{Both, Side};
use super::touched::Touched;
use crate::net::ports::PortSet;
use crate::reach::{Endpoint, Reading, Rows};

/// Pairs with so many touched ends are asked one by one; beyond, whole rows are quicker.
const FEW: usize = 16;

/// How many rows are computed at once.
const ROWS_AT_ONCE: usize = 256;

/// More changed pairs are counted and not listed: nobody reads them, and memory is not without end.
const LISTED: usize = 200_000;

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

/// The changed pairs, as far as they are listed.
pub(super) struct Between {
    pub(super) found: Vec<Found>,
    /// How many more there are.
    pub(super) unlisted: usize,
    /// Whether any of these opened.
    pub(super) unlisted_opened: bool,
}

/// The changed pairs of workloads and of pods that the input does not show, one of them a workload.
pub(super) fn between(matching: &Matching<'_>, touched: &Touched) -> Between {
    let search = Search::new(matching, touched);
    let mut all = Between { found: Vec::new(), unlisted: 0, unlisted_opened: false };
    if search.touched.is_empty() {
        return all;
    }
    let count = search.ends.len();
    for start in (0..count).step_by(ROWS_AT_ONCE) {
        let rows = start..count.min(start + ROWS_AT_ONCE);
        let found: Vec<Found> = rows.into_par_iter().flat_map_iter(|from| search.row(from)).collect();
        let room = LISTED.saturating_sub(all.found.len());
        all.unlisted += found.len().saturating_sub(room);
        let is_opened = |found: &Found| !found.ports.base.is_superset(&found.ports.head);
        all.unlisted_opened |= found.iter().skip(room).any(is_opened);
        all.found.extend(found.into_iter().take(room));
    }
    all
}

/// The readings in which the states are compared: where everything is known, all that may be permitted is what is shown.
pub(super) fn readings(matching: &Matching<'_>) -> &'static [Reading] {
    let is_known = |side: Side| matching.analyses.of(side).at_least().is_exact();
    if Side::BOTH.into_iter().all(is_known) { &[Reading::Shown] } else { &[Reading::Shown, Reading::Most] }
}

/// What is looked through.
struct Search<'m> {
    matching: &'m Matching<'m>,
    /// The workloads, then the pods that the input does not show.
    ends: Vec<&'m Matched>,
    workloads: usize,
    is_touched: Vec<bool>,
    /// The places of touched ends.
    touched: Vec<usize>,
    /// For each workload of a state its place among the ends.
    places: Both<Vec<usize>>,
    /// The rows of both states under each reading, where many ends are touched.
    rows: Vec<(Reading, Option<Both<Rows<'m>>>)>,
}

impl<'m> Search<'m> {
    fn new(matching: &'m Matching<'m>, touched: &Touched) -> Self {
        let workloads = matching.workloads.len();
        let ends: Vec<&Matched> = matching.workloads.iter().chain(&matching.any_pods).collect();
        let is_touched = |place: usize| match place.checked_sub(workloads) {
            None => touched.workload(place),
            Some(place) => touched.any_pod(place),
        };
        let is_touched: Vec<bool> = (0..ends.len()).map(is_touched).collect();
        let touched: Vec<usize> = (0..ends.len()).filter(|&place| is_touched.get(place) == Some(&true)).collect();
        let places = Both::made(|side| {
            let mut places = vec![usize::MAX; matching.analyses.of(side).cluster().workloads.len()];
            for (place, end) in matching.workloads.iter().enumerate() {
                let id = end.workload(side).and_then(|id| places.get_mut(id.0 as usize));
                id.into_iter().for_each(|slot| *slot = place);
            }
            places
        });
        // A row leaves out the pod itself, which another end may be in the other state.
        let is_divided = ends.iter().any(|end| end.name().is_some_and(|name| name.replica.is_some()));
        let by_rows = touched.len() > FEW && !is_divided;
        let rows = readings(matching).iter().map(|&reading| {
            let rows = || Both::made(|side| matching.reach(side, reading).rows());
            (reading, by_rows.then(rows))
        });
        Self { matching, rows: rows.collect(), ends, workloads, is_touched, touched, places }
    }

    /// The changed pairs with this source.
    fn row(&self, from: usize) -> Vec<Found> {
        let Some(source) = self.ends.get(from) else { return Vec::new() };
        let mut found: BTreeMap<usize, Found> = BTreeMap::new();
        for (reading, rows) in &self.rows {
            let changed = match rows {
                Some(rows) => self.by_row(from, source, rows, *reading),
                None => self.one_by_one(from, source, *reading, self.targets(from)),
            };
            for (to, ports) in changed {
                let target = || self.ends.get(to).copied().cloned();
                if let (false, Some(target)) = (found.contains_key(&to), target()) {
                    found.insert(to, Found { from: (*source).clone(), to: target, ports, reading: *reading });
                }
            }
        }
        found.into_values().collect()
    }

    /// All ends for a source that is touched, else those that are.
    fn targets(&self, from: usize) -> Box<dyn Iterator<Item = usize> + '_> {
        if self.is_touched.get(from) == Some(&true) {
            Box::new(0..self.ends.len())
        } else {
            Box::new(self.touched.iter().copied())
        }
    }

    fn one_by_one(
        &self,
        from: usize,
        source: &Matched,
        reading: Reading,
        targets: impl Iterator<Item = usize>,
    ) -> Vec<(usize, Both<PortSet>)> {
        let pairs = targets.filter(|&to| to != from && (from < self.workloads || to < self.workloads));
        let ports = |to: usize| {
            let target = self.ends.get(to)?;
            let ports = Both::made(|side| self.matching.ports(side, reading, source, target));
            (!ports.is_same()).then_some((to, ports))
        };
        pairs.filter_map(ports).collect()
    }

    /// The workloads that a source may connect to in a state, by their places among the ends.
    fn placed(&self, side: Side, source: &Matched, rows: &Both<Rows<'_>>) -> Vec<(usize, Arc<PortSet>)> {
        let Some(endpoint) = *source.endpoints.of(side) else { return Vec::new() };
        let places = self.places.of(side);
        let targets = rows.of(side).targets(endpoint).into_iter();
        let placed = targets.filter_map(|(id, ports)| Some((*places.get(id.0 as usize)?, ports)));
        let mut placed: Vec<_> = placed.collect();
        placed.sort_unstable_by_key(|(place, _)| *place);
        placed
    }

    /// The workloads that a row has in one of the states, and the few other ends.
    fn by_row(
        &self,
        from: usize,
        source: &Matched,
        rows: &Both<Rows<'_>>,
        reading: Reading,
    ) -> Vec<(usize, Both<PortSet>)> {
        let targets = Both::made(|side| self.placed(side, source, rows));
        let is_touched = |place: usize| self.is_touched.get(place) == Some(&true);
        let mut found = differing(&targets);
        found.retain(|&(to, _)| to != from && (is_touched(from) || is_touched(to)));
        let others = self.targets(from).filter(|&to| to >= self.workloads);
        found.extend(self.one_by_one(from, source, reading, others));
        found
    }
}

/// The places whose ports differ, of two lists that are sorted by place. What is in one only has no ports in the other.
fn differing(targets: &Both<Vec<(usize, Arc<PortSet>)>>) -> Vec<(usize, Both<PortSet>)> {
    let (mut base, mut head) = (targets.base.iter().peekable(), targets.head.iter().peekable());
    let mut found = Vec::new();
    loop {
        let place = match (base.peek(), head.peek()) {
            (Some((one, _)), Some((other, _))) => *one.min(other),
            (Some((one, _)), None) | (None, Some((one, _))) => *one,
            (None, None) => return found,
        };
        let ports = Both {
            base: base.next_if(|(it, _)| *it == place).map(|(_, ports)| ports),
            head: head.next_if(|(it, _)| *it == place).map(|(_, ports)| ports),
        };
        if !ports.is_same() {
            let owned = |ports: Option<&Arc<PortSet>>| ports.map(|it| (**it).clone()).unwrap_or_default();
            found.push((place, Both { base: owned(ports.base), head: owned(ports.head) }));
        }
    }
}

/// The changed connections of the ingress controller, on the ports that Ingresses and routes name.
pub(super) fn through_ingress(matching: &Matching<'_>, touched: &Touched) -> Vec<Found> {
    let from = Matched::new(End::IngressController, Both::made(|_| Some(Endpoint::IngressController)));
    let meant = |side: Side, end: &Matched| touched.behind_ingress.of(side).get(&end.workload(side)?);
    let mut found = Vec::new();
    for (place, to) in matching.workloads.iter().enumerate() {
        let asked = Both::made(|side| meant(side, to));
        if asked.each().all(Option::is_none) || (asked.is_same() && !touched.workload(place)) {
            continue;
        }
        for &reading in readings(matching) {
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
