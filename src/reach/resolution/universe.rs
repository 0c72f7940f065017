//! What policies are resolved against.

use ipnet::IpNet;

use super::host_addresses::HostAddresses;
use crate::cluster::Cluster;
use crate::policy::Arrangement;
use crate::reach::classes::{ClassSet, Classes, References};

/// The ends that policies can be about, and the objects that they refer to.
#[derive(Debug)]
pub(in crate::reach) struct Universe {
    pub(in crate::reach) classes: Classes,
    pub(super) references: References,
    /// The addresses of pods, where they are known.
    pub(super) pod_blocks: Vec<IpNet>,
    pub(super) host_addresses: HostAddresses,
}

impl Universe {
    /// As an arrangement of the cluster has it.
    pub(super) fn new(cluster: &Cluster, arrangement: &Arrangement, pod_blocks: &[IpNet]) -> Self {
        let references = References::new(cluster);
        Self {
            classes: Classes::new(cluster, arrangement, &references),
            references,
            pod_blocks: if arrangement.pods_by_address { pod_blocks.to_vec() } else { Vec::new() },
            host_addresses: HostAddresses::default(),
        }
    }

    /// The pods that an ipBlock admits, where it admits pods at all.
    pub(in crate::reach) fn pods_of_block(&self, cidr: &IpNet) -> Option<ClassSet> {
        let meets = |pods: &IpNet| pods.contains(cidr) || cidr.contains(pods);
        self.pod_blocks.iter().any(meets).then(|| self.classes.pods())
    }
}
