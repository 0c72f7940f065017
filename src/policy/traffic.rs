//! The traffic that a rule is about: ports of the destination, ICMP, and protocols without ports.

use super::Services;
use crate::net::Protocol;
use crate::net::traffic::Icmp;

/// The ports of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ports {
    /// Every port of every protocol, ICMP, and protocols without ports.
    All,
    /// The union of these, in the order written. Where the list is empty, nothing.
    Of(Vec<PortMatch>),
}

/// One item of a rule's ports: a boolean expression over traffic.
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
    /// The ports that the destination pod declares under this name, and under this protocol where one is given. A
    /// destination that is no pod has none.
    Named {
        /// Their protocol; `None` means whichever the pod declares.
        protocol: Option<Protocol>,
        /// The container port's name.
        name: String,
    },
    /// The ports from the one that the destination pod declares under this name to the last one; that one alone where it
    /// is above.
    NamedRange {
        /// Their protocol; `None` means whichever the pod declares.
        protocol: Option<Protocol>,
        /// The container port's name.
        name: String,
        /// The last port.
        last: u16,
    },
    /// A port that the API server rejects; it matches nothing.
    Invalid,
    /// All traffic, as [`Ports::All`]: to be narrowed by the other expressions.
    Everything,
    /// ICMP.
    Icmp(Icmp),
    /// A protocol without ports, by its number (IANA "Assigned Internet Protocol Numbers"): not TCP (6), UDP (17),
    /// SCTP (132), ICMP (1) or ICMPv6 (58).
    Portless(u8),
    /// Every protocol without ports, ICMP left out.
    AnyPortless,
    /// The target ports of Services, on the pods behind them.
    TargetPorts(Box<Services>),
    /// Some of this, and nobody knows how much: a match here is a maybe (ports of the source).
    Perhaps(Box<Self>),
    /// What all of them match.
    All(Vec<Self>),
    /// What any of them matches.
    Any(Vec<Self>),
    /// What it does not match. Where it is a maybe, so is this.
    Not(Box<Self>),
}

impl PortMatch {
    /// Whether it is ports of one protocol by number, or by name.
    pub(crate) fn is_simple(&self) -> bool {
        matches!(self, Self::Protocol(_) | Self::Range { .. } | Self::Named { .. } | Self::Invalid)
    }

    /// Its protocol, first and last port, where they are numbers.
    pub(crate) fn range(&self) -> Option<(Protocol, u16, u16)> {
        match self {
            Self::Protocol(protocol) => Some((*protocol, 1, u16::MAX)),
            Self::Range { protocol, first, last } => Some((*protocol, *first, *last)),
            _ => None,
        }
    }
}

impl Ports {
    /// Whether they are those of DNS servers alone: 53, and 5353 where OpenShift's pods listen.
    #[must_use]
    pub fn are_of_dns(&self) -> bool {
        self.is_limited_to(&[53, 5353])
    }

    /// Whether they are no others than these, of TCP or UDP.
    #[must_use]
    pub fn is_limited_to(&self, numbers: &[u16]) -> bool {
        let Self::Of(ports) = self else { return false };
        ports.iter().all(|port| match port {
            PortMatch::Range { protocol, first, last } => {
                *protocol != Protocol::Sctp && first == last && numbers.contains(first)
            }
            PortMatch::Invalid => true,
            _ => false,
        })
    }

    /// Whether some port is surely in both: names are compared as names, since what they stand for depends on pods.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let meets = |one: &PortMatch, other: &PortMatch| match (one, other) {
            (PortMatch::Named { .. }, PortMatch::Named { .. }) => one == other,
            (PortMatch::Invalid, _) | (_, PortMatch::Invalid) => false,
            (PortMatch::Named { protocol: Some(protocol), .. }, other)
            | (other, PortMatch::Named { protocol: Some(protocol), .. }) => *other == PortMatch::Protocol(*protocol),
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
