//! A namespace whose pods stay open until somebody remembers to write a policy for each of them.

use std::collections::BTreeSet;

use crate::diagnostic::Severity;
use crate::facts::default_deny::{has_default_deny, near_misses};
use crate::net::Direction;
use crate::objects::{NamespaceId, WorkloadId};
use crate::policy::Policy;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::source::Place;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for (namespace, workloads) in context.analysis().namespaces() {
        let lacks = |direction: &Direction| !has_default_deny(context.analysis(), namespace, *direction);
        let missing: Vec<Direction> = Direction::BOTH.into_iter().filter(lacks).collect();
        if !missing.is_empty() {
            let causes = missing.iter().map(|&direction| Cause::Namespace(namespace, direction)).collect();
            context.claim(causes, move |context, _| report(context, namespace, &workloads, &missing));
        }
    }
}

fn report(context: &mut Context<'_>, namespace: NamespaceId, workloads: &[WorkloadId], missing: &[Direction]) {
    let Some(place) = context.analysis().namespace_place(namespace, workloads) else { return };
    let isolated = |&id: &WorkloadId| {
        missing.iter().all(|&direction| context.at_most().is_isolated(Endpoint::Workload(id), direction))
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
    let draft = context.report(place, subject, message);
    draft.because_of(refused);
    for (place, explanation) in almost.into_iter().flatten() {
        draft.because(place, explanation);
    }
    if each_by_itself {
        draft.severity(Severity::Note);
    }
    let types: Vec<&str> = missing.iter().map(|direction| direction.policy_type()).collect();
    draft.help(format!(
        "add a NetworkPolicy with `podSelector: {{}}` and `policyTypes: [{}]` and no rules",
        types.join(", ")
    ));
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
