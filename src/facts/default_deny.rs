//! Policies that isolate a whole namespace, and those that only look as if they did.

use std::collections::BTreeSet;

use super::distribution::is_of_the_distribution;
use crate::analysis::Analysis;
use crate::net::Direction;
use crate::objects::{Match, NamespaceId, Selector};
use crate::policy::dialect::PolicyObject;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{
    Action, Arrangement, Engagement, NamespaceSet, Peer, Peers, PodSet, Policy, Ports, Rule, Silence, StageName,
};

/// The namespaces that a policy isolates as a whole.
pub(crate) struct DefaultDenies {
    /// For ingress and for egress.
    namespaces: [BTreeSet<NamespaceId>; 2],
}

impl DefaultDenies {
    /// Works them out. A policy of the namespace isolates all its pods without admitting everything itself. A rule of an
    /// Admin or Baseline policy that denies all pods of the namespace everything is as good, and so is a policy that
    /// netlint does not evaluate. Namespaces that come with the cluster count as isolated, because nobody can act there.
    pub(crate) fn new(analysis: &Analysis) -> Self {
        let of_the_distribution = (analysis.cluster().namespaces.iter().zip(0..))
            .filter(|(namespace, _)| is_of_the_distribution(&namespace.name))
            .map(|(_, index)| NamespaceId(index));
        let of_the_distribution: BTreeSet<NamespaceId> = of_the_distribution.collect();
        let of = |direction| {
            if engages_all(analysis, direction) {
                return (0..).take(analysis.cluster().namespaces.len()).map(NamespaceId).collect();
            }
            let mut namespaces = of_the_distribution.clone();
            namespaces.extend(analysis.namespaces_closed_unread(direction));
            let own = analysis.policies().iter().filter(|object| is_default_deny(object, direction));
            namespaces.extend(own.map(|object| object.object.namespace));
            namespaces.extend(cilium_policies(analysis).flat_map(|it| isolated_by_cilium(analysis, it, direction)));
            namespaces.extend(admin_policies(analysis).flat_map(|it| denied_by_default(analysis, it, direction)));
            namespaces.extend(plugin_policies(analysis).flat_map(|it| isolated_by_default(analysis, it, direction)));
            namespaces
        };
        Self { namespaces: Direction::BOTH.map(of) }
    }

    /// Whether a namespace is one of them in a direction.
    pub(crate) fn cover(&self, namespace: NamespaceId, direction: Direction) -> bool {
        let [ingress, egress] = &self.namespaces;
        match direction {
            Direction::Ingress => ingress.contains(&namespace),
            Direction::Egress => egress.contains(&namespace),
        }
    }
}

/// Whether a NetworkPolicy isolates all pods of its namespace, without admitting everything itself.
fn is_default_deny(object: &PolicyObject, direction: Direction) -> bool {
    let policy = &object.policy;
    object.network_policy().is_some_and(|written| !written.rejected)
        && policy.subject.is_whole_namespaces()
        && policy.isolates(direction)
        && !admits_everything(policy, direction)
}

/// The policies of a network plugin's ordered kinds that are in force.
fn plugin_policies(analysis: &Analysis) -> impl Iterator<Item = &PolicyObject> {
    let policies = analysis.policies_in_force().map(|(_, object)| object);
    policies.filter(|object| object.network_policy().is_none() && object.cilium_policy().is_none())
}

/// The namespaces all of whose pods a policy of a plugin may be for, where what its rules do not decide is denied: by the
/// end of its stage, or by a rule for everyone.
fn isolated_by_default(analysis: &Analysis, object: &PolicyObject, direction: Direction) -> Vec<NamespaceId> {
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
    let isolates = object.policy.isolates(direction) && ends_in_deny && subject.is_whole_namespaces();
    if isolates { possible_namespaces(analysis, subject) } else { Vec::new() }
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

/// The namespaces all of whose pods a policy isolates in a direction, without admitting everything itself.
fn isolated_by_cilium(analysis: &Analysis, object: &PolicyObject, direction: Direction) -> Vec<NamespaceId> {
    let subject = match object.policy.engagement(direction) {
        Engagement::Engages => &object.policy.subject,
        Engagement::EngagesSome(some) => some,
        Engagement::Ignored | Engagement::Matches => return Vec::new(),
    };
    if !subject.is_whole_namespaces() || admits_everything(&object.policy, direction) {
        return Vec::new();
    }
    let namespaces = analysis.namespaces_of(&subject.namespaces).into_iter();
    namespaces.filter(|(_, is_in)| *is_in == Match::Yes).map(|(id, _)| id).collect()
}

fn possible_namespaces(analysis: &Analysis, subject: &PodSet) -> Vec<NamespaceId> {
    analysis.namespaces_of(&subject.namespaces).into_iter().map(|(id, _)| id).collect()
}

fn admin_policies(analysis: &Analysis) -> impl Iterator<Item = &PolicyObject> {
    let of_the_cluster = analysis.policies().iter().rev().take_while(|it| it.object.namespace == NamespaceId::CLUSTER);
    of_the_cluster.filter(|it| it.admin_policy().is_some() && !it.rejected).map(AsRef::as_ref)
}

/// The namespaces all of whose pods a policy of the tiers Admin or Baseline may be for, where it denies them everything
/// that it can.
fn denied_by_default(analysis: &Analysis, object: &PolicyObject, direction: Direction) -> Vec<NamespaceId> {
    let subject = &object.policy.subject;
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
    if denies && subject.is_whole_namespaces() { possible_namespaces(analysis, subject) } else { Vec::new() }
}
