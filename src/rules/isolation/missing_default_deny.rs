//! A namespace whose pods stay open until somebody remembers to write a policy for each of them.

use std::collections::BTreeSet;

use crate::analysis::MayClose;
use crate::diagnostic::Severity;
use crate::edit::{Change, Edit, Fix, Safety, Value};
use crate::facts::default_deny::near_misses;
use crate::net::Direction;
use crate::objects::{NamespaceId, WorkloadId};
use crate::policy::Policy;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::reach::Endpoint;
use crate::rules::{Cause, Context, repairs};
use crate::source::{Origin, Place};
use crate::yaml::FieldPath;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for (namespace, workloads) in context.analysis().namespaces() {
        let lacks = |direction: &Direction| !context.facts().default_denies.cover(namespace, *direction);
        let missing: Vec<Direction> = Direction::BOTH.into_iter().filter(lacks).collect();
        if !missing.is_empty() {
            let causes = missing.iter().map(|&direction| Cause::Namespace(namespace, direction)).collect();
            context.claim(causes, move |context, _| report(context, namespace, &workloads, &missing));
        }
    }
}

fn report(context: &mut Context<'_>, namespace: NamespaceId, workloads: &[WorkloadId], missing: &[Direction]) {
    let Some(place) = context.analysis().namespace_place(namespace, workloads) else { return };
    let may_close: Vec<_> =
        missing.iter().map(|&direction| (direction, MayClose::new(context.analysis(), direction))).collect();
    let isolated = |&id: &WorkloadId| {
        let is_isolated = |direction| context.at_most().is_isolated(Endpoint::Workload(id), direction);
        may_close.iter().all(|(direction, unread)| unread.holds(id) || is_isolated(*direction))
    };
    let each_by_itself = workloads.iter().all(isolated);
    let subject = context.analysis().namespace_subject(namespace);
    let directions = match missing {
        [one] => one.field(),
        _ => "ingress or egress",
    };
    let mut message = format!("no policy isolates all pods of namespace `{}` for {directions}", subject.name);
    if each_by_itself {
        message.push_str(", only each workload by itself");
    }
    let almost = missing.first().map(|&direction| {
        near_misses(context.analysis(), namespace, direction)
            .map(move |(written, lowered)| explain(written, lowered, direction))
    });
    let refused = missing.iter().flat_map(|&direction| context.refused(direction, workloads));
    let refused: BTreeSet<_> = refused.collect();
    let policy = default_deny(context, namespace, missing);
    let mut policies = vec![policy];
    policies.extend(answers(context, namespace, missing));
    let instruction = match policies.len() {
        1 => "add a NetworkPolicy that selects every pod",
        _ => "add a NetworkPolicy that selects every pod, and those that answer rules for the other side",
    };
    let help = repairs::with_documents(instruction, &policies);
    let fix = add(context, namespace, &place, policies);
    let draft = context.report(place, subject, message);
    draft.fix(fix).because_of(refused);
    for (place, explanation) in almost.into_iter().flatten() {
        draft.because(place, explanation);
    }
    if each_by_itself {
        draft.severity(Severity::Note);
    }
    draft.help(help);
}

/// A policy that isolates all pods of a namespace and lets them resolve names.
fn default_deny(context: &Context<'_>, namespace: NamespaceId, missing: &[Direction]) -> Value {
    let egress = missing.contains(&Direction::Egress).then(|| repairs::dns_rule(context)).flatten();
    let rules = egress.map(|rule| (Direction::Egress, rule)).into_iter().collect();
    let name = match missing {
        [one] => format!("default-deny-{}", one.field()),
        _ => "default-deny".to_owned(),
    };
    repairs::network_policy(context, (namespace, &name), Value::map([]), missing, rules)
}

/// What the namespace's rules ask of its pods that are open now and closed then: a policy for each that permits the same on
/// their side.
fn answers(context: &Context<'_>, namespace: NamespaceId, missing: &[Direction]) -> Vec<Value> {
    let is_open = |id: &WorkloadId, direction| {
        let workload = context.workload(*id);
        workload.is_some_and(|it| it.object.namespace == namespace && !it.host_network)
            && !context.at_most().is_isolated(Endpoint::Workload(*id), direction)
    };
    let peers = context.peers().filter_map(|it| {
        let other_side = it.direction.opposite();
        if !missing.contains(&other_side) || it.written.object.namespace != namespace {
            return None;
        }
        let named = context.at_most().peer_workloads(it.peer);
        if !named.iter().any(|id| is_open(id, other_side)) {
            return None;
        }
        let subject = &context.lowered(it.policy)?.subject;
        let name = format!("{}-{}", it.written.object.name, other_side.field());
        repairs::mirror(context, (namespace, &name), other_side, (it.peer, subject, &it.of.ports))
    });
    peers.collect()
}

/// Adds it to the file of another policy of the namespace where there is one, else behind what the finding points at.
fn add(context: &Context<'_>, namespace: NamespaceId, place: &Place, policies: Vec<Value>) -> Fix {
    // They are sorted by namespace.
    let known = &context.cluster().policies;
    let first = known.partition_point(|policy| policy.object.namespace < namespace);
    let written = known.get(first).map(|policy| &policy.object).filter(|object| object.namespace == namespace);
    let origin = written.map_or(&place.origin, |object| &object.origin);
    let document = Origin { path: FieldPath::root(), ..origin.clone() };
    let edits = policies.into_iter().map(|policy| Edit { at: document.clone(), change: Change::AddDocument(policy) });
    let title = "add a policy that isolates all pods of the namespace".to_owned();
    Fix { safety: Safety::Unsafe, title, edits: edits.collect() }
}

/// Why a policy that selects all pods is not the default deny that it looks like.
fn explain(written: &NetworkPolicy, lowered: &Policy, direction: Direction) -> (Place, String) {
    let name = &written.object.name;
    if lowered.isolates(direction) {
        let place = written.rules_origin(direction).entry();
        return (place, format!("`{name}` isolates all pods, but its own rules admit everything"));
    }
    let types = written.object.origin.keys(["spec", "policyTypes"]);
    let place = if written.policy_types.is_some() { types.entry() } else { written.object.name_place() };
    (place, format!("`{name}` selects all pods, but does not isolate them for {direction}"))
}
