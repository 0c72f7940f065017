//! Which ends a change touches. Between two that it does not touch, the same is permitted as before: the same rules
//! select them, and see the same labels and ports.

use std::collections::{BTreeMap, BTreeSet};

use super::matching::{Matched, Matching};
use super::side::{Both, Side};
use crate::analysis::Analysis;
use crate::endpoint::behind_ingress;
use crate::net::ports::PortSet;
use crate::objects::{AddressGroup, Labels, WorkloadId};
use crate::policy::{Peer, PortMatch, Rule};

/// The ends that may differ in what is permitted.
#[derive(Debug)]
pub(super) struct Touched {
    /// For each workload of the matching.
    workloads: Vec<bool>,
    /// For each of `any_pods`.
    any_pods: Vec<bool>,
    /// What the ingress controller is meant to reach.
    pub(super) behind_ingress: Both<BTreeMap<WorkloadId, PortSet>>,
}

impl Touched {
    pub(super) fn new(matching: &Matching<'_>) -> Self {
        let everything = differs_as_a_whole(matching);
        let selected = Both::made(|side| selected_by_changed(matching, side));
        let is_touched = |end: &Matched| {
            let is_selected = |side: Side| end.workload(side).is_some_and(|id| selected.of(side).contains(&id));
            everything || Side::BOTH.into_iter().any(is_selected) || !end.is_alike
        };
        let has_other_namespaces = !Both::made(|side| namespaces(matching.analyses.of(side))).is_same();
        Self {
            workloads: matching.workloads.iter().map(is_touched).collect(),
            any_pods: matching.any_pods.iter().map(|_| everything || has_other_namespaces).collect(),
            behind_ingress: Both::made(|side| behind_ingress(matching.analyses.of(side).cluster())),
        }
    }

    /// Whether the workload at a place of the matching is touched.
    pub(super) fn workload(&self, place: usize) -> bool {
        self.workloads.get(place) == Some(&true)
    }

    /// Whether the end at a place of `any_pods` is touched.
    pub(super) fn any_pod(&self, place: usize) -> bool {
        self.any_pods.get(place) == Some(&true)
    }

    /// The places of the touched workloads.
    pub(super) fn workloads(&self) -> impl Iterator<Item = usize> {
        self.workloads.iter().enumerate().filter(|(_, touched)| **touched).map(|(place, _)| place)
    }
}

/// Whether something differs that every verdict may depend on.
fn differs_as_a_whole(matching: &Matching<'_>) -> bool {
    let Both { base, head } = matching.analyses;
    let asks_for_services = || Side::BOTH.into_iter().any(|side| asks_for_services(matching.analyses.of(side)));
    !base.cluster().arrangements().eq(head.cluster().arrangements())
        || base.pod_blocks() != head.pod_blocks()
        || !Both::made(|side| groups(matching.analyses.of(side))).is_same()
        || (asks_for_services() && !Both::made(|side| services(matching.analyses.of(side))).is_same())
}

/// Groups of addresses that policies name, without their places.
fn groups(analysis: &Analysis) -> Vec<String> {
    let cluster = analysis.cluster();
    let group = |group: &AddressGroup| {
        let (object, namespace) = (&group.object, cluster.namespace_name(group.object.namespace));
        format!("{namespace}/{}/{} {:?} {:?}", object.kind, object.name, object.labels, group.blocks)
    };
    cluster.address_groups.iter().map(|it| group(it)).collect()
}

fn asks_for_services(analysis: &Analysis) -> bool {
    let rules = analysis.policies().iter().flat_map(|it| it.policy.ingress.iter().chain(&it.policy.egress));
    rules.into_iter().any(|rule: &Rule| {
        let mut asks = rule.ports.listed().iter().any(|port| !port.is_simple() && !matches!(port, PortMatch::Icmp(_)));
        let peers = rule.peers.listed().iter().chain(rule.subject.as_deref());
        peers.for_each(|peer| peer.visit(&mut |leaf| asks |= matches!(leaf, Peer::Services(_))));
        asks
    })
}

/// What Services select and where they lead, without their places.
fn services(analysis: &Analysis) -> Vec<String> {
    let cluster = analysis.cluster();
    let services = cluster.services.iter().map(|service| {
        let (object, namespace) = (&service.object, cluster.namespace_name(service.object.namespace));
        let ports = service.ports.iter().map(|it| (&it.name, it.port, it.protocol, &it.target_port));
        let ports: Vec<_> = ports.collect();
        format!("{namespace}/{} {:?} {:?} {ports:?}", object.name, object.labels, service.selector)
    });
    services.collect()
}

/// The workloads that a policy selects, or may select, which the other state does not have like this.
fn selected_by_changed(matching: &Matching<'_>, side: Side) -> BTreeSet<WorkloadId> {
    let changed = matching.policies.iter().filter(|pair| !pair.is_same).filter_map(|pair| *pair.ids.of(side));
    let reach = matching.analyses.of(side).at_most();
    changed.flat_map(|id| reach.selected(id)).collect()
}

/// The namespaces of a state with all that selectors see of them.
fn namespaces(analysis: &Analysis) -> BTreeMap<&str, (&Labels, bool)> {
    let namespaces = analysis.cluster().namespaces.iter();
    namespaces.map(|it| (it.name.as_str(), (&it.labels, it.manifest.is_some()))).collect()
}
