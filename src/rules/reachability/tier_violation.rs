//! A tier that more than the tiers it is meant for can reach, as the configuration draws them.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, confidence, describe};
use super::suspects::Suspects;
use super::target::{Causes, Gate, Target};
use crate::config::Tier;
use crate::facts::databases::{client_ports, database};
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::{NamespaceId, Object, WorkloadId};
use crate::rules::{Cause, Context};
use crate::source::Place;
use crate::text::phrase;

/// A workload that something opens, and the sources that it lets in.
struct Opened<'m> {
    id: WorkloadId,
    object: &'m Object,
    sources: Vec<Source<'m>>,
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let tiers = context.analysis().config().tiers.iter();
    for tier in tiers.filter(|tier| tier.reachable_from.is_some()) {
        check_tier(context, tier);
    }
}

fn check_tier<'m>(context: &mut Context<'m>, tier: &'m Tier) {
    let mut suspects = Suspects::new(context, Some(tier));
    let mut gates: BTreeMap<Gate, Vec<Opened<'m>>> = BTreeMap::new();
    let mut open: BTreeMap<NamespaceId, Vec<Opened<'m>>> = BTreeMap::new();
    for (id, workload) in context.workloads().filter(|(_, workload)| !workload.host_network) {
        if context.analysis().configured_tier(id).is_none_or(|own| own.name != tier.name) {
            continue;
        }
        // Exporters beside a database are for others than its clients.
        let database = database(context.analysis(), id);
        let ports = database.map_or_else(PortSet::all, |database| client_ports(workload, database));
        let target = Target { id, workload, tier: Some(tier), ports };
        let sources = suspects.reaching(context, &target);
        let opened = |sources| Opened { id, object: &workload.object, sources };
        match target.causes(context, sources) {
            Causes::Open(sources) if sources.is_empty() => {}
            Causes::Open(sources) => open.entry(workload.object.namespace).or_default().push(opened(sources)),
            Causes::Rules(causes) => {
                for (gate, sources) in causes {
                    gates.entry(gate).or_default().push(opened(sources));
                }
            }
        }
    }
    for (namespace, opened) in open {
        claim(
            context,
            opened,
            move |id| Cause::Side(namespace, id, Direction::Ingress),
            |context, opened| {
                report_open(context, tier, opened);
            },
        );
    }
    for (gate, opened) in gates {
        claim(
            context,
            opened,
            move |id| gate.opening(id),
            move |context, opened| {
                report_gate(context, tier, gate, opened);
            },
        );
    }
}

/// Claims what one thing opens of each workload, and reports what is left.
fn claim<'m>(
    context: &mut Context<'m>,
    mut opened: Vec<Opened<'m>>,
    cause: impl Fn(WorkloadId) -> Cause + Send + 'm,
    report: impl FnOnce(&mut Context<'m>, &[Opened<'m>]) + Send + 'm,
) {
    context.claim(opened.iter().map(|it| cause(it.id)).collect(), move |context, left| {
        opened.retain(|it| left.contains(&cause(it.id)));
        report(context, &opened);
    });
}

fn report_open(context: &mut Context<'_>, tier: &Tier, opened: &[Opened<'_>]) {
    let Some(first) = opened.first() else { return };
    let who = describe(&sources(opened));
    let (names, them) = (names(opened), if opened.len() == 1 { "it" } else { "them" });
    let verb = if opened.len() == 1 { "is" } else { "are" };
    let message = format!("{names} of tier `{}` {verb} reachable from {who}: nothing isolates {them}", tier.name);
    let about = context.cluster().subject(first.object);
    let help = match allowed(tier) {
        Some(allowed) => format!("isolate {them} for ingress, and allow {allowed} by `podSelector`"),
        None => format!("isolate {them} for ingress"),
    };
    let confidence = confidence(context, first.id, &sources(opened));
    let ids: Vec<WorkloadId> = opened.iter().map(|it| it.id).collect();
    let refused = context.refused(Direction::Ingress, &ids);
    let draft = context.report(first.object.name_place(), about, message);
    draft
        .because(limit(tier), "only these may")
        .because_of(refused)
        .help(help)
        .confidence(confidence)
        .key(tier.name.as_str());
}

fn report_gate(context: &mut Context<'_>, tier: &Tier, gate: Gate, opened: &[Opened<'_>]) {
    let (Some(first), Some(policy)) = (opened.first(), context.any_policy(gate.rule.policy)) else { return };
    let who = describe(&sources(opened));
    let message = format!("`{}` opens {} of tier `{}` to {who}", policy.object.name, names(opened), tier.name);
    let about = context.cluster().subject(&policy.object);
    let help = match allowed(tier) {
        Some(allowed) => format!("admit {allowed} alone, by `podSelector`"),
        None => "admit no source".to_owned(),
    };
    let confidence = confidence(context, first.id, &sources(opened));
    let draft = context.report_because(gate.opening(first.id), gate.place(policy), about, message);
    draft.because(limit(tier), "only these may").help(help).confidence(confidence).key(tier.name.as_str());
}

fn sources<'m>(opened: &[Opened<'m>]) -> Vec<Source<'m>> {
    let sources: BTreeSet<Source<'m>> = opened.iter().flat_map(|it| &it.sources).copied().collect();
    sources.into_iter().collect()
}

fn names(opened: &[Opened<'_>]) -> String {
    phrase::list(opened.iter().map(|it| it.object.name.as_str()))
}

/// Where the configuration says who may.
fn limit(tier: &Tier) -> Place {
    tier.origin.key("reachableFrom").entry()
}

/// The tiers that may, in words.
fn allowed(tier: &Tier) -> Option<String> {
    match tier.reachable_from.as_deref()? {
        [] => None,
        [one] => Some(format!("tier `{one}`")),
        several => Some(format!("the tiers {}", phrase::list(several))),
    }
}
