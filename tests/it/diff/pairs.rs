//! Random changes: a cluster, and the same one with some of its parts replaced by those of another.

use netlint::analysis::{Analysis, Options};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

use crate::reach::cluster::{Cluster, Field, Is, Policy, Spec, Workload};
use crate::reach::emit::{Style, stream};
use crate::reach::generate::{Case, Size, case};
use crate::reach::manifest::documents;

/// How documents are spelled where it does not matter.
pub(super) const STYLE: Style = Style { json: false, indent_lists: true, quote: true, null: "null" };

/// Two states of a cluster.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) base: Cluster,
    pub(super) head: Cluster,
}

pub(super) fn pair(size: Size) -> impl Strategy<Value = Pair> {
    (case(size), case(size), vec(any::<u8>(), 64)).prop_map(|(base, donor, draws)| {
        let Case { cluster: base, .. } = base;
        let head = changed(&base, &donor.cluster, &mut Draws(draws.into_iter().cycle()));
        Pair { base, head }
    })
}

/// Numbers that decide what is changed.
struct Draws<I>(I);

impl<I: Iterator<Item = u8>> Draws<I> {
    fn below(&mut self, limit: u8) -> u8 {
        self.0.next().unwrap_or_default() % limit
    }

    fn one_in(&mut self, number: u8) -> bool {
        self.below(number) == 0
    }
}

fn changed(base: &Cluster, donor: &Cluster, draws: &mut Draws<impl Iterator<Item = u8>>) -> Cluster {
    let mut head = base.clone();
    for (namespace, other) in head.namespaces.iter_mut().zip(&donor.namespaces) {
        if draws.one_in(5) && namespace.name.is_some() {
            namespace.manifest.clone_from(&other.manifest);
        }
    }
    head.workloads.retain(|_| !draws.one_in(10));
    for (workload, other) in head.workloads.iter_mut().zip(donor.workloads.iter().cycle()) {
        change_workload(workload, other, draws);
    }
    head.policies.retain(|_| !draws.one_in(8));
    for (policy, other) in head.policies.iter_mut().zip(donor.policies.iter().cycle()) {
        change_policy(policy, other, draws);
    }
    let is_free = |policy: &Policy, head: &Cluster| {
        !head.policies.iter().any(|it| (it.namespace, &it.name) == (policy.namespace, &policy.name))
    };
    for policy in &donor.policies {
        if policy.namespace < head.namespaces.len() && draws.one_in(4) && is_free(policy, &head) {
            head.policies.push(policy.clone());
        }
    }
    for workload in &donor.workloads {
        let key = |it: &Workload| (it.namespace, it.kind, it.name.clone());
        let is_free = !head.workloads.iter().any(|it| key(it) == key(workload));
        if workload.namespace < head.namespaces.len() && draws.one_in(6) && is_free {
            head.workloads.push(workload.clone());
        }
    }
    head
}

fn change_workload(workload: &mut Workload, other: &Workload, draws: &mut Draws<impl Iterator<Item = u8>>) {
    // Controllers must select their pods by some label.
    if draws.one_in(5) && (workload.kind == "Pod" || !other.labels.is_empty()) {
        workload.labels.clone_from(&other.labels);
    }
    if draws.one_in(8) {
        workload.containers.clone_from(&other.containers);
    }
    if draws.one_in(12) {
        workload.host_network.clone_from(&other.host_network);
    }
}

fn change_policy(policy: &mut Policy, other: &Policy, draws: &mut Draws<impl Iterator<Item = u8>>) {
    let (Is(spec), Is(donor)) = (&mut policy.spec, &other.spec) else { return };
    let Spec { pod_selector, policy_types, ingress, egress } = donor;
    if draws.one_in(6) {
        spec.pod_selector.clone_from(pod_selector);
    }
    if draws.one_in(6) {
        spec.policy_types.clone_from(policy_types);
    }
    for (own, donor) in [(&mut spec.ingress, ingress), (&mut spec.egress, egress)] {
        change_rules(own, donor, draws);
    }
}

fn change_rules<T: Clone>(own: &mut Field<Vec<T>>, donor: &Field<Vec<T>>, draws: &mut Draws<impl Iterator<Item = u8>>) {
    match draws.below(10) {
        0 => own.clone_from(donor),
        1 => {
            if let (Some(rules), Some(others)) = (own.value_mut(), donor.value()) {
                rules.extend(others.first().cloned());
            }
        }
        2 => {
            if let Some(rules) = own.value_mut() {
                rules.pop();
            }
        }
        _ => {}
    }
}

/// The documents of a cluster, analysed.
pub(super) fn analysis(documents: &[Value]) -> Analysis {
    Analysis::from_texts(&[("all.yaml", &stream(documents, &[STYLE]))], &Options::default())
}

impl Pair {
    pub(super) fn documents(&self) -> [Vec<Value>; 2] {
        [documents(&self.base), documents(&self.head)]
    }
}
