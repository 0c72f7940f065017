//! What several rules and commands ask of a cluster, worked out once, when it is first asked.

use std::sync::{Arc, OnceLock};

use foldhash::HashMap;
use rayon::prelude::*;
use smol_str::SmolStr;

use crate::analysis::Analysis;
use crate::analysis::config_maps::ConfigMaps;
use crate::cluster::{self, Classification, Evidence, Exposure};
use crate::config;
use crate::diagnostic::Confidence;
use crate::objects::{Service, Workload, WorkloadId};
use crate::reach::{Basis, Reachability, Reading};

/// The answers so far.
#[derive(Debug, Default)]
pub(super) struct Answers {
    basis: OnceLock<Arc<Basis>>,
    shown: OnceLock<Reachability>,
    least: OnceLock<Reachability>,
    most: OnceLock<Reachability>,
    exposures: OnceLock<Vec<Option<Exposure>>>,
    tiers: OnceLock<Vec<Option<Classification>>>,
    configured_tiers: OnceLock<Vec<Option<config::TierPlace>>>,
    /// For each Service the workloads that it selects.
    selections: OnceLock<Vec<Vec<WorkloadId>>>,
    /// For each workload the Services that select it, as places in the cluster's list.
    services_of_workload: OnceLock<Vec<Vec<usize>>>,
    /// Services by each label that they ask for, as places in the cluster's list.
    services_by_label: OnceLock<HashMap<SmolStr, HashMap<SmolStr, Vec<usize>>>>,
    pub(super) config_maps: OnceLock<ConfigMaps>,
}

impl Analysis {
    /// Works out, on all cores, what most rules ask, so that none of them waits for another one.
    pub(crate) fn prepare(&self) {
        rayon::join(|| (self.at_least(), self.at_most()), || (self.tiers(), self.selections()));
        self.answers.config_maps.get_or_init(|| self.config_maps());
    }

    /// What makes a workload reachable from outside the cluster, if anything does.
    #[must_use]
    pub fn exposure(&self, workload: WorkloadId) -> Option<&Exposure> {
        self.exposures().get(workload.0 as usize)?.as_ref()
    }

    fn exposures(&self) -> &[Option<Exposure>] {
        self.answers.exposures.get_or_init(|| self.cluster.exposures(self.selections()))
    }

    /// What a workload is taken for: as the configuration says, else by its looks; `None` where nothing tells.
    #[must_use]
    pub fn tier(&self, workload: WorkloadId) -> Option<&Classification> {
        self.tiers().get(workload.0 as usize)?.as_ref()
    }

    /// Why a workload is taken for what it is, the weightiest reason first.
    #[must_use]
    pub fn evidence(&self, id: WorkloadId) -> Vec<Evidence> {
        let place = id.0 as usize;
        let Some(workload) = self.cluster.workloads.get(place).filter(|_| self.tier(id).is_some()) else {
            return Vec::new();
        };
        match self.configured_tiers().get(place).copied().flatten() {
            Some(configured) => self.config.tiers.evidence(configured).into_iter().collect(),
            None => cluster::evidence(workload, self.exposure(id)),
        }
    }

    fn tiers(&self) -> &[Option<Classification>] {
        self.answers.tiers.get_or_init(|| {
            let workloads = self.cluster.workloads.par_iter().zip(self.exposures());
            let by_looks = workloads.map(|(workload, exposure)| cluster::classify(workload, exposure.as_ref()));
            let configured = self.configured_tiers().par_iter();
            by_looks.zip(configured).map(|(looks, configured)| self.config.tiers.believe(looks, *configured)).collect()
        })
    }

    /// The tier that the configuration puts a workload into.
    #[must_use]
    pub fn configured_tier(&self, workload: WorkloadId) -> Option<&config::Tier> {
        let place = (*self.configured_tiers().get(workload.0 as usize)?)?;
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

    fn configured_tiers(&self) -> &[Option<config::TierPlace>] {
        let first = |workload: &Workload| self.matching_tiers(workload).next();
        self.answers.configured_tiers.get_or_init(|| self.cluster.workloads.par_iter().map(|it| first(it)).collect())
    }

    /// What is permitted, with labels that the input does not show taken as absent.
    #[must_use]
    pub fn reach(&self) -> &Reachability {
        self.answers.shown.get_or_init(|| self.reach_under(Reading::Shown))
    }

    /// What is permitted for certain, whatever the input does not show.
    #[must_use]
    pub fn at_least(&self) -> &Reachability {
        self.answers.least.get_or_init(|| self.reach_under(Reading::Least))
    }

    /// All that may be permitted, depending on what the input does not show.
    #[must_use]
    pub fn at_most(&self) -> &Reachability {
        self.answers.most.get_or_init(|| self.at_least().at_most())
    }

    fn reach_under(&self, reading: Reading) -> Reachability {
        let basis = || Arc::new(Basis::new(&self.cluster, &self.pod_blocks));
        Reachability::on(Arc::clone(self.answers.basis.get_or_init(basis)), &self.cluster, reading)
    }

    /// The workloads that a Service of the cluster selects.
    pub(crate) fn selected_by<'s>(
        &'s self,
        service: &'s Service,
    ) -> impl Iterator<Item = (WorkloadId, &'s Workload)> + use<'s> {
        let key = |service: &'s Service| (service.object.namespace, service.object.name.as_str());
        let place = self.cluster.services.binary_search_by_key(&key(service), |service| key(service));
        let selected = place.ok().and_then(|place| self.selections().get(place));
        self.with_ids(selected.into_iter().flatten().copied())
    }

    fn selections(&self) -> &[Vec<WorkloadId>] {
        self.answers.selections.get_or_init(|| self.cluster.selections())
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
        let of_workload = self.answers.services_of_workload.get_or_init(|| {
            let mut of_workload = vec![Vec::new(); self.cluster.workloads.len()];
            for (place, selected) in self.selections().iter().enumerate() {
                for id in selected {
                    of_workload
                        .get_mut(id.0 as usize)
                        .into_iter()
                        .for_each(|services: &mut Vec<_>| services.push(place));
                }
            }
            let asked_first = |place: &usize| self.cluster.services.get(*place)?.selector.iter().flatten().next();
            of_workload
                .iter_mut()
                .for_each(|places| places.sort_by_key(|place| asked_first(place).map(|(key, _)| key)));
            of_workload
        });
        let places = of_workload.get(workload.0 as usize).into_iter().flatten();
        places.filter_map(|&place| self.cluster.services.get(place).map(AsRef::as_ref))
    }

    /// The Services whose selector asks for a label.
    pub(crate) fn services_with(&self, key: &str, value: &str) -> impl Iterator<Item = &Service> {
        let index = self.answers.services_by_label.get_or_init(|| {
            let mut index: HashMap<SmolStr, HashMap<SmolStr, Vec<usize>>> = HashMap::default();
            for (place, service) in self.cluster.services.iter().enumerate() {
                for (key, value) in service.selector.iter().flatten() {
                    index.entry(key.clone()).or_default().entry(value.clone()).or_default().push(place);
                }
            }
            index
        });
        let places = index.get(key).and_then(|values| values.get(value)).into_iter().flatten();
        places.filter_map(|&place| self.cluster.services.get(place).map(AsRef::as_ref))
    }
}
