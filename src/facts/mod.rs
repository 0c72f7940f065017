//! What several rules ask of a cluster, worked out once and before any of them runs.
//!
//! Facts know no rule. They are computed in a fixed order, each from those before it, and each on all cores by itself:
//! none waits for another one, and none is worked out when it is first asked.

pub(crate) mod admin;
pub(crate) mod admission;
pub(crate) mod databases;
pub(crate) mod default_deny;
pub(crate) mod defeats;
pub(crate) mod distribution;
pub(crate) mod dns;
pub(crate) mod evidence;
pub(crate) mod exceptions;
pub(crate) mod in_force;
pub(crate) mod mesh;
pub(crate) mod metadata_service;
pub(crate) mod metrics;
pub(crate) mod namespace_labels;
pub(crate) mod nearest;
pub(crate) mod one_sided;
pub(crate) mod openers;
pub(crate) mod openings;
pub(crate) mod peers;
pub(crate) mod port_names;
pub(crate) mod ports;
pub(crate) mod refused;
pub(crate) mod split_peers;
pub(crate) mod unreachable;
pub(crate) mod volatile;
pub(crate) mod world;

use std::sync::Arc;

use crate::analysis::Analysis;
use admin::AdminTiers;
use default_deny::DefaultDenies;
use defeats::{Deny, defeated_denies};
use evidence::{AllEvidence, Depth};
use metadata_service::{MetadataService, metadata_services};
use metrics::Metrics;
use one_sided::OneSidedAllows;
use openings::Openings;
use peers::{PeerAt, peers};
use ports::WrongPorts;
use split_peers::SplitPeers;
use unreachable::{Unreachable, unreachable};

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
    /// Namespaces that are isolated as a whole.
    pub(crate) default_denies: DefaultDenies,
    /// Denies that other policies cancel.
    pub(crate) defeated_denies: Vec<Deny>,
    /// What the input asks for.
    pub(crate) evidence: AllEvidence<'m>,
    /// What opening a port to many means.
    pub(crate) openings: Openings,
    /// Peers that one side allows and the other blocks.
    pub(crate) one_sided: OneSidedAllows,
    /// Services that are closed.
    pub(crate) unreachable: Unreachable<'m>,
}

impl<'m> Facts<'m> {
    /// Works them out, and looks for as much evidence as is needed.
    pub(crate) fn new(analysis: &'m Analysis, depth: Depth) -> Self {
        let admin = AdminTiers::new(analysis);
        let peers = peers(analysis);
        let wrong_ports = WrongPorts::new(analysis);
        let split_peers = SplitPeers::new(analysis, &peers);
        let metadata_services = metadata_services(analysis);
        let default_denies = DefaultDenies::new(analysis);
        let defeated_denies = defeated_denies(analysis);
        let evidence = AllEvidence::new(analysis, depth);
        let metrics = Arc::new(Metrics::new(analysis, &evidence));
        let one_sided = OneSidedAllows::new(analysis);
        let unreachable = unreachable(analysis, &peers, &metrics);
        let openings = Openings::new(analysis, metrics);
        Self {
            admin,
            peers,
            wrong_ports,
            split_peers,
            metadata_services,
            default_denies,
            defeated_denies,
            evidence,
            openings,
            one_sided,
            unreachable,
        }
    }
}
