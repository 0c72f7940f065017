//! What several rules ask of a cluster, worked out once and before any of them runs.
//!
//! Facts know no rule. They are computed in a fixed order, each from those before it, and each on all cores by itself:
//! none waits for another one, and none is worked out when it is first asked.

pub(crate) mod admission;
pub(crate) mod databases;
pub(crate) mod default_deny;
pub(crate) mod defeats;
pub(crate) mod distribution;
pub(crate) mod dns;
pub(crate) mod exceptions;
mod hosts;
pub(crate) mod in_force;
pub(crate) mod mentions;
pub(crate) mod mesh;
pub(crate) mod metadata_service;
pub(crate) mod metrics;
pub(crate) mod namespace_labels;
pub(crate) mod nearest;
pub(crate) mod one_sided;
pub(crate) mod openings;
pub(crate) mod peers;
pub(crate) mod ports;
pub(crate) mod scraped;
pub(crate) mod split_peers;
pub(crate) mod unreachable;
pub(crate) mod volatile;

use std::sync::Arc;

use rayon::prelude::*;

use crate::analysis::Analysis;
use defeats::{Defeat, defeats};
use mentions::{Mention, mentions};
use metadata_service::MetadataServices;
use metrics::Metrics;
use one_sided::OneSidedAllows;
use openings::Openings;
use peers::{PeerAt, peers};
use ports::WrongPorts;
use scraped::{Scraped, scraped};
use split_peers::SplitPeers;
use unreachable::{Unreachable, unreachable};

/// The facts about a cluster.
pub(crate) struct Facts<'m> {
    /// Every peer of every rule in force, in order.
    pub(crate) peers: Vec<PeerAt<'m>>,
    /// The ports of rules with which something is wrong.
    pub(crate) wrong_ports: WrongPorts<'m>,
    /// Peers that were meant to be one.
    pub(crate) split_peers: SplitPeers<'m>,
    /// Blocks that open a metadata service.
    pub(crate) metadata_services: MetadataServices<'m>,
    /// Denies that other policies cancel.
    pub(crate) defeats: Vec<Defeat>,
    /// Ports that are to be scraped.
    pub(crate) scraped: Vec<Scraped>,
    /// What opening a port to many means.
    pub(crate) openings: Openings,
    /// Peers that one side allows and the other blocks.
    pub(crate) one_sided: OneSidedAllows,
    /// Services that are closed.
    pub(crate) unreachable: Unreachable<'m>,
    /// The Services that workloads name as what they connect to, in the order of the workloads.
    pub(crate) mentions: Vec<Mention<'m>>,
}

impl<'m> Facts<'m> {
    /// Works them out.
    pub(crate) fn new(analysis: &'m Analysis) -> Self {
        analysis.prepare();
        let peers = peers(analysis);
        let wrong_ports = WrongPorts::new(analysis);
        let split_peers = SplitPeers::new(analysis, &peers);
        let metadata_services = MetadataServices::new(analysis, &peers);
        let defeats = defeats(analysis);
        let scraped = scraped(analysis);
        let metrics = Arc::new(Metrics::new(analysis, &scraped));
        let one_sided = OneSidedAllows::new(analysis);
        let unreachable = unreachable(analysis, &peers, &metrics);
        let openings = Openings::new(analysis, &defeats, metrics);
        let workloads: Vec<_> = analysis.workloads().filter(|(_, workload)| !workload.host_network).collect();
        let mentions = workloads.par_iter().flat_map_iter(|&(id, workload)| mentions(analysis, id, workload)).collect();
        Self {
            peers,
            wrong_ports,
            split_peers,
            metadata_services,
            defeats,
            scraped,
            openings,
            one_sided,
            unreachable,
            mentions,
        }
    }
}
