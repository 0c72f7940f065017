//! Members of a cluster: replicas of a StatefulSet that talk to one another.

use super::{Client, Evidence, Reason, Target};
use crate::analysis::Analysis;
use crate::cluster::Confidence;
use crate::net::ports::PortSet;
use crate::objects::{ContainerPort, Workload, WorkloadId};

/// Words for ports between the members of a cluster.
const NAMES: &str = "bus cluster clustering dist election epmd follower galera gossip internode interserver intra \
                     jgroups leader memberlist mesh peer peers quorum raft repl replication serf transport";

/// Ports that members of a cluster use and nobody else: of etcd, ZooKeeper, Erlang, NATS, Serf, Consul, Elasticsearch,
/// Redis Cluster, RabbitMQ and MySQL Group Replication.
const NUMBERS: [u16; 14] = [2380, 2888, 3888, 4369, 6222, 7946, 8300, 8301, 8302, 9300, 16379, 25672, 33061, 33062];

/// Products whose members talk on the port that their clients use.
const ON_CLIENT_PORTS: [&str; 9] =
    ["CockroachDB", "Hazelcast", "Kafka", "MariaDB", "MinIO", "MongoDB", "MySQL", "PostgreSQL", "Redis"];

/// The members of each cluster, in order: all replicas with one another, and each that selectors distinguish with the
/// others.
pub(super) fn members(analysis: &Analysis) -> Vec<Evidence<'_>> {
    let mut found = Vec::new();
    for (id, workload) in analysis.workloads().filter(|(_, workload)| is_replicated(workload)) {
        let (ports, only, place) = cluster_ports(analysis, id, workload);
        if ports.is_empty() {
            continue;
        }
        let place = place.map_or_else(|| workload.spec_origin.clone(), |port| port.origin.clone());
        for other in others(analysis, id, workload) {
            found.push(Evidence {
                client: Client::Workload(id),
                server: Target::Workload(other, Some(ports.clone())),
                reason: Reason::Members { only },
                place: place.clone().entry(),
            });
        }
    }
    found
}

/// The other replicas, as far as they are known by themselves: a workload that stands for all of them is its own peer.
fn others(analysis: &Analysis, id: WorkloadId, workload: &Workload) -> Vec<WorkloadId> {
    let is_sibling =
        |other: &Workload| other.object.kind == workload.object.kind && other.owner_name() == workload.owner_name();
    if workload.numbered.as_ref().is_none_or(|it| it.apart.is_empty()) && workload.replica.is_none() {
        return vec![id];
    }
    let siblings = analysis.cluster().workloads_in(workload.object.namespace).filter(|(_, it)| is_sibling(it));
    siblings.map(|(other, _)| other).filter(|other| *other != id || workload.replica.is_none()).collect()
}

fn is_replicated(workload: &Workload) -> bool {
    let is_set = workload.is_stateful_set() && !workload.host_network;
    is_set && workload.replicas.is_some_and(|replicas| replicas > 1)
}

/// The declared ports on which the replicas talk to one another: as name or number tells, else as the product does;
/// whether they are for nobody else; and the first of them.
fn cluster_ports<'m>(
    analysis: &Analysis,
    id: WorkloadId,
    workload: &'m Workload,
) -> (PortSet, bool, Option<&'m ContainerPort>) {
    let own = workload.containers.iter().filter(|container| !container.init).flat_map(|container| &container.ports);
    let union = |set: PortSet, port: &ContainerPort| set.union(&port.set());
    let is_theirs = |port: &&ContainerPort| {
        let mut words = port.name.iter().flat_map(|name| name.split('-'));
        NUMBERS.contains(&port.port) || words.any(|word| NAMES.split(' ').any(|name| name == word))
    };
    let theirs = || own.clone().filter(is_theirs);
    if theirs().next().is_some() {
        return (theirs().fold(PortSet::default(), union), true, theirs().next());
    }
    let tier = analysis.tier(id).filter(|tier| tier.confidence > Confidence::Low);
    let family = tier.and_then(|tier| tier.family).filter(|family| ON_CLIENT_PORTS.contains(&family.name));
    let clients = family.map_or(&[][..], |family| family.ports);
    let mut shared = own.filter(|port| clients.contains(&port.port));
    let ports = shared.clone().fold(PortSet::default(), union);
    (ports, false, shared.next())
}
