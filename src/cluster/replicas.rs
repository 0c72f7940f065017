//! Replicas that selectors distinguish: each becomes a workload of its own, beside the rest of its workload.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::{SmolStr, format_smolstr};

use super::Cluster;
use super::presumed::{PresumedAs, PresumedPod};
use super::settle::order;
use crate::objects::kinds::{ControllerValue, is_controller_label, is_pod_name};
use crate::objects::{LabelValue, Match, NamespaceId, Operator, Replica, Workload, pod_number};

/// The numbers of pods that selectors ask for: of a namespace, or of every one.
#[derive(Default)]
struct Asked {
    /// By what is before the number in a pod's name.
    by_name: BTreeMap<SmolStr, BTreeSet<u64>>,
    /// By the key of a label that is a number.
    by_key: BTreeMap<SmolStr, BTreeSet<u64>>,
}

impl Asked {
    fn add(&mut self, key: &SmolStr, operator: &Operator) {
        let (Operator::In(values) | Operator::NotIn(values)) = operator else { return };
        for value in values {
            if !is_pod_name(key) {
                self.by_key.entry(key.clone()).or_default().extend(pod_number(value));
            } else if let Some(dash) = value.rfind('-')
                && let Some((prefix, number)) = value.split_at_checked(dash + 1)
                && let Some(number) = pod_number(number)
            {
                self.by_name.entry(prefix.into()).or_default().insert(number);
            }
        }
    }

    /// The pods of a workload that are asked for.
    fn of(&self, workload: &Workload) -> impl Iterator<Item = u64> {
        let numbered =
            workload.controller_labels().iter().filter_map(|set| match (set.value, workload.label(set.key)) {
                (ControllerValue::PodName, LabelValue::Numbered(prefix, _)) => self.by_name.get(&prefix),
                (ControllerValue::PodNumber, LabelValue::Numbered(..)) => self.by_key.get(set.key),
                _ => None,
            });
        numbered.flatten().copied()
    }
}

/// Makes workloads of the replicas that policies distinguish, and presumes those that may exist. Cost follows the
/// numbers that selectors ask for, whatever the number of replicas.
pub(super) fn tell_apart(cluster: &mut Cluster) {
    if !cluster.workloads.iter().any(|workload| workload.numbered.is_some()) {
        return;
    }
    let mut asked: BTreeMap<Option<NamespaceId>, Asked> = BTreeMap::new();
    cluster.visit_asked(&mut |namespace, key, operator| {
        if is_controller_label(key) {
            asked.entry(namespace).or_default().add(key, operator);
        }
    });
    if asked.is_empty() {
        return;
    }
    let mut apart: Vec<Box<Workload>> = Vec::new();
    for workload in cluster.workloads.iter_mut().filter(|workload| !workload.host_network) {
        let namespaces = [None, Some(workload.object.namespace)];
        let numbers = namespaces.iter().filter_map(|namespace| asked.get(namespace)).flat_map(|it| it.of(workload));
        let numbers: BTreeSet<u64> = numbers.collect();
        for number in numbers {
            let numbered = workload.numbered.as_ref().filter(|it| it.may_hold(number));
            match numbered.map_or(Match::No, |it| it.exists(number)) {
                Match::No => continue,
                Match::Yes => apart.push(Box::new(replica(workload, number))),
                Match::Unknown => cluster.presumed.push(presumed(workload, number)),
            }
            if let Some(numbered) = &mut workload.numbered
                && let Err(place) = numbered.apart.binary_search(&number)
            {
                numbered.apart.insert(place, number);
            }
        }
    }
    cluster.workloads.retain(|workload| !workload.numbered.as_ref().is_some_and(|it| it.is_empty()));
    cluster.workloads.append(&mut apart);
    cluster.workloads.sort_by(|left, right| order(&left.object, &right.object));
}

/// One pod of a workload, as a workload.
fn replica(workload: &Workload, number: u64) -> Workload {
    let mut replica = workload.clone();
    replica.object.name = pod_name(workload, number);
    replica.replica = Some(Box::new(Replica { of: workload.object.name.clone(), number: Some(number) }));
    replica.numbered = None;
    replica
}

/// A pod that there may be.
fn presumed(workload: &Workload, number: u64) -> PresumedPod {
    let replica = replica(workload, number);
    let ports = replica.containers.iter().flat_map(|container| &container.ports);
    let named_ports = ports.filter_map(|port| Some((port.name.as_ref()?.to_string(), port.protocol, port.port)));
    let set = replica.controller_labels().iter().filter_map(|label| match replica.label(label.key) {
        LabelValue::Is(value) => Some((label.key.into(), value)),
        _ => None,
    });
    PresumedPod {
        namespace: replica.object.namespace,
        labels: replica.pod_labels.clone().into_iter().chain(set).collect(),
        named_ports: named_ports.collect(),
        presumed_as: PresumedAs::Replica { of: workload.object.name.clone(), name: replica.object.name },
    }
}

/// What a pod is called: of an Indexed Job, without the random end.
fn pod_name(workload: &Workload, number: u64) -> SmolStr {
    format_smolstr!("{}-{number}", workload.object.name)
}
