//! The labels by which policies name workloads: those of the workload's own selector, and as many others as it takes to
//! distinguish it.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashMapExt as _};
use smol_str::SmolStr;

use crate::analysis::Analysis;
use crate::config::is_label;
use crate::facts::evidence::{Party, Requests, Unopened, Why};
use crate::facts::volatile::changes;
use crate::objects::kinds::is_controller_label;
use crate::objects::{Labels, NAMING_LABELS, NamespaceId, Workload, WorkloadId};

/// Pods that policies name by the same labels.
#[derive(Debug)]
pub(super) struct Subject {
    /// Their namespace.
    pub(super) namespace: NamespaceId,
    /// The labels; never empty.
    pub(super) labels: Labels,
    /// The kind and name of the first workload that it stands for.
    pub(super) kind: SmolStr,
    pub(super) name: SmolStr,
    /// The workloads that it stands for, and then others that have the labels as well.
    pub(super) members: Vec<WorkloadId>,
    /// The names of workloads beyond the first that the labels select.
    pub(super) also: Vec<SmolStr>,
}

/// The subjects of a cluster, in the order of the workloads.
#[derive(Debug, Default)]
pub(super) struct Subjects {
    list: Vec<Subject>,
    of: HashMap<WorkloadId, usize>,
    /// Workloads without any label that a policy could name.
    pub(super) unlabelled: Vec<WorkloadId>,
}

/// A workload with all its replicas.
struct Owner<'m> {
    workload: &'m Workload,
    ids: Vec<WorkloadId>,
}

impl Subjects {
    /// Those of a cluster.
    pub(super) fn new(analysis: &Analysis) -> Self {
        let mut subjects = Self { of: HashMap::new(), ..Self::default() };
        for (namespace, ids) in analysis.namespaces() {
            subjects.add(analysis, namespace, &ids);
        }
        subjects
    }

    /// A subject by its number.
    pub(super) fn get(&self, index: usize) -> Option<&Subject> {
        self.list.get(index)
    }

    /// The number of the subject that stands for a workload.
    pub(super) fn of(&self, workload: WorkloadId) -> Option<usize> {
        self.of.get(&workload).copied()
    }

    /// Takes from the connections those of workloads that no policy can name.
    pub(super) fn keep_named<'e, 'm>(&self, requests: &mut Requests<'e, 'm>) {
        let unlabelled = |party: &Party| match party {
            Party::Workload(id) if self.of(*id).is_none() => Some(*id),
            _ => None,
        };
        let (named, unnamed): (Vec<_>, Vec<_>) = std::mem::take(&mut requests.connections)
            .into_iter()
            .partition(|it| unlabelled(&it.from).is_none() && unlabelled(&it.to).is_none());
        requests.connections = named;
        requests.unopened.extend(unnamed.into_iter().filter_map(|request| {
            let id = unlabelled(&request.from).or_else(|| unlabelled(&request.to))?;
            Some(Unopened { evidence: request.evidence, why: Why::Unlabelled(id) })
        }));
    }

    /// All workloads that policies select when they name this one.
    pub(super) fn members(&self, workload: WorkloadId) -> &[WorkloadId] {
        self.of(workload).and_then(|index| self.get(index)).map_or(&[], |subject| &subject.members)
    }

    fn add(&mut self, analysis: &Analysis, namespace: NamespaceId, ids: &[WorkloadId]) {
        let mut owners: BTreeMap<(&SmolStr, &SmolStr), Owner<'_>> = BTreeMap::new();
        let mut order = Vec::new();
        for (id, workload) in analysis.with_ids(ids.iter().copied()) {
            let key = (&workload.object.kind, workload.owner_name());
            let owner = owners.entry(key).or_insert_with(|| {
                order.push(key);
                Owner { workload, ids: Vec::new() }
            });
            owner.ids.push(id);
        }
        let owners: Vec<Owner<'_>> = order.iter().filter_map(|key| owners.remove(key)).collect();
        let index = Index::new(&owners);
        let mut known: BTreeMap<Vec<(SmolStr, SmolStr)>, usize> = BTreeMap::new();
        for (place, owner) in owners.iter().enumerate() {
            let labels = index.choose(owner.workload, place);
            if labels.is_empty() {
                self.unlabelled.extend(&owner.ids);
                continue;
            }
            let key = labels.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
            let number = *known.entry(key).or_insert_with(|| {
                let others = index.having(labels.iter()).into_iter().filter(|other| *other != place);
                let others: Vec<&Owner<'_>> = others.filter_map(|other| owners.get(other)).collect();
                let mut members = owner.ids.clone();
                members.extend(others.iter().flat_map(|other| &other.ids));
                let also = others.iter().map(|other| other.workload.owner_name().clone()).collect();
                let (kind, name) = (owner.workload.object.kind.clone(), owner.workload.owner_name().clone());
                self.list.push(Subject { namespace, labels: labels.clone(), kind, name, members, also });
                self.list.len() - 1
            });
            self.of.extend(owner.ids.iter().map(|id| (*id, number)));
        }
    }
}

/// The workloads of a namespace by their labels.
struct Index {
    by_label: HashMap<SmolStr, HashMap<SmolStr, Vec<usize>>>,
    count: usize,
}

impl Index {
    fn new(owners: &[Owner<'_>]) -> Self {
        let mut by_label: HashMap<SmolStr, HashMap<SmolStr, Vec<usize>>> = HashMap::new();
        for (place, owner) in owners.iter().enumerate() {
            for (key, value) in &owner.workload.pod_labels {
                by_label.entry(key.clone()).or_default().entry(value.clone()).or_default().push(place);
            }
        }
        Self { by_label, count: owners.len() }
    }

    /// The workloads that have all of these labels.
    fn having<'l>(&self, labels: impl Iterator<Item = (&'l SmolStr, &'l SmolStr)>) -> Vec<usize> {
        let mut lists: Vec<&[usize]> = labels.map(|(key, value)| self.with((key, value))).collect();
        lists.sort_by_key(|list| list.len());
        let Some((rarest, others)) = lists.split_first() else { return (0..self.count).collect() };
        let has = |place: &&usize| others.iter().all(|list| list.binary_search(place).is_ok());
        rarest.iter().filter(has).copied().collect()
    }

    fn with(&self, (key, value): (&str, &str)) -> &[usize] {
        self.by_label.get(key).and_then(|values| values.get(value)).map_or(&[], Vec::as_slice)
    }

    /// The labels that distinguish a workload from most others, few of them: those of its own selector first.
    fn choose(&self, workload: &Workload, place: usize) -> Labels {
        let is_lasting = |(key, value): &(&SmolStr, &SmolStr)| {
            is_label(key, value) && !changes(key, value) && !is_controller_label(key)
        };
        let mut left: Vec<(&SmolStr, &SmolStr)> = workload.pod_labels.iter().filter(is_lasting).collect();
        let rank = |key: &str| NAMING_LABELS.iter().position(|known| *known == key).unwrap_or(NAMING_LABELS.len());
        left.sort_by_key(|(key, _)| rank(key));
        let (mut chosen, mut left): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|(key, value)| workload.selector.get(*key) == Some(*value));
        let mut rivals = self.having(chosen.iter().copied());
        rivals.retain(|other| *other != place);
        while !rivals.is_empty() || chosen.is_empty() {
            let remaining = |label: &(&SmolStr, &SmolStr)| {
                let with = self.with((label.0, label.1));
                rivals.iter().filter(|rival| with.binary_search(rival).is_ok()).count()
            };
            let Some(best) = (0..left.len()).min_by_key(|&at| left.get(at).map(remaining)) else { break };
            let label = left.remove(best);
            let is_useless = remaining(&label) == rivals.len();
            if is_useless && !chosen.is_empty() {
                break;
            }
            let with = self.with((label.0, label.1));
            rivals.retain(|rival| with.binary_search(rival).is_ok());
            chosen.push(label);
        }
        chosen.into_iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    }
}
