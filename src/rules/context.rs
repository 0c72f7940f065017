//! What a rule sees and how it reports.

use crate::analysis::Analysis;
use crate::cluster::Cluster;
use crate::diagnostic::{Draft, Subject};
use crate::facts::Facts;
use crate::facts::in_force::{RuleAt, rules};
use crate::facts::peers::PeerAt;
use crate::objects::{PolicyId, Workload, WorkloadId};
use crate::policy::Policy;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::reach::Reachability;
use crate::source::Location;

/// The cluster, what is known of it, and the findings of one rule so far.
pub(crate) struct Context<'m> {
    analysis: &'m Analysis,
    facts: &'m Facts<'m>,
    rule: &'static str,
    drafts: Vec<Draft>,
    latest: Option<Draft>,
}

impl<'m> Context<'m> {
    pub(super) fn new(analysis: &'m Analysis, facts: &'m Facts<'m>, rule: &'static str) -> Self {
        Self { analysis, facts, rule, drafts: Vec::new(), latest: None }
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

    /// The analysed cluster.
    pub(crate) fn analysis(&self) -> &'m Analysis {
        self.analysis
    }

    /// What is known of it.
    pub(crate) fn facts(&self) -> &'m Facts<'m> {
        self.facts
    }

    /// What it holds.
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

    /// The names of workloads, in order.
    pub(crate) fn names<'w>(&self, workloads: impl IntoIterator<Item = &'w WorkloadId>) -> Vec<&'m str> {
        self.analysis.names(workloads)
    }

    /// The NetworkPolicies that the API server accepts, with their common form.
    pub(crate) fn policies(&self) -> impl Iterator<Item = (PolicyId, &'m NetworkPolicy, &'m Policy)> + use<'m> {
        self.analysis.accepted_policies()
    }

    /// A policy as written.
    pub(crate) fn policy(&self, id: PolicyId) -> Option<&'m NetworkPolicy> {
        self.analysis.policy(id)
    }

    /// A policy in the tiered form.
    pub(crate) fn lowered(&self, id: PolicyId) -> Option<&'m Policy> {
        self.analysis.lowered(id)
    }

    /// Every rule that is in force, in order.
    pub(crate) fn rules(&self) -> impl Iterator<Item = RuleAt<'m>> + use<'m> {
        rules(self.analysis)
    }

    /// Every peer of every rule that is in force, in order.
    pub(crate) fn peers(&self) -> impl Iterator<Item = PeerAt<'m>> + use<'m> {
        self.facts.peers.iter().copied()
    }

    /// The object that a finding about a rule is about.
    pub(crate) fn subject(&self, rule: &RuleAt<'_>) -> Subject {
        self.cluster().subject(&rule.written.object)
    }

    /// All workloads.
    pub(crate) fn workloads(&self) -> impl Iterator<Item = (WorkloadId, &'m Workload)> + use<'m> {
        self.analysis.workloads()
    }

    /// One workload.
    pub(crate) fn workload(&self, id: WorkloadId) -> Option<&'m Workload> {
        self.analysis.workload(id)
    }
}
