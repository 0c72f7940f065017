//! Pods folded into their controllers, so that a dump of a cluster reads as workloads.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::settle::place_in_order;
use crate::objects::kinds::{ControllerValue, workload_kind};
use crate::objects::{NamespaceId, Numbered, Object, Owner, ReadFrom, Replica, Workload, number_behind, pod_number};

/// What identifies an object in a cluster: kind, namespace and name.
type Key = (SmolStr, NamespaceId, SmolStr);

/// The labels that a controller names its ReplicaSets by, each with the controller's kind.
const TEMPLATE_HASHES: [(&str, &str); 2] =
    [("pod-template-hash", "Deployment"), ("rollouts-pod-template-hash", "Rollout")];

/// Whether an object is one that its controller makes to run its own pods: a Pod, or what is between. Anything else
/// that has a controller is a workload of its own (Deployments of an operator's custom resource).
pub(super) fn is_part_of(workload: &Workload, owner: &Owner) -> bool {
    let kind = workload.object.kind.as_str();
    match kind {
        // Nodes own the pods that they run from files.
        "Pod" => owner.kind != "Node",
        // A custom kind may make them as a Deployment does.
        "ReplicaSet" => true,
        _ => workload_kind(kind).and_then(|it| it.created_by) == Some(&owner.kind),
    }
}

/// The workloads that the input shows only by what their controllers made. What belongs to a listed workload, which are
/// in order, is left out. Pods of one controller are one workload; those whose labels differ in a key that selectors
/// ask for are replicas of their own.
pub(super) fn fold(
    owned: Vec<(Box<Workload>, Owner)>,
    listed: &[Box<Workload>],
    asked: &BTreeSet<SmolStr>,
) -> Vec<Workload> {
    let owners: BTreeMap<Key, Key> = owned.iter().map(|(it, owner)| (key(&it.object), key_of(owner, it))).collect();
    let tops: Vec<Key> = owned.iter().map(|(it, owner)| top(key_of(owner, it), &owners)).collect();
    let known: BTreeSet<Key> = tops.iter().cloned().collect();
    let mut members: BTreeMap<Key, (ReadFrom, Vec<Workload>)> = BTreeMap::new();
    let mut seen: BTreeSet<Key> = BTreeSet::new();
    for ((workload, _), top) in owned.into_iter().zip(tops) {
        let is_again = !workload.object.name.is_empty() && !seen.insert(key(&workload.object));
        if is_again || is_listed(listed, &top) {
            continue;
        }
        let unlisted = unlisted_owner(&workload, &top);
        let (controller, read_from) = match unlisted {
            Some(unlisted) if is_listed(listed, &unlisted) => continue,
            Some(unlisted) if known.contains(&unlisted) => (unlisted, ReadFrom::Pods),
            Some(unlisted) if unlisted.0 != "CronJob" => (unlisted, ReadFrom::Inferred),
            _ => (top, ReadFrom::Pods),
        };
        let (as_read, of_controller) = members.entry(controller).or_insert((read_from, Vec::new()));
        if read_from == ReadFrom::Pods {
            *as_read = read_from;
        }
        of_controller.push(*workload);
    }
    members.into_iter().flat_map(|(key, (read_from, members))| stand_ins(&key, read_from, members, asked)).collect()
}

/// Who made a maker in the end: pods lead to a ReplicaSet, and that to a Deployment; a longer chain is a loop.
fn top(mut top: Key, owners: &BTreeMap<Key, Key>) -> Key {
    for _ in 0..4 {
        match owners.get(&top) {
            Some(next) => top = next.clone(),
            None => break,
        }
    }
    top
}

/// The workloads that stand for a controller: one for most of what it made, and one for each pod whose labels differ
/// from these in what selectors ask for.
fn stand_ins(
    (kind, _, name): &Key,
    read_from: ReadFrom,
    mut members: Vec<Workload>,
    asked: &BTreeSet<SmolStr>,
) -> Vec<Workload> {
    // Pods are what there is; what is between may have none any more.
    let are_pods = members.iter().any(|it| it.object.kind == "Pod");
    if are_pods {
        members.retain(|it| it.object.kind == "Pod");
    }
    let names: Vec<SmolStr> = members.iter().map(|it| it.object.name.clone()).collect();
    for member in &mut members {
        (member.object.kind, member.object.name) = (kind.clone(), name.clone());
        member.read_from = read_from;
    }
    let set = workload_kind(kind).map_or(&[][..], |kind| kind.controller_labels);
    let tells_apart = |key: &&SmolStr| are_pods && !set.iter().any(|label| label.key == **key);
    let asked: Vec<&SmolStr> = asked.iter().filter(tells_apart).collect();
    let visible = |member: &Workload| -> Vec<Option<SmolStr>> {
        asked.iter().map(|key| member.pod_labels.get(*key).cloned()).collect()
    };
    let mut groups: BTreeMap<Vec<Option<SmolStr>>, usize> = BTreeMap::new();
    for member in &members {
        *groups.entry(visible(member)).or_default() += 1;
    }
    let most = groups.values().copied().max().unwrap_or_default();
    let main = members.iter().map(&visible).find(|it| groups.get(it) == Some(&most));
    let (mut stand_in, mut apart): (Option<Workload>, Vec<Workload>) = (None, Vec::new());
    let mut numbers = BTreeSet::new();
    let mut count = 0;
    for (mut member, pod) in members.into_iter().zip(names) {
        let number = number(&member, &pod);
        numbers.extend(number);
        if Some(visible(&member)) != main {
            member.object.name = pod;
            member.replica = Some(Box::new(Replica { of: name.clone(), number }));
            apart.push(member);
            continue;
        }
        count += 1;
        match &mut stand_in {
            Some(stand_in) => stand_in.pod_labels.retain(|key, value| member.pod_labels.get(key) == Some(value)),
            None => stand_in = Some(member),
        }
    }
    if let Some(stand_in) = &mut stand_in {
        stand_in.replicas = stand_in.replicas.or(Some(count));
        if let (Some(&first), Some(&last)) = (numbers.first(), numbers.last()) {
            let mut numbered = Numbered::new(first, Some((last - first).saturating_add(1)));
            numbered.apart = apart.iter().filter_map(|it| it.replica.as_ref()?.number).collect();
            numbered.apart.sort_unstable();
            stand_in.numbered = Some(Box::new(numbered));
        }
    }
    stand_in.into_iter().chain(apart).collect()
}

/// The number of a pod, where its controller numbers pods: as its labels, or its name, say.
fn number(member: &Workload, pod: &str) -> Option<u64> {
    let labels = member.controller_labels().iter();
    let mut numbers = labels.filter_map(|label| match label.value {
        ControllerValue::PodNumber => pod_number(member.pod_labels.get(label.key)?),
        ControllerValue::PodName => number_behind(pod, &format!("{}-", member.object.name)),
        ControllerValue::ObjectName | ControllerValue::Generated => None,
    });
    numbers.next()
}

/// Whether the input has a workload under this key, which are in order. The API server makes up the names that are not
/// written (`generateName`).
fn is_listed(workloads: &[Box<Workload>], (kind, namespace, name): &Key) -> bool {
    let wanted = (*namespace, kind.as_str(), name.as_str());
    !name.is_empty() && workloads.binary_search_by(|it| place_in_order(&it.object).cmp(&wanted)).is_ok()
}

/// A controller that may have made a pod through an object which the input leaves out.
fn unlisted_owner(pod: &Workload, (kind, namespace, name): &Key) -> Option<Key> {
    if kind == "Job" {
        // A CronJob names its Jobs by their time.
        let (name, _) = name.rsplit_once('-')?;
        return Some(("CronJob".into(), *namespace, name.into()));
    }
    if kind != "ReplicaSet" {
        return None;
    }
    // A Deployment names its ReplicaSets by the hash of their template.
    TEMPLATE_HASHES.iter().find_map(|(label, kind)| {
        let name = name.strip_suffix(pod.pod_labels.get(*label)?.as_str())?.strip_suffix('-')?;
        (!name.is_empty()).then(|| ((*kind).into(), *namespace, name.into()))
    })
}

fn key(object: &Object) -> Key {
    (object.kind.clone(), object.namespace, object.name.clone())
}

fn key_of(owner: &Owner, owned: &Workload) -> Key {
    (owner.kind.clone(), owned.object.namespace, owner.name.clone())
}
