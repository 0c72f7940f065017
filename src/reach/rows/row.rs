//! Everything that one endpoint may connect to, at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::candidates::Candidates;
use crate::net::Direction;
use crate::net::address::AddressSet;
use crate::net::interval::{IntervalSet, Point};
use crate::net::ports::PortSet;
use crate::objects::WorkloadId;
use crate::reach::end::{Endpoint, Remote};
use crate::reach::evaluation::{AskedRules, Side};
use crate::reach::reachability::Reachability;
use crate::reach::reading::Reading;

/// External addresses with the ports permitted to or from all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct External {
    /// The addresses.
    pub addresses: AddressSet,
    /// The ports; never empty.
    pub ports: PortSet,
}

/// The permitted connections of one source.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Workloads with the ports permitted, in order; the source itself is left out.
    pub workloads: Vec<(WorkloadId, Arc<PortSet>)>,
    /// External addresses, the fewest entries with equal ports.
    pub external: Vec<External>,
}

/// The permitted connections of many sources: what their rows have in common is worked out once.
#[derive(Debug)]
pub struct Rows<'r> {
    reach: &'r Reachability,
    candidates: Candidates,
}

impl Rows<'_> {
    /// Everything that `from` may connect to.
    #[must_use]
    pub fn row(&self, from: Endpoint) -> Row {
        let external = match from {
            Endpoint::IngressController => Vec::new(),
            _ => self.reach.external(from, Direction::Egress),
        };
        Row { workloads: self.targets(from), external }
    }

    /// The workloads that `from` may connect to, in order, with the ports permitted; `from` itself is left out.
    #[must_use]
    pub fn targets(&self, from: Endpoint) -> Vec<(WorkloadId, Arc<PortSet>)> {
        let candidates = match self.reach.class(from) {
            // It may be on the node of any pod, which always reaches it.
            Some(class) if self.reach.reading == Reading::Most && self.reach.is_some_node(class) => {
                self.reach.classes().all()
            }
            Some(class) => self.candidates.of(class, from == Endpoint::IngressController, self.reach),
            None => self.reach.classes().all(),
        };
        let mut targets = Vec::new();
        for class in candidates.intervals().iter().flat_map(|&(first, last)| first..=last) {
            let mut members =
                self.reach.classes().members(class).iter().filter(|&&it| from != Endpoint::Workload(it)).peekable();
            let Some(&&first) = members.peek() else { continue };
            // Workloads of one class differ in nothing that a policy sees.
            let ports = self.reach.ports(from, Endpoint::Workload(first));
            if !ports.is_empty() {
                let ports = Arc::new(ports);
                targets.extend(members.map(|&member| (member, Arc::clone(&ports))));
            }
        }
        targets.sort_unstable_by_key(|(workload, _)| *workload);
        targets
    }
}

impl Reachability {
    /// Prepares the rows of many sources.
    #[must_use]
    pub fn rows(&self) -> Rows<'_> {
        Rows { reach: self, candidates: Candidates::new(self) }
    }

    /// The ports on which the endpoint's own side may admit anyone at all: of a pod that is not isolated, every port.
    #[must_use]
    pub fn open_ports(&self, endpoint: Endpoint, direction: Direction) -> PortSet {
        let Some(class) = self.class(endpoint) else { return PortSet::all() };
        if self.classes().is_pod(class) { self.side_for_anybody(direction, class) } else { PortSet::all() }
    }

    /// The external addresses that may connect to the endpoint (ingress), or that it may connect to (egress).
    #[must_use]
    pub fn external(&self, endpoint: Endpoint, direction: Direction) -> Vec<External> {
        let everything = || vec![External { addresses: AddressSet::all(), ports: PortSet::all() }];
        let Some(class) = self.class(endpoint) else { return Vec::new() };
        if !self.classes().is_pod(class) || (self.resolved.is_plain && !self.is_class_isolated(class, direction)) {
            return everything();
        }
        let rules = self.asked_about_addresses(class, direction);
        // Where a maybe begins or ends, what is permitted for certain may change as well.
        let sets: Vec<&AddressSet> =
            rules.iter().flat_map(|it| [&*it.rule.ends.least.addresses, &*it.rule.ends.most.addresses]).collect();
        let v4 = sets.iter().map(|addresses| addresses.v4());
        let v6 = sets.iter().map(|addresses| addresses.v6());
        // Addresses between two boundaries are alike, so one of them speaks for all.
        let mut v4_of: BTreeMap<PortSet, Vec<(u32, u32)>> = BTreeMap::new();
        for (first, last, ports) in self.partition(class, direction, &rules, v4, |first| {
            Remote::Address(std::net::Ipv4Addr::from_bits(first).into())
        }) {
            v4_of.entry(ports).or_default().push((first, last));
        }
        let mut v6_of: BTreeMap<PortSet, Vec<(u128, u128)>> = BTreeMap::new();
        for (first, last, ports) in self.partition(class, direction, &rules, v6, |first| {
            Remote::Address(std::net::Ipv6Addr::from_bits(first).into())
        }) {
            v6_of.entry(ports).or_default().push((first, last));
        }
        let mut merged: BTreeMap<PortSet, AddressSet> = BTreeMap::new();
        for (ports, intervals) in v4_of {
            merged.insert(ports, AddressSet::new(IntervalSet::from_intervals(intervals), IntervalSet::default()));
        }
        for (ports, intervals) in v6_of {
            let addresses = AddressSet::new(IntervalSet::default(), IntervalSet::from_intervals(intervals));
            let entry = merged.entry(ports).or_default();
            *entry = entry.union(&addresses);
        }
        merged.into_iter().map(|(ports, addresses)| External { addresses, ports }).collect()
    }

    /// Cuts the addresses of one family where any rule begins or ends, and gives each piece its ports.
    fn partition<'r, T: Point + 'r>(
        &self,
        class: u32,
        direction: Direction,
        rules: &AskedRules<'_>,
        sets: impl Iterator<Item = &'r IntervalSet<T>>,
        address: impl Fn(T) -> Remote,
    ) -> Vec<(T, T, PortSet)> {
        let mut events: BTreeMap<T, Vec<(usize, bool)>> = BTreeMap::from([(T::MIN, Vec::new())]);
        for (rule, set) in sets.enumerate() {
            for &(first, last) in set.intervals() {
                events.entry(first).or_default().push((rule, true));
                if let Some(after) = last.next() {
                    events.entry(after).or_default().push((rule, false));
                }
            }
        }
        let mut active = std::collections::BTreeSet::new();
        let mut pieces = Vec::with_capacity(events.len());
        let mut starts = events.iter().peekable();
        while let Some((&first, changes)) = starts.next() {
            for &(rule, begins) in changes {
                if begins {
                    active.insert(rule)
                } else {
                    active.remove(&rule)
                };
            }
            let last = starts.peek().and_then(|(next, _)| next.previous()).unwrap_or(T::MAX);
            let side = Side { direction, subject: class, remote: address(first) };
            // Two sets are of one rule.
            let mut matching: AskedRules<'_> = active.iter().filter_map(|&set| rules.get(set / 2)).copied().collect();
            matching.dedup_by_key(|it| it.id);
            let ports = if self.resolved.is_plain {
                let admitting = matching.iter().filter(|it| self.admits(it.rule, side.remote));
                PortSet::union_of(admitting.map(|it| it.rule.traffic.ports_on(side.destination(), self.classes())))
            } else {
                self.ports_by(side, &matching)
            };
            if !ports.is_empty() {
                pieces.push((first, last, ports));
            }
        }
        pieces
    }

    fn is_class_isolated(&self, class: u32, direction: Direction) -> bool {
        let mut policies = self.policies_on(class, direction);
        policies.any(|policy| self.isolates(policy, class, direction))
    }
}
