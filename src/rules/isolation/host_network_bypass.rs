//! Policies for pods on the network of their node, which no policy reaches.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::facts::in_force::{RulePeer, deciding_rules};
use crate::net::Direction;
use crate::objects::{Match, Object, Operator, PolicyId, Workload, WorkloadId};
use crate::policy::dialect::{Dialect, PolicyObject};
use crate::policy::{Action, Peer, PodSet};
use crate::rules::{Cause, Context};
use crate::source::Place;
use crate::text::phrase;

/// How many policies, and how many peers, are shown.
const SHOWN: usize = 3;

/// What is about a workload, by place in the lists of policies and peers.
type Speaking = (Vec<PolicyId>, Vec<usize>);

/// Workloads by each of their labels.
type ByLabel<'m> = BTreeMap<(&'m SmolStr, &'m SmolStr), Vec<(WorkloadId, &'m Workload)>>;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let on_node: Vec<(WorkloadId, &Workload)> = context.workloads().filter(|(_, it)| it.host_network).collect();
    if on_node.is_empty() {
        return;
    }
    let mut of_workload: BTreeMap<WorkloadId, Speaking> = BTreeMap::new();
    for (policy, object) in context.analysis().evaluated_policies() {
        for workload in selected_in_vain(context, object, &on_node) {
            of_workload.entry(workload).or_default().0.push(policy);
        }
    }
    let mut by_label: ByLabel<'_> = BTreeMap::new();
    for (id, workload) in &on_node {
        for label in &workload.pod_labels {
            by_label.entry(label).or_default().push((*id, workload));
        }
    }
    let peers = deciding_rules(context.analysis()).flat_map(|rule| rule.peers());
    let peers: Vec<RulePeer<'_>> = peers.filter(|peer| matches!(peer.peer, Peer::Pods(_))).collect();
    for (index, peer) in peers.iter().enumerate() {
        let Peer::Pods(set) = peer.peer else { continue };
        for workload in only_these(context, set, &on_node, &by_label) {
            of_workload.entry(workload).or_default().1.push(index);
        }
    }
    // Workloads of which the same policies and peers speak are one finding.
    let mut together: BTreeMap<Speaking, Vec<WorkloadId>> = BTreeMap::new();
    for (workload, speaking) in of_workload {
        together.entry(speaking).or_default().push(workload);
    }
    for ((policies, peer_indices), workloads) in together {
        let peers: Vec<RulePeer<'_>> = peer_indices.iter().filter_map(|&index| peers.get(index)).copied().collect();
        let named = peers.iter().map(|peer| Cause::Peer(peer.rule.at, peer.index));
        let causes = policies.iter().map(|&policy| Cause::Subject(policy)).chain(named).collect();
        context.claim(causes, move |context, _| report(context, &policies, &peers, &workloads));
    }
}

/// The workloads on the network of their node whose labels a policy selects. One of the whole cluster that is for all
/// pods is not about these.
fn selected_in_vain(
    context: &Context<'_>,
    object: &PolicyObject,
    on_node: &[(WorkloadId, &Workload)],
) -> Vec<WorkloadId> {
    let subject = &object.policy.subject;
    if subject.condition.is_some() {
        return Vec::new();
    }
    let is_selected = |(_, it): &&(WorkloadId, &Workload)| subject.pods.matches(&it.pod_labels);
    match object.policy.namespace() {
        Some(namespace) => {
            let first = on_node.partition_point(|(_, it)| it.object.namespace < namespace);
            let here = on_node.iter().skip(first).take_while(|(_, it)| it.object.namespace == namespace);
            here.filter(is_selected).map(|(id, _)| *id).collect()
        }
        None if subject.pods.is_empty() => Vec::new(),
        None => {
            let mut selected: Vec<_> = on_node.iter().filter(is_selected).collect();
            if !selected.is_empty() {
                let namespaces = context.analysis().namespaces_of(&subject.namespaces);
                selected.retain(|(_, it)| namespaces.contains(&(it.object.namespace, Match::Yes)));
            }
            selected.into_iter().map(|(id, _)| *id).collect()
        }
    }
}

/// The workloads that a peer's selectors name, where they name no other pod.
fn only_these(
    context: &Context<'_>,
    set: &PodSet,
    on_node: &[(WorkloadId, &Workload)],
    by_label: &ByLabel<'_>,
) -> Vec<WorkloadId> {
    let asked = set.pods.requirements().iter().find_map(|requirement| match &requirement.operator {
        Operator::In(values) => Some((&requirement.key, values)),
        _ => None,
    });
    let candidates: Vec<(WorkloadId, &Workload)> = match asked {
        Some((key, values)) => {
            values.iter().filter_map(|value| by_label.get(&(key, value))).flatten().copied().collect()
        }
        None => on_node.to_vec(),
    };
    let mut matching = candidates.into_iter().filter(|(_, it)| set.pods.matches(&it.pod_labels)).peekable();
    if set.pods.is_empty()
        || set.condition.is_some()
        || matching.peek().is_none()
        || context.at_most().any_workload(set).is_some()
    {
        return Vec::new();
    }
    let namespaces = context.analysis().namespaces_of(&set.namespaces);
    let is_in =
        |object: &Object| namespaces.iter().any(|(id, verdict)| *id == object.namespace && *verdict == Match::Yes);
    matching.filter(|(_, it)| is_in(&it.object)).map(|(id, _)| id).collect()
}

fn report(context: &mut Context<'_>, policies: &[PolicyId], peers: &[RulePeer<'_>], workloads: &[WorkloadId]) {
    let Some(first) = workloads.first().and_then(|&id| context.workload(id)) else { return };
    let host_network = first.spec_origin.key("hostNetwork").entry();
    let who = phrase::list(context.names(workloads));
    let mut related: Vec<(Place, String)> = Vec::new();
    let (place, about, message, help);
    if let [peer, ..] = peers
        && policies.is_empty()
    {
        place = peer.origin().entry();
        about = &peer.rule.object.object;
        message = format!("{}: it has the address of its node", without_effect(peer, &who));
        help = how_to_name_nodes(peer);
        related.push((host_network, format!("`{}` is on the network of its node", first.object.name)));
        related
            .extend(peers.iter().skip(1).take(SHOWN).map(|peer| (peer.origin().entry(), without_effect(peer, &who))));
    } else {
        let written: Vec<(PolicyId, &PolicyObject)> =
            policies.iter().filter_map(|&id| Some((id, context.any_policy(id)?))).collect();
        let names = phrase::list(written.iter().map(|(_, it)| &it.object.name));
        let uses = if workloads.len() == 1 { "uses" } else { "use" };
        place = host_network;
        about = &first.object;
        message = format!("{names} cannot restrict {who}, which {uses} the network of the node");
        help = "delete `hostNetwork` where it is not needed; otherwise protect the ports of the node itself";
        related.extend(written.iter().take(SHOWN).map(|&(id, policy)| selects(context, id, policy)));
        related.extend(peers.iter().take(SHOWN).map(|peer| (peer.origin().entry(), without_effect(peer, &who))));
    }
    let about = context.cluster().subject(about);
    let names = context.names(workloads);
    let draft = context.report(place, about, message);
    for name in names {
        draft.key(name);
    }
    for (place, words) in related {
        draft.because(place, words);
    }
    draft.help(help);
}

fn without_effect(peer: &RulePeer<'_>, who: &str) -> String {
    let name = &peer.rule.object.object.name;
    match (peer.rule.at.direction, peer.rule.rule.action) {
        (Direction::Ingress, Action::Deny) => format!("this peer of `{name}` does not keep out {who}"),
        (Direction::Egress, Action::Deny) => format!("this peer of `{name}` does not block the way to {who}"),
        (Direction::Ingress, _) => format!("this peer of `{name}` does not admit {who}"),
        (Direction::Egress, _) => format!("this peer of `{name}` does not open the way to {who}"),
    }
}

/// How a peer of the policy's kind can mean nodes.
fn how_to_name_nodes(peer: &RulePeer<'_>) -> &'static str {
    match (&peer.rule.object.dialect, peer.rule.at.direction) {
        (Dialect::Cilium(_), Direction::Ingress) => "name the nodes by `fromEntities: [host, remote-node]`",
        (Dialect::Cilium(_), Direction::Egress) => "name the nodes by `toEntities: [host, remote-node]`",
        (Dialect::Calico(_), _) => "name the addresses of the nodes by `nets`",
        (Dialect::Admin(_), Direction::Egress) => "name the nodes by `nodes`, or their addresses by `networks`",
        (Dialect::Admin(_), Direction::Ingress) => "delete the peer: no ingress rule of this kind can name nodes",
        (Dialect::NetworkPolicy(_) | Dialect::Unread(_), _) => "name the addresses of the nodes by `ipBlock`",
    }
}

fn selects(context: &Context<'_>, id: PolicyId, policy: &PolicyObject) -> (Place, String) {
    let name = &policy.object.name;
    let place = match policy.network_policy() {
        Some(written) if written.has_pod_selector => written.subject_selector().origin.entry(),
        Some(_) => policy.object.name_place(),
        None => policy.subject_origin().entry(),
    };
    match context.at_most().selected(id).next() {
        Some(_) => (place, format!("`{name}` selects its labels")),
        None => (place, format!("`{name}` selects its labels and no other pod, and so has no effect")),
    }
}
