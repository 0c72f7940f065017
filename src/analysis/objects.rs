//! What the cluster holds, as rules and facts go through it.

use super::Analysis;
use crate::cluster::{Confidence, Tier};
use crate::diagnostic::Subject;
use crate::objects::{NamespaceId, PolicyId, Workload, WorkloadId};
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{Dialect, Policy, PolicyObject};
use crate::source::Place;

impl Analysis {
    /// The policies that the API server accepts, with their tiered form.
    pub(crate) fn accepted_policies(&self) -> impl Iterator<Item = (PolicyId, &NetworkPolicy, &Policy)> {
        let accepted = self.cluster.policies.iter().zip(0..).filter(|(policy, _)| !policy.rejected);
        accepted.filter_map(|(policy, index)| Some((PolicyId(index), policy.network_policy()?, &policy.policy)))
    }

    /// The policies of namespaces and of plugins that are in force.
    pub(crate) fn policies_in_force(&self) -> impl Iterator<Item = (PolicyId, &PolicyObject)> {
        let in_force = |policy: &PolicyObject| !policy.rejected && self.is_enforced(policy);
        let policies = self.cluster.policies.iter().map(AsRef::as_ref).zip(0..);
        policies.filter(move |(policy, _)| in_force(policy)).map(|(policy, index)| (PolicyId(index), policy))
    }

    /// The policies of every kind that is evaluated and in force, those of the admin tiers too.
    pub(crate) fn evaluated_policies(&self) -> impl Iterator<Item = (PolicyId, &PolicyObject)> {
        let is_evaluated = |policy: &PolicyObject| {
            !policy.rejected && policy.unread().is_none() && self.cluster.enforces(&policy.policy.stage)
        };
        let policies = self.cluster.policies.iter().map(AsRef::as_ref).zip(0..);
        policies.filter(move |(policy, _)| is_evaluated(policy)).map(|(policy, index)| (PolicyId(index), policy))
    }

    /// Whether a policy isolates pods, and something in the cluster enforces it: those of the admin tiers isolate none,
    /// and what others do that are not evaluated nobody knows.
    fn is_enforced(&self, policy: &PolicyObject) -> bool {
        !matches!(policy.dialect, Dialect::Admin(_) | Dialect::Unread(_)) && self.cluster.enforces(&policy.policy.stage)
    }

    /// A policy of a namespace or of a plugin that is enforced.
    pub(crate) fn policy(&self, id: PolicyId) -> Option<&PolicyObject> {
        self.any_policy(id).filter(|policy| self.is_enforced(policy))
    }

    /// A policy of any kind, enforced or not.
    pub(crate) fn any_policy(&self, id: PolicyId) -> Option<&PolicyObject> {
        self.cluster.policies.get(id.0 as usize).map(AsRef::as_ref)
    }

    /// A policy in the tiered form.
    pub(crate) fn lowered(&self, id: PolicyId) -> Option<&Policy> {
        self.any_policy(id).map(|policy| &policy.policy)
    }

    /// All workloads.
    pub(crate) fn workloads(&self) -> impl Iterator<Item = (WorkloadId, &Workload)> {
        self.cluster.workloads.iter().zip(0..).map(|(workload, index)| (WorkloadId(index), &**workload))
    }

    /// One workload.
    pub(crate) fn workload(&self, id: WorkloadId) -> Option<&Workload> {
        self.cluster.workloads.get(id.0 as usize).map(AsRef::as_ref)
    }

    /// The names of workloads, in order.
    pub(crate) fn names<'w>(&self, workloads: impl IntoIterator<Item = &'w WorkloadId>) -> Vec<&str> {
        let workloads = workloads.into_iter().filter_map(|&id| self.workload(id));
        workloads.map(|workload| workload.object.name.as_str()).collect()
    }

    /// The namespaces that hold workloads, each with those that policies apply to.
    pub(crate) fn namespaces(&self) -> Vec<(NamespaceId, Vec<WorkloadId>)> {
        let mut namespaces: Vec<(NamespaceId, Vec<WorkloadId>)> = Vec::new();
        for (id, workload) in self.workloads().filter(|(_, workload)| !workload.host_network) {
            match namespaces.last_mut() {
                Some((namespace, workloads)) if *namespace == workload.object.namespace => workloads.push(id),
                _ => namespaces.push((workload.object.namespace, vec![id])),
            }
        }
        namespaces
    }

    /// Where a namespace is best named: in its manifest, else by one of its workloads.
    pub(crate) fn namespace_place(&self, namespace: NamespaceId, workloads: &[WorkloadId]) -> Option<Place> {
        let declared = self.cluster.namespaces.get(namespace.0 as usize).and_then(|it| it.manifest.clone());
        match declared {
            Some(manifest) => Some(manifest.keys(["metadata", "name"]).value()),
            None => workloads.first().and_then(|&first| self.workload(first)).map(|it| it.object.name_place()),
        }
    }

    /// The namespace as the object of a finding.
    pub(crate) fn namespace_subject(&self, namespace: NamespaceId) -> Subject {
        let name = self.cluster.namespace_name(namespace).to_owned();
        Subject { kind: "Namespace".to_owned(), namespace: None, name }
    }

    /// Whether a workload is meant for everyone: it is of the frontend, or an Ingress, a route or a Service opens it
    /// to the outside.
    pub(crate) fn is_public(&self, id: WorkloadId) -> bool {
        let tier = self.tier(id).filter(|tier| tier.confidence > Confidence::Low);
        tier.is_some_and(|tier| tier.tier == Tier::Frontend) || self.exposure(id).is_some()
    }

    /// Whether the input shows any workload of the namespace.
    pub(crate) fn has_workloads(&self, namespace: NamespaceId) -> bool {
        self.cluster.workloads_in(namespace).next().is_some()
    }

    /// Whether the input holds anything that the namespace is for, or declares it.
    pub(crate) fn is_in_input(&self, namespace: NamespaceId) -> bool {
        let cluster = &self.cluster;
        let declared = cluster.namespaces.get(namespace.0 as usize).is_some_and(|it| it.manifest.is_some());
        declared
            || self.has_workloads(namespace)
            || !cluster.services_in(namespace).is_empty()
            || !cluster.custom_resources_in(namespace).is_empty()
    }
}
