//! Who beyond the workloads of the input may connect with them on other ports than before, in as few lines as say it.

use std::collections::BTreeMap;

use super::words;
use crate::connections::exposure::Other;
use crate::diff::{CauseId, ClusterDifference, ExposureChange};
use crate::net::Direction;
use crate::report::exposure::{is_any_pod, is_whole_outside, name};

/// Workloads whose exposure changed alike.
pub(super) struct Exposed {
    /// The workloads, by name.
    pub(super) workloads: Vec<String>,
    pub(super) direction: Direction,
    /// The others.
    pub(super) other: String,
    /// What became of it: `can now reach`, `can no longer reach`, `can reach`.
    verb: &'static str,
    pub(super) ports: String,
    /// The causes, the most telling first.
    pub(super) causes: Vec<CauseId>,
}

impl Exposed {
    /// In a sentence without its full stop, given what the workloads and the others are called.
    pub(super) fn sentence(&self, workloads: &str, other: &str) -> String {
        let (from, to) = match self.direction {
            Direction::Ingress => (other, workloads),
            Direction::Egress => (workloads, other),
        };
        format!("{from} {} {to} on {}", self.verb, self.ports)
    }
}

/// The lines of a cluster: by direction, who is exposed more first.
pub(super) fn exposed(cluster: &ClusterDifference) -> Vec<Exposed> {
    let mut sides: BTreeMap<(String, Direction), Vec<&ExposureChange>> = BTreeMap::new();
    for change in &cluster.difference.exposure {
        sides.entry((words::end(&change.workload), change.direction)).or_default().push(change);
    }
    let mut alike: BTreeMap<_, Exposed> = BTreeMap::new();
    for ((workload, direction), changes) in sides {
        for (other, of_other) in folded(&changes) {
            let Some(first) = of_other.first() else { continue };
            let ports = words::changed_ports(first.kind(), &first.base, &first.head, first.is_certain);
            let verb = words::reaches(first.kind());
            let line = alike.entry((direction, first.kind(), other.clone(), ports.clone())).or_insert_with(|| {
                Exposed { workloads: Vec::new(), direction, other, verb, ports, causes: Vec::new() }
            });
            line.workloads.push(workload.clone());
            for id in of_other.iter().flat_map(|change| &change.causes) {
                if !line.causes.contains(id) {
                    line.causes.push(*id);
                }
            }
        }
    }
    alike.into_values().collect()
}

/// The changes of one side of a workload by the others. Where everyone fares alike, that is one entry.
fn folded<'c>(changes: &[&'c ExposureChange]) -> Vec<(String, Vec<&'c ExposureChange>)> {
    let is_like = |one: &ExposureChange, other: &ExposureChange| {
        (&one.base, &one.head, one.is_certain) == (&other.base, &other.head, other.is_certain)
    };
    let of_anyone = changes.iter().find(|change| {
        let is_alike = |is_it: fn(&Other) -> bool| changes.iter().any(|it| is_it(&it.other) && is_like(it, change));
        is_any_pod(&change.other)
            && is_alike(is_whole_outside)
            && is_alike(|it| *it == Other::Nodes)
            && is_alike(|it| *it == Other::ApiServer)
    });
    let is_of_anyone = |change: &ExposureChange| of_anyone.is_some_and(|any| is_like(any, change));
    let (anyone, others): (Vec<&ExposureChange>, Vec<_>) = changes.iter().partition(|change| is_of_anyone(change));
    let anyone = (!anyone.is_empty()).then(|| ("anyone".to_owned(), anyone));
    let others = others.into_iter().map(|change| (name(&change.other).into_owned(), vec![change]));
    anyone.into_iter().chain(others).collect()
}
