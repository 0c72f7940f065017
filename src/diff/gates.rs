//! What of a change must not pass.

use std::collections::BTreeSet;

use ipnet::IpNet;

use super::change::End;
use super::cluster::ClusterDifference;
use super::silenced::{Silenced, SilencedBy};
use crate::config::Gate;
use crate::net::address::AddressSet;

/// Addresses that are not public: private (RFC 1918, RFC 4193), shared (RFC 6598), loopback and link-local.
const NOT_PUBLIC: [&str; 9] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
];

/// The gates that a change does not pass.
pub(super) fn failed(
    gates: &BTreeSet<Gate>,
    clusters: &[ClusterDifference],
    silenced: &[Silenced],
    permits_the_same: bool,
) -> Vec<Gate> {
    let fails = |gate: &Gate| match gate {
        Gate::Any => !permits_the_same,
        Gate::SuppressionsAdded => is_silenced(silenced, &[SilencedBy::Suppression, SilencedBy::Baseline]),
        Gate::RulesDisabled => is_silenced(silenced, &[SilencedBy::Configuration]),
        Gate::UnreadableAdded => is_silenced(silenced, &[SilencedBy::Unreadable]),
        Gate::OpenedToInternet | Gate::OpenedToDatabase | Gate::IsolationLost => {
            clusters.iter().any(|cluster| opens(cluster, *gate))
        }
    };
    gates.iter().copied().filter(fails).collect()
}

fn is_silenced(silenced: &[Silenced], by: &[SilencedBy]) -> bool {
    silenced.iter().any(|it| by.contains(&it.by))
}

/// Whether a cluster opens as a gate forbids.
fn opens(cluster: &ClusterDifference, gate: Gate) -> bool {
    let difference = &cluster.difference;
    let mut opened = difference.changes.iter().filter(|change| !change.opened().is_empty());
    match gate {
        Gate::OpenedToInternet => {
            let private = not_public();
            let is_public = |end: &End| matches!(end, End::External(addresses) if !private.is_superset(addresses));
            opened.any(|change| is_public(&change.from) || is_public(&change.to))
        }
        // What is not listed may be anything.
        Gate::OpenedToDatabase => difference.unlisted_opened || opened.any(|change| cluster.is_database(&change.to)),
        _ => difference.isolation.iter().any(|change| !change.is_gained),
    }
}

fn not_public() -> AddressSet {
    let blocks: Vec<IpNet> = NOT_PUBLIC.iter().filter_map(|block| block.parse().ok()).collect();
    AddressSet::from_blocks(&blocks)
}
