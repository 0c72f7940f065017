//! Tiers as the configuration draws them.

use globset::GlobMatcher;

use crate::cluster::{Labels, Workload};
use crate::finding::Origin;

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

impl Tier {
    /// The first entry that matches a workload of the namespace with this name.
    #[must_use]
    pub fn matching(&self, workload: &Workload, namespace: &str) -> Option<&TierMatch> {
        self.matches.iter().find(|entry| entry.holds(workload, namespace))
    }
}

impl TierMatch {
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
