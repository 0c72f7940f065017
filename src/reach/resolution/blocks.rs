//! What blocks of addresses match beside addresses outside the cluster: pods and nodes have addresses too.
//!
//! A cluster has IPv4 unless the configured addresses of its pods say otherwise. Where nobody tells the addresses of
//! pods, a block of everything surely has them, and a block that meets private addresses may. The address of a node or
//! of the API server may be any that a host can have.

use ipnet::IpNet;

use super::resolver::Resolver;
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

impl Resolver<'_> {
    /// The ends that blocks match together, where the stage is as said.
    pub(in crate::reach) fn blocks(&self, blocks: &Blocks, reach: BlockReach) -> Bounds<EndSet> {
        let (universe, known) = (self.universe, &self.universe.host_addresses);
        let addresses = AddressSet::union_of(&blocks.addresses);
        if addresses.is_empty() {
            return Bounds::default();
        }
        let pods = if reach.pods && universe.pod_blocks.is_empty() {
            known.judge(&addresses, &known.private)
        } else if reach.pods {
            let pods = AddressSet::from_blocks(&universe.pod_blocks);
            match (addresses.is_superset(&pods), addresses.meets(&pods)) {
                (true, _) => Match::Yes,
                (false, true) => Match::Unknown,
                (false, false) => Match::No,
            }
        } else if blocks.whole.iter().any(|cidr| universe.pods_of_block(cidr).is_some()) {
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
        add(universe.classes.pods(), pods);
        for kind in [Kind::HostNetwork, Kind::OwnNode, Kind::OtherNode] {
            add(universe.classes.of_kind(kind), nodes);
        }
        add(universe.classes.of_kind(Kind::ApiServer), api_server);
        add(self.all_domains(), domains);
        let of = |classes| EndSet::new(classes, addresses.clone());
        Bounds { least: of(least), most: of(most) }
    }
}
