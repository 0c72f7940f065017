//! What several rules and commands ask of a cluster.
//!
//! All of it is worked out when the analysis is made, in a fixed order and each step on all cores by itself: nobody who
//! asks waits for another one.

use std::sync::Arc;

use foldhash::HashMap;
use ipnet::IpNet;
use rayon::prelude::*;
use smol_str::SmolStr;

use crate::analysis::Analysis;
use crate::cluster::{self, Classification, Cluster, Evidence, Exposure};
use crate::config::{self, Config};
use crate::diagnostic::Confidence;
use crate::objects::{Service, Workload, WorkloadId};
use crate::reach::{Basis, Reachability, Reading};

/// The answers.
#[derive(Debug)]
pub(super) struct Answers {
    reach: Reaches,
    exposures: Vec<Option<Exposure>>,
    tiers: Vec<Option<Classification>>,
    configured_tiers: Vec<Option<config::TierPlace>>,
    /// For each Service the workloads that it selects.
    selections: Vec<Vec<WorkloadId>>,
    /// For each workload the Services that select it, as places in the cluster's list, by the label that each asks for
    /// first.
    services_of_workload: Vec<Vec<usize>>,
    /// Services by each label that they ask for, as places in the cluster's list.
    services_by_label: HashMap<SmolStr, HashMap<SmolStr, Vec<usize>>>,
}

/// What is permitted, under each reading of what the input does not show.
#[derive(Debug)]
struct Reaches {
    shown: Reachability,
    least: Reachability,
    most: Reachability,
}

impl Reaches {
    fn new(cluster: &Cluster, pod_blocks: &[IpNet]) -> Self {
        let basis = Arc::new(Basis::new(cluster, pod_blocks));
        let under = |reading| Reachability::on(Arc::clone(&basis), cluster, reading);
        let (shown, least) = rayon::join(|| under(Reading::Shown), || under(Reading::Least));
        Self { shown, most: least.at_most(), least }
    }
}

impl Answers {
    /// Works them out.
    pub(super) fn new(cluster: &Cluster, config: &Config, pod_blocks: &[IpNet]) -> Self {
        let reach = Reaches::new(cluster, pod_blocks);
        let selections = cluster.selections();
        let exposures = cluster.exposures(&selections);
        let configured_tiers = configured_tiers(cluster, config);
        let tiers = tiers(cluster, config, &exposures, &configured_tiers);
        let services_of_workload = services_of_workload(cluster, &selections);
        let services_by_label = services_by_label(cluster);
        Self { reach, exposures, tiers, configured_tiers, selections, services_of_workload, services_by_label }
    }
}

fn configured_tiers(cluster: &Cluster, config: &Config) -> Vec<Option<config::TierPlace>> {
    let first =
        |workload: &Workload| config.tiers.matching(workload, cluster.namespace_name(workload.object.namespace)).next();
    cluster.workloads.par_iter().map(|workload| first(workload)).collect()
}

fn tiers(
    cluster: &Cluster,
    config: &Config,
    exposures: &[Option<Exposure>],
    configured: &[Option<config::TierPlace>],
) -> Vec<Option<Classification>> {
    let workloads = cluster.workloads.par_iter().zip(exposures);
    let by_looks = workloads.map(|(workload, exposure)| cluster::classify(workload, exposure.as_ref()));
    by_looks.zip(configured).map(|(looks, configured)| config.tiers.believe(looks, *configured)).collect()
}

fn services_of_workload(cluster: &Cluster, selections: &[Vec<WorkloadId>]) -> Vec<Vec<usize>> {
    let mut of_workload: Vec<Vec<usize>> = vec![Vec::new(); cluster.workloads.len()];
    for (place, selected) in selections.iter().enumerate() {
        for id in selected {
            of_workload.get_mut(id.0 as usize).into_iter().for_each(|services| services.push(place));
        }
    }
    let asked_first = |place: &usize| cluster.services.get(*place)?.selector.iter().flatten().next();
    of_workload.iter_mut().for_each(|places| places.sort_by_key(|place| asked_first(place).map(|(key, _)| key)));
    of_workload
}

fn services_by_label(cluster: &Cluster) -> HashMap<SmolStr, HashMap<SmolStr, Vec<usize>>> {
    let mut by_label: HashMap<SmolStr, HashMap<SmolStr, Vec<usize>>> = HashMap::default();
    for (place, service) in cluster.services.iter().enumerate() {
        for (key, value) in service.selector.iter().flatten() {
            by_label.entry(key.clone()).or_default().entry(value.clone()).or_default().push(place);
        }
    }
    by_label
}

impl Analysis {
    /// What makes a workload reachable from outside the cluster, if anything does.
    #[must_use]
    pub fn exposure(&self, workload: WorkloadId) -> Option<&Exposure> {
        self.answers.exposures.get(workload.0 as usize)?.as_ref()
    }

    /// What a workload is taken for: as the configuration says, else by its looks; `None` where nothing tells.
    #[must_use]
    pub fn tier(&self, workload: WorkloadId) -> Option<&Classification> {
        self.answers.tiers.get(workload.0 as usize)?.as_ref()
    }

    /// Why a workload is taken for what it is, the weightiest reason first.
    #[must_use]
    pub fn evidence(&self, id: WorkloadId) -> Vec<Evidence> {
        let place = id.0 as usize;
        let Some(workload) = self.cluster.workloads.get(place).filter(|_| self.tier(id).is_some()) else {
            return Vec::new();
        };
        match self.answers.configured_tiers.get(place).copied().flatten() {
            Some(configured) => self.config.tiers.evidence(configured).into_iter().collect(),
            None => cluster::evidence(workload, self.exposure(id)),
        }
    }

    /// The tier that the configuration puts a workload into.
    #[must_use]
    pub fn configured_tier(&self, workload: WorkloadId) -> Option<&config::Tier> {
        let place = (*self.answers.configured_tiers.get(workload.0 as usize)?)?;
        self.config.tiers.get(place)
    }

    /// How sure it is which part a workload plays in its application: certain where the configuration or its image says
    /// so.
    pub(crate) fn role_confidence(&self, workload: WorkloadId) -> Confidence {
        let is_certain =
            self.configured_tier(workload).is_some() || self.tier(workload).is_some_and(|it| it.is_certain);
        if is_certain { Confidence::Certain } else { Confidence::Likely }
    }

    /// The tiers of the configuration that match a workload, the one that counts first.
    pub(crate) fn matching_tiers(&self, workload: &Workload) -> impl Iterator<Item = config::TierPlace> {
        self.config.tiers.matching(workload, self.cluster.namespace_name(workload.object.namespace))
    }

    /// What is permitted, with labels that the input does not show taken as absent.
    #[must_use]
    pub fn reach(&self) -> &Reachability {
        &self.answers.reach.shown
    }

    /// What is permitted for certain, whatever the input does not show.
    #[must_use]
    pub fn at_least(&self) -> &Reachability {
        &self.answers.reach.least
    }

    /// All that may be permitted, depending on what the input does not show.
    #[must_use]
    pub fn at_most(&self) -> &Reachability {
        &self.answers.reach.most
    }

    /// The workloads that a Service of the cluster selects.
    pub(crate) fn selected_by<'s>(
        &'s self,
        service: &'s Service,
    ) -> impl Iterator<Item = (WorkloadId, &'s Workload)> + use<'s> {
        let key = |service: &'s Service| (service.object.namespace, service.object.name.as_str());
        let place = self.cluster.services.binary_search_by_key(&key(service), |service| key(service));
        let selected = place.ok().and_then(|place| self.answers.selections.get(place));
        self.with_ids(selected.into_iter().flatten().copied())
    }

    /// The workloads of these numbers.
    pub(crate) fn with_ids<'s, I: Iterator<Item = WorkloadId>>(
        &'s self,
        ids: I,
    ) -> impl Iterator<Item = (WorkloadId, &'s Workload)> + use<'s, I> {
        ids.filter_map(|id| Some((id, &**self.cluster.workloads.get(id.0 as usize)?)))
    }

    /// The Services that select a workload's pods, by the label that each asks for first.
    pub(crate) fn services_of(&self, workload: WorkloadId) -> impl Iterator<Item = &Service> {
        let places = self.answers.services_of_workload.get(workload.0 as usize).into_iter().flatten();
        places.filter_map(|&place| self.cluster.services.get(place).map(AsRef::as_ref))
    }

    /// The Services whose selector asks for a label.
    pub(crate) fn services_with(&self, key: &str, value: &str) -> impl Iterator<Item = &Service> {
        let places = self.answers.services_by_label.get(key).and_then(|values| values.get(value)).into_iter().flatten();
        places.filter_map(|&place| self.cluster.services.get(place).map(AsRef::as_ref))
    }
}
