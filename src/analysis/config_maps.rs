//! The ConfigMaps that workloads take.

use std::collections::HashSet;

use foldhash::HashMap;
use rayon::prelude::*;
use smol_str::SmolStr;

use crate::analysis::Analysis;
use crate::manifest::{self, ConfigMap};
use crate::objects::NamespaceId;
use crate::source::FileId;

/// ConfigMaps by namespace and name.
pub(super) type ConfigMaps = HashMap<NamespaceId, HashMap<SmolStr, ConfigMap>>;

impl Analysis {
    /// A ConfigMap that some workload takes. They are read when one is first asked for: most are large, and few rules
    /// care.
    #[must_use]
    pub fn config_map(&self, namespace: NamespaceId, name: &str) -> Option<&ConfigMap> {
        self.answers.config_maps.get_or_init(|| self.config_maps()).get(&namespace)?.get(name)
    }

    pub(super) fn config_maps(&self) -> ConfigMaps {
        let workloads = self.cluster.workloads.iter();
        let wanted: HashSet<&str> =
            workloads.flat_map(|it| &it.config_maps).map(|reference| reference.name.as_str()).collect();
        if wanted.is_empty() {
            return ConfigMaps::default();
        }
        let read = |&file: &FileId| manifest::config_maps(file, self.sources.text(file), |name| wanted.contains(name));
        let read: Vec<_> = self.files.par_iter().map(read).collect();
        let home = self.cluster.default_namespace;
        let mut placed = ConfigMaps::default();
        for map in read.into_iter().flatten() {
            let namespace = match &map.namespace {
                Some(name) => self.cluster.namespace_named(name),
                None => home,
            };
            if let Some(namespace) = namespace {
                placed.entry(namespace).or_default().insert(map.name.clone(), map);
            }
        }
        placed
    }
}
