//! One side allows a connection by name, and the other side blocks it: the allow has no effect.

use crate::edit::{Change, Fix, Safety, Value};
use crate::facts::one_sided::{Apart, OneSided};
use crate::net::Direction;
use crate::objects::{PolicyId, WorkloadId};
use crate::policy::dialect::PolicyObject;
use crate::policy::{Peer, Policy, RuleRef};
use crate::reach::Endpoint;
use crate::rules::explanations::{wrong_ports, wrong_ports_at};
use crate::rules::{Cause, Context, repairs};
use crate::source::{Origin, Place};
use crate::text::phrase;
use crate::yaml::FieldPath;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let ignored = Direction::BOTH.map(|direction| ignored(context, direction));
    for one_sided in context.facts().one_sided.iter() {
        let OneSided { rule, peer, subjects, blocked, .. } = one_sided;
        let [ingress, egress] = &ignored;
        let (other_side, ignored) = match rule.direction {
            Direction::Ingress => (Direction::Egress, egress),
            Direction::Egress => (Direction::Ingress, ingress),
        };
        let of_rule: Vec<Cause> = wrong_ports(context, *rule).collect();
        let of_remote = |&remote: &WorkloadId| {
            let mut explanations = wrong_ports_at(context, remote, other_side, subjects);
            explanations.extend(ignored_rules(context, ignored, other_side, subjects, remote));
            explanations
        };
        let explanations: Vec<Vec<Cause>> = blocked.iter().map(of_remote).collect();
        let all = of_rule.iter().chain(explanations.iter().flatten()).cloned().collect();
        context.claim_explained(vec![Cause::Peer(*rule, *peer)], all, move |context, left| {
            let is_explained = |causes: &Vec<Cause>| causes.iter().any(|cause| !left.contains(cause));
            let is_explained = is_explained(&of_rule) || explanations.iter().all(is_explained);
            if !is_explained && !ports_differ(context, one_sided) {
                report(context, one_sided);
            }
        });
    }
}

/// The policies with peers in a direction that their `policyTypes` leave out.
fn ignored(context: &Context<'_>, direction: Direction) -> Vec<PolicyId> {
    let has_peers = |policy: &Policy| policy.rules(direction).iter().any(|rule| !rule.peers.listed().is_empty());
    let ignored = context.policies().filter(|(_, _, it)| !it.isolates(direction) && has_peers(it));
    ignored.map(|(id, ..)| id).collect()
}

/// Reports a peer none of whose connections works, though some pods on both sides are known.
fn report(context: &mut Context<'_>, OneSided { rule, peer, subjects, blocked, .. }: &OneSided) {
    let (Some(written), Some(&remote)) = (context.any_policy(rule.policy), blocked.first()) else { return };
    let other_side = rule.direction.opposite();
    let name = &written.object.name;
    let (who, which) = (phrase::list(context.names(blocked)), phrase::list(context.names(subjects.iter())));
    let message = match rule.direction {
        Direction::Ingress => format!("`{name}` admits {who} to {which}, but egress of {who} does not permit it"),
        Direction::Egress => format!("`{name}` permits {which} to reach {who}, but ingress of {who} does not admit it"),
    };
    let reasons = reasons(context, Endpoint::Workload(remote), other_side);
    let about = context.cluster().subject(&written.object);
    let allow = written.peer_origin(rule.direction, rule.index, *peer).entry();
    let refused = context.refused(other_side, blocked);
    let mirror = mirror(context, (rule, *peer), blocked);
    let yaml = mirror.as_ref().map(|policy| {
        let instruction = match other_side {
            Direction::Egress => format!("also allow the egress of {who}, for example with this policy"),
            Direction::Ingress => format!("also allow the ingress of {who}, for example with this policy"),
        };
        repairs::with_yaml(&instruction, policy)
    });
    let fix = mirror.map(|policy| {
        let title = format!("add a policy that permits the same {other_side}");
        let document = Origin { path: FieldPath::root(), ..written.object.origin.clone() };
        Fix::new(Safety::Unsafe, title, document, Change::AddDocument(policy))
    });
    let draft = context.report_because(Cause::Peer(*rule, *peer), allow, about, message);
    draft.fix(fix);
    for (place, reason) in reasons {
        draft.because(place, reason);
    }
    draft.because_of(refused);
    draft.help(yaml.unwrap_or_else(|| match other_side {
        Direction::Egress => format!("also allow the egress: a policy that selects {who}, with a rule `to` {which}"),
        Direction::Ingress => {
            format!("also allow the ingress: a policy that selects {who}, with a rule `from` {which}")
        }
    }));
}

/// A policy for the other side that permits the very connections which the peer of a rule allows. `None` where the pods
/// of the peer are in several namespaces, each of which would need its own.
fn mirror(context: &Context<'_>, (rule, peer): (&RuleRef, usize), blocked: &[WorkloadId]) -> Option<Value> {
    let (written, lowered) = (context.any_policy(rule.policy)?, context.lowered(rule.policy)?);
    let of = lowered.rules(rule.direction).get(rule.index)?;
    let named = of.peers.listed().get(peer)?;
    let mut namespaces = blocked.iter().filter_map(|&id| context.workload(id)).map(|it| it.object.namespace);
    let namespace = namespaces.next()?;
    if namespaces.any(|other| other != namespace) {
        return None;
    }
    let other_side = rule.direction.opposite();
    let name = format!("{}-{}", written.object.name, other_side.field());
    let connection = (named, &lowered.subject, &of.ports);
    repairs::mirror(context, (namespace, &name), other_side, connection)
}

/// Reports two sides that name each other on different ports; `false` where it is something else.
fn ports_differ(context: &mut Context<'_>, OneSided { rule, subjects, blocked, apart, .. }: &OneSided) -> bool {
    let Some((Apart { near, far, other }, written)) = apart.as_ref().zip(context.any_policy(rule.policy)) else {
        return false;
    };
    let Some(answer) = context.policy(other.policy) else { return false };
    let (who, which) = (phrase::list(context.names(blocked)), phrase::list(context.names(subjects.iter())));
    let (verb, answers) = match rule.direction {
        Direction::Ingress => ("admits", "permits"),
        Direction::Egress => ("permits", "admits"),
    };
    let (own, theirs) = (rule.direction, other.direction);
    let message = format!(
        "no port in common: {own} of {which} {verb} {who} on {near}, {theirs} of {who} {answers} {which} on {far}"
    );
    let about = context.cluster().subject(&written.object);
    let place = written.ports_origin(own, rule.index).entry();
    let draft = context.report(place, about, message);
    let words = format!("`{}` {answers} only {far}", answer.object.name);
    draft.because(answer.ports_origin(theirs, other.index).entry(), words);
    draft.help("write the port on which the pods listen at both ends");
    true
}

/// The rules in which the other side does name this one, but which `policyTypes` leaves out.
fn ignored_rules(
    context: &Context<'_>,
    ignored: &[PolicyId],
    other_side: Direction,
    subjects: &[WorkloadId],
    remote: WorkloadId,
) -> Vec<Cause> {
    let reach = context.at_most();
    let names_us = |peer: &Peer| reach.peer_workloads(peer).iter().any(|workload| subjects.contains(workload));
    let selecting = ignored.iter().filter(|&&id| reach.selected(id).any(|workload| workload == remote));
    let rules =
        selecting.filter_map(|&policy| Some((policy, context.lowered(policy)?))).flat_map(|(policy, lowered)| {
            let rules = lowered.rules(other_side).iter().enumerate();
            rules.map(move |(index, rule)| (RuleRef { policy, direction: other_side, index }, rule))
        });
    rules.filter(|(_, rule)| rule.peers.listed().iter().any(names_us)).map(|(at, _)| Cause::Rule(at)).collect()
}

/// Why a workload is blocked in a direction: the rules that are too narrow, else the policies that isolate it.
fn reasons(context: &Context<'_>, endpoint: Endpoint, direction: Direction) -> Vec<(Place, String)> {
    const SHOWN: usize = 3;
    let isolating: Vec<PolicyId> = context.at_most().isolating(endpoint, direction).collect();
    let policies: Vec<&PolicyObject> = isolating.iter().filter_map(|&id| context.policy(id)).collect();
    let narrow: Vec<(Place, String)> = policies
        .iter()
        .filter(|policy| policy.has_rules(direction))
        .map(|policy| {
            let name = &policy.object.name;
            (policy.rule_origin(direction, 0).entry(), format!("`{name}` permits {direction} only to this"))
        })
        .collect();
    let mut reasons = if narrow.is_empty() {
        let isolates = |policy: &&PolicyObject| {
            let name = &policy.object.name;
            (policy.isolation_place(direction), format!("`{name}` isolates it for {direction} and permits nothing"))
        };
        policies.iter().map(isolates).collect()
    } else {
        narrow
    };
    reasons.truncate(SHOWN);
    reasons
}
