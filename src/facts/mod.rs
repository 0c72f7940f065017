//! What several rules ask of a cluster, worked out once and before any of them runs.
//!
//! Facts know no rule. They are computed in a fixed order, each from those before it, and each on all cores by itself:
//! none waits for another one, and none is worked out when it is first asked.

pub(crate) mod admin;
pub(crate) mod admission;
pub(crate) mod databases;
pub(crate) mod default_deny;
pub(crate) mod defeats;
pub(crate) mod dns;
pub(crate) mod evidence;
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
pub(crate) mod refused;
pub(crate) mod scraped;
mod service_names;
pub(crate) mod split_peers;
pub(crate) mod unreachable;
pub(crate) mod volatile;

use std::sync::Arc;

use rayon::prelude::*;

use crate::analysis::Analysis;
use admin::AdminTiers;
use defeats::{Deny, defeated_denies};
use mentions::{Mention, Mentions};
use metadata_service::{MetadataService, metadata_services};
use metrics::Metrics;
use one_sided::OneSidedAllows;
use openings::Openings;
use peers::{PeerAt, peers};
use ports::WrongPorts;
use scraped::{Scraped, scraped};
use split_peers::SplitPeers;
use unreachable::{Unreachable, unreachable};

/// Which of the facts are needed that cost much and are for few.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Needs {
    /// The Services that workloads name: ConfigMaps are read for them.
    pub(crate) mentions: bool,
}

/// The facts about a cluster.
pub(crate) struct Facts<'m> {
    /// What the rules of the tiers Admin and Baseline decide.
    pub(crate) admin: AdminTiers<'m>,
    /// Every peer of every rule in force, in order.
    pub(crate) peers: Vec<PeerAt<'m>>,
    /// The ports of rules with which something is wrong.
    pub(crate) wrong_ports: WrongPorts<'m>,
    /// Peers that were meant to be one.
    pub(crate) split_peers: SplitPeers<'m>,
    /// Blocks that open a metadata service.
    pub(crate) metadata_services: Vec<MetadataService<'m>>,
    /// Denies that other policies cancel.
    pub(crate) defeated_denies: Vec<Deny>,
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
    /// Works out those that are needed.
    pub(crate) fn new(analysis: &'m Analysis, needs: Needs) -> Self {
        let admin = AdminTiers::new(analysis);
        let peers = peers(analysis);
        let wrong_ports = WrongPorts::new(analysis);
        let split_peers = SplitPeers::new(analysis, &peers);
        let metadata_services = metadata_services(analysis, &peers);
        let defeated_denies = defeated_denies(analysis);
        let scraped = scraped(analysis);
        let metrics = Arc::new(Metrics::new(analysis, &scraped));
        let one_sided = OneSidedAllows::new(analysis);
        let unreachable = unreachable(analysis, &peers, &metrics);
        let openings = Openings::new(analysis, metrics);
        let mentions = if needs.mentions { all_mentions(analysis) } else { Vec::new() };
        Self {
            admin,
            peers,
            wrong_ports,
            split_peers,
            metadata_services,
            defeated_denies,
            scraped,
            openings,
            one_sided,
            unreachable,
            mentions,
        }
    }
}

fn all_mentions(analysis: &Analysis) -> Vec<Mention<'_>> {
    let mentions = Mentions::new(analysis);
    let workloads: Vec<_> = analysis.workloads().filter(|(_, workload)| !workload.host_network).collect();
    workloads.par_iter().flat_map_iter(|&(id, workload)| mentions.of(id, workload)).collect()
}
