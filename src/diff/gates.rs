//! What of a change must not pass.

use std::collections::BTreeSet;

use ipnet::IpNet;

use super::End;
use super::review::Review;
use super::silenced::SilencedBy;
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
pub(super) fn failed(review: &Review<'_>, gates: &BTreeSet<Gate>) -> Vec<Gate> {
    gates.iter().copied().filter(|&gate| fails(review, gate)).collect()
}

fn fails(review: &Review<'_>, gate: Gate) -> bool {
    let silenced = |by: &[SilencedBy]| review.silenced.iter().any(|it| by.contains(&it.by));
    let private = not_public();
    let is_public =
        |end: &End| matches!(end, End::External(addresses) if !private.is_superset(addresses));
    let mut clusters = review.clusters.iter();
    match gate {
        Gate::OpenedToInternet => clusters.any(|cluster| {
            let mut opened = cluster.difference.changes.iter().filter(|change| !change.opened().is_empty());
            opened.any(|change| is_public(&change.from) || is_public(&change.to))
        }),
        Gate::OpenedToDatabase => clusters.any(|cluster| {
            let mut opened = cluster.difference.changes.iter().filter(|change| !change.opened().is_empty());
            // What is not listed may be anything.
            cluster.difference.unlisted_opened || opened.any(|change| cluster.is_database(&change.to))
        }),
        Gate::IsolationLost => {
            clusters.any(|cluster| cluster.difference.isolation.iter().any(|change| !change.is_gained))
        }
        Gate::Any => !review.permits_the_same(),
        Gate::SuppressionsAdded => silenced(&[SilencedBy::Suppression, SilencedBy::Baseline]),
        Gate::RulesDisabled => silenced(&[SilencedBy::Configuration]),
        Gate::UnreadableAdded => silenced(&[SilencedBy::Unreadable]),
    }
}

fn not_public() -> AddressSet {
    let blocks: Vec<IpNet> = NOT_PUBLIC.iter().filter_map(|block| block.parse().ok()).collect();
    AddressSet::from_blocks(&blocks)
}
