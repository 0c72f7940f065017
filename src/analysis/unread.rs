//! What of the input netlint does not evaluate, and which pods that may be about.

use std::collections::{BTreeMap, BTreeSet};

use super::{Analysis, templates};
use crate::config::Cni;
use crate::net::Direction;
use crate::net::interval::IntervalSet;
use crate::objects::{NamespaceId, Object, PolicyId, WorkloadId};
use crate::policy::dialect::cilium::CiliumPolicy;
use crate::policy::dialect::unread::Unread;
use crate::policy::{Action, Enforcer, PolicyObject, StageName};
use crate::source::FileId;
use crate::text::phrase;

/// What follows from it.
const CONSEQUENCE: &str = "what they open or close is unknown, and findings that depend on it are notes at most";

/// Something of the input that is not known or not evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// What, in one line.
    pub message: String,
    /// The file that it is in, where it is in one.
    pub file: Option<FileId>,
}

impl Analysis {
    /// What of the input is not known or not evaluated, one line each: policies of kinds that netlint does not evaluate,
    /// documents that do not parse, templates, and what a kustomization leads to. Empty where everything is known.
    #[must_use]
    pub fn unknown(&self) -> Vec<Unknown> {
        let mut unknown = self.unread();
        let of_run = |message| Unknown { message, file: None };
        if self.broken > 0 {
            unknown.push(of_run("some documents do not parse".to_owned()));
        }
        unknown.extend(self.cluster.unread.iter().map(|it| of_run(format!("not known: {}", it.what))));
        unknown.extend(self.problems.iter().filter_map(templates::note).map(of_run));
        unknown
    }

    /// What the reader must know of the policies that are not evaluated.
    pub(super) fn unread(&self) -> Vec<Unknown> {
        let reasons = [
            (Unread::Kind, "policies of these kinds are not evaluated"),
            (Unread::Maker, "policies that these objects create are not evaluated"),
            (Unread::Text, "documents that cannot be read may be policies"),
        ];
        let notes = reasons.into_iter().filter_map(|(reason, words)| {
            let policies = || self.cluster.unevaluated().filter(|policy| policy.unread() == Some(reason));
            let file = policies().next()?.object.origin.file;
            let which = match reason {
                Unread::Text => {
                    let files: BTreeSet<&str> = policies().map(|it| self.sources.name(it.object.origin.file)).collect();
                    phrase::list(files)
                }
                Unread::Kind | Unread::Maker => self.by_kind(policies()),
            };
            Some(Unknown { message: format!("{words}: {which}; {CONSEQUENCE}"), file: Some(file) })
        });
        self.two_plugins().into_iter().chain(notes).collect()
    }

    /// That nothing tells which of two network plugins the cluster has, if it is so.
    fn two_plugins(&self) -> Option<Unknown> {
        let other = self.cluster.alternative.as_ref()?;
        let [one, other] = [self.cluster.arrangement.plugin?, other.plugin?];
        let [first, second] = [one, other].map(str::to_lowercase);
        let message = format!(
            "the input has policies of {one} and of {other}, and nothing says which plugin the cluster has: it is analysed \
             with each, without the policies of the other, and what only one of them permits is uncertain; \
             `cni: {{name: {first}}}` or `cni: {{name: {second}}}` in netlint.yaml decides"
        );
        Some(Unknown { message, file: None })
    }

    /// What the reader must know of objects that change nothing, and of policies that nothing enforces.
    pub(super) fn idle(&self) -> Vec<String> {
        let named = |objects: Vec<&Object>| -> Option<String> {
            let mut kinds: BTreeMap<&str, Vec<String>> = BTreeMap::new();
            for object in objects {
                kinds.entry(object.kind.as_str()).or_default().push(self.name_of(object));
            }
            let kinds: Vec<String> =
                kinds.into_iter().map(|(kind, names)| format!("{kind} {}", phrase::list(names))).collect();
            (!kinds.is_empty()).then(|| kinds.join(", "))
        };
        let (hosts, staged): (Vec<&Object>, Vec<&Object>) =
            self.cluster.idle.iter().partition(|object| object.kind == "HostEndpoint");
        let joins = |policy: &PolicyObject| self.cluster.enforces(&policy.policy.stage);
        let idle = self.cluster.policies.iter().filter(|policy| policy.unread().is_none() && !joins(policy));
        let foreign = named(idle.map(|policy| &policy.object).collect());
        let of_plugin = |names: String| match self.cni() {
            Some(cni) if self.cluster.arrangement.joins.is_empty() => {
                format!("{} enforces no policies, as `enablePolicy` says: {names}", cni.name)
            }
            cni => {
                let plugin = cni.map(|cni| cni.name.to_string()).unwrap_or_default();
                format!("{plugin} does not enforce policies of these kinds: {names}")
            }
        };
        let of_nodes =
            |object: &PolicyObject| !object.rejected && object.cilium_policy().is_some_and(CiliumPolicy::is_for_nodes);
        let of_nodes = self.cluster.policies.iter().filter(|object| joins(object) && of_nodes(object));
        let of_nodes = named(of_nodes.map(|policy| &policy.object).collect());
        let has_firewall =
            matches!(self.cni().map(Cni::enforcer), Some(Enforcer::Cilium(options)) if options.host_firewall);
        [
            named(staged).map(|names| format!("staged policies have no effect: {names}")),
            named(hosts).map(|names| format!("policies are evaluated for pods, not for hosts: {names}")),
            foreign.map(of_plugin),
            of_nodes.map(|names| match has_firewall {
                true => format!("policies for nodes are not evaluated: {names}"),
                false => {
                    format!("policies for nodes have no effect without the host firewall (`hostFirewall`): {names}")
                }
            }),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// ``CiliumNetworkPolicy `shop/api` and `shop/db`, EgressFirewall `shop/default` ``
    fn by_kind<'p>(&self, policies: impl Iterator<Item = &'p PolicyObject>) -> String {
        let mut kinds: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for policy in policies {
            kinds.entry(policy.object.kind.as_str()).or_default().push(self.name_of(&policy.object));
        }
        let kinds = kinds.into_iter().map(|(kind, names)| format!("{kind} {}", phrase::list(names)));
        kinds.collect::<Vec<_>>().join(", ")
    }

    fn name_of(&self, object: &Object) -> String {
        match object.namespace {
            NamespaceId::CLUSTER => object.name.to_string(),
            namespace => format!("{}/{}", self.cluster.namespace_name(namespace), object.name),
        }
    }

    /// Policies that are not evaluated.
    fn unread_policies(&self) -> impl Iterator<Item = (PolicyId, &PolicyObject)> {
        let any = self.cluster.enforces(&StageName::Unread);
        let policies = self.cluster.policies.iter().take(if any { usize::MAX } else { 0 }).zip(0..);
        let policies = policies.map(|(policy, index)| (PolicyId(index), policy.as_ref()));
        policies.filter(|(_, policy)| policy.unread().is_some())
    }

    /// Whether a policy that is not evaluated, and applies in a direction, may select a workload.
    pub(crate) fn may_be_selected_unread(&self, workload: WorkloadId, direction: Direction) -> bool {
        let reach = self.at_most();
        let group = reach.group(workload);
        let applies = |unread: &PolicyObject| !unread.policy.rules(direction).is_empty();
        self.unread_policies().any(|(id, unread)| applies(unread) && reach.selected_groups(id).contains(group))
    }

    /// The namespaces all of whose pods policies that are not evaluated may isolate in a direction.
    pub(crate) fn namespaces_closed_unread(&self, direction: Direction) -> impl Iterator<Item = NamespaceId> {
        let closing = self.unread_policies().filter(move |(_, unread)| may_close(unread, direction));
        let subjects =
            closing.map(|(_, unread)| &unread.policy.subject).filter(|subject| subject.is_whole_namespaces());
        subjects.flat_map(|subject| self.namespaces_of(&subject.namespaces)).map(|(id, _)| id)
    }
}

/// The workloads that policies which are not evaluated may isolate in a direction.
pub(crate) struct MayClose<'m> {
    analysis: &'m Analysis,
    groups: IntervalSet<u32>,
}

impl<'m> MayClose<'m> {
    /// Works them out.
    pub(crate) fn new(analysis: &'m Analysis, direction: Direction) -> Self {
        let closing = analysis.unread_policies().filter(|(_, unread)| may_close(unread, direction));
        let groups = closing.flat_map(|(id, _)| analysis.at_most().selected_groups(id).into_owned().into_intervals());
        Self { analysis, groups: IntervalSet::from_intervals(groups) }
    }

    /// Whether a workload is one of them.
    pub(crate) fn holds(&self, workload: WorkloadId) -> bool {
        !self.groups.is_empty() && self.groups.contains(self.analysis.at_most().group(workload))
    }
}

fn may_close(unread: &PolicyObject, direction: Direction) -> bool {
    unread.policy.rules(direction).iter().any(|rule| rule.action == Action::Deny)
}
