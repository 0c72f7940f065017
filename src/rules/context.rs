//! What a rule sees and how it reports.

use crate::analysis::Analysis;
use crate::cluster::Cluster;
use crate::diagnostic::{Draft, Subject};
use crate::facts::Facts;
use crate::facts::in_force::{RuleAt, rules};
use crate::facts::peers::PeerAt;
use crate::facts::refused::refused;
use crate::net::Direction;
use crate::objects::{PolicyId, Workload, WorkloadId};
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{Policy, PolicyObject};
use crate::reach::Reachability;
use crate::rules::key::Keys;
use crate::rules::{Cause, Claim, Left};
use crate::source::{Location, Place};

/// The cluster, what is known of it, and the findings of one rule so far.
pub(crate) struct Context<'m> {
    analysis: &'m Analysis,
    facts: &'m Facts<'m>,
    rule: &'static str,
    claims: Vec<Claim<'m>>,
    keys: Keys,
    latest: Option<(Option<Cause>, Draft)>,
}

impl<'m> Context<'m> {
    pub(super) fn new(analysis: &'m Analysis, facts: &'m Facts<'m>, rule: &'static str) -> Self {
        Self { analysis, facts, rule, claims: Vec::new(), keys: Keys::default(), latest: None }
    }

    pub(super) fn into_claims(mut self) -> Vec<Claim<'m>> {
        self.keep_latest();
        self.claims
    }

    fn keep_latest(&mut self) {
        let (analysis, latest) = (self.analysis, self.latest.take());
        self.claims.extend(latest.map(|(cause, draft)| match cause {
            Some(cause) => {
                let draft = without_foreign_fix(analysis, &cause, draft);
                Claim::new(cause, draft)
            }
            None => Claim::certain(draft),
        }));
    }

    /// Reports a finding about an object that no other rule is about.
    pub(crate) fn report(
        &mut self,
        place: impl Into<Location>,
        about: Subject,
        message: impl Into<String>,
    ) -> &mut Draft {
        self.report_cause(None, place, about, message)
    }

    /// Reports a finding about an object and its cause, which other rules may be about as well. What the manifests say
    /// at a rule, a peer or a port distinguishes it from those at others.
    pub(crate) fn report_because(
        &mut self,
        cause: Cause,
        place: impl Into<Location>,
        about: Subject,
        message: impl Into<String>,
    ) -> &mut Draft {
        self.report_cause(Some(cause), place, about, message)
    }

    fn report_cause(
        &mut self,
        cause: Option<Cause>,
        place: impl Into<Location>,
        about: Subject,
        message: impl Into<String>,
    ) -> &mut Draft {
        let mut draft = Draft::new(self.rule, place, message);
        draft.about(about);
        draft.key = cause.as_ref().map(|cause| self.keys.of(self.analysis, cause)).unwrap_or_default();
        self.keep_latest();
        &mut self.latest.insert((cause, draft)).1
    }

    /// Claims several causes, of which findings are composed once it is known which of them no other rule covers.
    pub(crate) fn claim(&mut self, causes: Vec<Cause>, compose: impl FnOnce(&mut Self, &Left) + Send + 'm) {
        self.claim_explained(causes, Vec::new(), compose);
    }

    /// Claims several causes that may only be consequences of others: of those, too, `compose` is told which no other
    /// rule covers.
    pub(crate) fn claim_explained(
        &mut self,
        causes: Vec<Cause>,
        explanations: Vec<Cause>,
        compose: impl FnOnce(&mut Self, &Left) + Send + 'm,
    ) {
        self.keep_latest();
        let (analysis, facts, rule) = (self.analysis, self.facts, self.rule);
        let compose = move |left: &Left| {
            let mut context = Context::new(analysis, facts, rule);
            compose(&mut context, left);
            context.into_claims().into_iter().flat_map(|claim| claim.into_drafts(|_| true)).collect()
        };
        self.claims.push(Claim::composed(rule, causes, compose).explained_by(explanations));
    }

    /// Reports what another module has found.
    pub(crate) fn add(&mut self, draft: impl FnOnce(&'static str) -> Option<Draft>) {
        self.keep_latest();
        self.claims.extend(draft(self.rule).map(Claim::certain));
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

    /// A policy of a namespace or of a plugin that is enforced.
    pub(crate) fn policy(&self, id: PolicyId) -> Option<&'m PolicyObject> {
        self.analysis.policy(id)
    }

    /// A policy of any kind, enforced or not.
    pub(crate) fn any_policy(&self, id: PolicyId) -> Option<&'m PolicyObject> {
        self.analysis.any_policy(id)
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
        self.cluster().subject(&rule.object.object)
    }

    /// What to say of policies that the API server refuses, where they would have applied to some of the workloads.
    pub(crate) fn refused(&self, direction: Direction, workloads: &[WorkloadId]) -> Vec<(Place, String)> {
        refused(self.analysis, direction, workloads)
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

/// A draft without its fix where that is about a policy of another dialect: fixes are written as the API has it.
fn without_foreign_fix(analysis: &Analysis, cause: &Cause, draft: Draft) -> Draft {
    let policy = cause.policy().and_then(|id| analysis.any_policy(id));
    let is_foreign = policy.is_some_and(|policy| policy.network_policy().is_none());
    Draft { fix: draft.fix.filter(|_| !is_foreign), ..draft }
}
