//! Where verdicts may change: every endpoint, and both sides of every boundary of ports and addresses.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::cluster::{Cidr, Cluster, Direction, Endpoint, PortValue, Rule};

/// Every ordered pair of endpoints, but not from outside to outside, nor to the ingress controller.
pub(crate) fn pairs(cluster: &Cluster) -> Vec<(Endpoint, Endpoint)> {
    let inside: Vec<_> = (0..cluster.workloads.len())
        .map(Endpoint::Workload)
        .chain(cluster.known_namespaces().map(Endpoint::OtherPod))
        .chain([Endpoint::UnknownNamespace])
        .collect();
    let outside: Vec<_> = addresses(cluster).into_iter().map(Endpoint::External).collect();
    let mut pairs = Vec::new();
    for &here in &inside {
        pairs.extend(inside.iter().map(|&there| (here, there)));
        pairs.extend(outside.iter().flat_map(|&there| [(here, there), (there, here)]));
        pairs.push((Endpoint::IngressController, here));
    }
    pairs
}

/// Each number that the cluster mentions and its neighbours; the ends of the range.
pub(crate) fn ports(cluster: &Cluster) -> Vec<u16> {
    let mut numbers = BTreeSet::from([1, u16::MAX]);
    let containers = cluster.workloads.iter().flat_map(|workload| workload.containers.iter().flatten());
    numbers.extend(containers.map(|port| port.number));
    for port in rules(cluster).flat_map(|rule| rule.ports.items()).flatten() {
        numbers.extend(port.end_port.value());
        if let Some(&PortValue::Number(number)) = port.port.value() {
            numbers.insert(number);
        }
    }
    let around = numbers.iter().flat_map(|&number| [number.saturating_sub(1), number, number.saturating_add(1)]);
    around.filter(|&number| number > 0).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The first and last address of each block and their neighbours outside; one that no block mentions in each family.
fn addresses(cluster: &Cluster) -> BTreeSet<IpAddr> {
    let mut addresses = BTreeSet::from(["203.0.113.9".parse().unwrap(), "2001:db9::9".parse().unwrap()]);
    for block in blocks(cluster) {
        let (first, last) = block.range();
        addresses.extend([first, last]);
        addresses.extend(neighbour(first, false));
        addresses.extend(neighbour(last, true));
    }
    addresses
}

fn blocks(cluster: &Cluster) -> impl Iterator<Item = Cidr> {
    let peers = rules(cluster).flat_map(|rule| rule.peers.items());
    let blocks = peers.filter_map(|peer| peer.ip_block.value());
    blocks.flat_map(|block| block.except.items().iter().copied().chain([block.cidr]))
}

fn neighbour(address: IpAddr, above: bool) -> Option<IpAddr> {
    match address {
        IpAddr::V4(address) => {
            let bits = address.to_bits();
            let bits = if above { bits.checked_add(1) } else { bits.checked_sub(1) };
            bits.map(|bits| Ipv4Addr::from_bits(bits).into())
        }
        IpAddr::V6(address) => {
            let bits = address.to_bits();
            let bits = if above { bits.checked_add(1) } else { bits.checked_sub(1) };
            bits.map(|bits| Ipv6Addr::from_bits(bits).into())
        }
    }
}

/// Every rule of every policy, whether it is in force or not.
fn rules(cluster: &Cluster) -> impl Iterator<Item = &Rule> {
    let specs = cluster.policies.iter().filter_map(|policy| policy.spec.value());
    specs.flat_map(|spec| Direction::BOTH.into_iter().flat_map(|direction| spec.rules(direction).items())).flatten()
}
