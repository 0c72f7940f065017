//! A configured tier that no workload belongs to: what it forbids is forbidden to nobody.

use std::collections::BTreeSet;

use crate::config::Tier;
use crate::diagnostic::Subject;
use crate::rules::{Cause, Context};
use crate::text::suggest::nearest;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let analysis = context.analysis();
    // A part of the manifests, or one of several clusters, need not hold every tier.
    if analysis.is_partial() || analysis.is_one_of_several() || analysis.cluster().workloads.is_empty() {
        return;
    }
    let matching = context.workloads().flat_map(|(_, workload)| analysis.matching_tiers(workload));
    let found: BTreeSet<usize> = matching.map(|place| place.tier).collect();
    for (index, tier) in analysis.config().tiers.iter().enumerate() {
        if found.contains(&index) {
            continue;
        }
        let help = match similar(context, tier) {
            Some(label) => format!("did you mean `{label}`?"),
            None => "match labels of pod templates, images, namespaces or kinds that the manifests have".to_owned(),
        };
        let message = format!("no workload belongs to tier `{}`", tier.name);
        let place = tier.origin.key("match");
        context
            .report_because(Cause::Field(place.clone()), place.value(), Subject::default(), message)
            .key(tier.name.as_str())
            .help(help);
    }
}

/// A label of a pod template that is nearly one that the tier asks for.
fn similar(context: &Context<'_>, tier: &Tier) -> Option<String> {
    let known = context.workloads().flat_map(|(_, workload)| &workload.pod_labels);
    let known: BTreeSet<String> = known.map(|(key, value)| format!("{key}: {value}")).collect();
    let asked = tier.matches.iter().flat_map(|entry| entry.labels());
    let near = |label: String| nearest(&label, known.iter().map(String::as_str)).map(str::to_owned);
    asked.map(|(key, value)| format!("{key}: {value}")).filter(|label| !known.contains(label)).find_map(near)
}
