//! Sources taken together: who is meant by any of several texts.

use std::collections::BTreeSet;

use super::pattern::{self, Name, Pattern};
use super::{End, EndpointError, Resolver};
use crate::cluster::Cluster;
use crate::net::address::AddressSet;
use crate::objects::{NamespaceId, WorkloadId};

/// Everything that any of several sources stands for. `*`, `NS/*` and `any-pod` cover the pods that the input does not
/// show as well.
#[derive(Clone, Debug, Default)]
pub struct Cover {
    workloads: BTreeSet<WorkloadId>,
    presumed: BTreeSet<usize>,
    /// The addresses outside.
    pub addresses: AddressSet,
    ingress_controller: bool,
    /// Namespaces whose every pod is meant.
    namespaces: BTreeSet<NamespaceId>,
    /// Whether every pod is meant.
    everywhere: bool,
}

impl Cover {
    /// Adds what a text stands for.
    ///
    /// # Errors
    /// Where the text is not a source of the cluster.
    pub fn add(&mut self, resolver: &Resolver<'_>, text: &str) -> Result<(), EndpointError> {
        for end in resolver.source(text)?.ends {
            match end {
                End::Workload(id) => drop(self.workloads.insert(id)),
                End::Presumed(index) => drop(self.presumed.insert(index)),
                End::External(addresses) => self.addresses = self.addresses.union(&addresses),
                End::IngressController => self.ingress_controller = true,
                End::AnyPod(Some(namespace)) => drop(self.namespaces.insert(namespace)),
                End::AnyPod(None) => self.everywhere = true,
            }
        }
        match pattern::parse(text)?.0 {
            Pattern::Everything => self.everywhere = true,
            Pattern::Name(Name::Scoped(scope, name)) if name == "*" => {
                self.everywhere |= scope == "*";
                self.namespaces.extend(resolver.namespace(&scope));
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether this end is meant; addresses are to be compared with [`Self::addresses`].
    #[must_use]
    pub fn contains(&self, end: &End, cluster: &Cluster) -> bool {
        if self.everywhere {
            return !matches!(end, End::External(_));
        }
        match end {
            End::Workload(id) => {
                let namespace = cluster.workloads.get(id.0 as usize).map(|workload| workload.object.namespace);
                self.workloads.contains(id) || namespace.is_some_and(|namespace| self.namespaces.contains(&namespace))
            }
            End::Presumed(index) => self.presumed.contains(index),
            End::External(addresses) => self.addresses.is_superset(addresses),
            End::IngressController => self.ingress_controller,
            End::AnyPod(namespace) => namespace.is_some_and(|namespace| self.namespaces.contains(&namespace)),
        }
    }
}
