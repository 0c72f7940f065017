//! A tier that more than the tiers it is meant for can reach, as the configuration draws them.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, describe};
use super::suspects::Suspects;
use super::target::{Causes, Target};
use crate::cluster;
use crate::config::Tier;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::{NamespaceId, Object, PolicyId, WorkloadId};
use crate::rules::Context;
use crate::source::Place;
use crate::text::phrase;

/// The workloads that one cause opens, and the sources that it lets in.
type Opened<'m> = (Vec<(WorkloadId, &'m Object)>, BTreeSet<Source<'m>>);

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let tiers = context.analysis().config().tiers.iter();
    // Of the database tier, `database-reachable` speaks.
    let tiers = tiers.filter(|tier| tier.name != cluster::Tier::Database.keyword());
    for tier in tiers.filter(|tier| tier.reachable_from.is_some()) {
        check_tier(context, tier);
    }
}

fn check_tier<'m>(context: &mut Context<'m>, tier: &'m Tier) {
    let mut suspects = Suspects::new(context, Some(tier));
    let mut rules: BTreeMap<Place, (PolicyId, Opened<'m>)> = BTreeMap::new();
    let mut open: BTreeMap<NamespaceId, Opened<'m>> = BTreeMap::new();
    for (id, workload) in context.workloads().filter(|(_, workload)| !workload.host_network) {
        if context.analysis().configured_tier(id).is_none_or(|own| own.name != tier.name) {
            continue;
        }
        let target = Target { id, workload, tier: Some(tier), ports: PortSet::all() };
        let sources = suspects.reaching(context, &target);
        match target.causes(context, sources) {
            Causes::Open(sources) if sources.is_empty() => {}
            Causes::Open(sources) => {
                let (objects, known) = open.entry(workload.object.namespace).or_default();
                objects.push((id, &workload.object));
                known.extend(sources);
            }
            Causes::Rules(causes) => {
                for (place, (policy, sources)) in causes {
                    let (_, (objects, known)) = rules.entry(place).or_insert_with(|| (policy, Opened::default()));
                    objects.push((id, &workload.object));
                    known.extend(sources);
                }
            }
        }
    }
    for (objects, sources) in open.into_values() {
        let Some((_, first)) = objects.first() else { continue };
        let who = describe(&sources.into_iter().collect::<Vec<_>>());
        let (names, them) = (names(&objects), if objects.len() == 1 { "it" } else { "them" });
        let verb = if objects.len() == 1 { "is" } else { "are" };
        let message = format!("{names} of tier `{}` {verb} reachable from {who}: nothing isolates {them}", tier.name);
        let about = context.cluster().subject(first);
        let help = match allowed(tier) {
            Some(allowed) => format!("isolate {them} for ingress, and allow {allowed} by `podSelector`"),
            None => format!("isolate {them} for ingress"),
        };
        let ids: Vec<WorkloadId> = objects.iter().map(|(id, _)| *id).collect();
        let refused = context.refused(Direction::Ingress, &ids);
        let draft = context.report(first.name_place(), about, message);
        draft.because(limit(tier), "only these may").because_of(refused).help(help);
    }
    for (place, (policy, (objects, sources))) in rules {
        let Some(policy) = context.policy(policy) else { continue };
        let who = describe(&sources.into_iter().collect::<Vec<_>>());
        let message = format!("`{}` opens {} of tier `{}` to {who}", policy.object.name, names(&objects), tier.name);
        let about = context.cluster().subject(&policy.object);
        let help = match allowed(tier) {
            Some(allowed) => format!("admit {allowed} alone, by `podSelector`"),
            None => "admit nobody".to_owned(),
        };
        context.report(place, about, message).because(limit(tier), "only these may").help(help);
    }
}

fn names(objects: &[(WorkloadId, &Object)]) -> String {
    phrase::list(objects.iter().map(|(_, object)| object.name.as_str()))
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
