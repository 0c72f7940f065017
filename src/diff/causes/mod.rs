//! Which lines cause a change.
//!
//! Between two states a side of a connection opens because something that denied it is gone (a policy no longer
//! isolates the pod, a rule no longer denies), or because a rule admits what none admitted. Read from HEAD to BASE, the
//! same is what closes it. So each change is explained from the state that permits it: of all that holds there and not
//! in the other one, what makes the difference. Undoing all of it restores the verdict, because what remains of the
//! change can only work in the other direction.

mod aspect;
mod attributes;
mod backends;
mod items;
mod otherwise;
mod presence;

use super::change::{Cause, Change};
use super::matching::{Matched, Matching};
use super::pairs::Found;
use super::side::{Both, Side};
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::reach::{Reading, SideExplanation};
use crate::source::Location;
use aspect::Items;
use items::Item;

/// How many places that only explain a verdict are named for each side.
const EXPLAINING: usize = 3;

/// Finds the causes of changes.
#[derive(Debug)]
pub(super) struct Causes<'m> {
    matching: &'m Matching<'m>,
}

impl<'m> Causes<'m> {
    pub(super) fn new(matching: &'m Matching<'m>) -> Self {
        Self { matching }
    }

    /// The change, and its causes, the most telling first.
    pub(super) fn explained(&self, found: &Found) -> (Change, Vec<Cause>) {
        let mut causes = match found.presence() {
            Some(presence) => presence::causes(self.matching, found, presence),
            None => self.of_pair(found),
        };
        dedup(&mut causes);
        let (presence, is_certain, reading) = (found.presence(), self.is_certain(found), found.reading);
        let Found { from, to, ports: Both { base, head }, .. } = found.clone();
        let (base, head) = (base.into(), head.into());
        let change =
            Change { from: from.end, to: to.end, base, head, presence, reading, is_certain, causes: Vec::new() };
        (change, causes)
    }

    /// Why a workload that both states have is isolated in this one, and not in the other.
    pub(super) fn of_isolation(&self, side: Side, workload: &Matched, direction: Direction) -> Vec<Cause> {
        let Some(endpoint) = *workload.endpoints.of(side) else { return Vec::new() };
        let items = Items { matching: self.matching, direction, subject: workload, remote: None };
        let isolating = self.matching.reach(side, Reading::Shown).isolating(endpoint, direction);
        let mut causes: Vec<Cause> =
            isolating.flat_map(|policy| items.only_in(side, Item::isolation(policy))).collect();
        dedup(&mut causes);
        causes
    }

    /// Whether the change is the same for every completion of what the input does not show.
    fn is_certain(&self, found: &Found) -> bool {
        let Both { base, head } = &found.ports;
        let holds = |permitting: Side, ports: &PortSet| {
            let reach = |side: Side, reading| self.matching.ports(side, reading, &found.from, &found.to);
            ports.is_empty()
                || (reach(permitting, Reading::Least).is_superset(ports)
                    && !reach(permitting.other(), Reading::Most).meets(ports))
        };
        found.reading == Reading::Shown
            && (found.is_through_ingress()
                || (holds(Side::Head, &head.difference(base)) && holds(Side::Base, &base.difference(head))))
    }

    fn of_pair(&self, found: &Found) -> Vec<Cause> {
        let Both { base, head } = &found.ports;
        let mut causes = self.of_shift(found, Side::Head, &head.difference(base));
        causes.extend(self.of_shift(found, Side::Base, &base.difference(head)));
        causes
    }

    /// Why one state permits ports and the other does not.
    fn of_shift(&self, found: &Found, permitting: Side, ports: &PortSet) -> Vec<Cause> {
        if ports.is_empty() {
            return Vec::new();
        }
        let (mut causes, mut explaining): (Vec<Cause>, Vec<Cause>) = (Vec::new(), Vec::new());
        // What opens some ports may carry others that are closed.
        let opens_and_closes =
            !found.ports.base.is_superset(&found.ports.head) && !found.ports.head.is_superset(&found.ports.base);
        let is_reshaped =
            opens_and_closes || [&found.from, &found.to].into_iter().any(|end| !end.is_alike || end.is_reselected);
        let mut others = Vec::new();
        for direction in [Direction::Ingress, Direction::Egress] {
            let (subject, remote) = found.seen_from(direction);
            let passing = Both::made(|side| self.explanation(found, side, direction, ports));
            let (Some(permits), Some(denies)) = (passing.of(permitting), passing.of(permitting.other())) else {
                continue;
            };
            let items = Items { matching: self.matching, direction, subject, remote: Some(remote) };
            if is_reshaped {
                others.extend(items.difference(permitting, permits, denies));
                others.extend(otherwise::causes(&items, permitting, denies));
            }
            let relevant = permits.ports.difference(&denies.ports);
            if relevant.is_empty() {
                continue;
            }
            let narrowed = Both::made(|side| self.explanation(found, side, direction, &relevant));
            let (Some(permits), Some(denies)) = (narrowed.of(permitting), narrowed.of(permitting.other())) else {
                continue;
            };
            causes.extend(items.difference(permitting, permits, denies));
            explaining.extend(items.explaining(permitting, permits, denies, EXPLAINING));
        }
        let is_named =
            |other: &Cause| causes.iter().any(|it: &Cause| it.side == other.side && overlap(&it.place, &other.place));
        others.retain(|other| !is_named(other));
        causes.extend(others);
        if found.is_through_ingress() {
            causes.extend(backends::causes(self.matching, &found.to, permitting));
        }
        causes.extend(explaining);
        causes
    }

    fn explanation(&self, found: &Found, side: Side, direction: Direction, ports: &PortSet) -> Option<SideExplanation> {
        let (from, to) = ((*found.from.endpoints.of(side))?, (*found.to.endpoints.of(side))?);
        let explanation = self.matching.reach(side, found.reading).explain_ports(from, to, ports);
        Some(match direction {
            Direction::Ingress => explanation.ingress,
            Direction::Egress => explanation.egress,
        })
    }
}

impl Found {
    /// The end whose policies decide in a direction, and the other one.
    fn seen_from(&self, direction: Direction) -> (&Matched, &Matched) {
        match direction {
            Direction::Ingress => (&self.to, &self.from),
            Direction::Egress => (&self.from, &self.to),
        }
    }
}

/// Each cause once, where it is named first. What holds a place that changed, or lies in one, explains no more.
fn dedup(causes: &mut Vec<Cause>) {
    let mut kept: Vec<Cause> = Vec::with_capacity(causes.len());
    for cause in causes.drain(..) {
        let is_known = |known: &Cause| {
            known.side == cause.side
                && (known.place == cause.place || (!cause.is_changed && overlap(&known.place, &cause.place)))
        };
        if !kept.iter().any(is_known) {
            kept.push(cause);
        }
    }
    *causes = kept;
}

/// Whether one of two fields holds the other.
fn overlap(one: &Location, other: &Location) -> bool {
    let (Location::Field(one), Location::Field(other)) = (one, other) else { return false };
    let (one, other) = (&one.origin, &other.origin);
    (one.file, one.document) == (other.file, other.document)
        && (one.path.starts_with(&other.path) || other.path.starts_with(&one.path))
}
