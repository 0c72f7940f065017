//! Policies that are the same one in both states, and what of them differs.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::change::ObjectName;
use super::side::{Both, Side};
use crate::analysis::Analysis;
use crate::net::Direction;
use crate::objects::{NamespaceId, PolicyId, WorkloadId};
use crate::policy::{Policy, PolicyObject, Rule};

/// A policy, and which one it is in each state.
#[derive(Debug)]
pub(super) struct PolicyPair {
    pub(super) name: ObjectName,
    pub(super) ids: Both<Option<PolicyId>>,
    /// Whether it says the same in both.
    pub(super) is_same: bool,
    /// Whether its selector differs, or what it isolates.
    pub(super) selects_others: bool,
    /// For each rule of a state, for ingress and for egress, the equal one of the other.
    pub(super) rules: Both<[Vec<Option<usize>>; 2]>,
}

/// The policies of both states, by name.
pub(super) fn policies(analyses: Both<&Analysis>) -> Vec<PolicyPair> {
    let mut matched: BTreeMap<(ObjectName, usize), Both<Option<PolicyId>>> = BTreeMap::new();
    for side in Side::BOTH {
        let analysis = analyses.of(side);
        let mut last: Option<(ObjectName, usize)> = None;
        for (policy, id) in analysis.policies().iter().zip(0..) {
            let object = &policy.object;
            let namespace = (object.namespace != NamespaceId::CLUSTER)
                .then(|| analysis.cluster().namespace_name(object.namespace).into());
            let name = ObjectName { namespace, kind: object.kind.clone(), name: object.name.clone() };
            let number = last.filter(|(known, _)| *known == name).map_or(0, |(_, number)| number + 1);
            *matched.entry((name.clone(), number)).or_default().of_mut(side) = Some(PolicyId(id));
            last = Some((name, number));
        }
    }
    let get = |side: Side, id: Option<PolicyId>| analyses.of(side).any_policy(id?);
    let pair = |((name, _), ids): ((ObjectName, usize), Both<Option<PolicyId>>)| {
        let objects = Both { base: get(Side::Base, ids.base), head: get(Side::Head, ids.head) };
        PolicyPair::new(name, ids, objects)
    };
    let matched: Vec<_> = matched.into_iter().collect();
    matched.into_par_iter().map(pair).collect()
}

/// The workloads of a state that policies select whose selector differs, or what they isolate.
pub(super) fn reselected(analyses: Both<&Analysis>, policies: &[PolicyPair], side: Side) -> BTreeSet<WorkloadId> {
    let reach = analyses.of(side).at_most();
    let changed = policies.iter().filter(|pair| pair.selects_others).filter_map(|pair| *pair.ids.of(side));
    changed.flat_map(|id| reach.selected(id)).collect()
}

impl PolicyPair {
    fn new(name: ObjectName, ids: Both<Option<PolicyId>>, objects: Both<Option<&PolicyObject>>) -> Self {
        let (Some(base), Some(head)) = (objects.base, objects.head) else {
            return Self { name, ids, is_same: false, selects_others: false, rules: Both::default() };
        };
        let [base_policy, head_policy] = comparable(base, head);
        let policies = Both { base: &*base_policy, head: &*head_policy };
        let is_same = policies.is_same() && base.rejected == head.rejected;
        let engages = |side: Side| Direction::BOTH.map(|direction| policies.of(side).engagement(direction));
        let selects_others = policies.base.subject != policies.head.subject || !Both::made(engages).is_same();
        let of = |side: Side| {
            let (own, other) = (policies.of(side), policies.of(side.other()));
            Direction::BOTH.map(|direction| equal_rules(own.rules(direction), other.rules(direction)))
        };
        Self { name, ids, is_same, selects_others, rules: Both::made(of) }
    }
}

/// Two policies of one name as if their namespace had the same number in both states.
pub(super) fn comparable<'p>(one: &'p PolicyObject, other: &'p PolicyObject) -> [Cow<'p, Policy>; 2] {
    let is_numbered_alike = one.object.namespace == other.object.namespace;
    [one, other].map(|object| {
        if is_numbered_alike {
            return Cow::Borrowed(&object.policy);
        }
        let mut policy = object.policy.clone();
        policy.put_into(NamespaceId::default());
        Cow::Owned(policy)
    })
}

/// For each rule the place of an equal one among others, where each has one partner.
fn equal_rules(rules: &[Rule], others: &[Rule]) -> Vec<Option<usize>> {
    let mut taken = vec![false; others.len()];
    let mut partner = |(index, rule): (usize, &Rule)| {
        // Most lists are the same.
        let places = std::iter::once(index).chain(0..others.len());
        let free = |place: &usize| taken.get(*place) == Some(&false) && others.get(*place) == Some(rule);
        let place = places.into_iter().find(free)?;
        if let Some(slot) = taken.get_mut(place) {
            *slot = true;
        }
        Some(place)
    };
    rules.iter().enumerate().map(&mut partner).collect()
}
