//! Who beyond the workloads of the input may connect to a workload on other ports than before, or be connected to.
//!
//! Addresses outside and the ingress controller are ends of connections, which are compared already. The pods of others
//! are represented by examples: one without labels for each namespace, and one for each set of labels that a policy of
//! either state selects. Both states are asked about each of them, for the workloads that the change touches.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use smol_str::SmolStr;

use super::causes::Causes;
use super::change::{Cause, Change, End, ExposureChange, Presence};
use super::matching::{Matched, Matching, Reaches};
use super::pairs::Found;
use super::side::{Both, Side};
use super::touched::Touched;
use crate::connections::exposure::{Examples, Listing, Other, Pod};
use crate::net::Direction;
use crate::net::address::AddressSet;
use crate::net::ports::PortSet;
use crate::objects::{Labels, PolicyId};
use crate::reach::{Endpoint, Reachability, Reading};

/// More pairs of workloads and examples take longer than anyone waits.
const MOST: usize = 1_000_000;

/// What is said where there are more.
pub(super) const NOT_COMPARED: &str = "the change touches very many workloads; who beyond the input may connect to them \
     is not compared";

/// The changes with their causes; `None` where there is too much to compare.
pub(super) fn changed_exposure(matching: Matching<'_>, touched: &Touched) -> Option<Vec<(ExposureChange, Vec<Cause>)>> {
    let wanted = wanted(&matching, touched);
    if wanted.is_empty() {
        return Some(Vec::new());
    }
    let selecting = Both::made(|side| selecting(&matching, &wanted, side));
    let analyses = matching.analyses;
    let clusters = [analyses.base.cluster(), analyses.head.cluster()];
    let is_asked = |state: usize, policy: usize| {
        let selecting = if state == number(Side::Base) { &selecting.base } else { &selecting.head };
        selecting.get(policy) == Some(&true)
    };
    let examples = Examples::new(clusters, is_asked);
    if wanted.len().saturating_mul(examples.len()) > MOST {
        return None;
    }
    let [base, head] = examples.reach([analyses.base.pod_blocks(), analyses.head.pod_blocks()]);
    let most = Both { base: base.1.at_most(), head: head.1.at_most() };
    let reaches = Both {
        base: Reaches { shown: &base.0, least: &base.1, most: &most.base },
        head: Reaches { shown: &head.0, least: &head.1, most: &most.head },
    };
    let wanted: Vec<Matched> = wanted.into_iter().cloned().collect();
    let matching = matching.with(reaches);
    let pods = Pods::new(&examples, &matching);
    let world = World { others: others(&base.0, &head.0), examples: &examples, pods, matching };
    Some(world.changes(&wanted))
}

/// The workloads that are asked about: those that the change touches, and all where it touches namespaces.
fn wanted<'m>(matching: &'m Matching<'_>, touched: &Touched) -> Vec<&'m Matched> {
    let is_everywhere = (0..matching.any_pods.len()).any(|place| touched.any_pod(place));
    let workloads = matching.workloads.iter().enumerate();
    let wanted = workloads.filter(|(place, _)| is_everywhere || touched.workload(*place)).map(|(_, workload)| workload);
    wanted.filter(|workload| workload.presence() != Some(Presence::Removed)).collect()
}

/// For each policy of a state whether it selects one of these workloads, or may.
fn selecting(matching: &Matching<'_>, workloads: &[&Matched], side: Side) -> Vec<bool> {
    let analysis = matching.analyses.of(side);
    let mut is_wanted = vec![false; analysis.cluster().workloads.len()];
    for id in workloads.iter().filter_map(|it| it.workload(side)) {
        is_wanted.get_mut(id.0 as usize).into_iter().for_each(|slot| *slot = true);
    }
    let reach = analysis.at_most();
    let policies = (0..).map(PolicyId).take(analysis.policies().len());
    let selects = |id: PolicyId| reach.selected(id).any(|workload| is_wanted.get(workload.0 as usize) == Some(&true));
    policies.map(selects).collect()
}

/// The place of a state among those of the examples.
fn number(side: Side) -> usize {
    match side {
        Side::Base => 0,
        Side::Head => 1,
    }
}

/// What is no pod: nodes, the API server, and names that policies have for addresses.
fn others(base: &Reachability, head: &Reachability) -> Vec<(Other, Both<Option<Endpoint>>)> {
    let both = |endpoint| Both { base: Some(endpoint), head: Some(endpoint) };
    let mut others = vec![(Other::Nodes, both(Endpoint::OtherNode)), (Other::ApiServer, both(Endpoint::ApiServer))];
    let mut names: Vec<&SmolStr> = base.domains().iter().chain(head.domains()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let place = |reach: &Reachability| {
            let known = (0..).zip(reach.domains()).find(|(_, known)| *known == name);
            known.map(|(place, _)| Endpoint::Domain(place))
        };
        others.push((Other::Domain(name.clone()), Both { base: place(base), head: place(head) }));
    }
    others
}

/// Both states with the examples in them.
struct World<'w> {
    matching: Matching<'w>,
    examples: &'w Examples<2>,
    pods: Pods,
    others: Vec<(Other, Both<Option<Endpoint>>)>,
}

impl World<'_> {
    fn changes(&self, workloads: &[Matched]) -> Vec<(ExposureChange, Vec<Cause>)> {
        // What no policy distinguishes fares alike.
        let mut alike: BTreeMap<[Option<u32>; 2], Vec<&Matched>> = BTreeMap::new();
        for workload in workloads {
            let group = |side| workload.workload(side).map(|id| self.matching.reach(side, Reading::Shown).group(id));
            alike.entry(Side::BOTH.map(group)).or_default().push(workload);
        }
        let causes = Causes::new(&self.matching);
        let of_group = |workloads: &Vec<&Matched>| {
            let Some(first) = workloads.first() else { return Vec::new() };
            let mut changes = Vec::new();
            for direction in Direction::BOTH {
                for (other, ports, end) in self.differing(first, direction) {
                    for workload in workloads {
                        let found = found(workload, &end, direction, ports.clone());
                        let (Change { base, head, is_certain, .. }, causes) = causes.explained(&found);
                        let (workload, other) = (Arc::clone(&workload.end), other.clone());
                        let causes_later = Vec::new();
                        changes.push((
                            ExposureChange { workload, direction, other, base, head, is_certain, causes: causes_later },
                            causes,
                        ));
                    }
                }
            }
            changes
        };
        let groups: Vec<Vec<&Matched>> = alike.into_values().collect();
        groups.par_iter().flat_map_iter(of_group).collect()
    }

    /// The others that a workload may connect to, or be connected from, on other ports than before.
    fn differing(&self, workload: &Matched, direction: Direction) -> Vec<(Other, Both<PortSet>, Matched)> {
        let mut listing = Listing::new(self.examples);
        let mut unlabelled = Vec::with_capacity(self.examples.len());
        for (pod, end) in self.examples.unlabelled().zip(&self.pods.unlabelled) {
            let ports = self.ports(workload, end, direction);
            if !ports.is_same() {
                listing.add(pod, (ports.base.clone(), ports.head.clone()));
            }
            unlabelled.push(ports);
        }
        for (pod, end) in self.examples.labelled().zip(&self.pods.labelled) {
            let ports = self.ports(workload, end, direction);
            // What changes for any pod there is said already.
            let is_known = unlabelled.get(self.examples.place(pod)).is_some_and(|any| {
                let shift = |from: &PortSet, to: &PortSet| to.difference(from);
                shift(&any.base, &any.head).is_superset(&shift(&ports.base, &ports.head))
                    && shift(&any.head, &any.base).is_superset(&shift(&ports.head, &ports.base))
            });
            if !ports.is_same() && !is_known && !self.pods.is_shown(pod) {
                listing.add(pod, (ports.base, ports.head));
            }
        }
        let pods = listing.finish().into_iter();
        let of_pod = |(other, (base, head), pod)| Some((other, Both { base, head }, self.pods.end(pod)?.clone()));
        let mut differing: Vec<_> = pods.filter_map(of_pod).collect();
        let others = self.others.iter().filter(|(other, _)| {
            // Names are of destinations.
            direction == Direction::Egress || !matches!(other, Other::Domain(_))
        });
        differing.extend(others.filter_map(|(other, endpoints)| {
            let end = Matched::new(End::External(AddressSet::default()), *endpoints);
            let ports = self.ports(workload, &end, direction);
            (!ports.is_same()).then(|| (other.clone(), ports, end))
        }));
        differing
    }

    fn ports(&self, workload: &Matched, other: &Matched, direction: Direction) -> Both<PortSet> {
        let (from, to) = in_order(workload, other, direction);
        Both::made(|side| self.matching.ports(side, Reading::Shown, from, to))
    }
}

/// The examples as the search for causes sees them.
struct Pods {
    unlabelled: Vec<Matched>,
    labelled: Vec<Matched>,
    /// Whether a workload of the input has the labels, so that it is an end of connections.
    is_shown: Vec<bool>,
}

impl Pods {
    fn new(examples: &Examples<2>, matching: &Matching<'_>) -> Self {
        let shown = Both::made(|side| {
            let namespaces = matching.analyses.of(side).cluster().namespaces.iter();
            namespaces.map(|it| (it.name.as_str(), (&it.labels, it.manifest.is_some()))).collect::<BTreeMap<_, _>>()
        });
        let end = |pod: Pod| {
            let namespace = examples.namespace(pod);
            let endpoints = Both::made(|side| Some(examples.endpoint(number(side), pod)));
            let is_alike = Both::made(|side| namespace.and_then(|name| shown.of(side).get(name.as_str()))).is_same();
            Matched { is_alike, ..Matched::new(End::AnyPod(namespace.cloned()), endpoints) }
        };
        let mut workloads: BTreeMap<&str, Vec<&Labels>> = BTreeMap::new();
        for analysis in matching.analyses.each() {
            for (_, workload) in analysis.workloads() {
                let namespace = analysis.cluster().namespace_name(workload.object.namespace);
                workloads.entry(namespace).or_default().push(&workload.pod_labels);
            }
        }
        let is_shown = |(pod, labels): (Pod, &Labels)| {
            let there = examples.namespace(pod).and_then(|namespace| workloads.get(namespace.as_str()));
            let has_all = |own: &&Labels| labels.iter().all(|(key, value)| own.get(key) == Some(value));
            there.into_iter().flatten().any(has_all)
        };
        Self {
            unlabelled: examples.unlabelled().map(end).collect(),
            labelled: examples.labelled().map(end).collect(),
            is_shown: examples.labelled().zip(examples.all_labels()).map(is_shown).collect(),
        }
    }

    fn is_shown(&self, pod: Pod) -> bool {
        matches!(pod, Pod::Example(index) if self.is_shown.get(index) == Some(&true))
    }

    fn end(&self, pod: Pod) -> Option<&Matched> {
        match pod {
            Pod::Unlabelled(place) => self.unlabelled.get(place),
            Pod::Example(index) => self.labelled.get(index),
        }
    }
}

fn in_order<'m>(workload: &'m Matched, other: &'m Matched, direction: Direction) -> (&'m Matched, &'m Matched) {
    match direction {
        Direction::Ingress => (other, workload),
        Direction::Egress => (workload, other),
    }
}

fn found(workload: &Matched, other: &Matched, direction: Direction, ports: Both<PortSet>) -> Found {
    let (from, to) = in_order(workload, other, direction);
    Found { from: from.clone(), to: to.clone(), ports, reading: Reading::Shown }
}

/// The changes of connections with addresses outside and with the ingress controller, which expose a workload as well.
pub(super) fn from_outside(changes: &[Change]) -> Vec<ExposureChange> {
    let exposing =
        changes.iter().filter(|change| change.reading == Reading::Shown && change.presence != Some(Presence::Removed));
    let exposure = |change: &Change| {
        let (workload, direction, outside) = match (&*change.from, &*change.to) {
            (outside, End::Workload(_)) => (&change.to, Direction::Ingress, outside),
            (End::Workload(_), outside) => (&change.from, Direction::Egress, outside),
            _ => return None,
        };
        let other = match outside {
            End::External(addresses) => Other::External(addresses.blocks()),
            End::IngressController => Other::IngressController,
            End::Workload(_) | End::AnyPod(_) => return None,
        };
        Some(ExposureChange {
            workload: Arc::clone(workload),
            direction,
            other,
            base: Arc::clone(&change.base),
            head: Arc::clone(&change.head),
            is_certain: change.is_certain,
            causes: change.causes.clone(),
        })
    };
    exposing.filter_map(exposure).collect()
}
