//! Policies of `policy.networking.k8s.io` as they are written.

use ipnet::IpNet;
use smol_str::SmolStr;

use crate::net::{Direction, Protocol};
use crate::objects::Selector;
use crate::policy::Action;

/// The kinds of the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AdminKind {
    /// ClusterNetworkPolicy, `v1beta1` or `v1alpha2`.
    ClusterNetworkPolicy,
    /// AdminNetworkPolicy, `v1alpha1`.
    AdminNetworkPolicy,
    /// BaselineAdminNetworkPolicy, `v1alpha1`.
    BaselineAdminNetworkPolicy,
}

/// When the rules of a policy are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AdminTier {
    /// Before NetworkPolicies.
    Admin,
    /// After them, for pods that no NetworkPolicy isolates in that direction.
    Baseline,
}

/// A policy of one of these kinds. Rules, peers and ports keep the places that they have in their lists.
#[derive(Clone, Debug)]
pub struct AdminPolicy {
    /// Its kind.
    pub kind: AdminKind,
    /// When it is asked.
    pub tier: AdminTier,
    /// Its place in the tier, the lowest number first: 0 to 1000, and 0 for the kind that has no priority.
    pub priority: i32,
    /// The pods that it is for; `None` where that can't be read.
    pub subject: Option<PodSelection>,
    /// Its rules for connections to these pods.
    pub ingress: Vec<AdminRule>,
    /// Its rules for connections from these pods.
    pub egress: Vec<AdminRule>,
}

/// A rule: an action on peers and ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminRule {
    /// What it is called, in logs.
    pub name: Option<SmolStr>,
    /// What it does; `Accept` and `Allow` are one.
    pub action: Action,
    /// Which it is for: at least one peer, in order.
    pub peers: Vec<AdminPeer>,
    /// The ports of the destination; `None` for every port of every protocol.
    pub ports: Option<Vec<AdminPort>>,
}

/// Pods by the labels of their namespaces and their own. A selector that does not parse is `None`: the API server
/// takes it, and implementations drop what it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodSelection {
    /// Their namespaces.
    pub namespaces: Option<Selector>,
    /// The pods among those.
    pub pods: Option<Selector>,
}

/// One peer of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdminPeer {
    /// `namespaces` and `pods`.
    Pods(PodSelection),
    /// `networks`: addresses, those of pods and nodes included.
    Networks(Vec<IpNet>),
    /// `nodes`: the addresses of nodes with these labels; `None` where the selector does not parse.
    Nodes(Option<Selector>),
    /// `domainNames`: the addresses that these names resolve to, as they are written.
    DomainNames(Vec<SmolStr>),
    /// A peer that the API server refuses, and the object with it.
    Refused,
}

/// One item of a rule's ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdminPort {
    /// The ports `first..=last`.
    Range {
        /// Their protocol.
        protocol: Protocol,
        /// The first.
        first: u16,
        /// The last, not below the first.
        last: u16,
    },
    /// The ports of this name, whatever their protocol, at the destination pod.
    Named(SmolStr),
    /// A port that the API server takes and that is none: another protocol, or a range that ends before it starts.
    Unusable,
    /// A port that the API server refuses, and the object with it.
    Refused,
}

impl AdminKind {
    /// The kind of this name, whatever its group.
    #[must_use]
    pub fn of(kind: &str) -> Option<Self> {
        match kind {
            "ClusterNetworkPolicy" => Some(Self::ClusterNetworkPolicy),
            "AdminNetworkPolicy" => Some(Self::AdminNetworkPolicy),
            "BaselineAdminNetworkPolicy" => Some(Self::BaselineAdminNetworkPolicy),
            _ => None,
        }
    }

    /// The key of a rule's ports: `protocols` or `ports`.
    #[must_use]
    pub fn ports_field(self) -> &'static str {
        match self {
            Self::ClusterNetworkPolicy => "protocols",
            Self::AdminNetworkPolicy | Self::BaselineAdminNetworkPolicy => "ports",
        }
    }
}

impl AdminPolicy {
    /// Its rules in a direction.
    #[must_use]
    pub fn rules(&self, direction: Direction) -> &[AdminRule] {
        match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        }
    }
}

impl PodSelection {
    /// All pods of the cluster.
    #[must_use]
    pub fn all() -> Self {
        Self { namespaces: Some(Selector::default()), pods: Some(Selector::default()) }
    }
}
