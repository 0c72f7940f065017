//! What several rules ask, worked out once for all of them.

use std::sync::OnceLock;

use super::isolation::Defeat;
use super::metrics::Metrics;
use super::peers::PeerAt;
use super::ports::PortAt;
use super::reachability::openings::Openings;
use super::reachability::unreachable_service;

/// Answers that are there once some rule has asked.
#[derive(Default)]
pub(super) struct Shared<'m> {
    pub(super) peers: OnceLock<Vec<PeerAt<'m>>>,
    pub(super) metrics: OnceLock<Metrics>,
    pub(super) defeats: OnceLock<Vec<Defeat>>,
    pub(super) openings: OnceLock<Openings>,
    pub(super) unreachable: OnceLock<unreachable_service::Findings<'m>>,
    pub(super) ports: OnceLock<Vec<PortAt<'m>>>,
}
