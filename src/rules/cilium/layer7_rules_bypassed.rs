//! Requests that a policy of Cilium restricts, and that another rule allows without the restriction: the list has no effect.

use std::collections::BTreeMap;

use crate::facts::in_force::RuleAt;
use crate::facts::world::outside_of;
use crate::net::{Direction, Protocol};
use crate::objects::WorkloadId;
use crate::policy::dialect::cilium::{Layer7, Traffic};
use crate::policy::{Peer, RuleRef};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::text::phrase;

/// How many workloads, ends and ports of one rule are asked about.
const ASKED: usize = 16;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for rule in context.rules() {
        let Some(item) = restricted_item(&rule) else { continue };
        if let Some((by, workloads)) = bypassed(context, &rule) {
            report(context, &rule, item, by, &workloads);
        }
    }
}

/// The first item of `toPorts` that restricts requests. What names a DNS rule lists is another matter.
fn restricted_item(rule: &RuleAt<'_>) -> Option<usize> {
    let written = rule.object.cilium_policy().filter(|_| rule.rule.layer7)?;
    let (_, entry) = written.entry_of(rule.at.direction, rule.at.index)?;
    let Traffic::Of { ports, .. } = &entry.traffic else { return None };
    ports.iter().position(|item| item.layer7 == Layer7::Restricted)
}

/// The workloads for which a rule restricts nothing, and the rule that allows the same to the first of them.
fn bypassed(context: &Context<'_>, rule: &RuleAt<'_>) -> Option<(RuleRef, Vec<WorkloadId>)> {
    let reach = context.at_least();
    let others = others(context, rule);
    let mut groups: BTreeMap<u32, Vec<WorkloadId>> = BTreeMap::new();
    let is_for = |id: &WorkloadId| {
        let subject = rule.rule.subject.as_deref();
        subject.is_none_or(|subject| reach.peer_admits(subject, Endpoint::Workload(*id)))
    };
    for id in reach.selected(rule.at.policy).filter(is_for) {
        groups.entry(reach.group(id)).or_default().push(id);
    }
    let (mut by, mut found) = (None, Vec::new());
    for workloads in groups.into_values().take(ASKED) {
        let allowing = workloads.first().and_then(|&first| allowing_all(context, rule, first, &others));
        if allowing.is_some() {
            by = by.or(allowing);
            found.extend(workloads);
        }
    }
    found.sort_unstable();
    Some((by?, found))
}

/// Ends that the rule admits for certain: some pods of each peer, any pod, an address outside.
fn others(context: &Context<'_>, rule: &RuleAt<'_>) -> Vec<Endpoint> {
    let reach = context.at_least();
    let of_peer = |peer: &Peer| reach.peer_workloads(peer).into_iter().take(ASKED).map(Endpoint::Workload);
    let pods = rule.rule.peers.listed().iter().flat_map(of_peer).take(ASKED);
    let any_pod = [Endpoint::UnknownNamespace].into_iter().filter(|&it| reach.rule_admits(rule.at, it));
    let pods = pods.filter(|&it| reach.rule_admits(rule.at, it));
    pods.chain(any_pod).chain(outside_of(context.analysis(), rule.at)).collect()
}

/// A rule by which all of these ends have each port of the restricted one without its restriction.
fn allowing_all(
    context: &Context<'_>,
    rule: &RuleAt<'_>,
    workload: WorkloadId,
    others: &[Endpoint],
) -> Option<RuleRef> {
    let pod = Endpoint::Workload(workload);
    let mut first = None;
    for &other in others.iter().filter(|&&other| other != pod) {
        for port in rule.rule.ports.listed().iter().take(ASKED) {
            let (protocol, number, _) = port.range()?;
            let allowing = allowing(context, rule.at.direction, (pod, other), (protocol, number))?;
            first.get_or_insert(allowing);
        }
    }
    first
}

fn allowing(
    context: &Context<'_>,
    direction: Direction,
    (pod, other): (Endpoint, Endpoint),
    (protocol, number): (Protocol, u16),
) -> Option<RuleRef> {
    let reach = context.at_least();
    let side = match direction {
        Direction::Ingress => reach.explain(other, pod, protocol, number).ingress,
        Direction::Egress => reach.explain(pod, other, protocol, number).egress,
    };
    let rule = |it: RuleRef| context.lowered(it.policy)?.rules(it.direction).get(it.index);
    side.admitting.into_iter().find(|&it| rule(it).is_some_and(|rule| !rule.layer7))
}

fn report(context: &mut Context<'_>, rule: &RuleAt<'_>, item: usize, by: RuleRef, workloads: &[WorkloadId]) {
    let Some(other) = context.any_policy(by.policy) else { return };
    let (name, who) = (&rule.object.object.name, phrase::list(context.names(workloads)));
    let message = format!("the request rules of policy `{name}` have no effect for {who}");
    let place = rule.origin().key("toPorts").index(item).key("rules").entry();
    let words = format!("this rule of `{}` allows the same without them", other.object.name);
    context
        .report_because(Cause::Rule(rule.at), place, context.subject(rule), message)
        .because(other.rule_origin(by.direction, by.index).entry(), words)
        .help("give the other rule the same `rules`, or let it name other peers or ports");
}
