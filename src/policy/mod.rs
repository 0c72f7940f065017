//! Policies of every dialect in one tiered form, which is all that the reachability engine knows.
//!
//! Tiers are asked in the order Admin, Network, Baseline; what none of them decides is allowed. A dialect is a
//! front end that lowers its objects into [`Policy`]; [`dialect::network_policy`] is the one for `networking.k8s.io/v1`.

pub mod dialect;

use ipnet::IpNet;

use crate::net::{Direction, Protocol};
use crate::objects::{NamespaceId, PolicyId, Selector};

/// The stage at which a policy is asked. Earlier tiers are final unless they pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Ordered rules of the cluster's administrator, asked first.
    Admin,
    /// NetworkPolicies: the union of their allows; isolation denies the rest.
    Network,
    /// Ordered rules for pods that no policy of the network tier isolates.
    Baseline,
}

/// What a rule does with the traffic it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Admit it.
    Allow,
    /// Refuse it. Admin and baseline tiers only.
    Deny,
    /// Leave it to the next tier. Admin and baseline tiers only.
    Pass,
}

/// A policy in the tiered form.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Where it is asked.
    pub tier: Tier,
    /// Order within the admin and baseline tiers, lower first; nothing in the network tier.
    pub priority: i32,
    /// The pods it selects.
    pub subject: PodSet,
    /// Whether it isolates the selected pods for ingress; network tier only.
    pub isolates_ingress: bool,
    /// Whether it isolates the selected pods for egress; network tier only.
    pub isolates_egress: bool,
    /// Its rules for connections to the selected pods, in order.
    pub ingress: Vec<Rule>,
    /// Its rules for connections from the selected pods, in order.
    pub egress: Vec<Rule>,
    /// Whether it is not in force as written, because the API server would reject it.
    pub rejected: bool,
}

/// A set of pods. Pods on the network of their node are never in one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PodSet {
    /// The namespaces they are in.
    pub namespaces: NamespaceSet,
    /// Their labels.
    pub pods: Selector,
}

/// A set of namespaces.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NamespaceSet {
    /// One, known.
    One(NamespaceId),
    /// Those whose labels match.
    Matching(Selector),
}

/// A rule: which peers on which ports.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it does.
    pub action: Action,
    /// Whom it speaks of.
    pub peers: Peers,
    /// On which ports of the destination.
    pub ports: Ports,
}

/// The other side of a rule.
#[derive(Clone, Debug)]
pub enum Peers {
    /// Everyone, inside and outside the cluster, node addresses included.
    Everyone,
    /// The union of these, in the order written.
    Of(Vec<Peer>),
}

/// One item of a rule's peers.
#[derive(Clone, Debug)]
pub enum Peer {
    /// Pods by label.
    Pods(PodSet),
    /// Addresses outside the cluster.
    Block {
        /// The addresses.
        cidr: IpNet,
        /// Those left out.
        except: Vec<IpNet>,
    },
    /// A peer that the API server rejects; it admits nobody.
    Invalid,
}

/// The ports of a rule.
#[derive(Clone, Debug)]
pub enum Ports {
    /// Every port of every protocol.
    All,
    /// The union of these, in the order written.
    Of(Vec<PortMatch>),
}

/// One item of a rule's ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortMatch {
    /// Every port of a protocol.
    Protocol(Protocol),
    /// The ports `first..=last`.
    Range {
        /// Their protocol.
        protocol: Protocol,
        /// The first.
        first: u16,
        /// The last, not below the first.
        last: u16,
    },
    /// The ports that the destination pod declares under this name and protocol.
    Named {
        /// Their protocol.
        protocol: Protocol,
        /// The container port's name.
        name: String,
    },
    /// A port that the API server rejects; it admits nothing.
    Invalid,
}

/// Names a rule of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleRef {
    /// The policy.
    pub policy: PolicyId,
    /// Whether it is an ingress or an egress rule.
    pub direction: Direction,
    /// Its place in the list, from 0.
    pub index: usize,
}

impl Policy {
    /// Whether it isolates the pods it selects in this direction.
    #[must_use]
    pub fn isolates(&self, direction: Direction) -> bool {
        match direction {
            Direction::Ingress => self.isolates_ingress,
            Direction::Egress => self.isolates_egress,
        }
    }

    /// Puts a policy of one namespace into another one, and with it the pods that it names by their labels alone.
    pub fn put_into(&mut self, namespace: NamespaceId) {
        let rules = self.ingress.iter_mut().chain(&mut self.egress);
        let peers = rules.flat_map(|rule| match &mut rule.peers {
            Peers::Everyone => &mut [],
            Peers::Of(peers) => peers.as_mut_slice(),
        });
        let named = peers.filter_map(|peer| match peer {
            Peer::Pods(set) => Some(set),
            Peer::Block { .. } | Peer::Invalid => None,
        });
        for set in named.chain([&mut self.subject]) {
            if let NamespaceSet::One(own) = &mut set.namespaces {
                *own = namespace;
            }
        }
    }

    /// The namespace of the pods it selects, where they are of one.
    #[must_use]
    pub fn namespace(&self) -> Option<NamespaceId> {
        match self.subject.namespaces {
            NamespaceSet::One(namespace) => Some(namespace),
            NamespaceSet::Matching(_) => None,
        }
    }

    /// Its rules in this direction.
    #[must_use]
    pub fn rules(&self, direction: Direction) -> &[Rule] {
        match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        }
    }
}

impl Peers {
    /// The peers as a list; empty where everyone is meant.
    #[must_use]
    pub fn listed(&self) -> &[Peer] {
        match self {
            Self::Everyone => &[],
            Self::Of(peers) => peers,
        }
    }
}

impl PortMatch {
    /// Its protocol, first and last port, where they are numbers.
    pub(crate) fn range(&self) -> Option<(Protocol, u16, u16)> {
        match self {
            Self::Protocol(protocol) => Some((*protocol, 1, u16::MAX)),
            Self::Range { protocol, first, last } => Some((*protocol, *first, *last)),
            Self::Named { .. } | Self::Invalid => None,
        }
    }
}

impl Ports {
    /// Whether they are no others than these, of TCP or UDP.
    #[must_use]
    pub fn is_limited_to(&self, numbers: &[u16]) -> bool {
        let Self::Of(ports) = self else { return false };
        ports.iter().all(|port| match port {
            PortMatch::Range { protocol, first, last } => {
                *protocol != Protocol::Sctp && first == last && numbers.contains(first)
            }
            PortMatch::Invalid => true,
            PortMatch::Protocol(_) | PortMatch::Named { .. } => false,
        })
    }

    /// Whether some port is surely in both: names are compared as names, since what they stand for depends on pods.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let meets = |one: &PortMatch, other: &PortMatch| match (one, other) {
            (PortMatch::Named { .. }, PortMatch::Named { .. }) => one == other,
            (PortMatch::Invalid, _) | (_, PortMatch::Invalid) => false,
            (PortMatch::Named { protocol, .. }, other) | (other, PortMatch::Named { protocol, .. }) => {
                *other == PortMatch::Protocol(*protocol)
            }
            _ => match (one.range(), other.range()) {
                (Some((one, first, last)), Some((other, from, to))) => one == other && first <= to && from <= last,
                _ => false,
            },
        };
        match (self, other) {
            (Self::All, Self::All) => true,
            (Self::All, Self::Of(ports)) | (Self::Of(ports), Self::All) => !ports.is_empty(),
            (Self::Of(ports), Self::Of(others)) => ports.iter().any(|one| others.iter().any(|other| meets(one, other))),
        }
    }

    /// The ports as a list; empty where all are meant.
    #[must_use]
    pub fn listed(&self) -> &[PortMatch] {
        match self {
            Self::All => &[],
            Self::Of(ports) => ports,
        }
    }
}
