//! Two arrangements that a cluster may have, where nothing tells which.
//!
//! Each is resolved by itself, against the same classes. What is permitted for certain is permitted under both, what may
//! be permitted is permitted under one of them, and what is shown is what both show. Everything that is asked from
//! outside of the engine goes through here; what the engine asks itself is about one arrangement.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::alike::External;
use super::classes::ClassSet;
use super::evaluation::Permitted;
use super::explanation::{Admission, Explanation, SideExplanation};
use super::reachability::Reachability;
use super::reading::Reading;
use crate::net::Direction;
use crate::net::address::AddressSet;
use crate::net::ports::PortSet;
use crate::net::traffic::Traffic;
use crate::objects::PolicyId;

impl Reachability {
    /// What is permitted under each arrangement that the cluster may have, by itself.
    pub fn alternatives(&self) -> impl Iterator<Item = Self> + '_ {
        self.each().map(|it| Self {
            basis: it.basis.clone(),
            resolved: it.resolved.clone(),
            outcomes: it.outcomes.clone(),
            reading: it.reading,
            alternative: None,
        })
    }

    /// The network plugin whose arrangement this is; of two, the first one's. `None` where it is that of the API's text.
    #[must_use]
    pub fn plugin(&self) -> Option<&'static str> {
        self.basis.arrangement.plugin
    }

    /// Each arrangement, the first with the other one.
    pub(in crate::reach) fn each(&self) -> impl Iterator<Item = &Self> + Clone {
        std::iter::once(self).chain(self.alternative.as_deref())
    }

    /// The arrangements under which a policy is enforced; the first one where it is under none.
    pub(in crate::reach) fn enforcing(&self, policy: u32) -> impl Iterator<Item = &Self> {
        let enforces = move |it: &Self| it.basis.places.get(policy as usize).is_some_and(|place| place.stage.is_some());
        let is_idle = !self.each().any(enforces);
        self.each().enumerate().filter(move |(number, it)| enforces(it) || (is_idle && *number == 0)).map(|(_, it)| it)
    }

    /// An answer from those under each arrangement: what `both` have, or of all that may be, what `either` has.
    pub(in crate::reach) fn settle<T>(
        &self,
        ask: impl Fn(&Self) -> T,
        both: impl FnOnce(T, T) -> T,
        either: impl FnOnce(T, T) -> T,
    ) -> T {
        let own = ask(self);
        let Some(other) = &self.alternative else { return own };
        let other = ask(other);
        if self.reading == Reading::Most { either(own, other) } else { both(own, other) }
    }

    /// [`Self::settle`] of ports.
    pub(in crate::reach) fn settle_ports(&self, ask: impl Fn(&Self) -> PortSet) -> PortSet {
        self.settle(ask, |one, other| one.intersection(&other), |one, other| one.union(&other))
    }

    /// [`Self::settle`] of all that is permitted.
    pub(in crate::reach) fn settle_permitted(&self, ask: impl Fn(&Self) -> Permitted) -> Permitted {
        let merge = |one: Permitted, other: Permitted, traffic: Traffic| Permitted {
            layer7: one.layer7.union(&other.layer7).intersection(&traffic),
            traffic,
        };
        self.settle(
            ask,
            |one, other| {
                let traffic = one.traffic.intersection(&other.traffic);
                merge(one, other, traffic)
            },
            |one, other| {
                let traffic = one.traffic.union(&other.traffic);
                merge(one, other, traffic)
            },
        )
    }

    /// [`Self::settle`] of what holds or not.
    pub(in crate::reach) fn settle_fact(&self, ask: impl Fn(&Self) -> bool) -> bool {
        self.settle(ask, |one, other| one && other, |one, other| one || other)
    }

    /// [`Self::settle`] of classes.
    pub(in crate::reach) fn settle_classes<'s>(
        &'s self,
        ask: impl Fn(&'s Self) -> Cow<'s, ClassSet>,
    ) -> Cow<'s, ClassSet> {
        let own = ask(self);
        let Some(other) = self.alternative.as_deref() else { return own };
        self.merge_classes(own, &ask(other))
    }

    /// The classes that a policy selects, or that a rule of it matches, from those under the arrangements that enforce
    /// it.
    pub(in crate::reach) fn classes_of_policy<'s>(
        &'s self,
        policy: PolicyId,
        ask: impl Fn(&'s Self) -> Option<&'s ClassSet>,
    ) -> Cow<'s, ClassSet> {
        let mut sets = self.enforcing(policy.0).filter_map(ask);
        let Some(first) = sets.next() else { return Cow::default() };
        sets.fold(Cow::Borrowed(first), |sum, set| self.merge_classes(sum, set))
    }

    fn merge_classes<'s>(&self, one: Cow<'s, ClassSet>, other: &ClassSet) -> Cow<'s, ClassSet> {
        match self.reading {
            _ if *one == *other => one,
            Reading::Most => Cow::Owned(one.union(other)),
            Reading::Least | Reading::Shown => Cow::Owned(one.intersection(other)),
        }
    }

    /// [`Self::settle`] of addresses with their ports.
    pub(in crate::reach) fn settle_external(&self, ask: impl Fn(&Self) -> Vec<External>) -> Vec<External> {
        self.settle(ask, |one, other| overlay(one, other, false), |one, other| overlay(one, other, true))
    }

    /// The policies that isolate a class, each once: where only one of two arrangements isolates it, nothing does for
    /// certain.
    pub(in crate::reach) fn settle_isolating(
        &self,
        class: u32,
        direction: Direction,
    ) -> impl Iterator<Item = PolicyId> + '_ {
        let own = move || self.isolating_class(class, direction);
        let others: Option<Vec<PolicyId>> =
            self.alternative.as_deref().map(|other| other.isolating_class(class, direction).collect());
        let is_unsettled = self.reading != Reading::Least
            && others.as_ref().is_some_and(|others| others.is_empty() || own().next().is_none());
        let others = others.into_iter().flatten().filter(move |id| !own().any(|own| own == *id));
        own().chain(others).filter(move |_| !is_unsettled)
    }

    /// [`Self::settle`] of explanations: the causes are those of the arrangements that come to the same verdict.
    pub(in crate::reach) fn settle_explanation(&self, allowed: bool, each: [Explanation; 2]) -> Explanation {
        let [one, other] = each;
        Explanation {
            allowed,
            egress: self.settle_side(one.egress, other.egress),
            ingress: self.settle_side(one.ingress, other.ingress),
        }
    }

    fn settle_side(&self, mut one: SideExplanation, other: SideExplanation) -> SideExplanation {
        let ports = match self.reading {
            Reading::Most => one.ports.union(&other.ports),
            Reading::Least | Reading::Shown => one.ports.intersection(&other.ports),
        };
        let is_cause = |side: &SideExplanation| side.ports.is_empty() == ports.is_empty();
        match (is_cause(&one), is_cause(&other)) {
            (true, false) => return SideExplanation { ports, ..one },
            (false, true) => return SideExplanation { ports, ..other },
            (true, true) | (false, false) => {}
        }
        add(&mut one.isolating, other.isolating);
        add(&mut one.admitting, other.admitting);
        add(&mut one.denying, other.denying);
        add(&mut one.passing, other.passing);
        add(&mut one.other_ports, other.other_ports);
        one.denied = one.denied.union(&other.denied);
        one.admission = match (one.admission, other.admission) {
            _ if ports.is_empty() => Admission::Denied,
            (Admission::NotIsolated, admission) | (admission, _) => admission,
        };
        SideExplanation { ports, ..one }
    }
}

/// Adds what is not there yet, in order.
fn add<T: Ord>(known: &mut Vec<T>, others: Vec<T>) {
    known.extend(others);
    known.sort_unstable();
    known.dedup();
}

/// What two lists of addresses have in common, or with `keeps_rest` what is in either.
fn overlay(one: Vec<External>, other: Vec<External>, keeps_rest: bool) -> Vec<External> {
    let mut merged: BTreeMap<PortSet, AddressSet> = BTreeMap::new();
    let mut insert = |addresses: AddressSet, ports: PortSet| {
        if !addresses.is_empty() && !ports.is_empty() {
            let entry = merged.entry(ports).or_default();
            *entry = entry.union(&addresses);
        }
    };
    let mut rest_of_other = other;
    for External { addresses, ports } in one {
        let mut rest = addresses;
        for other in &mut rest_of_other {
            let met = rest.intersection(&other.addresses);
            let of_both = if keeps_rest { ports.union(&other.ports) } else { ports.intersection(&other.ports) };
            rest = rest.difference(&met);
            other.addresses = other.addresses.difference(&met);
            insert(met, of_both);
        }
        if keeps_rest {
            insert(rest, ports);
        }
    }
    if keeps_rest {
        rest_of_other.into_iter().for_each(|External { addresses, ports }| insert(addresses, ports));
    }
    merged.into_iter().map(|(ports, addresses)| External { addresses, ports }).collect()
}
