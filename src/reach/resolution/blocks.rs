//! What blocks of addresses match beside addresses outside the cluster: pods and nodes have addresses too.
//!
//! A cluster has IPv4 unless the configured addresses of its pods say otherwise. Where nobody tells the addresses of
//! pods, a block of everything surely has them, and a block that meets private addresses may. The address of a node or
//! of the API server may be any that a host can have.

use ipnet::{IpNet, Ipv4Net};

use super::resolve::Resolver;
use crate::net::address::AddressSet;
use crate::objects::Match;
use crate::policy::BlockReach;
use crate::reach::bounds::Bounds;
use crate::reach::classes::{ClassSet, Kind};
use crate::reach::ends::EndSet;

/// Blocks that are meant together.
#[derive(Default)]
pub(in crate::reach) struct Blocks {
    whole: Vec<IpNet>,
    addresses: Vec<AddressSet>,
}

/// Addresses that pods and nodes may have where nothing is known of them.
#[derive(Debug)]
pub(in crate::reach) struct HostAddresses {
    all: AddressSet,
    private: AddressSet,
    of_hosts: AddressSet,
}

impl Blocks {
    pub(in crate::reach) fn add(&mut self, cidr: &IpNet, except: &[IpNet]) {
        self.whole.push(*cidr);
        let addresses = AddressSet::block(cidr);
        self.addresses.push(match except {
            [] => addresses,
            except => addresses.difference(&AddressSet::from_blocks(except)),
        });
    }

    pub(in crate::reach) fn is_empty(&self) -> bool {
        self.whole.is_empty()
    }
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
    fn judge(&self, addresses: &AddressSet, possible: &AddressSet) -> Match {
        match (addresses.is_superset(&self.all), addresses.meets(possible)) {
            (true, _) => Match::Yes,
            (false, true) => Match::Unknown,
            (false, false) => Match::No,
        }
    }
}

impl Resolver<'_> {
    /// The ends that blocks match together, where the stage is as said.
    pub(in crate::reach) fn blocks(&self, blocks: &Blocks, reach: BlockReach) -> Bounds<EndSet> {
        let (basis, known) = (self.basis, &self.basis.host_addresses);
        let addresses = AddressSet::union_of(&blocks.addresses);
        if addresses.is_empty() {
            return Bounds::default();
        }
        let pods = if reach.pods && basis.pod_blocks.is_empty() {
            known.judge(&addresses, &known.private)
        } else if reach.pods {
            let pods = AddressSet::from_blocks(&basis.pod_blocks);
            match (addresses.is_superset(&pods), addresses.meets(&pods)) {
                (true, _) => Match::Yes,
                (false, true) => Match::Unknown,
                (false, false) => Match::No,
            }
        } else if blocks.whole.iter().any(|cidr| basis.pods_of_block(cidr).is_some()) {
            Match::Yes
        } else {
            Match::No
        };
        let of_hosts = known.judge(&addresses, &known.of_hosts);
        let nodes = if reach.nodes { of_hosts } else { Match::No };
        let api_server = match of_hosts {
            // It may be on a node.
            Match::Yes if !reach.nodes => Match::Unknown,
            other => other,
        };
        let domains = if addresses.is_superset(&known.all) { Match::Yes } else { Match::Unknown };
        let (mut least, mut most) = (ClassSet::default(), ClassSet::default());
        let mut add = |classes: ClassSet, is_met: Match| {
            if is_met == Match::Yes {
                least = least.union(&classes);
            }
            if is_met != Match::No {
                most = most.union(&classes);
            }
        };
        add(basis.classes.pods(), pods);
        for kind in [Kind::HostNetwork, Kind::OwnNode, Kind::OtherNode] {
            add(basis.classes.of_kind(kind), nodes);
        }
        add(basis.classes.of_kind(Kind::ApiServer), api_server);
        add(self.all_domains(), domains);
        let of = |classes| EndSet::new(classes, addresses.clone());
        Bounds { least: of(least), most: of(most) }
    }
}
