//! Namespaces by name.

use super::Cluster;
use crate::objects::{Monitor, Namespace, NamespaceId};

impl Cluster {
    /// The namespaces in which a monitor looks.
    #[must_use]
    pub fn scraped_by(&self, monitor: &Monitor) -> Vec<NamespaceId> {
        if monitor.any_namespace {
            return (0..).map(NamespaceId).take(self.namespaces.len()).collect();
        }
        if monitor.namespaces.is_empty() {
            return vec![monitor.object.namespace];
        }
        monitor.namespaces.iter().filter_map(|name| self.namespace_named(name)).collect()
    }

    /// The namespace of this name.
    #[must_use]
    pub fn namespace_named(&self, name: &str) -> Option<NamespaceId> {
        namespace_named(&self.namespaces, name)
    }
}

pub(super) fn namespace_named(namespaces: &[Namespace], name: &str) -> Option<NamespaceId> {
    let found = namespaces.binary_search_by(|namespace| namespace.name.as_str().cmp(name)).ok()?;
    u32::try_from(found).ok().map(NamespaceId)
}
