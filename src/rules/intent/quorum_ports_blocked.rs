//! Replicas of a store that cannot reach one another: no quorum forms, nothing is replicated.

use std::collections::BTreeMap;

use super::{SHOWN, restriction, sides};
use crate::diagnostic::{Confidence, Severity};
use crate::edit::Value;
use crate::facts::admission::responsible_policy;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::{ContainerPort, PolicyId, WorkloadId};
use crate::policy::PolicyObject;
use crate::reach::Endpoint;
use crate::rules::{Context, repairs};
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut apart: BTreeMap<(PolicyId, Direction, bool), Vec<(WorkloadId, PortSet)>> = BTreeMap::new();
    for (id, ports, is_for_members) in context.facts().evidence.members() {
        let (reach, pods) = (context.at_most(), Endpoint::Workload(id));
        // Two pods of one workload, and not a pod and itself.
        let admitted = [reach.ingress(pods, pods), reach.egress(pods, pods)];
        for (direction, admitted) in Direction::BOTH.into_iter().zip(admitted) {
            let blocked = ports.difference(&admitted);
            if !blocked.is_empty()
                && let Some((policy, _)) = responsible_policy(context.analysis(), id, direction)
            {
                apart.entry((policy, direction, is_for_members)).or_default().push((id, blocked));
                break;
            }
        }
    }
    for ((policy, direction, is_for_members), workloads) in apart {
        let causes = sides(context, workloads.iter().map(|(id, _)| *id), direction);
        context.claim(causes, move |context, _| report(context, (policy, direction), is_for_members, &workloads));
    }
}

fn report(
    context: &mut Context<'_>,
    (policy, direction): (PolicyId, Direction),
    is_for_members: bool,
    workloads: &[(WorkloadId, PortSet)],
) {
    let Some(written) = context.policy(policy) else { return };
    let blocked = workloads.iter().fold(PortSet::default(), |set, (_, ports)| set.union(ports));
    let who = phrase::list(context.names(workloads.iter().map(|(id, _)| id)));
    let message = format!("replicas of {who} cannot reach one another on {blocked}");
    let about = context.cluster().subject(&written.object);
    let declared: Vec<&ContainerPort> = workloads
        .iter()
        .filter_map(|(id, ports)| Some((context.workload(*id)?, ports)))
        .flat_map(|(workload, ports)| workload.containers.iter().map(move |container| (container, ports)))
        .flat_map(|(container, ports)| container.ports.iter().filter(|port| ports.is_superset(&port.set())))
        .collect();
    let (place, words) = restriction(written, direction);
    let ids: Vec<WorkloadId> = workloads.iter().map(|(id, _)| *id).collect();
    let refused = context.refused(direction, &ids);
    let policy = match workloads {
        [(id, _)] => between_members(context, written, *id, &blocked),
        _ => None,
    };
    let yaml = policy.as_ref().map(|policy| repairs::with_yaml("permit it, for example with this policy", policy));
    let fix = policy
        .and_then(|policy| repairs::add_policies("add a policy that permits it", &written.object.origin, vec![policy]));
    let draft = context.report(place, about, message);
    // Names and numbers of ports say that they are for other members.
    draft.confidence(Confidence::Likely).key(direction.field()).because_of(refused).remark(words);
    // Where clients use the port too, the replicas may have nothing to say to one another.
    if !is_for_members {
        draft.severity(Severity::Note);
    }
    for port in declared.into_iter().take(SHOWN) {
        draft.because(port.origin.clone().entry(), "they talk on this port");
    }
    draft.fix(fix).help(yaml.unwrap_or_else(|| match direction {
        Direction::Ingress => format!("admit {blocked} `from` the pods' own labels, and permit it `to` them"),
        Direction::Egress => format!("permit {blocked} `to` the pods' own labels"),
    }));
}

/// A policy by which the replicas of a workload reach one another, in each direction that is closed to them.
fn between_members(context: &Context<'_>, like: &PolicyObject, id: WorkloadId, ports: &PortSet) -> Option<Value> {
    let (reach, pods, workload) = (context.at_most(), Endpoint::Workload(id), context.workload(id)?);
    let is_closed = |direction: &Direction| {
        let admitted = match direction {
            Direction::Ingress => reach.ingress(pods, pods),
            Direction::Egress => reach.egress(pods, pods),
        };
        !admitted.is_superset(ports)
    };
    let closed: Vec<Direction> = Direction::BOTH.into_iter().filter(is_closed).collect();
    repairs::policy_between(context, like, (workload, workload), &closed, ports)
}
