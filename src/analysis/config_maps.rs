//! The ConfigMaps that workloads take.

use std::collections::{BTreeMap, HashSet};

use foldhash::HashMap;
use rayon::prelude::*;
use smol_str::SmolStr;

use crate::analysis::Analysis;
use crate::manifest::{self, ConfigMap, Setting};
use crate::objects::{NamespaceId, WorkloadId};
use crate::source::FileId;

/// The ConfigMaps that some workload takes, by namespace and name.
#[derive(Debug, Default)]
pub(crate) struct ConfigMaps(HashMap<NamespaceId, HashMap<SmolStr, ConfigMap>>);

impl ConfigMaps {
    /// Reads them, on all cores, from all files of the cluster: most of what ConfigMaps hold matters to nobody, so
    /// that they are not read with everything else, but by whoever asks for them.
    pub(crate) fn read(analysis: &Analysis) -> Self {
        let workloads = analysis.cluster.workloads.iter();
        let wanted: HashSet<&str> =
            workloads.flat_map(|it| &it.config_maps).map(|reference| reference.name.as_str()).collect();
        if wanted.is_empty() {
            return Self::default();
        }
        let sources = &analysis.sources;
        let read = |&file: &FileId| manifest::config_maps(file, sources.text(file), |name| wanted.contains(name));
        let read: Vec<_> = analysis.files.par_iter().map(read).collect();
        let home = analysis.cluster.default_namespace;
        let mut placed: HashMap<NamespaceId, HashMap<SmolStr, ConfigMap>> = HashMap::default();
        for map in read.into_iter().flatten() {
            let namespace = match &map.namespace {
                Some(name) => analysis.cluster.namespace_named(name),
                None => home,
            };
            if let Some(namespace) = namespace {
                placed.entry(namespace).or_default().insert(map.name.clone(), map);
            }
        }
        Self(placed)
    }

    /// The first workload, in order, up to which workloads take more than this of the settings of ConfigMaps.
    pub(crate) fn first_beyond(
        &self,
        analysis: &Analysis,
        most: usize,
        weight: impl Fn(&Setting) -> usize,
    ) -> WorkloadId {
        let mut weights: HashMap<(NamespaceId, &str), BTreeMap<&str, usize>> = HashMap::default();
        let mut sum = 0_usize;
        for (id, workload) in analysis.workloads() {
            let namespace = workload.object.namespace;
            for reference in &workload.config_maps {
                let Some(map) = self.get(namespace, &reference.name) else { continue };
                let weigh = || map.settings.iter().map(|it| (it.key.as_str(), weight(it))).collect();
                let of_map = weights.entry((namespace, map.name.as_str())).or_insert_with(weigh);
                sum = sum.saturating_add(match &reference.key {
                    Some(key) => of_map.get(key.as_str()).copied().unwrap_or_default(),
                    None => of_map.values().sum(),
                });
            }
            if sum > most {
                return id;
            }
        }
        WorkloadId(u32::MAX)
    }

    /// The ConfigMap of this name.
    pub(crate) fn get(&self, namespace: NamespaceId, name: &str) -> Option<&ConfigMap> {
        self.0.get(&namespace)?.get(name)
    }
}
