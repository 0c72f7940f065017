//! Who may connect to which, on which ports, and why.
//!
//! Everything is kept symbolic: pods in [classes](classes), ports in interval sets, external addresses in blocks.
//! Policies are resolved once against the classes; a verdict about a pair looks only at the rules of the policies
//! that select its two ends. Cost follows the number of classes and policies, never pods squared.

mod bounds;
mod classes;
mod end;
mod ends;
mod evaluation;
mod exact;
mod explanation;
mod groups;
mod redundant;
mod resolution;
mod rows;

use std::borrow::Cow;
use std::sync::Arc;

use ipnet::IpNet;
use smallvec::SmallVec;
use smol_str::SmolStr;

use crate::cluster::Cluster;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::net::traffic::Traffic;
use crate::objects::{PolicyId, WorkloadId};
use crate::policy::{BlockReach, Peer, PodSet, Silence};
use classes::{ClassSet, Classes};
use end::Remote;
use ends::EndSet;
use evaluation::Side;
use resolution::{Resolved, ResolvedPolicy, ResolvedRule, Resolver, SharedRules};

pub use classes::Reading;
pub use end::Endpoint;
pub use evaluation::{Outcome, StageExplanation};
pub use explanation::{Admission, Explanation, SideExplanation};
pub use redundant::AskedPort;
pub use resolution::Basis;
pub use rows::{External, Row, Rows};

/// What is permitted between two ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permitted {
    /// All that is permitted.
    pub traffic: Traffic,
    /// Of that, what carries only some requests (HTTP, DNS).
    pub layer7: Traffic,
}

/// What is permitted in a cluster, under one [`Reading`] of what the input does not show.
#[derive(Debug)]
pub struct Reachability {
    basis: Arc<Basis>,
    resolved: Arc<Resolved>,
    reading: Reading,
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
        let resolved = Arc::new(Resolved::new(&basis, cluster, reading));
        Self { basis, resolved, reading }
    }

    /// All that may be permitted, from what is permitted for certain: policies are resolved for both at once.
    #[must_use]
    pub fn at_most(&self) -> Self {
        Self { basis: Arc::clone(&self.basis), resolved: Arc::clone(&self.resolved), reading: Reading::Most }
    }

    /// The names that policies have for addresses outside the cluster, in order.
    #[must_use]
    pub fn domains(&self) -> &[SmolStr] {
        &self.classes().domains
    }

    /// All that `from` may send to `to`: what the egress of the one and the ingress of the other both permit.
    #[must_use]
    pub fn permitted(&self, from: Endpoint, to: Endpoint) -> Permitted {
        if is_itself(from, to) {
            return Permitted::all();
        }
        let side = |direction, subject: Endpoint, remote: Endpoint| {
            let subject = self.subject(subject, direction).zip(self.remote(remote));
            let ask = |(subject, remote)| self.permitted_by(Side { direction, subject, remote });
            subject.map_or_else(Permitted::all, ask)
        };
        let (egress, ingress) = (side(Direction::Egress, from, to), side(Direction::Ingress, to, from));
        let traffic = egress.traffic.intersection(&ingress.traffic);
        Permitted { layer7: egress.layer7.union(&ingress.layer7).intersection(&traffic), traffic }
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
        self.ports_of(Direction::Egress, from, to)
    }

    /// The ports that the ingress of `to` admits from `from`.
    #[must_use]
    pub fn ingress(&self, from: Endpoint, to: Endpoint) -> PortSet {
        self.ports_of(Direction::Ingress, to, from)
    }

    fn ports_of(&self, direction: Direction, subject: Endpoint, remote: Endpoint) -> PortSet {
        match (self.subject(subject, direction), self.remote(remote)) {
            (Some(subject), Some(remote)) => self.side(direction, subject, remote),
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
        self.isolating_class(self.subject(endpoint, direction).unwrap_or(u32::MAX), direction)
    }

    fn isolating_class(&self, class: u32, direction: Direction) -> impl Iterator<Item = PolicyId> + '_ {
        let isolates = move |index| {
            let policy = self.policy(index);
            self.ends_in_deny(index) && policy.is_some_and(|policy| self.isolates(policy, class, direction))
        };
        self.selecting(class, direction).iter().filter(move |&&index| isolates(index)).map(|&index| PolicyId(index))
    }

    /// Whether the stage of a policy denies what none of its rules matches: only then does it isolate pods.
    fn ends_in_deny(&self, policy: u32) -> bool {
        let stage = self.basis.places.get(policy as usize).and_then(|place| place.stage);
        let stage = stage.and_then(|stage| self.basis.arrangement.stages.get(stage));
        stage.is_none_or(|stage| stage.on_silence == Silence::Deny)
    }

    /// Whether a policy isolates the pods of a class: for certain, or of what is permitted for certain, perhaps.
    fn isolates(&self, policy: &ResolvedPolicy, class: u32, direction: Direction) -> bool {
        policy.engages(class, direction).and(policy.subject.has(class)).against(self.reading)
    }

    /// The workloads that a peer of one of the policies admits, in order.
    #[must_use]
    pub fn peer_workloads(&self, peer: &Peer) -> Vec<WorkloadId> {
        let classes = match peer {
            Peer::Pods(set) => self.pods(set),
            Peer::Block { cidr, .. } => self.basis.pods_of_block(cidr).map(Cow::Owned).unwrap_or_default(),
            other => Cow::Owned((*self.ends(other).classes).clone()),
        };
        sorted(self.workloads_of(classes.intervals()))
    }

    /// The ends that a peer matches, its blocks those of a NetworkPolicy.
    fn ends(&self, peer: &Peer) -> EndSet {
        let ends = Resolver::new(&self.basis, self.reading).ends(peer, BlockReach::default());
        ends.of(self.reading).clone()
    }

    /// The classes of a set of pods, which are known already where a policy is about it.
    fn pods(&self, set: &PodSet) -> Cow<'_, ClassSet> {
        match self.basis.selected.get(set).or_else(|| self.resolved.selected.get(set)) {
            Some(known) => Cow::Borrowed(known.of(self.reading)),
            None => Cow::Owned(self.basis.classes.select(set, self.reading)),
        }
    }

    /// Whether no policy of a workload permits any of the others, so that it is cut off from them all. `false` proves
    /// nothing.
    #[must_use]
    pub fn is_cut_off(&self, workload: WorkloadId, direction: Direction, others: &[WorkloadId]) -> bool {
        let Some(class) = self.class(Endpoint::Workload(workload)) else { return false };
        if !self.classes().is_pod(class) {
            return false;
        }
        if !self.resolved.is_plain {
            let mut others = others.iter().filter_map(|&other| self.classes().of_workload(other));
            return others.all(|other| self.side(direction, class, Remote::Class(other)).is_empty());
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

    /// The policies that [`Self::selecting`] names.
    fn policies_on(&self, class: u32, direction: Direction) -> impl Iterator<Item = &ResolvedPolicy> {
        self.selecting(class, direction).iter().filter_map(|&index| self.policy(index))
    }

    /// The policies that select a class and have something to say in this direction, in order; those whose rules are
    /// [shared](Self::shared) only where they engage pods.
    fn selecting(&self, class: u32, direction: Direction) -> &[u32] {
        let [ingress, egress] = &self.resolved.selecting;
        let of_classes = match direction {
            Direction::Ingress => ingress,
            Direction::Egress => egress,
        };
        of_classes.get(class as usize).map_or(&[], SmallVec::as_slice)
    }

    /// The rules of policies of the whole cluster, where not all policies are as NetworkPolicies are.
    fn shared(&self, direction: Direction) -> &SharedRules {
        let [ingress, egress] = &self.resolved.shared;
        match direction {
            Direction::Ingress => ingress,
            Direction::Egress => egress,
        }
    }

    /// Whether the rules of a policy are among the [shared](Self::shared) ones.
    fn is_shared(&self, policy: &ResolvedPolicy) -> bool {
        policy.is_of_cluster && !self.resolved.is_plain
    }

    fn policy(&self, index: u32) -> Option<&ResolvedPolicy> {
        self.resolved.policies.get(index as usize).map(AsRef::as_ref)
    }

    fn classes(&self) -> &Classes {
        &self.basis.classes
    }
}

/// "A pod cannot block access to itself." Two pods that no policy distinguishes are two pods all the same.
fn is_itself(from: Endpoint, to: Endpoint) -> bool {
    from == to && matches!(from, Endpoint::Workload(_))
}

fn sorted(workloads: impl Iterator<Item = WorkloadId>) -> Vec<WorkloadId> {
    let mut workloads: Vec<_> = workloads.collect();
    workloads.sort_unstable();
    workloads
}
