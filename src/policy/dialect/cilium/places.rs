//! Where a policy says what.

use super::{CiliumPolicy, Entry, Part, Rule, Subject};
use crate::net::Direction;
use crate::policy::dialect::Places;
use crate::source::Origin;

impl CiliumPolicy {
    /// Whether any of its rules is for nodes.
    pub(crate) fn is_for_nodes(&self) -> bool {
        self.rules.iter().any(|rule| rule.subject == Subject::Nodes)
    }

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

    /// Where a peer at `peer` names its block: an item of `toCIDRSet` does in a field.
    pub(crate) fn block_origin(&self, peer: Origin, direction: Direction, rule: usize) -> Origin {
        let list = self.entry_of(direction, rule).and_then(|(_, entry)| entry.peers.list());
        if list.is_some_and(|list| list.ends_with("CIDRSet")) { peer.key("cidr") } else { peer }
    }

    /// The first rule of the common form that an entry becomes, by the places of its rule and of the entry.
    #[must_use]
    pub fn rule_of(&self, direction: Direction, rule: usize, entry: usize) -> Option<usize> {
        let parts = self.parts(direction);
        let first = parts.partition_point(|part| (part.rule, part.entry) < (rule, entry));
        parts.get(first).filter(|part| (part.rule, part.entry) == (rule, entry)).map(|_| first)
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
        let Some(part) = self.parts(direction).get(rule) else { return object.key("spec") };
        let entry = self.rule(object, direction, rule);
        match part.ports.get(port) {
            Some(&(item, within)) => entry.key("toPorts").index(item as usize).key("ports").index(within as usize),
            None => entry.key("icmps"),
        }
    }
}
