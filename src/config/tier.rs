//! Tiers as the configuration draws them.

use globset::GlobMatcher;

use crate::cluster::{self, Classification, Confidence, Evidence};
use crate::objects::{Labels, Workload};
use crate::source::Origin;

/// A tier of the application.
#[derive(Clone, Debug)]
pub struct Tier {
    /// Its name.
    pub name: String,
    /// What its workloads look like.
    pub matches: Vec<TierMatch>,
    /// The tiers that may connect to it, where that is said.
    pub reachable_from: Option<Vec<String>>,
    /// Its entry.
    pub origin: Origin,
}

/// What a workload of a tier looks like: all of it must hold.
#[derive(Clone, Debug)]
pub struct TierMatch {
    pub(super) labels: Labels,
    pub(super) image: Option<GlobMatcher>,
    pub(super) namespace: Option<GlobMatcher>,
    pub(super) kind: Option<String>,
    /// The entry.
    pub origin: Origin,
}

/// The tiers of the application, in the order of the file: a workload belongs to the first one that matches.
#[derive(Clone, Debug, Default)]
pub struct Tiers(pub(super) Vec<Tier>);

/// A tier by its place in [`Tiers`], and one of its entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TierPlace {
    /// The tier.
    pub tier: usize,
    /// The entry.
    pub entry: usize,
}

impl Tiers {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Tier> {
        self.0.iter()
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, place: TierPlace) -> Option<&Tier> {
        self.0.get(place.tier)
    }

    /// The tiers that match a workload of the namespace with this name, each with its first entry that does.
    pub(crate) fn matching(&self, workload: &Workload, namespace: &str) -> impl Iterator<Item = TierPlace> {
        self.0.iter().enumerate().filter_map(move |(tier, it)| {
            let entry = it.matches.iter().position(|entry| entry.holds(workload, namespace))?;
            Some(TierPlace { tier, entry })
        })
    }

    /// The tier that every pod of a namespace belongs to, whatever it looks like.
    #[must_use]
    pub fn of_namespace(&self, namespace: &str) -> Option<&Tier> {
        self.0.iter().find(|tier| tier.matches.iter().any(|entry| entry.holds_all(namespace)))
    }

    /// What a workload is taken for. What is configured counts for certain; looks tell only of tiers that are not
    /// configured.
    #[must_use]
    pub fn believe(&self, looks: Option<Classification>, configured: Option<TierPlace>) -> Option<Classification> {
        let Some(place) = configured else {
            return looks.filter(|looks| !self.0.iter().any(|tier| tier.name == looks.tier.keyword()));
        };
        let tier = self.get(place)?;
        let known = cluster::Tier::ALL.into_iter().find(|known| known.keyword() == tier.name)?;
        // The product tells the ports of clients, whoever says that it is a database.
        let family = looks.filter(|looks| looks.tier == known).and_then(|looks| looks.family);
        Some(Classification { tier: known, confidence: Confidence::High, family, is_certain: true })
    }

    /// Where a workload is put into a tier.
    pub(crate) fn evidence(&self, place: TierPlace) -> Option<Evidence> {
        let origin = self.get(place)?.matches.get(place.entry)?.origin.clone();
        Some(Evidence { words: "configured".to_owned(), origin })
    }
}

impl Tier {
    /// Whether it may be reached from the tier of this name. Within a tier everyone may.
    #[must_use]
    pub fn admits(&self, tier: &str) -> bool {
        let listed = |sources: &Vec<String>| tier == self.name || sources.iter().any(|source| source == tier);
        self.reachable_from.as_ref().is_none_or(listed)
    }
}

impl TierMatch {
    /// The labels that it asks for.
    #[must_use]
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// Whether it asks for this namespace and nothing else.
    fn holds_all(&self, namespace: &str) -> bool {
        let asks_for_more = !self.labels.is_empty() || self.image.is_some() || self.kind.is_some();
        !asks_for_more && self.namespace.as_ref().is_some_and(|glob| glob.is_match(namespace))
    }

    fn holds(&self, workload: &Workload, namespace: &str) -> bool {
        let mut images = workload.containers.iter().filter(|container| !container.init).map(|it| it.image.as_str());
        self.labels.iter().all(|(key, value)| workload.pod_labels.get(key) == Some(value))
            && self.image.as_ref().is_none_or(|glob| images.any(|image| matches_image(glob, image)))
            && self.namespace.as_ref().is_none_or(|glob| glob.is_match(namespace))
            && self.kind.as_ref().is_none_or(|kind| *kind == workload.object.kind)
    }
}

/// Whether a glob matches the reference, with its tag or without, or its last part alone.
fn matches_image(glob: &GlobMatcher, image: &str) -> bool {
    let untagged = image.split_once('@').map_or(image, |(name, _)| name);
    let untagged = match untagged.rsplit_once(':') {
        // A colon before a slash is that of a registry's port.
        Some((name, tag)) if !tag.contains('/') => name,
        _ => untagged,
    };
    let last = untagged.rsplit('/').next().unwrap_or(untagged);
    [image, untagged, last].into_iter().any(|part| glob.is_match(part))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::matches_image;
    use globset::Glob;

    #[test]
    fn images_match_whole_untagged_or_by_their_last_part() {
        for (glob, image, expected) in [
            ("postgres*", "postgres:16", true),
            ("postgres", "registry.example.com:5000/team/postgres:16@sha256:00", true),
            ("registry.example.com/*", "registry.example.com/team/postgres:16", true),
            ("postgres:1[56]", "postgres:16", true),
            ("postgres:1[56]", "postgres:14", false),
            ("postgres", "postgres-exporter:1", false),
            ("postgres", "localhost:5000/postgres", true),
        ] {
            let glob = Glob::new(glob).unwrap().compile_matcher();
            assert_eq!(matches_image(&glob, image), expected, "{image}");
        }
    }
}
