//! What a pod may be connected to outside the cluster, by address.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, Ipv6Addr};

use smallvec::SmallVec;

use super::asked::{Asked, AskedRules};
use super::side::Side;
use crate::net::Direction;
use crate::net::address::AddressSet;
use crate::net::interval::{IntervalSet, Point};
use crate::net::ports::PortSet;
use crate::reach::alike::{External, Outcome, Outcomes};
use crate::reach::classes::Segments;
use crate::reach::end::{Endpoint, Remote};
use crate::reach::reachability::Reachability;
use crate::reach::resolution::SharedRules;

/// Addresses of one family, by the ports permitted.
type ByPorts<T> = BTreeMap<PortSet, Vec<(T, T)>>;

impl Reachability {
    /// The external addresses that may connect to the endpoint (ingress), or that it may connect to (egress).
    #[must_use]
    pub fn external(&self, endpoint: Endpoint, direction: Direction) -> Vec<External> {
        let Some(class) = self.class(endpoint) else { return Vec::new() };
        self.settle_external(|it| it.external_of_class(class, direction))
    }

    /// The same under one arrangement.
    fn external_of_class(&self, class: u32, direction: Direction) -> Vec<External> {
        let everything = || vec![External { addresses: AddressSet::all(), ports: PortSet::all() }];
        if !self.classes().is_pod(class) || (self.resolved.is_plain && !self.is_class_isolated(class, direction)) {
            return everything();
        }
        self.by_outcomes(class, direction).unwrap_or_else(|| self.by_rules(class, direction))
    }

    /// What all rules permit together that match addresses.
    fn by_rules(&self, class: u32, direction: Direction) -> Vec<External> {
        let rules = self.asked_about_addresses(class, direction);
        // Where a maybe begins or ends, what is permitted for certain may change as well.
        let sets: Vec<&AddressSet> =
            rules.iter().flat_map(|it| [&*it.rule.ends.least.addresses, &*it.rule.ends.most.addresses]).collect();
        let ports = |remote: Remote, active: &BTreeSet<usize>| {
            let side = Side { direction, subject: class, remote };
            // Two sets are of one rule.
            let mut matching: AskedRules<'_> = active.iter().filter_map(|&set| rules.get(set / 2)).copied().collect();
            matching.dedup_by_key(|it| it.id);
            if self.resolved.is_plain {
                let admitting = matching.iter().filter(|it| self.admits(it.rule, side.remote));
                PortSet::union_of(admitting.map(|it| it.rule.traffic.ports_on(side.destination(), self.classes())))
            } else {
                self.ports_by(side, &matching)
            }
        };
        let (mut v4, mut v6): (ByPorts<u32>, ByPorts<u128>) = Default::default();
        partition(sets.iter().map(|addresses| addresses.v4()), |first, last, active| {
            let ports = ports(Remote::Address(Ipv4Addr::from_bits(first).into()), active);
            v4.entry(ports).or_default().push((first, last));
        });
        partition(sets.iter().map(|addresses| addresses.v6()), |first, last, active| {
            let ports = ports(Remote::Address(Ipv6Addr::from_bits(first).into()), active);
            v6.entry(ports).or_default().push((first, last));
        });
        merged(v4, v6)
    }

    /// What is permitted by the outcomes of the class's group; `None` where one of them is not known.
    fn by_outcomes(&self, class: u32, direction: Direction) -> Option<Vec<External>> {
        let (outcomes, shared) = (self.outcomes(direction), self.shared(direction));
        let group = outcomes.subjects.place(class)?;
        let without_own = outcomes.outside(group)?;
        let mut own: SmallVec<[Asked<'_>; 4]> = SmallVec::new();
        self.own_rules(class, direction, |it| {
            if !it.rule.ends.of(self.reading).addresses.is_empty() {
                own.push(it);
            }
        });
        if own.is_empty() {
            return Some(without_own.to_vec());
        }
        let destination = (direction == Direction::Ingress).then_some(class);
        let ports: SmallVec<[_; 4]> =
            own.iter().map(|it| it.rule.traffic.ports_on(destination, self.classes())).collect();
        let addresses = || own.iter().map(|it| &it.rule.ends.of(self.reading).addresses);
        let allowed = |active: &BTreeSet<usize>| {
            let ports = PortSet::union_of(active.iter().filter_map(|&place| ports.get(place).cloned()));
            (!ports.is_empty() || !without_own.is_empty()).then_some(ports)
        };
        let v4 = cut(&shared.matching_v4, addresses().map(|it| it.v4()), allowed, |list| outcomes.of_v4(group, list))?;
        let v6 = cut(&shared.matching_v6, addresses().map(|it| it.v6()), allowed, |list| outcomes.of_v6(group, list))?;
        Some(merged(v4, v6))
    }

    fn is_class_isolated(&self, class: u32, direction: Direction) -> bool {
        let mut policies = self.policies_on(class, direction);
        policies.any(|policy| self.isolates(policy, class, direction))
    }
}

/// What a group may be connected to outside where the pod's own policies allow nothing; `None` where it is not known.
pub(super) fn without_own(outcomes: &Outcomes, shared: &SharedRules, group: usize) -> Option<Vec<External>> {
    let nothing = |_: &BTreeSet<usize>| Some(PortSet::default());
    let v4 = cut(&shared.matching_v4, std::iter::empty(), nothing, |list| outcomes.of_v4(group, list))?;
    let v6 = cut(&shared.matching_v6, std::iter::empty(), nothing, |list| outcomes.of_v6(group, list))?;
    Some(merged(v4, v6))
}

/// The addresses of a family by the ports permitted, cut where a set of the pod's own policies or one of the shared ones
/// begins or ends. `allowed`: what the own ones allow, `None` where nothing is permitted anyway.
fn cut<'r, T: Point + 'r>(
    shared: &Segments<T>,
    own: impl Iterator<Item = &'r IntervalSet<T>>,
    allowed: impl Fn(&BTreeSet<usize>) -> Option<PortSet>,
    outcome: impl Fn(u32) -> Option<&'r Outcome>,
) -> Option<ByPorts<T>> {
    let (mut by_ports, mut is_known) = (ByPorts::new(), true);
    partition(own, |first, last, active| {
        let Some(allowed) = allowed(active) else { return };
        for (first, last, list) in shared.between(first, last) {
            match outcome(list) {
                Some(outcome) => by_ports.entry(outcome.permitted(&allowed)).or_default().push((first, last)),
                None => is_known = false,
            }
        }
    });
    is_known.then_some(by_ports)
}

/// Cuts the addresses of one family where any set begins or ends, and visits each piece with the sets that it is in:
/// addresses between two boundaries are alike.
fn partition<'r, T: Point + 'r>(
    sets: impl Iterator<Item = &'r IntervalSet<T>>,
    mut visit: impl FnMut(T, T, &BTreeSet<usize>),
) {
    let mut events: BTreeMap<T, Vec<(usize, bool)>> = BTreeMap::from([(T::MIN, Vec::new())]);
    for (set, addresses) in sets.enumerate() {
        for &(first, last) in addresses.intervals() {
            events.entry(first).or_default().push((set, true));
            if let Some(after) = last.next() {
                events.entry(after).or_default().push((set, false));
            }
        }
    }
    let mut active = BTreeSet::new();
    let mut starts = events.iter().peekable();
    while let Some((&first, changes)) = starts.next() {
        for &(set, begins) in changes {
            if begins {
                active.insert(set)
            } else {
                active.remove(&set)
            };
        }
        let last = starts.peek().and_then(|(next, _)| next.previous()).unwrap_or(T::MAX);
        visit(first, last, &active);
    }
}

/// Both families together.
fn merged(v4: ByPorts<u32>, v6: ByPorts<u128>) -> Vec<External> {
    let mut merged: BTreeMap<PortSet, AddressSet> = BTreeMap::new();
    for (ports, intervals) in v4 {
        merged.insert(ports, AddressSet::new(IntervalSet::from_intervals(intervals), IntervalSet::default()));
    }
    for (ports, intervals) in v6 {
        let addresses = AddressSet::new(IntervalSet::default(), IntervalSet::from_intervals(intervals));
        let entry = merged.entry(ports).or_default();
        *entry = entry.union(&addresses);
    }
    merged.remove(&PortSet::default());
    merged.into_iter().map(|(ports, addresses)| External { addresses, ports }).collect()
}
