//! A database that more than its backend can reach.

use super::source::{Source, describe};
use super::suspects::Suspects;
use super::target::{Causes, Target};
use crate::cluster::{Classification, Confidence, Tier};
use crate::diagnostic::Severity;
use crate::net::Protocol;
use crate::net::ports::PortSet;
use crate::objects::{Workload, WorkloadId};
use crate::policy::Ports;
use crate::rules::Context;
use crate::rules::intent::opens;
use crate::source::Place;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let configured = context.analysis().config().tiers.iter().find(|tier| tier.name == Tier::Database.keyword());
    let mut suspects = Suspects::new(context, configured);
    for (id, workload) in context.workloads().filter(|(_, workload)| !workload.host_network) {
        let Some((tier, severity)) = database(context, id) else { continue };
        let ports = client_ports(workload, tier.family.map_or(&[][..], |family| family.ports));
        let limit = configured.filter(|tier| tier.reachable_from.is_some());
        let target = Target { id, workload, tier: limit, ports };
        let sources = suspects.reaching(context, &target);
        let what = tier.family.map_or("database", |family| family.name);
        report(context, &target, sources, what, severity);
    }
}

/// Whether this rule speaks of ingress that is open to many on these ports.
pub(super) fn speaks_of(context: &Context<'_>, id: WorkloadId, workload: &Workload, ports: &Ports) -> bool {
    let Some((tier, _)) = database(context, id) else { return false };
    let clients = client_ports(workload, tier.family.map_or(&[][..], |family| family.ports));
    clients.is_all() || clients.ranges().any(|it| opens(ports, workload, it.protocol, it.first))
}

/// What a workload is taken for, and how much that weighs, where it is taken for a database.
fn database<'m>(context: &Context<'m>, id: WorkloadId) -> Option<(&'m Classification, Severity)> {
    let tier = context.analysis().tier(id).filter(|tier| tier.tier == Tier::Database)?;
    match tier.confidence {
        Confidence::High => Some((tier, Severity::Error)),
        Confidence::Medium => Some((tier, Severity::Warning)),
        Confidence::Low => None,
    }
}

/// The ports on which a database serves clients: those it declares, as far as the product is known to use them.
fn client_ports(workload: &Workload, of_product: &[u16]) -> PortSet {
    let declared = || workload.containers.iter().flat_map(|container| &container.ports);
    let known = declared().filter(|port| of_product.contains(&port.port));
    let known = known.fold(PortSet::default(), |set, port| set.union(&PortSet::single(port.protocol, port.port)));
    if !known.is_empty() {
        return known;
    }
    let standard = of_product.iter().map(|&port| PortSet::single(Protocol::Tcp, port));
    let standard = standard.fold(PortSet::default(), |set, port| set.union(&port));
    let all = declared().fold(standard, |set, port| set.union(&PortSet::single(port.protocol, port.port)));
    if all.is_empty() { PortSet::all() } else { all }
}

fn report<'m>(
    context: &mut Context<'m>,
    target: &Target<'m>,
    suspects: Vec<Source<'m>>,
    what: &str,
    severity: Severity,
) {
    let database = &target.workload.object;
    let name = &database.name;
    match target.causes(context, suspects) {
        Causes::Open(sources) if sources.is_empty() => {}
        Causes::Open(sources) => {
            let message = format!("{what} `{name}` is reachable from {}: nothing isolates it", describe(&sources));
            let about = context.cluster().subject(database);
            let evidence = evidence(context, target);
            let draft = context.report(database.name_place(), about, message);
            draft.severity(severity).help(HELP);
            if let Some((place, words)) = evidence {
                draft.because(place, words);
            }
        }
        // One finding for each rule or peer that lets the wrong ones in.
        Causes::Rules(rules) => {
            for (place, (policy, who)) in rules {
                let Some(policy) = context.policy(policy) else { continue };
                let message = format!("`{}` opens {what} `{name}` to {}", policy.object.name, describe(&who));
                let about = context.cluster().subject(&policy.object);
                let evidence = evidence(context, target);
                let draft = context.report(place, about, message);
                draft.severity(severity).help("admit the backend alone, by `podSelector`");
                if let Some((place, words)) = evidence {
                    draft.because(place, words);
                }
            }
        }
    }
}

const HELP: &str = "isolate it for ingress, and allow its backend by `podSelector`, on its port alone";

/// Why the workload is taken for a database.
fn evidence(context: &Context<'_>, target: &Target<'_>) -> Option<(Place, String)> {
    let strongest = context.analysis().evidence(target.id).into_iter().next()?;
    let words = match context.analysis().configured_tier(target.id) {
        Some(tier) => format!("it is of tier `{}`", tier.name),
        None => format!("taken for a database: {}", strongest.words),
    };
    Some((strongest.origin.value(), words))
}
