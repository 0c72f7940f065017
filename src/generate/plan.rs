//! From what is asked for to policies: a default deny and DNS for each namespace, and for each workload and direction
//! one policy with what it needs.

use std::collections::{BTreeMap, BTreeSet};

use super::base::Base;
use super::closed::{default_deny, is_governed};
use super::names::PolicyNames;
use super::policy::{Peer, Policy, Rule};
use super::subjects::Subjects;
use super::{dns, words};
use crate::analysis::Analysis;
use crate::facts::evidence::{Evidence, Party, Reason, Request};
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::{NAME_LABEL, NamespaceId, Selector, WorkloadId};
use crate::policy::NamespaceSet;

/// Fewer workloads of a namespace are named each.
const MANY: usize = 4;

/// The policies of a cluster, by namespace.
pub(super) type Plan<'e, 'm> = BTreeMap<NamespaceId, Vec<Policy<'e, 'm>>>;

/// A rule in the making.
#[derive(Debug, Default)]
struct Draft<'e, 'm> {
    ports: PortSet,
    evidence: Vec<&'e Evidence<'m>>,
    review: BTreeSet<String>,
    /// The workloads at the far end.
    ends: BTreeSet<WorkloadId>,
}

/// The rules of a subject in a direction, by their peers.
type Side<'e, 'm> = BTreeMap<Peer, Draft<'e, 'm>>;

/// Makes the plan. `base` is what is permitted without it, where policies are kept; `adds_labels` says whether
/// kustomize adds labels to selectors of what is written.
pub(super) fn plan<'e, 'm>(
    analysis: &'m Analysis,
    subjects: &Subjects,
    connections: &[Request<'e, 'm>],
    base: Option<&Base>,
    names: &mut PolicyNames,
    adds_labels: bool,
) -> Plan<'e, 'm> {
    let mut planner = Planner { analysis, subjects, base, sides: BTreeMap::new() };
    for request in connections {
        planner.add(request);
    }
    let mut policies: Plan<'e, 'm> = BTreeMap::new();
    for (namespace, _) in analysis.namespaces() {
        if is_governed(analysis, namespace) {
            let of_namespace = policies.entry(namespace).or_default();
            let lacks = |direction: &Direction| base.is_none_or(|it| it.lacks_deny(namespace, *direction));
            let lacking = Direction::BOTH.into_iter().filter(lacks).collect();
            of_namespace.extend(default_deny(namespace, lacking, names));
            of_namespace.extend(dns::egress(analysis, namespace, base, names, adds_labels));
        }
    }
    for ((subject, direction), side) in std::mem::take(&mut planner.sides) {
        let rules = planner.rules(direction, side);
        let Some(subject) = subjects.get(subject).filter(|_| !rules.is_empty()) else { continue };
        let review = match subject.also.as_slice() {
            [] => Vec::new(),
            others => vec![words::same_labels(&subject.name, others)],
        };
        policies.entry(subject.namespace).or_default().push(Policy {
            namespace: subject.namespace,
            name: names.of(subject, direction),
            labels: subject.labels.clone(),
            directions: vec![direction],
            rules,
            purpose: None,
            review,
        });
    }
    policies
}

/// The namespace of this number, by its name.
pub(super) fn named(analysis: &Analysis, namespace: NamespaceId) -> Selector {
    Selector::equalities([(&NAME_LABEL.into(), &analysis.cluster().namespace_name(namespace).into())])
}

struct Planner<'p, 'e, 'm> {
    analysis: &'m Analysis,
    subjects: &'p Subjects,
    base: Option<&'p Base>,
    sides: BTreeMap<(usize, Direction), Side<'e, 'm>>,
}

impl<'e, 'm> Planner<'_, 'e, 'm> {
    fn add(&mut self, request: &Request<'e, 'm>) {
        for (direction, own, other) in
            [(Direction::Egress, &request.from, &request.to), (Direction::Ingress, &request.to, &request.from)]
        {
            let Party::Workload(id) = *own else { continue };
            let Some(workload) = self.analysis.workload(id) else { continue };
            let namespace = workload.object.namespace;
            let is_kept = self.base.is_some_and(|base| base.admits(request, direction));
            let found = self.subjects.of(id).zip(self.peer(other, namespace));
            let Some((subject, peer)) = found.filter(|_| !is_kept && is_governed(self.analysis, namespace)) else {
                continue;
            };
            let draft = self.sides.entry((subject, direction)).or_default().entry(peer).or_default();
            draft.ports = draft.ports.union(&request.ports);
            if !draft.evidence.iter().any(|known| std::ptr::eq(*known, request.evidence)) {
                draft.evidence.push(request.evidence);
            }
            draft.review.extend(request.doubt.map(|doubt| words::doubt(self.analysis, doubt)));
            if let Party::Workload(end) = other {
                draft.ends.insert(*end);
            }
        }
    }

    /// The far end of a connection, as a rule of a policy in a namespace names it; `None` where no rule can.
    fn peer(&self, party: &Party, own: NamespaceId) -> Option<Peer> {
        let elsewhere = |namespace| (namespace != own).then(|| named(self.analysis, namespace));
        Some(match party {
            Party::Anyone => Peer::Anyone,
            Party::Workload(id) => {
                let subject = self.subjects.get(self.subjects.of(*id)?)?;
                let pods = Some(Selector::equalities(subject.labels.iter()));
                Peer::Pods { namespaces: elsewhere(subject.namespace), pods }
            }
            Party::AnyPod(Some(namespace)) => Peer::Pods { namespaces: elsewhere(*namespace), pods: None },
            Party::AnyPod(None) => Peer::Pods { namespaces: Some(Selector::default()), pods: None },
            Party::Pods(set) => Peer::Pods {
                namespaces: match &set.namespaces {
                    NamespaceSet::One(namespace) => elsewhere(*namespace),
                    NamespaceSet::Matching(selector) => Some(selector.clone()),
                },
                pods: Some(set.pods.clone()).filter(|pods| !pods.is_empty()),
            },
            Party::Addresses(block) => Peer::Block { cidr: block.cidr, except: block.except.clone() },
        })
    }

    /// The rules of a side, none of which another one makes redundant.
    fn rules(&self, direction: Direction, mut side: Side<'e, 'm>) -> Vec<Rule<'e, 'm>> {
        if direction == Direction::Egress {
            self.fold_namespaces(&mut side);
        }
        absorb(&mut side);
        let rules = side.into_iter().map(|(peer, mut draft)| {
            if draft.evidence.iter().all(|it| matches!(it.reason, Reason::Rule { .. })) {
                draft.review.insert(words::only_policies(self.base.is_some()));
            }
            let review = draft.review.into_iter().collect();
            Rule { direction, peer, ports: draft.ports, evidence: draft.evidence, review }
        });
        rules.collect()
    }

    /// Names a whole namespace where all of its workloads are connected to on the same ports: each admits the client by
    /// itself.
    fn fold_namespaces(&self, side: &mut Side<'e, 'm>) {
        let mut groups: BTreeMap<(Selector, PortSet), Vec<Peer>> = BTreeMap::new();
        for (peer, draft) in side.iter() {
            if let Peer::Pods { namespaces: Some(namespaces), pods: Some(_) } = peer
                && !draft.ends.is_empty()
            {
                groups.entry((namespaces.clone(), draft.ports.clone())).or_default().push(peer.clone());
            }
        }
        for ((namespaces, ports), peers) in groups.into_iter().filter(|(_, peers)| peers.len() >= MANY) {
            let ends: BTreeSet<WorkloadId> =
                peers.iter().filter_map(|peer| side.get(peer)).flat_map(|draft| draft.ends.iter().copied()).collect();
            let of_namespace = ends.first().and_then(|id| self.analysis.workload(*id)).map(|it| it.object.namespace);
            let all = of_namespace.map(|namespace| self.analysis.cluster().workloads_in(namespace));
            let mut all = all.into_iter().flatten().filter(|(_, workload)| !workload.host_network);
            if !all.all(|(id, _)| ends.contains(&id)) {
                continue;
            }
            let mut whole = Draft { ports, ends, ..Draft::default() };
            for draft in peers.iter().filter_map(|peer| side.remove(peer)) {
                whole.evidence.extend(draft.evidence);
                whole.review.extend(draft.review);
            }
            side.insert(Peer::Pods { namespaces: Some(namespaces), pods: None }, whole);
        }
    }
}

/// Takes from each peer what a wider one of the same side admits already.
fn absorb(side: &mut Side<'_, '_>) {
    let is_wide = |peer: &Peer| match peer {
        Peer::Anyone => true,
        Peer::Pods { pods, .. } => pods.as_ref().is_none_or(|pods| pods.requirements().len() == 1),
        Peer::Block { .. } => true,
        Peer::Outside { .. } => false,
    };
    let wide: Vec<Peer> = side.keys().filter(|peer| is_wide(peer)).cloned().collect();
    // Peers that each name a workload of their own are many, and none contains another one.
    let wide: Vec<Peer> = if wide.len() > 100 {
        wide.into_iter().filter(|peer| matches!(peer, Peer::Anyone | Peer::Pods { pods: None, .. })).collect()
    } else {
        wide
    };
    for whole in wide {
        let Some(mut draft) = side.remove(&whole) else { continue };
        for (_, part) in side.iter_mut().filter(|(part, _)| whole.contains(part)) {
            part.ports = part.ports.difference(&draft.ports);
            if part.ports.is_empty() {
                draft.evidence.append(&mut part.evidence);
                draft.ends.append(&mut part.ends);
            }
        }
        side.insert(whole, draft);
        side.retain(|_, part| !part.ports.is_empty());
    }
}
