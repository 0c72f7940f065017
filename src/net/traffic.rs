//! All that connections can carry: ports, ICMP, and protocols that have no ports.

use crate::net::interval::IntervalSet;
use crate::net::ports::PortSet;

/// A set of traffic: ports of TCP, UDP and SCTP, ICMP messages, and other protocols by number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Traffic {
    /// Its ports.
    pub ports: PortSet,
    /// ICMP messages and protocols without ports, by numbers of their own. Those of protocols that
    /// have ports, and of ICMP, stand for nothing.
    portless: IntervalSet<u32>,
}

/// ICMP messages of one IP family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Icmp {
    /// ICMP of IPv4 or ICMPv6.
    pub family: IpFamily,
    /// The type; `None` means all.
    pub kind: Option<u8>,
    /// The code, where a type is given; `None` means all.
    pub code: Option<u8>,
}

/// A family of IP addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IpFamily {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// How many ICMP messages a family has: codes of types.
const MESSAGES: u32 = 1 << 16;

/// The number of the first protocol without ports, after the messages of both families.
const FIRST_PROTOCOL: u32 = 2 * MESSAGES;

/// The number of the last one.
const LAST_PROTOCOL: u32 = FIRST_PROTOCOL + u8::MAX as u32;

impl Icmp {
    /// The first and the last number of its messages.
    fn numbers(self) -> (u32, u32) {
        let of_family = match self.family {
            IpFamily::V4 => 0,
            IpFamily::V6 => MESSAGES,
        };
        let of_type = |kind: u8| of_family + (u32::from(kind) << 8);
        match (self.kind, self.code) {
            (None, _) => (of_family, of_family + MESSAGES - 1),
            (Some(kind), None) => (of_type(kind), of_type(kind) + u32::from(u8::MAX)),
            (Some(kind), Some(code)) => (of_type(kind) + u32::from(code), of_type(kind) + u32::from(code)),
        }
    }
}

impl Traffic {
    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        Self { ports: PortSet::all(), portless: IntervalSet::range(0, LAST_PROTOCOL) }
    }

    /// Ports only.
    #[must_use]
    pub fn of_ports(ports: PortSet) -> Self {
        Self { ports, portless: IntervalSet::default() }
    }

    /// ICMP messages only.
    #[must_use]
    pub fn of_icmp(messages: Icmp) -> Self {
        let (first, last) = messages.numbers();
        Self { ports: PortSet::default(), portless: IntervalSet::range(first, last) }
    }

    /// One protocol without ports, by its number.
    #[must_use]
    pub fn of_protocol(number: u8) -> Self {
        let number = FIRST_PROTOCOL + u32::from(number);
        Self { ports: PortSet::default(), portless: IntervalSet::range(number, number) }
    }

    /// Every protocol without ports, ICMP left out.
    #[must_use]
    pub fn any_portless() -> Self {
        Self { ports: PortSet::default(), portless: IntervalSet::range(FIRST_PROTOCOL, LAST_PROTOCOL) }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.portless.is_empty() && self.ports.is_empty()
    }

    /// Whether all of `other` is in it.
    #[must_use]
    pub fn is_superset(&self, other: &Self) -> bool {
        self.ports.is_superset(&other.ports) && self.portless.is_superset(&other.portless)
    }

    /// Whether anything is in both.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.ports.meets(&other.ports) || self.portless.meets(&other.portless)
    }

    /// What is in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self { ports: self.ports.union(&other.ports), portless: self.portless.union(&other.portless) }
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self { ports: self.ports.intersection(&other.ports), portless: self.portless.intersection(&other.portless) }
    }

    /// What is in it and not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self { ports: self.ports.difference(&other.ports), portless: self.portless.difference(&other.portless) }
    }

    /// What is not in it.
    #[must_use]
    pub fn complement(&self) -> Self {
        Self::all().difference(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{Icmp, IpFamily, Traffic};
    use crate::net::Protocol;
    use crate::net::ports::PortSet;

    fn icmp(family: IpFamily, kind: Option<u8>, code: Option<u8>) -> Traffic {
        Traffic::of_icmp(Icmp { family, kind, code })
    }

    #[test]
    fn families_types_and_codes_are_apart() {
        let echo = icmp(IpFamily::V4, Some(8), None);
        assert!(echo.is_superset(&icmp(IpFamily::V4, Some(8), Some(255))));
        assert!(icmp(IpFamily::V4, None, None).is_superset(&echo));
        for other in [
            icmp(IpFamily::V4, Some(7), None),
            icmp(IpFamily::V4, Some(9), None),
            icmp(IpFamily::V6, None, None),
            Traffic::any_portless(),
            Traffic::of_ports(PortSet::all()),
        ] {
            assert!(!echo.meets(&other), "{other:?}");
        }
    }

    #[test]
    fn everything_is_made_of_ports_icmp_and_protocols_without_ports() {
        let parts = [
            Traffic::of_ports(PortSet::all()),
            icmp(IpFamily::V4, None, None),
            icmp(IpFamily::V6, None, None),
            Traffic::any_portless(),
        ];
        let all = parts.iter().fold(Traffic::default(), |all, part| all.union(part));
        assert_eq!(all, Traffic::all());
        assert!(all.complement().is_empty());
        assert!(Traffic::any_portless().is_superset(&Traffic::of_protocol(0)));
        assert!(Traffic::any_portless().is_superset(&Traffic::of_protocol(255)));
        assert!(!Traffic::of_ports(PortSet::single(Protocol::Tcp, 80)).complement().is_empty());
    }
}
