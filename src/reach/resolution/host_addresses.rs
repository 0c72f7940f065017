//! Addresses that pods and nodes may have where the input does not show them.

use ipnet::{IpNet, Ipv4Net};

use crate::net::address::AddressSet;
use crate::objects::Match;

/// Addresses that pods and nodes may have where nothing is known of them.
#[derive(Debug)]
pub(in crate::reach) struct HostAddresses {
    pub(super) all: AddressSet,
    pub(super) private: AddressSet,
    pub(super) of_hosts: AddressSet,
}

impl Default for HostAddresses {
    fn default() -> Self {
        let blocks = |blocks: &[(u32, u8)]| {
            let blocks: Vec<IpNet> = (blocks.iter())
                .filter_map(|&(address, length)| Ipv4Net::new(address.into(), length).ok())
                .map(IpNet::V4)
                .collect();
            AddressSet::from_blocks(&blocks)
        };
        let all = blocks(&[(0, 0)]);
        // "This network", loopback, link-local; multicast and what is reserved.
        let of_no_host = blocks(&[(0, 8), (0x7f00_0000, 8), (0xa9fe_0000, 16), (0xe000_0000, 3)]);
        Self {
            private: blocks(&[(0x0a00_0000, 8), (0x6440_0000, 10), (0xac10_0000, 12), (0xc0a8_0000, 16)]),
            of_hosts: all.difference(&of_no_host),
            all,
        }
    }
}

impl HostAddresses {
    /// Whether addresses have those of a host that may have any of these.
    pub(super) fn judge(&self, addresses: &AddressSet, possible: &AddressSet) -> Match {
        match (addresses.is_superset(&self.all), addresses.meets(possible)) {
            (true, _) => Match::Yes,
            (false, true) => Match::Unknown,
            (false, false) => Match::No,
        }
    }
}
