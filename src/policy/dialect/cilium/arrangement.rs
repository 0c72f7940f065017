//! The stages of a cluster whose policies Cilium enforces.

use smol_str::SmolStr;

use super::label;
use crate::policy::{Arrangement, BlockReach, Join, LabelPattern, Stage, StageName};

/// The options of the agent that change what policies mean. The defaults are those of release 1.20.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The release, by its minor number: 20 for 1.20.
    pub minor_version: u32,
    /// Whether policies are enforced (`enable-policy`).
    pub enforcement: Enforcement,
    /// Whether blocks of addresses match pods (`policy-cidr-match-mode` has `pods`).
    pub blocks_match_pods: bool,
    /// Whether they match nodes (`policy-cidr-match-mode` has `nodes`).
    pub blocks_match_nodes: bool,
    /// Patterns of labels beside those that are built in (`labels`).
    pub labels: Vec<LabelPattern>,
    /// Whether policies apply to what a pod's own node sends to it (`allow-localhost: policy`).
    pub own_node_is_subject: bool,
    /// The name of the cluster (`cluster-name`).
    pub cluster_name: SmolStr,
    /// Whether policies for nodes are enforced (`enable-host-firewall`).
    pub host_firewall: bool,
}

/// Which pods policies are enforced for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enforcement {
    /// Those that some policy isolates.
    Default,
    /// All: a pod that no policy selects is isolated too.
    Always,
    /// None.
    Never,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            minor_version: 20,
            enforcement: Enforcement::Default,
            blocks_match_pods: false,
            blocks_match_nodes: false,
            labels: Vec::new(),
            own_node_is_subject: false,
            cluster_name: SmolStr::new_static("default"),
            host_firewall: false,
        }
    }
}

impl Options {
    /// The stages: Cilium's policies and NetworkPolicies are one, between those of ClusterNetworkPolicy, which are
    /// enforced from 1.20.
    #[must_use]
    pub fn arrangement(&self) -> Arrangement {
        let api = Arrangement::of_the_api();
        let is_own = |stage: &Stage| stage.name == "network";
        let stages = api.stages.into_iter().map(|stage| match is_own(&stage) {
            true => Stage {
                blocks: BlockReach { pods: self.blocks_match_pods, nodes: self.blocks_match_nodes },
                engages_all: [self.enforcement == Enforcement::Always; 2],
                ..stage
            },
            false => stage,
        });
        let stages: Vec<Stage> = stages.collect();
        let own = stages.iter().position(is_own).unwrap_or_default();
        let networks = Join { enforces_ignored: true, ..Join::new(StageName::Network, own) };
        let ordered = api.joins.into_iter().filter(|join| join.name != StageName::Network && self.minor_version >= 20);
        let joins = ordered.chain([networks, Join::new(StageName::Cilium, own)]);
        Arrangement {
            plugin: Some("Cilium"),
            joins: joins.filter(|_| self.enforcement != Enforcement::Never).collect(),
            stages,
            view: label::view(&self.labels),
            own_node_enters: !self.own_node_is_subject,
            host_network_is_some_node: true,
            pods_by_address: self.blocks_match_pods,
            last_named_port_counts: true,
        }
    }
}
