//! A deny-all for every namespace, those of the cluster's own services included.

use super::about;
use crate::facts::admin::AdminRule;
use crate::net::Protocol;
use crate::net::ports::PortSet;
use crate::policy::Action;
use crate::policy::dialect::admin::AdminTier;
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};

/// Where the cluster's own services run: DNS, network plugin, storage.
const SYSTEM: &str = "kube-system";

/// A port that stands for all that is no DNS.
const HTTPS: u16 = 443;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let Some(namespace) = context.cluster().namespace_named(SYSTEM) else { return };
    for fate in &context.facts().admin.fates {
        let rule = &fate.rule;
        let is_deny = rule.rule.action == Action::Deny && rule.written.tier == AdminTier::Admin;
        if is_deny && is_for_everyone(rule) && denies_all_of(context, rule, Endpoint::OtherPod(namespace)) {
            report(context, rule);
        }
    }
}

fn is_for_everyone(rule: &AdminRule<'_>) -> bool {
    let subject = &rule.object.policy.subject;
    subject.is_whole_namespaces() && subject.namespaces == crate::policy::NamespaceSet::every()
}

/// Whether a rule surely denies a pod what it has from or to any other pod, DNS perhaps left out.
fn denies_all_of(context: &Context<'_>, rule: &AdminRule<'_>, pod: Endpoint) -> bool {
    let any_pod = Endpoint::UnknownNamespace;
    let denier =
        context.facts().admin.tiers.denier(rule.at.direction, pod, any_pod, &PortSet::single(Protocol::Tcp, HTTPS));
    denier.is_some_and(|denier| denier.at == rule.at)
}

fn report(context: &mut Context<'_>, rule: &AdminRule<'_>) {
    let message = format!("{} denies {} of all system pods as well", rule.title(), rule.at.direction);
    let subject = about(context, rule);
    let place = rule.object.subject_origin().entry();
    context.report_because(Cause::Rule(rule.at), place, subject, message).remark("every namespace").help(
        "leave out the cluster's own namespaces: `matchExpressions: [{key: kubernetes.io/metadata.name, \
         operator: NotIn, values: [kube-system]}]`",
    );
}
