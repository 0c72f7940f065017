//! Groups of addresses that policies name or select by label.

use ipnet::IpNet;

use super::Object;

/// A group of addresses: CiliumCIDRGroup, NetworkSet, GlobalNetworkSet.
#[derive(Clone, Debug)]
pub struct AddressGroup {
    /// Its name and place, with the labels that selectors see. A group of the whole cluster is in
    /// [`NamespaceId::CLUSTER`](super::NamespaceId::CLUSTER).
    pub object: Object,
    /// Its addresses.
    pub blocks: Vec<IpNet>,
}
