//! The tiers that are recognised by their looks, each with what tells its workloads from all others.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::Analysis;
use crate::cluster::{Confidence, Tier};
use crate::config::is_label;
use crate::edit::scalar;
use crate::objects::{NAMING_LABELS, Workload, WorkloadId};
use crate::text::comment::comment;
use crate::text::phrase;

/// Tiers worth writing down. Monitoring and tools are let in everywhere, and are left to their looks.
const WRITTEN: [Tier; 8] = [
    Tier::Database,
    Tier::Broker,
    Tier::Coordination,
    Tier::Storage,
    Tier::Identity,
    Tier::DatabaseProxy,
    Tier::Backend,
    Tier::Frontend,
];

/// Entries of a tier beyond these are counted.
const SHOWN: usize = 50;

/// A tier and its entries: what matches, and why it is believed to belong there.
pub(super) struct Recognised {
    tier: Tier,
    entries: BTreeMap<String, Vec<String>>,
    /// Workloads that nothing tells from those of other tiers.
    alike: Vec<String>,
}

/// The tiers of all clusters, in the order of [`WRITTEN`].
pub(super) fn recognised(models: &[Analysis]) -> Vec<Recognised> {
    let mut of_label: BTreeMap<(&str, &str), BTreeSet<Option<Tier>>> = BTreeMap::new();
    for (.., workload, tier) in workloads(models) {
        for (key, value) in &workload.pod_labels {
            of_label.entry((key, value)).or_default().insert(tier);
        }
    }
    let mut found: BTreeMap<Tier, Recognised> = BTreeMap::new();
    for (analysis, id, workload, tier) in workloads(models) {
        let Some(tier) = tier else { continue };
        let recognised =
            found.entry(tier).or_insert_with(|| Recognised { tier, entries: BTreeMap::new(), alike: Vec::new() });
        let namespace = analysis.cluster().namespace_name(workload.object.namespace);
        let name = format!("{namespace}/{}", workload.object.name);
        let tells =
            |label: &(&str, &str)| of_label.get(label).is_some_and(|tiers| *tiers == BTreeSet::from([Some(tier)]));
        let mut naming = NAMING_LABELS.iter().filter_map(|key| Some((*key, workload.pod_labels.get(*key)?.as_str())));
        let entry = match naming.find(|label| is_label(label.0, label.1) && tells(label)) {
            Some((key, value)) => format!("{{labels: {{{}: {}}}}}", scalar(key), scalar(value)),
            None => match image(workload).filter(|image| is_own_image(models, image, tier)) {
                Some(image) => format!("{{image: {}}}", scalar(image)),
                None => {
                    recognised.alike.push(name);
                    continue;
                }
            },
        };
        let because = recognised.entries.entry(entry).or_default();
        // Several clusters may have it.
        if !because.iter().any(|known| known.split(": ").next() == Some(&name)) {
            because.push(format!("{name}: {}", evidence(analysis, id)));
        }
    }
    let mut written: Vec<Recognised> = WRITTEN.iter().filter_map(|tier| found.remove(tier)).collect();
    written.retain(|tier| !tier.entries.is_empty());
    written
}

/// Every workload of every cluster, with the tier that it is written down for.
fn workloads(models: &[Analysis]) -> impl Iterator<Item = (&Analysis, WorkloadId, &Workload, Option<Tier>)> {
    models.iter().flat_map(|analysis| {
        let workloads = analysis.cluster().workloads.iter().zip((0..).map(WorkloadId));
        workloads.map(move |(workload, id)| (analysis, id, &**workload, of(analysis, id)))
    })
}

/// The tier of a workload, where enough speaks for it.
pub(super) fn of(analysis: &Analysis, id: WorkloadId) -> Option<Tier> {
    let looks = analysis.tier(id).filter(|looks| looks.confidence > Confidence::Low)?;
    Some(looks.tier).filter(|tier| WRITTEN.contains(tier))
}

/// Why a workload is believed to be of its tier, in words.
fn evidence(analysis: &Analysis, id: WorkloadId) -> String {
    let words: Vec<String> = analysis.evidence(id).into_iter().map(|reason| reason.words).collect();
    words.join(", ")
}

/// The last part of the image of the container that gives the workload its name, without tag.
fn image(workload: &Workload) -> Option<&str> {
    let container = workload.containers.iter().find(|container| !container.init)?;
    let untagged = container.image.split('@').next()?;
    let last = untagged.rsplit('/').next()?;
    last.split(':').next().filter(|name| !name.is_empty() && !name.contains(['*', '?', '[', '{', '\\']))
}

/// Whether no workload of another tier has this image.
fn is_own_image(models: &[Analysis], image: &str, tier: Tier) -> bool {
    workloads(models).all(|(.., workload, other)| {
        let mut images = workload.containers.iter().map(|container| container.image.as_str());
        other == Some(tier) || !images.any(|other| other.contains(image))
    })
}

/// The section of the file.
pub(super) fn section(tiers: &[Recognised]) -> String {
    let mut text = String::from("\n# The parts of the application, and who may reach them.\n");
    if tiers.is_empty() {
        text.push_str(
            "# None was recognised; write for example:\n\
             # tiers:\n\
             #   database: {match: [{image: \"postgres*\"}], reachableFrom: [backend]}\n",
        );
        return text;
    }
    text.push_str("tiers:\n");
    for tier in tiers {
        write_tier(tier, tiers, &mut text);
    }
    text
}

fn write_tier(tier: &Recognised, all: &[Recognised], text: &mut String) {
    text.push_str(&format!("  {}:\n    match:\n", tier.tier.keyword()));
    for (entry, because) in tier.entries.iter().take(SHOWN) {
        text.push_str(&comment(6, &format!("Review: {}", listed(because))));
        text.push_str(&format!("      - {entry}\n"));
    }
    if tier.entries.len() > SHOWN {
        text.push_str(&comment(6, &format!("{} more are left out", tier.entries.len() - SHOWN)));
    }
    if !tier.alike.is_empty() {
        let names = phrase::list(&tier.alike);
        text.push_str(&comment(
            6,
            &format!("Left out, because nothing distinguishes them from other workloads: {names}"),
        ));
    }
    if tier.tier == Tier::Database {
        let others = all.iter().map(|it| it.tier).filter(|it| !matches!(it, Tier::Database | Tier::Frontend));
        let sources: BTreeSet<Tier> = others.chain([Tier::Backend]).collect();
        let sources: Vec<&str> = sources.into_iter().map(Tier::keyword).collect();
        text.push_str("    # Review: are these all that may reach it?\n");
        text.push_str(&format!("    reachableFrom: [{}]\n", sources.join(", ")));
    }
}

/// The first few reasons, and how many more there are.
fn listed(because: &[String]) -> String {
    const SHOWN: usize = 2;
    let shown: Vec<&str> = because.iter().take(SHOWN).map(String::as_str).collect();
    match because.len().saturating_sub(SHOWN) {
        0 => shown.join("; "),
        more => format!("{}; and {more} more", shown.join("; ")),
    }
}
