//! Workloads that two configured tiers match: only the first of them counts.

use std::collections::BTreeMap;

use crate::config::TierPlace;
use crate::diagnostic::Subject;
use crate::rules::{Cause, Context};
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let analysis = context.analysis();
    // By the two tiers: the entries that meet, and the names of the workloads.
    let mut overlaps: BTreeMap<(usize, usize), (TierPlace, TierPlace, Vec<&str>)> = BTreeMap::new();
    for (_, workload) in context.workloads() {
        let mut matching = analysis.matching_tiers(workload);
        let Some(first) = matching.next() else { continue };
        for other in matching {
            let overlap = overlaps.entry((first.tier, other.tier)).or_insert_with(|| (first, other, Vec::new()));
            overlap.2.push(&workload.object.name);
        }
    }
    let tiers = &analysis.config().tiers;
    for (first, other, names) in overlaps.into_values() {
        let (Some(winner), Some(loser)) = (tiers.get(first), tiers.get(other)) else { continue };
        let (Some(won), Some(lost)) = (winner.matches.get(first.entry), loser.matches.get(other.entry)) else {
            continue;
        };
        let verb = if names.len() == 1 { "is" } else { "are" };
        let message = format!(
            "{} {verb} of tier `{}`, though tier `{}` matches too: the first one counts",
            phrase::list(names),
            winner.name,
            loser.name
        );
        let place = lost.origin.clone();
        context
            .report_because(Cause::Field(place.clone()), place.value(), Subject::default(), message)
            .key(winner.name.as_str())
            .key(loser.name.as_str())
            .because(won.origin.clone().value(), format!("tier `{}` comes first", winner.name))
            .help("make the entries exclude each other, or move the tier that is meant to the top");
    }
}
