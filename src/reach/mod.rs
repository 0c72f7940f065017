//! Who may connect to whom, on which ports, and why.
//!
//! Everything is kept symbolic: pods in [classes](classes), ports in interval sets, external addresses in blocks.
//! Policies are resolved once against the classes; a verdict about a pair looks only at the rules of the policies
//! that select its two ends. Cost follows the number of classes and policies, never pods squared.

mod basis;
mod classes;
mod explain;
mod redundant;
mod resolve;
mod rows;
mod select;
mod side;
mod vocabulary;

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use smallvec::SmallVec;

use crate::cluster::Cluster;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::{NamespaceId, PolicyId, WorkloadId};
use crate::policy::{Peer, PodSet, StageName};
use basis::Selected;
use classes::{ClassSet, Classes, number};
use resolve::{ResolvedPolicy, ResolvedRule, Resolver};

pub use basis::Basis;
pub use explain::{Admission, Explanation, SideExplanation};
pub use redundant::AskedPort;
pub use rows::{External, Row, Rows};
pub use select::Reading;

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// The pods of a workload.
    Workload(WorkloadId),
    /// Any pod of a known namespace that no policy of the input can have meant: it has no labels.
    OtherPod(NamespaceId),
    /// A pod of [`Cluster::presumed`], by its place there.
    Presumed(usize),
    /// Any pod of a namespace that is not in the input.
    UnknownNamespace,
    /// The ingress controller: a pod of a namespace that is not in the input, whose own egress is not restricted.
    IngressController,
    /// An address outside the cluster.
    External(IpAddr),
}

/// What is permitted in a cluster, under one [`Reading`] of what the input does not show.
#[derive(Debug)]
pub struct Reachability {
    basis: Arc<Basis>,
    policies: Vec<Arc<ResolvedPolicy>>,
    /// Sets of pods beside those of the basis.
    selected: Selected,
    /// For ingress and for egress and each class, the policies that select it and have something to say, in order.
    selecting: [Vec<SmallVec<[u32; 4]>>; 2],
    /// Policies of the admin and baseline tiers, in the order in which they are asked.
    ordered: Vec<u32>,
    reading: Reading,
}

/// The far end of a connection, seen from a pod.
#[derive(Clone, Copy, Debug)]
enum Remote {
    Class(u32),
    Address(IpAddr),
}

impl Reachability {
    /// Resolves the policies of the cluster against its pods. `pod_blocks` are the addresses of pods, where an ipBlock that
    /// meets them admits pods as well.
    #[must_use]
    pub fn new(cluster: &Cluster, reading: Reading, pod_blocks: &[IpNet]) -> Self {
        Self::on(Arc::new(Basis::new(cluster, pod_blocks)), cluster, reading)
    }

    /// Resolves the rest of the policies, which depends on the reading.
    #[must_use]
    pub fn on(basis: Arc<Basis>, cluster: &Cluster, reading: Reading) -> Self {
        let mut resolver = Resolver::new(&basis, reading);
        let resolved: Vec<Arc<ResolvedPolicy>> = (basis.policies.iter().zip(&cluster.policies))
            .map(|(known, policy)| known.clone().unwrap_or_else(|| Arc::new(resolver.policy(policy))))
            .collect();
        let selected = resolver.into_selected();
        let selecting = Direction::BOTH.map(|direction| selecting_classes(&resolved, direction, basis.classes.len()));
        let mut ordered: Vec<u32> = (0..number(resolved.len())).collect();
        ordered.retain(|&index| resolved.get(index as usize).is_some_and(|policy| policy.stage != StageName::Network));
        ordered.sort_by_key(|&index| resolved.get(index as usize).map(|policy| (policy.stage.clone(), policy.order)));
        Self { basis, policies: resolved, selected, selecting, ordered, reading }
    }

    /// The ports on which `from` may open connections to `to`: the egress of the one and the ingress of the
    /// other both admit them. Between two addresses outside, netlint has nothing to say: every port.
    #[must_use]
    pub fn ports(&self, from: Endpoint, to: Endpoint) -> PortSet {
        if is_itself(from, to) {
            return PortSet::all();
        }
        let ingress = self.ingress(from, to);
        if ingress.is_empty() { ingress } else { self.egress(from, to).intersection(&ingress) }
    }

    /// The ports that the egress of `from` admits towards `to`.
    #[must_use]
    pub fn egress(&self, from: Endpoint, to: Endpoint) -> PortSet {
        match (from, self.class(from), self.remote(to)) {
            (Endpoint::IngressController, ..) | (_, None, _) | (_, _, None) => PortSet::all(),
            (_, Some(class), Some(remote)) => self.side(Direction::Egress, class, remote),
        }
    }

    /// The ports that the ingress of `to` admits from `from`.
    #[must_use]
    pub fn ingress(&self, from: Endpoint, to: Endpoint) -> PortSet {
        match (self.class(to), self.remote(from)) {
            (Some(class), Some(remote)) => self.side(Direction::Ingress, class, remote),
            _ => PortSet::all(),
        }
    }

    /// Whether any policy isolates the endpoint in this direction.
    #[must_use]
    pub fn is_isolated(&self, endpoint: Endpoint, direction: Direction) -> bool {
        self.isolating(endpoint, direction).next().is_some()
    }

    /// The policies that isolate the endpoint in this direction, in order.
    pub fn isolating(&self, endpoint: Endpoint, direction: Direction) -> impl Iterator<Item = PolicyId> + '_ {
        let class = self.class(endpoint).filter(|_| endpoint != Endpoint::IngressController);
        let selecting = class.map_or(&[][..], |class| self.selecting(class, direction));
        let isolating =
            selecting.iter().filter(move |&&index| self.policy(index).is_some_and(|policy| policy.isolates(direction)));
        isolating.map(|&index| PolicyId(index))
    }

    /// A number that workloads share which no policy can tell apart, so that what holds of one holds of all.
    #[must_use]
    pub fn group(&self, workload: WorkloadId) -> u32 {
        self.classes().of_workload(workload).unwrap_or(u32::MAX)
    }

    /// The workloads that a policy selects, those on the network of their node left out.
    pub fn selected(&self, policy: PolicyId) -> impl Iterator<Item = WorkloadId> + '_ {
        self.workloads_of(self.selected_groups(policy))
    }

    /// The workloads that a peer of one of the policies admits, in order.
    #[must_use]
    pub fn peer_workloads(&self, peer: &Peer) -> Vec<WorkloadId> {
        let classes = match peer {
            Peer::Pods(set) => self.pods(set),
            Peer::Block { cidr, .. } => self.basis.pods_of_block(cidr).map(Cow::Owned).unwrap_or_default(),
            _ => return Vec::new(),
        };
        sorted(self.workloads_of(classes.intervals()))
    }

    /// The classes of a set of pods, which are known already where a policy speaks of it.
    fn pods(&self, set: &PodSet) -> Cow<'_, ClassSet> {
        match self.basis.selected.get(set).or_else(|| self.selected.get(set)) {
            Some(known) => Cow::Borrowed(known),
            None => Cow::Owned(self.basis.classes.select(set, self.reading)),
        }
    }

    /// Whether no rule of the policies that isolate a workload admits any of the others, so that it is cut off from
    /// them all. `false` proves nothing.
    #[must_use]
    pub fn is_cut_off(&self, workload: WorkloadId, direction: Direction, others: &[WorkloadId]) -> bool {
        let Some(class) = self.class(Endpoint::Workload(workload)) else { return false };
        if !self.ordered.is_empty() || self.classes().is_host_network(class) {
            return false;
        }
        let policies = || self.policies_on(class, direction);
        let admits = |rule: &ResolvedRule| {
            let mut others = others.iter().filter_map(|&other| self.classes().of_workload(other));
            others.any(|other| self.admits(rule, Remote::Class(other)))
        };
        policies().any(|policy| policy.isolates(direction))
            && !policies().flat_map(|policy| policy.rules(direction)).any(admits)
    }

    /// A workload of a set of pods, if it has any. The set asks for labels that some policy asks for.
    #[must_use]
    pub fn any_workload(&self, set: &PodSet) -> Option<WorkloadId> {
        self.workloads_of(self.pods(set).intervals()).next()
    }

    /// The workloads on the network of their node.
    pub fn host_network(&self) -> impl Iterator<Item = WorkloadId> + '_ {
        let first = self.classes().pods().intervals().last().map_or(0, |&(_, last)| last + 1);
        self.classes().members_of(first, number(self.classes().len()).saturating_sub(1)).iter().copied()
    }

    /// The groups of workloads that a policy selects, as runs of their numbers, those on the network of their node left
    /// out. Readings of the same cluster have the same groups.
    #[must_use]
    pub fn selected_groups(&self, policy: PolicyId) -> &[(u32, u32)] {
        self.policy(policy.0).map_or(&[], |policy| policy.subject.intervals())
    }

    /// The workloads of runs of groups.
    pub fn workloads_of<'s>(&'s self, intervals: &'s [(u32, u32)]) -> impl Iterator<Item = WorkloadId> + 's {
        intervals.iter().flat_map(|&(first, last)| self.basis.classes.members_of(first, last)).copied()
    }

    fn class(&self, endpoint: Endpoint) -> Option<u32> {
        match endpoint {
            Endpoint::Workload(workload) => self.classes().of_workload(workload),
            Endpoint::OtherPod(namespace) => self.classes().of_other_pod(namespace),
            Endpoint::Presumed(index) => self.classes().of_presumed(index),
            Endpoint::UnknownNamespace | Endpoint::IngressController => Some(self.classes().unknown()),
            Endpoint::External(_) => None,
        }
    }

    fn remote(&self, endpoint: Endpoint) -> Option<Remote> {
        match endpoint {
            Endpoint::External(address) => Some(Remote::Address(address)),
            _ => self.class(endpoint).map(Remote::Class),
        }
    }

    /// The policies that [`Self::selecting`] names.
    fn policies_on(&self, class: u32, direction: Direction) -> impl Iterator<Item = &ResolvedPolicy> {
        self.selecting(class, direction).iter().filter_map(|&index| self.policy(index))
    }

    /// The policies that select a class and have something to say in this direction, in order.
    fn selecting(&self, class: u32, direction: Direction) -> &[u32] {
        let [ingress, egress] = &self.selecting;
        let of_classes = match direction {
            Direction::Ingress => ingress,
            Direction::Egress => egress,
        };
        of_classes.get(class as usize).map_or(&[], SmallVec::as_slice)
    }

    fn policy(&self, index: u32) -> Option<&ResolvedPolicy> {
        self.policies.get(index as usize).map(AsRef::as_ref)
    }

    fn classes(&self) -> &Classes {
        &self.basis.classes
    }
}

/// For each class, the policies that select it and have something to say in this direction.
fn selecting_classes(
    policies: &[Arc<ResolvedPolicy>],
    direction: Direction,
    classes: usize,
) -> Vec<SmallVec<[u32; 4]>> {
    let mut selecting = vec![SmallVec::new(); classes];
    for (policy, index) in policies.iter().zip(0..) {
        if !policy.isolates(direction) && policy.rules(direction).is_empty() {
            continue;
        }
        for &(first, last) in policy.subject.intervals() {
            let lists = selecting.get_mut(first as usize..=last as usize).unwrap_or_default();
            lists.iter_mut().for_each(|list: &mut SmallVec<_>| list.push(index));
        }
    }
    selecting
}

/// "A pod cannot block access to itself." Two pods that no policy tells apart are two pods all the same.
fn is_itself(from: Endpoint, to: Endpoint) -> bool {
    from == to && matches!(from, Endpoint::Workload(_))
}

fn sorted(workloads: impl Iterator<Item = WorkloadId>) -> Vec<WorkloadId> {
    let mut workloads: Vec<_> = workloads.collect();
    workloads.sort_unstable();
    workloads
}
