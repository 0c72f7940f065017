//! Sets of ports of the three protocols.

use std::borrow::Cow;
use std::fmt;

use smallvec::SmallVec;

use crate::net::Protocol;
use crate::net::interval::{IntervalSet, Intervals};

/// A set of ports, 1 to 65535 of each protocol.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PortSet {
    sctp: IntervalSet<u16>,
    tcp: IntervalSet<u16>,
    udp: IntervalSet<u16>,
}

/// A run of permitted ports of one protocol, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortRange {
    /// The protocol.
    pub protocol: Protocol,
    /// The first port.
    pub first: u16,
    /// The last port.
    pub last: u16,
}

impl PortSet {
    /// Every port of every protocol.
    #[must_use]
    pub fn all() -> Self {
        let every = IntervalSet::range(1, u16::MAX);
        Self { sctp: every.clone(), tcp: every.clone(), udp: every }
    }

    /// The ports `first..=last` of a protocol.
    #[must_use]
    pub fn range(protocol: Protocol, first: u16, last: u16) -> Self {
        let mut set = Self::default();
        *set.get_mut(protocol) = IntervalSet::range(first.max(1), last);
        set
    }

    /// The union of ranges in any order.
    #[must_use]
    pub fn from_ranges(ranges: impl IntoIterator<Item = PortRange>) -> Self {
        let mut of_protocol: [Intervals<u16>; 3] = Default::default();
        let [sctp, tcp, udp] = &mut of_protocol;
        for PortRange { protocol, first, last } in ranges {
            let intervals = match protocol {
                Protocol::Sctp => &mut *sctp,
                Protocol::Tcp => &mut *tcp,
                Protocol::Udp => &mut *udp,
            };
            let first = first.max(1);
            if first <= last {
                intervals.push((first, last));
            }
        }
        let [sctp, tcp, udp] = of_protocol.map(IntervalSet::merged);
        Self { sctp, tcp, udp }
    }

    /// One port.
    #[must_use]
    pub fn single(protocol: Protocol, port: u16) -> Self {
        Self::range(protocol, port, port)
    }

    /// Whether it is every port of every protocol.
    #[must_use]
    pub fn is_all(&self) -> bool {
        Protocol::ALL.into_iter().all(|protocol| self.get(protocol).intervals() == [(1, u16::MAX)])
    }

    /// Whether it has no port.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        Protocol::ALL.into_iter().all(|protocol| self.get(protocol).is_empty())
    }

    /// Whether it has this port.
    #[must_use]
    pub fn contains(&self, protocol: Protocol, port: u16) -> bool {
        self.get(protocol).contains(port)
    }

    /// Whether every port of `other` is in it.
    #[must_use]
    pub fn is_superset(&self, other: &Self) -> bool {
        Protocol::ALL.into_iter().all(|protocol| self.get(protocol).is_superset(other.get(protocol)))
    }

    /// Whether any port is in both.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        Protocol::ALL.into_iter().any(|protocol| self.get(protocol).meets(other.get(protocol)))
    }

    /// What is in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.combine(other, IntervalSet::union)
    }

    /// What is in any of them.
    #[must_use]
    pub fn union_of<'s>(sets: impl IntoIterator<Item = Cow<'s, Self>>) -> Self {
        let mut sets = sets.into_iter();
        let Some(first) = sets.next() else { return Self::default() };
        let Some(second) = sets.next() else { return first.into_owned() };
        let sets: SmallVec<[Cow<'s, Self>; 4]> = [first, second].into_iter().chain(sets).collect();
        let [sctp, tcp, udp] = Protocol::ALL.map(|protocol| {
            let mut intervals = Intervals::new();
            sets.iter().for_each(|set| intervals.extend_from_slice(set.get(protocol).intervals()));
            IntervalSet::merged(intervals)
        });
        Self { sctp, tcp, udp }
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.combine(other, IntervalSet::intersection)
    }

    /// What is in it and not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.combine(other, IntervalSet::difference)
    }

    /// Its runs of ports, by protocol name and number.
    pub fn ranges(&self) -> impl Iterator<Item = PortRange> + '_ {
        Protocol::ALL.into_iter().flat_map(|protocol| {
            let intervals = self.get(protocol).intervals().iter();
            intervals.map(move |&(first, last)| PortRange { protocol, first, last })
        })
    }

    fn combine(
        &self,
        other: &Self,
        operation: impl Fn(&IntervalSet<u16>, &IntervalSet<u16>) -> IntervalSet<u16>,
    ) -> Self {
        Self {
            sctp: operation(&self.sctp, &other.sctp),
            tcp: operation(&self.tcp, &other.tcp),
            udp: operation(&self.udp, &other.udp),
        }
    }

    fn get(&self, protocol: Protocol) -> &IntervalSet<u16> {
        match protocol {
            Protocol::Sctp => &self.sctp,
            Protocol::Tcp => &self.tcp,
            Protocol::Udp => &self.udp,
        }
    }

    fn get_mut(&mut self, protocol: Protocol) -> &mut IntervalSet<u16> {
        match protocol {
            Protocol::Sctp => &mut self.sctp,
            Protocol::Tcp => &mut self.tcp,
            Protocol::Udp => &mut self.udp,
        }
    }
}

/// For people: `TCP 80,443,8000-8010; UDP 53`, `all ports`, `no ports`.
impl fmt::Display for PortSet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_all() {
            return out.write_str("all ports");
        }
        if self.is_empty() {
            return out.write_str("no ports");
        }
        let mut separator = "";
        for protocol in [Protocol::Tcp, Protocol::Udp, Protocol::Sctp] {
            let intervals = self.get(protocol).intervals();
            if intervals.is_empty() {
                continue;
            }
            write!(out, "{separator}{protocol} ")?;
            separator = "; ";
            if intervals == [(1, u16::MAX)] {
                out.write_str("all")?;
                continue;
            }
            let mut comma = "";
            for (first, last) in intervals {
                if first == last {
                    write!(out, "{comma}{first}")?;
                } else {
                    write!(out, "{comma}{first}-{last}")?;
                }
                comma = ",";
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::PortSet;
    use crate::net::Protocol::{Sctp, Tcp, Udp};

    #[test]
    fn displays_compactly() {
        let set = PortSet::range(Tcp, 8000, 8010).union(&PortSet::single(Udp, 53)).union(&PortSet::single(Tcp, 80));
        assert_eq!(set.to_string(), "TCP 80,8000-8010; UDP 53");
        assert_eq!(PortSet::all().difference(&PortSet::range(Sctp, 1, 65535)).to_string(), "TCP all; UDP all");
        assert_eq!(PortSet::all().to_string(), "all ports");
    }

    #[test]
    fn the_union_of_many_is_that_of_each_with_the_next() {
        let sets =
            [PortSet::single(Udp, 53), PortSet::range(Tcp, 5, 9), PortSet::default(), PortSet::range(Tcp, 8, 12)];
        for count in 0..=sets.len() {
            let sets = sets.iter().take(count);
            let one_by_one = sets.clone().fold(PortSet::default(), |union, set| union.union(set));
            assert_eq!(PortSet::union_of(sets.map(Cow::Borrowed)), one_by_one);
        }
    }

    #[test]
    fn a_range_that_starts_below_the_first_port_starts_at_it() {
        assert_eq!(PortSet::range(Tcp, 0, 5), PortSet::range(Tcp, 1, 5));
    }
}
