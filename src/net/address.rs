//! Sets of external addresses, IPv4 and IPv6 apart.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv4Subnets, Ipv6Net, Ipv6Subnets};

use crate::net::interval::{IntervalSet, Intervals};

/// A set of IP addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AddressSet {
    v4: IntervalSet<u32>,
    v6: IntervalSet<u128>,
}

/// Whether a block is larger than any network that somebody has: it means the world.
pub(crate) fn is_worldwide(block: &IpNet) -> bool {
    block.prefix_len() < 8
}

/// Every address, as one block of each family.
pub(crate) fn whole_world() -> [IpNet; 2] {
    [IpNet::V4(Ipv4Net::default()), IpNet::V6(Ipv6Net::default())]
}

impl AddressSet {
    /// Every address of both families.
    #[must_use]
    pub fn all() -> Self {
        Self { v4: IntervalSet::range(0, u32::MAX), v6: IntervalSet::range(0, u128::MAX) }
    }

    /// The addresses of a block. IPv4 and IPv6 never stand for one another.
    #[must_use]
    pub fn block(cidr: &IpNet) -> Self {
        Self::from_blocks([cidr])
    }

    /// The addresses of several blocks.
    pub fn from_blocks<'c>(blocks: impl IntoIterator<Item = &'c IpNet>) -> Self {
        let (mut v4, mut v6) = (Intervals::new(), Intervals::new());
        for block in blocks {
            match block {
                IpNet::V4(block) => v4.push((block.network().to_bits(), block.broadcast().to_bits())),
                IpNet::V6(block) => v6.push((block.network().to_bits(), block.broadcast().to_bits())),
            }
        }
        Self { v4: IntervalSet::from_intervals(v4), v6: IntervalSet::from_intervals(v6) }
    }

    /// A set made of intervals of each family.
    pub(crate) fn new(v4: IntervalSet<u32>, v6: IntervalSet<u128>) -> Self {
        Self { v4, v6 }
    }

    /// Its IPv4 addresses.
    pub(crate) fn v4(&self) -> &IntervalSet<u32> {
        &self.v4
    }

    /// Its IPv6 addresses.
    pub(crate) fn v6(&self) -> &IntervalSet<u128> {
        &self.v6
    }

    /// Whether it has no address.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// Whether it has this address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.v4.contains(address.to_bits()),
            IpAddr::V6(address) => self.v6.contains(address.to_bits()),
        }
    }

    /// Whether every address of `other` is in it.
    #[must_use]
    pub fn is_superset(&self, other: &Self) -> bool {
        self.v4.is_superset(&other.v4) && self.v6.is_superset(&other.v6)
    }

    /// Whether any address is in both.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.v4.meets(&other.v4) || self.v6.meets(&other.v6)
    }

    /// What is in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self { v4: self.v4.union(&other.v4), v6: self.v6.union(&other.v6) }
    }

    /// What is in any of them.
    #[must_use]
    pub fn union_of(sets: &[Self]) -> Self {
        Self {
            v4: IntervalSet::from_intervals(sets.iter().flat_map(|set| set.v4.intervals()).copied()),
            v6: IntervalSet::from_intervals(sets.iter().flat_map(|set| set.v6.intervals()).copied()),
        }
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self { v4: self.v4.intersection(&other.v4), v6: self.v6.intersection(&other.v6) }
    }

    /// What is in it and not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self { v4: self.v4.difference(&other.v4), v6: self.v6.difference(&other.v6) }
    }

    /// The fewest blocks that make it up, IPv4 before IPv6, in order.
    #[must_use]
    pub fn blocks(&self) -> Vec<IpNet> {
        let v4 = self.v4.intervals().iter().flat_map(|&(first, last)| {
            Ipv4Subnets::new(Ipv4Addr::from_bits(first), Ipv4Addr::from_bits(last), 0).map(IpNet::V4)
        });
        let v6 = self.v6.intervals().iter().flat_map(|&(first, last)| {
            Ipv6Subnets::new(Ipv6Addr::from_bits(first), Ipv6Addr::from_bits(last), 0).map(IpNet::V6)
        });
        v4.chain(v6).collect()
    }
}

/// For people: `external` for every address, else the fewest blocks of each family, or one block with exceptions
/// where that is shorter: `10.0.0.0/8 except 10.1.0.0/16, 2001:db8::/32`.
impl fmt::Display for AddressSet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::all() {
            return out.write_str("external");
        }
        let blocks = self.blocks();
        let mut separator = "";
        for family in blocks.chunk_by(|left, right| left.addr().is_ipv4() == right.addr().is_ipv4()) {
            out.write_str(separator)?;
            separator = ", ";
            let word = |block: &IpNet| match block.prefix_len() == block.max_prefix_len() {
                true => block.addr().to_string(),
                false => block.to_string(),
            };
            let words = |blocks: &[IpNet]| blocks.iter().map(word).collect::<Vec<_>>();
            let Some(cover) = cover(family) else { continue };
            let except = Self::block(&cover).difference(self).blocks();
            if except.len() + 1 < family.len() {
                write!(out, "{cover} except {}", words(&except).join(" and "))?;
            } else {
                out.write_str(&words(family).join(", "))?;
            }
        }
        Ok(())
    }
}

/// The smallest block that contains all of these, which are in order and of one family.
fn cover(blocks: &[IpNet]) -> Option<IpNet> {
    let (mut cover, last) = (*blocks.first()?, blocks.last()?);
    while !cover.contains(last) {
        cover = cover.supernet()?;
    }
    Some(cover)
}

#[cfg(test)]
mod tests {
    use super::AddressSet;
    use ipnet::IpNet;

    fn blocks(set: &AddressSet) -> Vec<String> {
        set.blocks().iter().map(IpNet::to_string).collect()
    }

    fn block(text: &str) -> AddressSet {
        AddressSet::block(&text.parse().unwrap_or_default())
    }

    #[test]
    fn everything_is_one_block_of_each_family() {
        assert_eq!(blocks(&AddressSet::all()), ["0.0.0.0/0", "::/0"]);
    }

    #[test]
    fn the_rest_of_a_block_is_the_fewest_blocks() {
        assert_eq!(blocks(&block("10.0.0.0/30").difference(&block("10.0.0.1/32"))), ["10.0.0.0/32", "10.0.0.2/31"]);
        assert_eq!(blocks(&block("::/0").difference(&block("8000::/1"))), ["::/1"]);
    }

    #[test]
    fn people_read_exceptions_where_these_are_fewer() {
        let but = block("0.0.0.0/0").difference(&block("10.0.0.0/8")).difference(&block("192.168.0.0/16"));
        for (set, expected) in [
            (AddressSet::all(), "external"),
            (block("0.0.0.0/0"), "0.0.0.0/0"),
            (but.clone(), "0.0.0.0/0 except 10.0.0.0/8 and 192.168.0.0/16"),
            (but.union(&block("::/0")), "0.0.0.0/0 except 10.0.0.0/8 and 192.168.0.0/16, ::/0"),
            (block("10.0.0.0/8").union(&block("2001:db8::/32")), "10.0.0.0/8, 2001:db8::/32"),
            (block("10.0.0.0/30").difference(&block("10.0.0.1/32")), "10.0.0.0, 10.0.0.2/31"),
            (block("10.0.0.0/8").difference(&block("10.1.0.0/16")), "10.0.0.0/8 except 10.1.0.0/16"),
            (block("2001:db8::1/128"), "2001:db8::1"),
            (block("0.0.0.0/1").union(&block("::/0")), "0.0.0.0/1, ::/0"),
            (AddressSet::default(), ""),
        ] {
            assert_eq!(set.to_string(), expected);
        }
    }

    #[test]
    fn host_bits_are_ignored_and_families_stay_apart() {
        assert_eq!(blocks(&block("10.0.0.7/24")), ["10.0.0.0/24"]);
        assert!(!block("0.0.0.0/0").contains(std::net::IpAddr::V6(std::net::Ipv6Addr::LOCALHOST)));
    }
}
