//! Policies that isolate a whole namespace, and those that only look as if they did.

use super::distribution::is_of_the_distribution;
use crate::analysis::Analysis;
use crate::net::Direction;
use crate::objects::{Match, NamespaceId, Selector};
use crate::policy::dialect::PolicyObject;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{
    Action, Arrangement, Engagement, NamespaceSet, Peer, Peers, PodSet, Policy, Ports, Rule, Silence, StageName,
};

/// Whether a policy of the namespace isolates all its pods in this direction without admitting everything itself.
/// A rule of an Admin or Baseline policy that denies all pods of the namespace everything is as good, and so is a policy
/// that netlint does not evaluate. Namespaces that come with the cluster count as isolated, because nobody can act there.
pub(crate) fn has_default_deny(analysis: &Analysis, namespace: NamespaceId, direction: Direction) -> bool {
    is_of_the_distribution(analysis.cluster().namespace_name(namespace))
        || analysis.may_close_namespace(namespace, direction)
        || selecting_all(analysis, namespace).any(|(written, lowered)| {
            !written.rejected && lowered.isolates(direction) && !admits_everything(lowered, direction)
        })
        || engages_all(analysis, direction)
        || cilium_policies(analysis).any(|object| isolates_all(analysis, object, namespace, direction))
        || admin_policies(analysis).any(|policy| denies_by_default(analysis, policy, namespace, direction))
        || plugin_policies(analysis).any(|policy| isolates_by_default(analysis, policy, namespace, direction))
}

/// The policies of a network plugin's ordered kinds that are in force.
fn plugin_policies(analysis: &Analysis) -> impl Iterator<Item = &PolicyObject> {
    let policies = analysis.policies_in_force().map(|(_, object)| object);
    policies.filter(|object| object.network_policy().is_none() && object.cilium_policy().is_none())
}

/// Whether a policy of a plugin may be for all pods of a namespace, and what its rules do not decide is denied: by the
/// end of its stage, or by a rule for everyone.
fn isolates_by_default(
    analysis: &Analysis,
    object: &PolicyObject,
    namespace: NamespaceId,
    direction: Direction,
) -> bool {
    let Policy { subject, stage, .. } = &object.policy;
    let arrangement = analysis.cluster().arrangement_of(stage);
    let stage = arrangement.join(stage).and_then(|join| arrangement.stages.get(join.stage));
    let of_everything = |rule: &&Rule| {
        rule.action != Action::None
            && rule.subject.is_none()
            && matches!((&rule.peers, &rule.ports), (Peers::Everyone, Ports::All))
    };
    let ends_in_deny = match object.policy.rules(direction).iter().find(of_everything) {
        Some(rule) => rule.action == Action::Deny,
        None => stage.is_some_and(|stage| stage.on_silence == Silence::Deny),
    };
    let is_for = || analysis.namespaces_of(&subject.namespaces).iter().any(|(id, _)| *id == namespace);
    object.policy.isolates(direction) && ends_in_deny && subject.is_whole_namespaces() && is_for()
}

/// Policies of the namespace that select all its pods and yet are no default deny in this direction.
pub(crate) fn near_misses(
    analysis: &Analysis,
    namespace: NamespaceId,
    direction: Direction,
) -> impl Iterator<Item = (&NetworkPolicy, &Policy)> {
    selecting_all(analysis, namespace).filter(move |(written, lowered)| {
        !written.rejected && (!lowered.isolates(direction) || admits_everything(lowered, direction))
    })
}

fn selecting_all(analysis: &Analysis, namespace: NamespaceId) -> impl Iterator<Item = (&NetworkPolicy, &Policy)> {
    let policies = &analysis.cluster().policies;
    // They are sorted by namespace.
    let first = policies.partition_point(|it| it.object.namespace < namespace);
    let here = policies.iter().skip(first).take_while(move |it| it.object.namespace == namespace);
    here.filter_map(|it| Some((it.network_policy()?, &it.policy)))
        .filter(|(_, lowered)| lowered.subject.is_whole_namespaces())
}

/// Whether one of the policy's own rules is open to everyone on every port.
fn admits_everything(policy: &Policy, direction: Direction) -> bool {
    let is_open = |rule: &Rule| matches!((&rule.peers, &rule.ports), (Peers::Everyone, Ports::All));
    policy.rules(direction).iter().any(|rule| rule.action == Action::Allow && is_open(rule))
}

/// Whether every pod is isolated, whatever its policies say.
fn engages_all(analysis: &Analysis, direction: Direction) -> bool {
    let engages_all = |it: &Arrangement| it.stages.iter().any(|stage| stage.engages_all(direction));
    analysis.cluster().arrangements().all(engages_all)
}

/// The policies of Cilium that are in force.
fn cilium_policies(analysis: &Analysis) -> impl Iterator<Item = &PolicyObject> {
    let is_enforced = analysis.cluster().enforces(&StageName::Cilium);
    let policies = analysis.policies().iter().take(if is_enforced { usize::MAX } else { 0 });
    policies.filter(|it| it.cilium_policy().is_some() && !it.rejected).map(AsRef::as_ref)
}

/// Whether a policy isolates all pods of a namespace in a direction, without admitting everything itself.
fn isolates_all(analysis: &Analysis, object: &PolicyObject, namespace: NamespaceId, direction: Direction) -> bool {
    let subject = match object.policy.engagement(direction) {
        Engagement::Engages => &object.policy.subject,
        Engagement::EngagesSome(some) => some,
        Engagement::Ignored | Engagement::Matches => return false,
    };
    let is_for = || analysis.namespaces_of(&subject.namespaces).contains(&(namespace, Match::Yes));
    subject.is_whole_namespaces() && is_for() && !admits_everything(&object.policy, direction)
}

fn admin_policies(analysis: &Analysis) -> impl Iterator<Item = &PolicyObject> {
    let of_the_cluster = analysis.policies().iter().rev().take_while(|it| it.object.namespace == NamespaceId::CLUSTER);
    of_the_cluster.filter(|it| it.admin_policy().is_some() && !it.rejected).map(AsRef::as_ref)
}

/// Whether a policy of the tiers Admin or Baseline may be for all pods of a namespace, and denies them everything that
/// it can.
fn denies_by_default(analysis: &Analysis, object: &PolicyObject, namespace: NamespaceId, direction: Direction) -> bool {
    let subject = &object.policy.subject;
    let is_for = || analysis.namespaces_of(&subject.namespaces).iter().any(|(id, _)| *id == namespace);
    let denies = object.policy.rules(direction).iter().any(|rule| {
        let everyone = |peer: &Peer| match peer {
            Peer::Pods(set) => {
                direction == Direction::Ingress && *set == PodSet::new(NamespaceSet::every(), Selector::default())
            }
            Peer::Block { cidr, .. } => cidr.prefix_len() <= 1,
            _ => false,
        };
        rule.action == Action::Deny && matches!(rule.ports, Ports::All) && rule.peers.listed().iter().any(everyone)
    });
    denies && subject.is_whole_namespaces() && is_for()
}
