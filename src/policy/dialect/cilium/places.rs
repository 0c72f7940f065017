//! Where a policy says what.

use super::{CiliumPolicy, Entry, Part, Rule, Traffic, lower};
use crate::net::Direction;
use crate::policy::dialect::Places;
use crate::source::Origin;

impl CiliumPolicy {
    /// Its entries in one direction, as the rules of the common form come from them.
    #[must_use]
    pub fn parts(&self, direction: Direction) -> &[Part] {
        match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        }
    }

    /// The entry that a rule of the common form comes from, and the rule that it is part of.
    #[must_use]
    pub fn entry(&self, part: &Part) -> Option<(&Rule, &Entry)> {
        let rule = self.rules.get(part.rule)?;
        Some((rule, rule.entries.get(part.entry)?))
    }

    /// The entry of a rule, by its place in the common form.
    #[must_use]
    pub fn entry_of(&self, direction: Direction, rule: usize) -> Option<(&Rule, &Entry)> {
        self.entry(self.parts(direction).get(rule)?)
    }

    fn port_in(&self, direction: Direction, rule: usize, port: usize) -> Option<(Origin, Option<(usize, usize)>)> {
        let part = self.parts(direction).get(rule)?;
        let (rule, entry) = self.entry(part)?;
        let origin = rule.origin_of(entry);
        let Traffic::Of { ports, .. } = &entry.traffic else { return Some((origin, None)) };
        let mut before = 0;
        for (place, item) in ports.iter().enumerate().filter(|(_, item)| part.items.hold(item)) {
            for (within, written) in item.ports.iter().enumerate() {
                before += lower::count(written);
                if port < before {
                    return Some((origin, Some((place, within))));
                }
            }
        }
        Some((origin, None))
    }
}

impl Places for CiliumPolicy {
    fn subject(&self, object: &Origin) -> Origin {
        self.rules.first().map_or_else(|| object.key("spec"), |rule| rule.origin.clone()).key("endpointSelector")
    }

    /// The list that isolates.
    fn engagement(&self, object: &Origin, direction: Direction) -> Origin {
        let isolating = self.rules.iter().find(|rule| rule.isolates(direction));
        let list = |rule: &Rule| {
            let first = rule.entries.iter().find(|entry| entry.direction == direction)?;
            Some(rule.origin.key(first.list()))
        };
        isolating.and_then(list).unwrap_or_else(|| object.keys(["spec", direction.field()]))
    }

    fn rule(&self, object: &Origin, direction: Direction, rule: usize) -> Origin {
        match self.entry_of(direction, rule) {
            Some((of, entry)) => of.origin_of(entry),
            None => object.keys(["spec", direction.field()]).index(rule),
        }
    }

    fn peer(&self, object: &Origin, direction: Direction, rule: usize, peer: usize) -> Origin {
        let origin = self.rule(object, direction, rule);
        match self.entry_of(direction, rule).and_then(|(_, entry)| entry.peers.list()) {
            Some(list) => origin.key(list).index(peer),
            None => origin,
        }
    }

    fn port(&self, object: &Origin, direction: Direction, rule: usize, port: usize) -> Origin {
        match self.port_in(direction, rule, port) {
            Some((entry, Some((item, within)))) => entry.key("toPorts").index(item).key("ports").index(within),
            Some((entry, None)) => entry.key("icmps"),
            None => object.key("spec"),
        }
    }
}
