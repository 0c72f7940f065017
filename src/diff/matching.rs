//! What of the two states is the same thing: workloads, namespaces and policies, by their names.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use smol_str::SmolStr;

use super::change::{End, ObjectName, Presence, WorkloadName};
use super::policies::{PolicyPair, policies, reselected};
use super::seen::is_alike;
use super::side::{Both, Side};
use super::workload_ids;
use crate::analysis::Analysis;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::{NamespaceId, PolicyId, Workload, WorkloadId};
use crate::policy::{PolicyObject, RuleRef};
use crate::reach::{Endpoint, Reachability, Reading};

/// An end, and what it is in each state.
#[derive(Clone, Debug)]
pub(super) struct Matched {
    pub(super) end: Arc<End>,
    pub(super) endpoints: Both<Option<Endpoint>>,
    /// Whether policies see the same of it in both states.
    pub(super) is_alike: bool,
    /// Whether a policy selects it that selects others than before, or isolates otherwise.
    pub(super) is_reselected: bool,
}

/// What is permitted in a state, under each reading.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reaches<'a> {
    pub(super) shown: &'a Reachability,
    pub(super) least: &'a Reachability,
    pub(super) most: &'a Reachability,
}

/// The two states, matched.
#[derive(Debug)]
pub(super) struct Matching<'a> {
    pub(super) analyses: Both<&'a Analysis>,
    reaches: Both<Reaches<'a>>,
    pub(super) workloads: Vec<Matched>,
    /// Pods that the input does not show.
    pub(super) any_pods: Vec<Matched>,
    pub(super) policies: Vec<PolicyPair>,
    /// For each policy of a state its place in `policies`.
    pair_of: Both<Vec<usize>>,
    /// The namespaces of workloads that only one of the states has, by kind and name.
    missing: BTreeMap<(SmolStr, SmolStr), Both<Option<SmolStr>>>,
}

impl<'a> Matching<'a> {
    pub(super) fn new(analyses: Both<&'a Analysis>) -> Self {
        let policies = policies(analyses);
        let mut pair_of = Both::made(|side| vec![0; analyses.of(side).policies().len()]);
        for (place, pair) in policies.iter().enumerate() {
            for side in Side::BOTH {
                let id = pair.ids.of(side).map(|id| id.0 as usize);
                if let Some(slot) = id.and_then(|id| pair_of.of_mut(side).get_mut(id)) {
                    *slot = place;
                }
            }
        }
        let mut workloads = workloads(analyses);
        let reselected = Both::made(|side| reselected(analyses, &policies, side));
        for workload in &mut workloads {
            let is_reselected =
                |side: Side| workload.workload(side).is_some_and(|id| reselected.of(side).contains(&id));
            workload.is_reselected = Side::BOTH.into_iter().any(is_reselected);
        }
        let mut missing: BTreeMap<_, Both<Option<SmolStr>>> = BTreeMap::new();
        for (presence, name) in workloads.iter().filter_map(|it| it.presence().zip(it.name())) {
            let entry = missing.entry((name.kind.clone(), name.name.clone())).or_default();
            *entry.of_mut(presence.side()) = Some(name.namespace.clone());
        }
        let reaches = Both::made(|side| {
            let analysis: &Analysis = analyses.of(side);
            Reaches { shown: analysis.reach(), least: analysis.at_least(), most: analysis.at_most() }
        });
        Self { analyses, reaches, workloads, any_pods: any_pods(analyses), policies, pair_of, missing }
    }

    /// The same with further ends in the states, which these answers know.
    pub(super) fn with<'b>(self, reaches: Both<Reaches<'b>>) -> Matching<'b>
    where
        'a: 'b,
    {
        let matching: Matching<'b> = self;
        Matching { reaches, ..matching }
    }

    /// The other namespace that a workload has moved to or from.
    pub(super) fn moved(&self, name: &WorkloadName, side: Side) -> Option<&SmolStr> {
        self.missing.get(&(name.kind.clone(), name.name.clone()))?.of(side.other()).as_ref()
    }

    /// What is permitted in a state, under a reading.
    pub(super) fn reach(&self, side: Side, reading: Reading) -> &'a Reachability {
        let Reaches { shown, least, most } = *self.reaches.of(side);
        match reading {
            Reading::Shown => shown,
            Reading::Least => least,
            Reading::Most => most,
        }
    }

    /// The ports permitted between two ends in a state; none where it does not have both.
    pub(super) fn ports(&self, side: Side, reading: Reading, from: &Matched, to: &Matched) -> PortSet {
        let (Some(source), Some(target)) = (*from.endpoints.of(side), *to.endpoints.of(side)) else {
            return PortSet::default();
        };
        let reach = self.reach(side, reading);
        // The replicas of a workload may be one of its pods and another one.
        reach.ports_between(source, target)
    }

    pub(super) fn policy(&self, side: Side, id: PolicyId) -> Option<&'a PolicyObject> {
        self.analyses.of(side).any_policy(id)
    }

    pub(super) fn pair(&self, side: Side, id: PolicyId) -> Option<&PolicyPair> {
        self.policies.get(*self.pair_of.of(side).get(id.0 as usize)?)
    }

    /// The policy that the other state has under the name of this one.
    pub(super) fn other_policy(&self, side: Side, id: PolicyId) -> Option<(PolicyId, &'a PolicyObject)> {
        let other = (*self.pair(side, id)?.ids.of(side.other()))?;
        Some((other, self.policy(side.other(), other)?))
    }

    /// The equal rule of the same policy in the other state.
    pub(super) fn equal_rule(&self, side: Side, rule: RuleRef) -> Option<RuleRef> {
        let pair = self.pair(side, rule.policy)?;
        let policy = (*pair.ids.of(side.other()))?;
        let [ingress, egress] = pair.rules.of(side);
        let equal = match rule.direction {
            Direction::Ingress => ingress,
            Direction::Egress => egress,
        };
        Some(RuleRef { policy, index: (*equal.get(rule.index)?)?, ..rule })
    }

    pub(super) fn workload(&self, side: Side, end: &Matched) -> Option<&'a Workload> {
        self.analyses.of(side).workload(end.workload(side)?)
    }

    /// The workloads that only one of the states has.
    pub(super) fn missing_workloads(&self) -> Both<Vec<WorkloadName>> {
        let whole = |side: Side| -> BTreeSet<WorkloadName> {
            let own = self.workloads.iter().filter(|it| it.endpoints.of(side).is_some());
            own.filter_map(Matched::name).map(|name| WorkloadName { replica: None, ..name.clone() }).collect()
        };
        let all = Both::made(whole);
        Both::made(|side| all.of(side).difference(all.of(side.other())).cloned().collect())
    }

    /// The policies that only one of the states has.
    pub(super) fn missing_policies(&self) -> Both<Vec<ObjectName>> {
        Both::made(|side| {
            let missing = self.policies.iter().filter(|it| it.ids.of(side.other()).is_none());
            missing.map(|it| it.name.clone()).collect()
        })
    }
}

impl Matched {
    /// An end of which policies see the same.
    pub(super) fn new(end: End, endpoints: Both<Option<Endpoint>>) -> Self {
        Self { end: Arc::new(end), endpoints, is_alike: true, is_reselected: false }
    }

    pub(super) fn workload(&self, side: Side) -> Option<WorkloadId> {
        match self.endpoints.of(side) {
            Some(Endpoint::Workload(id)) => Some(*id),
            _ => None,
        }
    }

    pub(super) fn name(&self) -> Option<&WorkloadName> {
        match &*self.end {
            End::Workload(name) => Some(name),
            _ => None,
        }
    }

    pub(super) fn presence(&self) -> Option<Presence> {
        match (self.endpoints.base, self.endpoints.head) {
            (None, Some(_)) => Some(Presence::Added),
            (Some(_), None) => Some(Presence::Removed),
            _ => None,
        }
    }
}

/// The name of a workload.
pub(crate) fn name_of(workload: &Workload, analysis: &Analysis) -> WorkloadName {
    WorkloadName {
        namespace: analysis.cluster().namespace_name(workload.object.namespace).into(),
        kind: workload.object.kind.clone(),
        name: workload.owner_name().clone(),
        replica: workload.replica.as_ref().map(|_| workload.object.name.clone()),
    }
}

fn workloads(analyses: Both<&Analysis>) -> Vec<Matched> {
    // Objects that the API server names have the same name, and are counted.
    let mut matched: BTreeMap<(WorkloadName, usize), Both<Option<Endpoint>>> = BTreeMap::new();
    for side in Side::BOTH {
        let analysis = analyses.of(side);
        let mut last: Option<(WorkloadName, usize)> = None;
        for id in workload_ids(analysis) {
            let Some(workload) = analysis.workload(id) else { continue };
            let name = name_of(workload, analysis);
            let number = last.filter(|(known, _)| *known == name).map_or(0, |(_, number)| number + 1);
            *matched.entry((name.clone(), number)).or_default().of_mut(side) = Some(Endpoint::Workload(id));
            last = Some((name, number));
        }
    }
    let whole = |name: &WorkloadName| (WorkloadName { replica: None, ..name.clone() }, 0);
    let wholes: BTreeMap<_, _> = matched.iter().filter(|((name, _), _)| name.replica.is_none()).map(copied).collect();
    let mut divided = BTreeSet::new();
    // Where selectors distinguish the pods of a workload in one state only, each of them is the whole in the other.
    for ((name, _), endpoints) in matched.iter_mut().filter(|((name, _), _)| name.replica.is_some()) {
        let Some(of_whole) = wholes.get(&whole(name)) else { continue };
        for side in Side::BOTH {
            if endpoints.of(side).is_none() && of_whole.of(side.other()).is_none() {
                *endpoints.of_mut(side) = *of_whole.of(side);
                divided.insert(whole(name));
            }
        }
    }
    matched.retain(|key, _| !divided.contains(key));
    let ends = matched.into_iter();
    let ends = ends.map(|((name, _), endpoints)| Matched::new(End::Workload(name), endpoints));
    let ends: Vec<Matched> = ends.collect();
    let ends = ends.into_par_iter().map(|end| {
        let workloads = Both::made(|side| end.workload(side));
        Matched { is_alike: is_alike(analyses, workloads), ..end }
    });
    ends.collect()
}

fn copied<K: Clone, V: Copy>((key, value): (&K, &V)) -> (K, V) {
    (key.clone(), *value)
}

/// A pod of a namespace that is not in the input, and one of each namespace that a state declares and none has workloads
/// in.
fn any_pods(analyses: Both<&Analysis>) -> Vec<Matched> {
    let mut named: BTreeMap<SmolStr, Both<Option<Endpoint>>> = BTreeMap::new();
    let (mut declared, mut inhabited) = (BTreeSet::new(), BTreeSet::new());
    for side in Side::BOTH {
        let analysis = analyses.of(side);
        for (namespace, number) in analysis.cluster().namespaces.iter().zip(0..) {
            let (id, name) = (NamespaceId(number), SmolStr::from(namespace.name.as_str()));
            if namespace.manifest.is_some() {
                declared.insert(name.clone());
            }
            if analysis.has_workloads(id) {
                inhabited.insert(name.clone());
            }
            *named.entry(name).or_default().of_mut(side) = Some(Endpoint::OtherPod(id));
        }
    }
    named.retain(|name, _| declared.contains(name) && !inhabited.contains(name));
    let unknown = Both::made(|_| Some(Endpoint::UnknownNamespace));
    let named = named.into_iter().map(|(name, endpoints)| (Some(name), endpoints.map_missing()));
    let ends = std::iter::once((None, unknown)).chain(named);
    ends.map(|(name, endpoints)| Matched { is_alike: false, ..Matched::new(End::AnyPod(name), endpoints) }).collect()
}

impl Both<Option<Endpoint>> {
    /// A namespace that one state does not name is there one that is not in the input.
    fn map_missing(self) -> Self {
        let known = |endpoint: Option<Endpoint>| endpoint.or(Some(Endpoint::UnknownNamespace));
        Self { base: known(self.base), head: known(self.head) }
    }
}
