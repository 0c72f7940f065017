//! Workloads that use the Kubernetes API: those whose account has rights in it.

use std::collections::BTreeMap;

use super::{Client, Evidence, Reason, Target};
use crate::analysis::Analysis;
use crate::cluster::Cluster;
use crate::objects::{Binding, NamespaceId, Workload};

/// The workloads that use it, in order.
pub(super) fn clients(analysis: &Analysis) -> Vec<Evidence<'_>> {
    let bound = bound_accounts(analysis.cluster());
    if bound.is_empty() {
        return Vec::new();
    }
    let workloads = analysis.workloads().filter(|(_, workload)| !workload.host_network);
    let clients = workloads.filter_map(|(id, workload)| {
        let binding = bound.get(&account_of(analysis.cluster(), workload)?)?;
        Some(Evidence {
            client: Client::Workload(id),
            server: Target::ApiServer,
            reason: Reason::Binding(binding),
            place: workload.spec_origin.key("serviceAccountName").entry(),
        })
    });
    clients.collect()
}

/// The accounts that a role is bound to, each with its first binding. That of pods which name none is left out:
/// whatever is bound to it, few of them use it.
fn bound_accounts(cluster: &Cluster) -> BTreeMap<(NamespaceId, &str), &Binding> {
    let mut bound = BTreeMap::new();
    for binding in &cluster.intents.bindings {
        for (namespace, name) in binding.accounts.iter().filter(|(_, name)| name != "default") {
            let namespace = match namespace {
                Some(namespace) => cluster.namespace_named(namespace),
                None => Some(binding.object.namespace).filter(|_| binding.object.kind == "RoleBinding"),
            };
            if let Some(namespace) = namespace {
                bound.entry((namespace, name.as_str())).or_insert(binding);
            }
        }
    }
    bound
}

/// The account whose token the pods get.
fn account_of<'m>(cluster: &Cluster, workload: &'m Workload) -> Option<(NamespaceId, &'m str)> {
    let (namespace, name) = (workload.object.namespace, workload.service_account.as_ref()?);
    let by_default = || !cluster.intents.without_token.contains(&(namespace, name.clone()));
    workload.automount_token.unwrap_or_else(by_default).then_some((namespace, name))
}
