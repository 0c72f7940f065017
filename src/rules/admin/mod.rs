//! Policies of the tiers Admin and Baseline: their order, what lies between the tiers, and what they were not meant for.

pub(super) mod admin_deny_overrides_allow;
pub(super) mod ambiguous_priority;
pub(super) mod baseline_accept_overridden;
pub(super) mod cluster_wide_deny;
pub(super) mod deny_all_spares_outside;
pub(super) mod deny_network_covers_pods;
pub(super) mod domain_name_not_accept;
pub(super) mod empty_admin_policy;
pub(super) mod mixed_admin_apis;
pub(super) mod pass_to_nothing;
pub(super) mod redundant_pass;
pub(super) mod shadowed_admin_rule;
pub(super) mod unsupported_by_plugin;

use crate::diagnostic::Subject;
use crate::facts::admin::AdminRule;
use crate::objects::PolicyId;
use crate::policy::Action;
use crate::policy::dialect::PolicyObject;
use crate::policy::dialect::admin::AdminPolicy;
use crate::reach::Endpoint;
use crate::rules::Context;

/// How many other places are shown.
const SHOWN: usize = 3;

/// What a rule does, as a verb.
fn verb(rule: &AdminRule<'_>) -> &'static str {
    match rule.rule.action {
        Action::Allow => "accepts",
        Action::Deny => "denies",
        Action::Pass => "passes",
        Action::None => "ignores",
    }
}

/// The object that a finding about a rule is about.
fn about(context: &Context<'_>, rule: &AdminRule<'_>) -> Subject {
    context.cluster().subject(&rule.object.object)
}

/// The policies that are in force, in order.
fn policies<'m>(context: &Context<'m>) -> impl Iterator<Item = (PolicyId, &'m PolicyObject, &'m AdminPolicy)> {
    let policies = context.analysis().policies().iter().zip(0..).filter(|(policy, _)| !policy.rejected);
    policies.filter_map(|(policy, index)| Some((PolicyId(index), &**policy, policy.admin_policy()?)))
}

/// An end of a connection in words.
fn end(context: &Context<'_>, endpoint: Endpoint) -> String {
    let cluster = context.cluster();
    match endpoint {
        Endpoint::Workload(id) => context.workload(id).map_or_else(String::new, |workload| {
            let namespace = cluster.namespace_name(workload.object.namespace);
            format!("`{namespace}/{}`", workload.object.name)
        }),
        Endpoint::OtherPod(namespace) => format!("pods of namespace `{}`", cluster.namespace_name(namespace)),
        Endpoint::UnknownNamespace => "pods of other namespaces".to_owned(),
        Endpoint::Presumed(_) => "the cluster's DNS".to_owned(),
        Endpoint::IngressController => "the ingress controller".to_owned(),
        Endpoint::OwnNode | Endpoint::OtherNode => "nodes".to_owned(),
        Endpoint::ApiServer => "the API server".to_owned(),
        Endpoint::Domain(place) => {
            let name = context.analysis().reach().domains().get(place as usize);
            format!("`{}`", name.map_or("", |name| name))
        }
        Endpoint::External(address) => format!("`{address}`"),
    }
}
