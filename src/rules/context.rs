//! What a rule sees and how it reports.

use crate::analysis::Analysis;
use crate::cluster::{Cluster, Confidence, Tier};
use crate::diagnostic::{Draft, Subject};
use crate::net::Direction;
use crate::objects::{NamespaceId, Object, PolicyId, Workload, WorkloadId};
use crate::policy::Policy;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::reach::Reachability;
use crate::rules::shared::Shared;
use crate::source::{Location, Origin, Place};

/// The model, and the findings of one rule so far.
pub(crate) struct Context<'m> {
    analysis: &'m Analysis,
    shared: &'m Shared<'m>,
    rule: &'static str,
    drafts: Vec<Draft>,
    latest: Option<Draft>,
}

impl<'m> Context<'m> {
    pub(super) fn new(analysis: &'m Analysis, shared: &'m Shared<'m>, rule: &'static str) -> Self {
        Self { analysis, shared, rule, drafts: Vec::new(), latest: None }
    }

    pub(super) fn into_drafts(mut self) -> Vec<Draft> {
        self.drafts.extend(self.latest);
        self.drafts
    }

    /// Reports a finding about an object.
    pub(crate) fn report(
        &mut self,
        place: impl Into<Location>,
        about: Subject,
        message: impl Into<String>,
    ) -> &mut Draft {
        let mut draft = Draft::new(self.rule, place, message);
        draft.about(about);
        self.drafts.extend(self.latest.take());
        self.latest.insert(draft)
    }

    /// Reports what another module has found.
    pub(crate) fn add(&mut self, draft: impl FnOnce(&'static str) -> Option<Draft>) {
        self.drafts.extend(draft(self.rule));
    }

    pub(crate) fn analysis(&self) -> &'m Analysis {
        self.analysis
    }

    /// What other rules ask as well.
    pub(super) fn shared(&self) -> &'m Shared<'m> {
        self.shared
    }

    pub(crate) fn cluster(&self) -> &'m Cluster {
        self.analysis.cluster()
    }

    /// What is permitted for certain: for findings that something is open.
    pub(crate) fn at_least(&self) -> &'m Reachability {
        self.analysis.at_least()
    }

    /// All that may be permitted: for findings that something is blocked.
    pub(crate) fn at_most(&self) -> &'m Reachability {
        self.analysis.at_most()
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
        let declared = self.cluster().namespaces.get(namespace.0 as usize).and_then(|it| it.manifest.clone());
        match declared {
            Some(manifest) => Some(manifest.keys(["metadata", "name"]).value()),
            None => workloads.first().and_then(|&first| self.workload(first)).map(|it| it.object.name_place()),
        }
    }

    /// The namespace as the object of a finding.
    pub(crate) fn namespace_subject(&self, namespace: NamespaceId) -> Subject {
        let name = self.cluster().namespace_name(namespace).to_owned();
        Subject { kind: "Namespace".to_owned(), namespace: None, name }
    }

    /// The names of workloads, in order.
    pub(crate) fn names<'w>(&self, workloads: impl IntoIterator<Item = &'w WorkloadId>) -> Vec<&'m str> {
        let workloads = workloads.into_iter().filter_map(|&id| self.workload(id));
        workloads.map(|workload| workload.object.name.as_str()).collect()
    }

    /// The NetworkPolicies that the API server accepts, with their common form.
    pub(crate) fn policies(&self) -> impl Iterator<Item = (PolicyId, &'m NetworkPolicy, &'m Policy)> + use<'m> {
        let accepted = self.cluster().policies.iter().zip(0..).filter(|(policy, _)| !policy.rejected);
        accepted.filter_map(|(policy, index)| Some((PolicyId(index), policy.network_policy()?, &policy.policy)))
    }

    pub(crate) fn policy(&self, id: PolicyId) -> Option<&'m NetworkPolicy> {
        self.cluster().policies.get(id.0 as usize)?.network_policy()
    }

    pub(crate) fn lowered(&self, id: PolicyId) -> Option<&'m Policy> {
        self.cluster().policies.get(id.0 as usize).map(|policy| &policy.policy)
    }

    pub(crate) fn workloads(&self) -> impl Iterator<Item = (WorkloadId, &'m Workload)> + use<'m> {
        self.cluster().workloads.iter().zip(0..).map(|(workload, index)| (WorkloadId(index), &**workload))
    }

    /// Whether a workload is meant for everybody: it is of the frontend, or an Ingress, a route or a Service opens it
    /// to the outside.
    pub(crate) fn is_public(&self, id: WorkloadId) -> bool {
        let tier = self.analysis.tier(id).filter(|tier| tier.confidence > Confidence::Low);
        tier.is_some_and(|tier| tier.tier == Tier::Frontend) || self.analysis.exposure(id).is_some()
    }

    pub(crate) fn workload(&self, id: WorkloadId) -> Option<&'m Workload> {
        self.cluster().workloads.get(id.0 as usize).map(AsRef::as_ref)
    }
}

impl NetworkPolicy {
    /// Where the policy says that it isolates in this direction: the item of `policyTypes`, else what the
    /// default follows from.
    pub(crate) fn isolation_place(&self, direction: Direction) -> Place {
        let spec = self.object.origin.key("spec");
        let mut types = self.policy_types.iter().flatten();
        match types.position(|isolated| *isolated == Some(direction)) {
            Some(index) => spec.key("policyTypes").index(index).value(),
            None if direction == Direction::Egress => spec.key("egress").key_only(),
            None => self.object.origin.keys(["metadata", "name"]).value(),
        }
    }

    /// What keeps out whatever it does not admit: its rules, else what says that it isolates.
    pub(crate) fn restriction_place(&self, direction: Direction) -> Place {
        if self.has_rules(direction) {
            self.rules_origin(direction).key_only()
        } else {
            self.isolation_place(direction)
        }
    }

    /// The rules of a direction.
    pub(crate) fn rules_origin(&self, direction: Direction) -> Origin {
        self.object.origin.keys(["spec", direction.field()])
    }

    /// One rule.
    pub(crate) fn rule_origin(&self, direction: Direction, rule: usize) -> Origin {
        self.rules_origin(direction).index(rule)
    }

    /// One peer of a rule.
    pub(crate) fn peer_origin(&self, direction: Direction, rule: usize, peer: usize) -> Origin {
        self.rule_origin(direction, rule).key(direction.peers_field()).index(peer)
    }
}

impl Object {
    /// Where its name stands.
    pub(crate) fn name_place(&self) -> Place {
        self.origin.keys(["metadata", "name"]).value()
    }
}
