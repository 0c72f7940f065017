//! A deny-all or a default deny for every namespace, those of the cluster's own services included.

use super::about;
use crate::facts::admin::AdminRule;
use crate::net::ports::PortSet;
use crate::net::{Direction, Protocol};
use crate::objects::PolicyId;
use crate::policy::dialect::Dialect;
use crate::policy::dialect::admin::AdminTier;
use crate::policy::dialect::calico::DEFAULT_TIER;
use crate::policy::{Action, NamespaceSet, PolicyObject};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};

/// Where the cluster's own services run: DNS, network plugin, storage.
const SYSTEM: &str = "kube-system";

/// A port that stands for all that is no DNS.
const HTTPS: u16 = 443;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let Some(namespace) = context.cluster().namespace_named(SYSTEM) else { return };
    // What a tier of Calico drops besides is the mistake of the tier.
    let is_default = |object: &PolicyObject| object.calico_policy().is_none_or(|it| it.tier == DEFAULT_TIER);
    let policies = context.analysis().policies_in_force();
    for (policy, object) in policies.filter(|(_, object)| is_of_every_namespace(object) && is_default(object)) {
        check_plugin(context, policy, object, Endpoint::OtherPod(namespace));
    }
    for fate in &context.facts().admin.fates {
        let rule = &fate.rule;
        let is_deny = rule.rule.action == Action::Deny && rule.written.tier == AdminTier::Admin;
        if is_deny && is_of_every_namespace(rule.object) && denies_all_of(context, rule, Endpoint::OtherPod(namespace))
        {
            report(context, rule);
        }
    }
}

/// Whether a policy is for all pods of the cluster.
fn is_of_every_namespace(object: &PolicyObject) -> bool {
    let subject = &object.policy.subject;
    subject.is_whole_namespaces() && subject.namespaces == NamespaceSet::every()
}

/// A policy of Cilium or Calico that isolates the pods of every namespace, so that those of the system lose what no rule
/// admits.
fn check_plugin(context: &mut Context<'_>, policy: PolicyId, object: &PolicyObject, pod: Endpoint) {
    let (reach, any_pod) = (context.at_most(), Endpoint::UnknownNamespace);
    // A list of denies is another mistake.
    let is_list = |direction| object.policy.rules(direction).iter().any(|rule| rule.action == Action::Deny);
    let is_closed = |direction: Direction| {
        let ports = match direction {
            Direction::Ingress => reach.ingress(any_pod, pod),
            Direction::Egress => reach.egress(pod, any_pod),
        };
        let isolates = || reach.isolating(pod, direction).any(|id| id == policy);
        !is_list(direction) && !ports.contains(Protocol::Tcp, HTTPS) && isolates()
    };
    let closed: Vec<&str> = Direction::BOTH.into_iter().filter(|&it| is_closed(it)).map(Direction::field).collect();
    if closed.is_empty() {
        return;
    }
    let message = format!("`{}` isolates {} of all system pods as well", object.object.name, closed.join(" and "));
    let help = match &object.dialect {
        Dialect::Cilium(_) => {
            "leave out the cluster's own namespaces: `matchExpressions: [{key: k8s:io.kubernetes.pod.namespace, \
             operator: NotIn, values: [kube-system]}]`"
        }
        _ => {
            "leave out the cluster's own namespaces: \
             `namespaceSelector: has(projectcalico.org/name) && projectcalico.org/name != 'kube-system'`"
        }
    };
    let about = context.cluster().subject(&object.object);
    let place = object.subject_origin().entry();
    context.report_because(Cause::Policy(policy), place, about, message).remark("every namespace").help(help);
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
