//! A database that more than its backend can reach.

use super::source::{Source, confidence, describe};
use super::suspects::Suspects;
use super::target::{Causes, Target};
use crate::cluster::{Confidence, Tier};
use crate::diagnostic::Severity;
use crate::facts::databases::{client_ports, database};
use crate::net::Direction;
use crate::rules::{Cause, Context};
use crate::source::Place;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let configured = context.analysis().config().tiers.iter().find(|tier| tier.name == Tier::Database.keyword());
    let mut suspects = Suspects::new(context, configured);
    for (id, workload) in context.workloads().filter(|(_, workload)| !workload.host_network) {
        let Some(tier) = database(context.analysis(), id) else { continue };
        let severity = if tier.confidence == Confidence::High { Severity::Error } else { Severity::Warning };
        let ports = client_ports(workload, tier);
        let limit = configured.filter(|tier| tier.reachable_from.is_some());
        let target = Target { id, workload, tier: limit, ports };
        let sources = suspects.reaching(context, &target);
        let what = tier.family.map_or("database", |family| family.name);
        report(context, &target, sources, what, severity);
    }
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
            let confidence = confidence(context, target.id, &sources);
            let side = Cause::Side(database.namespace, target.id, Direction::Ingress);
            let refused = context.refused(Direction::Ingress, &[target.id]);
            let draft = context.report_because(side, database.name_place(), about, message);
            draft.severity(severity).confidence(confidence).help(HELP);
            if let Some((place, words)) = evidence {
                draft.because(place, words);
            }
            draft.because_of(refused);
        }
        // One finding for each rule or peer that lets the wrong ones in.
        Causes::Rules(rules) => {
            for (gate, who) in rules {
                let Some(policy) = context.any_policy(gate.rule.policy) else { continue };
                let message = format!("`{}` opens {what} `{name}` to {}", policy.object.name, describe(&who));
                let about = context.cluster().subject(&policy.object);
                let evidence = evidence(context, target);
                let confidence = confidence(context, target.id, &who);
                let draft = context.report_because(gate.opening(target.id), gate.place(policy), about, message);
                draft.severity(severity).confidence(confidence).key(name.as_str());
                let by = if policy.network_policy().is_some() { "`podSelector`" } else { "its labels" };
                draft.help(format!("admit the backend alone, by {by}"));
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
