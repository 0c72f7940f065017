//! The shortest texts that name workloads and read well side by side.

use std::collections::HashSet;

use super::End;
use crate::cluster::{Cluster, PresumedAs};
use crate::objects::{NamespaceId, Object, WorkloadId};

/// How the objects of a cluster are called: `NAME` where all workloads are in one namespace, else `NS/NAME`; with
/// the kind between them where workloads of a namespace share the name.
#[derive(Debug)]
pub struct Names<'c> {
    cluster: &'c Cluster,
    one_namespace: bool,
    shared: HashSet<(NamespaceId, &'c str)>,
}

impl<'c> Names<'c> {
    /// Looks at all names once.
    #[must_use]
    pub fn new(cluster: &'c Cluster) -> Self {
        let mut seen = HashSet::new();
        let objects = cluster.workloads.iter().map(|workload| (workload.object.namespace, &*workload.object.name));
        let shared = objects.filter(|object| !seen.insert(*object)).collect();
        let namespaces = (cluster.workloads.first(), cluster.workloads.last());
        let one_namespace = match namespaces {
            (Some(first), Some(last)) => first.object.namespace == last.object.namespace,
            _ => true,
        };
        Self { cluster, one_namespace, shared }
    }

    /// What to call a workload.
    #[must_use]
    pub fn workload(&self, id: WorkloadId) -> String {
        let Some(workload) = self.cluster.workloads.get(id.0 as usize) else { return String::new() };
        let object = &workload.object;
        let namespace = self.cluster.namespace_name(object.namespace);
        let name = &object.name;
        match (self.one_namespace, self.shared.contains(&(object.namespace, name))) {
            (true, false) => name.to_string(),
            (true, true) => format!("{}/{name}", object.kind),
            (false, false) => format!("{namespace}/{name}"),
            (false, true) => format!("{namespace}/{}/{name}", object.kind),
        }
    }

    /// What to call an end; for a single workload, block or word it can be typed as an endpoint.
    #[must_use]
    pub fn end(&self, end: &End) -> String {
        match end {
            End::Workload(id) => self.workload(*id),
            End::External(addresses) => addresses.to_string(),
            End::IngressController => "ingress-controller".to_owned(),
            End::AnyPod(None) => "any-pod".to_owned(),
            End::AnyPod(Some(namespace)) => format!("{}/any-pod", self.cluster.namespace_name(*namespace)),
            End::Presumed(index) => {
                let Some(pod) = self.cluster.presumed.get(*index) else { return String::new() };
                if let PresumedAs::Replica { name, .. } = &pod.presumed_as {
                    return match self.one_namespace {
                        true => name.to_string(),
                        false => format!("{}/{name}", self.cluster.namespace_name(pod.namespace)),
                    };
                }
                let labels: Vec<String> = pod.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
                format!("{}/{}", self.cluster.namespace_name(pod.namespace), labels.join(","))
            }
        }
    }

    /// What to call all workloads of a namespace.
    #[must_use]
    pub fn all_of(&self, namespace: NamespaceId) -> String {
        if self.one_namespace { "*".to_owned() } else { format!("{}/*", self.cluster.namespace_name(namespace)) }
    }

    /// The whole name of any object, which means nothing else.
    #[must_use]
    pub fn full(&self, object: &Object) -> String {
        format!("{}/{}/{}", self.cluster.namespace_name(object.namespace), object.kind, object.name)
    }
}
