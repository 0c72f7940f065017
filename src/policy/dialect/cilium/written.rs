//! Cilium's policies in typed form: what is written, read as the agent reads it.

use ipnet::IpNet;
use smol_str::SmolStr;

use super::dns::Pattern;
use super::{Entity, Family, Kind, PortText, Selector};
use crate::net::{Direction, Protocol};
use crate::source::Origin;

/// A CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy.
#[derive(Clone, Debug)]
pub struct CiliumPolicy {
    /// Which kind it is of.
    pub kind: Kind,
    /// Its rules: `spec`, then `specs`; the agent imports both.
    pub rules: Vec<Rule>,
    /// What its rules of the common form come from, for ingress.
    pub(super) ingress: Vec<Part>,
    /// The same for egress.
    pub(super) egress: Vec<Part>,
}

/// What a rule of the common form comes from: an entry, or the items of `toPorts` of an entry that are restricted at
/// layer 7 alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The place of the rule in [`CiliumPolicy::rules`].
    pub rule: usize,
    /// The place of the entry in [`Rule::entries`].
    pub entry: usize,
    /// Its items.
    pub items: Items,
    /// Where each port of the common form is: the place of its item, and its place there.
    pub(super) ports: Box<[(u32, u32)]>,
}

/// Items of `toPorts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Items {
    /// Those without a restriction at layer 7, and ICMP.
    Plain,
    /// Those with one.
    Restricted,
}

/// A rule: who it is for, and what it allows and denies.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Where it is written: `spec`, or an item of `specs`.
    pub origin: Origin,
    /// Who it is for.
    pub subject: Subject,
    /// `enableDefaultDeny.ingress`, where written.
    pub default_deny_ingress: Option<bool>,
    /// `enableDefaultDeny.egress`, where written.
    pub default_deny_egress: Option<bool>,
    /// The items of its lists, in the order `ingress`, `ingressDeny`, `egress`, `egressDeny`.
    pub entries: Vec<Entry>,
}

/// Who a rule is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Pods, as written: [`Selector::as_subject`] completes it.
    Pods(Selector),
    /// Nodes: a host policy, which says nothing of pods.
    Nodes,
}

/// What an entry does with what it matches. A deny beats every allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Admit it.
    Allow,
    /// Refuse it.
    Deny,
}

/// An item of one of the four lists.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The direction.
    pub direction: Direction,
    /// Whether it allows or denies.
    pub action: Action,
    /// Its place in the list.
    pub index: usize,
    /// The other side.
    pub peers: Peers,
    /// A list of peers that is written and holds nothing, where that is as good as absent.
    pub empty: Option<&'static str>,
    /// The ports and ICMP types.
    pub traffic: Traffic,
}

/// The other side of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peers {
    /// None is written: everyone, where traffic is written.
    Unwritten,
    /// An empty list, which selects nothing, and its key.
    Nothing(&'static str),
    /// The union of these, and the key of their list.
    Of(&'static str, Vec<Peer>),
}

/// One item of the peers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// Pods, as written: [`Selector::as_peer`] completes it.
    Pods(Selector),
    /// Nodes by their labels.
    Nodes(Selector),
    /// A class of peers.
    Entity(Entity),
    /// Addresses.
    Blocks(Blocks),
    /// A group of a cloud provider, which only the cluster resolves.
    CloudGroup,
    /// A Service.
    Service(Service),
    /// The addresses that DNS gives for names.
    Name(Pattern),
}

/// Addresses: some, without others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocks {
    /// Those meant.
    pub of: BlockSource,
    /// Those left out.
    pub except: Vec<IpNet>,
}

/// Where the addresses of a block are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockSource {
    /// Here.
    Block(IpNet),
    /// In the CiliumCIDRGroup of this name.
    Group(SmolStr),
    /// In the CiliumCIDRGroups that a selector matches. One that only excludes matches the whole world.
    Groups(Selector),
}

/// A Service as a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Service {
    /// By its name; without a namespace, in any.
    Named {
        /// `serviceName`.
        name: SmolStr,
        /// `namespace`.
        namespace: Option<SmolStr>,
    },
    /// By its labels; without a namespace, in any.
    Selected {
        /// `selector`.
        selector: Selector,
        /// `namespace`.
        namespace: Option<SmolStr>,
    },
}

/// The traffic of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Traffic {
    /// None is written: everything, ICMP and all protocols included, where peers are written.
    Unwritten,
    /// The union of these.
    Of {
        /// The items of `toPorts`.
        ports: Vec<ToPorts>,
        /// The types of all items of `icmps`.
        icmp: Vec<IcmpType>,
    },
}

/// An item of `toPorts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToPorts {
    /// The ports; an item without any allows nothing.
    pub ports: Vec<PortItem>,
    /// What it asks at layer 7.
    pub layer7: Layer7,
}

/// What an item of `toPorts` asks beyond ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layer7 {
    /// Nothing.
    Unrestricted,
    /// Some requests, server names or a listener: the traffic is allowed, and restricted.
    Restricted,
    /// Only queries for these names, which also makes the DNS proxy see the answers.
    Dns(Vec<Pattern>),
}

/// One port, a range of them, or a protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortItem {
    /// The port; 0 stands for all.
    pub port: PortText,
    /// The last port of a range, where it is one.
    pub end: Option<u16>,
    /// The protocol.
    pub protocol: PortProtocol,
}

/// The protocol of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortProtocol {
    /// TCP, UDP and SCTP; not ICMP.
    Any,
    /// One of them.
    One(Protocol),
    /// A protocol without ports, by its number (IANA's "Protocol Numbers").
    Portless(u8),
}

/// A type of ICMP; 0 stands for every type of the family, since the agent takes it for a wildcard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IcmpType {
    /// The family.
    pub family: Family,
    /// The type.
    pub number: u8,
}

impl Rule {
    /// Whether it isolates what it selects: `enableDefaultDeny` counts only where the direction has an entry, and is
    /// true where not written (`Sanitize`).
    #[must_use]
    pub fn isolates(&self, direction: Direction) -> bool {
        let written = match direction {
            Direction::Ingress => self.default_deny_ingress,
            Direction::Egress => self.default_deny_egress,
        };
        written.unwrap_or(true) && self.entries.iter().any(|entry| entry.direction == direction)
    }

    /// Where one of its entries is.
    #[must_use]
    pub fn origin_of(&self, entry: &Entry) -> Origin {
        self.origin.key(entry.list()).index(entry.index)
    }
}

impl Entry {
    /// The key of its list.
    #[must_use]
    pub fn list(&self) -> &'static str {
        match (self.direction, self.action) {
            (Direction::Ingress, Action::Allow) => "ingress",
            (Direction::Ingress, Action::Deny) => "ingressDeny",
            (Direction::Egress, Action::Allow) => "egress",
            (Direction::Egress, Action::Deny) => "egressDeny",
        }
    }

    /// Whether it matches nothing, whatever there is: it has an empty list of peers, neither peers nor traffic
    /// (`- {}`), or items of traffic that name none. It isolates all the same.
    #[must_use]
    pub fn matches_nothing(&self) -> bool {
        match (&self.peers, &self.traffic) {
            (Peers::Nothing(_), _) | (Peers::Unwritten, Traffic::Unwritten) => true,
            (_, Traffic::Unwritten) => false,
            (_, Traffic::Of { ports, icmp }) => icmp.is_empty() && ports.iter().all(|item| item.ports.is_empty()),
        }
    }
}

impl Peers {
    /// The key of their list.
    #[must_use]
    pub fn list(&self) -> Option<&'static str> {
        match self {
            Self::Unwritten => None,
            Self::Nothing(list) | Self::Of(list, _) => Some(list),
        }
    }
}

impl Items {
    /// Whether an item is one of them.
    #[must_use]
    pub fn hold(self, item: &ToPorts) -> bool {
        item.is_restricted() == (self == Self::Restricted)
    }
}

impl ToPorts {
    /// Whether it lets only some requests through. Every name is no restriction.
    #[must_use]
    pub fn is_restricted(&self) -> bool {
        match &self.layer7 {
            Layer7::Unrestricted => false,
            Layer7::Restricted => true,
            Layer7::Dns(patterns) => !patterns.iter().any(Pattern::is_everything),
        }
    }
}

impl PortItem {
    /// The ports from the first to the last; `None` where it is a name.
    ///
    /// 0 is every port, with an end too; an end that is not above the port is none.
    #[must_use]
    pub fn range(&self) -> Option<(u16, u16)> {
        match self.port {
            PortText::Name(_) => None,
            PortText::Number(0) => Some((0, u16::MAX)),
            PortText::Number(first) => Some((first, self.end.unwrap_or(first).max(first))),
        }
    }
}
