//! What an overlay asks for, in terms of its base: the workloads as they are before the overlay changes their names,
//! namespaces and labels.

use std::collections::BTreeMap;

use crate::analysis::Analysis;
use crate::facts::evidence::{Party, Request};
use crate::generate::subjects::Subjects;
use crate::generate::wanted::Wanted;
use crate::objects::{Labels, NamespaceId, Workload, WorkloadId};
use crate::policy::{NamespaceSet, PodSet};
use crate::source::Origin;
use crate::yaml::FieldPath;

/// Where a workload is written, and which of its replicas it is.
type Key = (String, u32, FieldPath, String);

/// An overlay, seen from its base.
pub(super) struct View<'v, 'e, 'm> {
    pub(super) wanted: &'v Wanted<'e, 'm>,
    base: &'v Analysis,
    workloads: BTreeMap<WorkloadId, WorkloadId>,
    namespaces: BTreeMap<NamespaceId, NamespaceId>,
}

impl<'v, 'e, 'm> View<'v, 'e, 'm> {
    /// The overlay seen from a base whose policies name these subjects.
    pub(super) fn new(wanted: &'v Wanted<'e, 'm>, base: &'v Analysis, subjects: &Subjects) -> Self {
        let (own, theirs) = (by_key(wanted.analysis), by_key(base));
        let mut workloads: BTreeMap<WorkloadId, WorkloadId> = BTreeMap::new();
        for (key, id) in own {
            // What is there twice, or has another name for each of its uses, is not the same on both sides.
            if let (Some(id), Some(Some(in_base))) = (id, theirs.get(&key)) {
                workloads.insert(id, *in_base);
            }
        }
        let mut view = Self { wanted, base, workloads, namespaces: BTreeMap::new() };
        view.namespaces = view.mapped_namespaces();
        let named = view.workloads.iter().filter(|(id, in_base)| view.is_named_alike(**id, **in_base, subjects));
        view.workloads = named.map(|(id, in_base)| (*id, *in_base)).collect();
        view
    }

    /// The namespaces of the base by those of the overlay, where each has one.
    fn mapped_namespaces(&self) -> BTreeMap<NamespaceId, NamespaceId> {
        let mut found: BTreeMap<NamespaceId, Option<NamespaceId>> = BTreeMap::new();
        for (id, in_base) in &self.workloads {
            if let (Some(own), Some(theirs)) = (self.wanted.analysis.workload(*id), self.base.workload(*in_base)) {
                let theirs = theirs.object.namespace;
                let known = found.entry(own.object.namespace).or_insert(Some(theirs));
                *known = known.filter(|known| *known == theirs);
            }
        }
        found.into_iter().filter_map(|(own, theirs)| Some((own, theirs?))).collect()
    }

    /// Whether the labels by which policies of the base name a workload select the same in the overlay.
    fn is_named_alike(&self, id: WorkloadId, in_base: WorkloadId, subjects: &Subjects) -> bool {
        let Some(subject) = subjects.of(in_base).and_then(|number| subjects.get(number)) else { return false };
        let Some(workload) = self.wanted.analysis.workload(id) else { return false };
        let has = |labels: &Labels| subject.labels.iter().all(|(key, value)| labels.get(key) == Some(value));
        let is_member = |other: &WorkloadId| self.workloads.get(other).is_some_and(|it| subject.members.contains(it));
        let mut selected = self
            .wanted
            .analysis
            .cluster()
            .workloads_in(workload.object.namespace)
            .filter(|(_, it)| has(&it.pod_labels));
        has(&workload.pod_labels) && selected.all(|(other, _)| is_member(&other))
    }

    /// The workload of the base that one of the overlay is made of.
    pub(super) fn workload(&self, id: WorkloadId) -> Option<WorkloadId> {
        self.workloads.get(&id).copied()
    }

    /// The namespaces of the overlay that one of the base becomes.
    pub(super) fn namespaces_of(&self, in_base: NamespaceId) -> impl Iterator<Item = NamespaceId> + '_ {
        self.namespaces.iter().filter(move |(_, theirs)| **theirs == in_base).map(|(own, _)| *own)
    }

    /// The connections that policies of the base can permit.
    pub(super) fn connections(&self) -> Vec<Request<'e, 'm>> {
        self.wanted.requests.connections.iter().filter_map(|request| self.request(request)).collect()
    }

    fn request(&self, request: &Request<'e, 'm>) -> Option<Request<'e, 'm>> {
        let (from, to) = (self.party(&request.from)?, self.party(&request.to)?);
        // A peer in another namespace is named by it, and nothing changes that name in an overlay.
        let namespaces = [self.home(&request.from), self.home(&request.to)];
        if let [Some(from), Some(to)] = namespaces
            && from != to
            && namespaces.into_iter().flatten().any(|own| !self.keeps_name(own))
        {
            return None;
        }
        Some(Request { from, to, ..request.clone() })
    }

    /// The namespace of the overlay that an end is in.
    fn home(&self, party: &Party) -> Option<NamespaceId> {
        match party {
            Party::Workload(id) => self.wanted.analysis.workload(*id).map(|workload| workload.object.namespace),
            Party::AnyPod(namespace) => *namespace,
            Party::Pods(PodSet { namespaces: NamespaceSet::One(namespace), .. }) => Some(*namespace),
            Party::Pods(_) | Party::Addresses(_) | Party::Anyone => None,
        }
    }

    fn keeps_name(&self, own: NamespaceId) -> bool {
        let name = |analysis: &Analysis, id| analysis.cluster().namespace_name(id).to_owned();
        self.namespaces.get(&own).is_none_or(|theirs| name(self.base, *theirs) == name(self.wanted.analysis, own))
    }

    fn party(&self, party: &Party) -> Option<Party> {
        Some(match party {
            Party::Workload(id) => Party::Workload(self.workload(*id)?),
            Party::AnyPod(Some(namespace)) => Party::AnyPod(Some(self.namespace(*namespace)?)),
            Party::Pods(PodSet { namespaces: NamespaceSet::One(namespace), pods, condition }) => {
                let namespaces = NamespaceSet::One(self.namespace(*namespace)?);
                Party::Pods(PodSet { namespaces, pods: pods.clone(), condition: condition.clone() })
            }
            Party::AnyPod(None) | Party::Pods(_) | Party::Addresses(_) | Party::Anyone => party.clone(),
        })
    }

    fn namespace(&self, own: NamespaceId) -> Option<NamespaceId> {
        let name = self.wanted.analysis.cluster().namespace_name(own);
        self.namespaces.get(&own).copied().or_else(|| self.base.cluster().namespace_named(name))
    }
}

/// The workloads of a cluster by where they are written; `None` where several are written at one place.
fn by_key(analysis: &Analysis) -> BTreeMap<Key, Option<WorkloadId>> {
    let mut found: BTreeMap<Key, Option<WorkloadId>> = BTreeMap::new();
    for (id, workload) in analysis.workloads() {
        found.entry(key(analysis, workload)).and_modify(|known| *known = None).or_insert(Some(id));
    }
    found
}

fn key(analysis: &Analysis, workload: &Workload) -> Key {
    let Origin { file, document, path } = analysis.sources().written(&workload.object.origin);
    let replica = workload.object.name.strip_prefix(workload.owner_name().as_str()).unwrap_or_default();
    (analysis.sources().name(file).to_owned(), document, path, replica.to_owned())
}
