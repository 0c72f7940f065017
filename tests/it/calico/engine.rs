//! What netlint makes of a cluster of Calico's.

use std::sync::Arc;

use netlint::analysis::{Analysis, Options};
use netlint::config::{Base, Config};
use netlint::net::Protocol;
use netlint::net::ports::PortSet;
use netlint::net::traffic::{Icmp, IpFamily, Traffic};
use netlint::objects::WorkloadId;
use netlint::reach::{Endpoint, Reachability};

use super::oracle::{Packet, Party};
use super::world::World;

/// A text as netlint understands it.
pub(crate) struct Engine {
    analysis: Analysis,
    /// Each pod of the world.
    pods: Vec<Endpoint>,
}

/// What netlint says of a packet: whether it is allowed for certain, as shown, and perhaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) least: bool,
    pub(crate) shown: bool,
    pub(crate) most: bool,
}

impl Said {
    /// Whether it is the truth, where everything is known, or leaves it open.
    pub(crate) fn holds(self, truth: bool, is_known: bool) -> bool {
        let is_ordered = self.least <= self.shown && self.shown <= self.most;
        is_ordered && self.least <= truth && truth <= self.most && (!is_known || self.least == self.most)
    }
}

impl Engine {
    /// Reads a text of which Calico refuses nothing, with this configuration.
    pub(crate) fn read(text: &str, configuration: &str, world: &World) -> Self {
        let engine = Self::read_whatever(text, configuration, world);
        // Pods of the vectors are no more than what Calico sees of them.
        let problems = engine.analysis.problems().iter();
        let refused: Vec<_> = problems.filter(|problem| problem.subject.kind != "Pod").collect();
        assert!(refused.is_empty(), "{refused:?}\n{text}");
        engine
    }

    /// Reads a text, whatever Calico refuses of it.
    pub(crate) fn read_whatever(text: &str, configuration: &str, world: &World) -> Self {
        let config = Config::parse("netlint.yaml", configuration, Base::default()).unwrap();
        let options = Options { config: Arc::new(config), ..Options::default() };
        let analysis = Analysis::from_texts(&[("cluster.yaml", text)], &options);
        let cluster = analysis.cluster();
        let pods = world.pods.iter().map(|pod| {
            let place = cluster.workloads.iter().position(|workload| {
                let object = &workload.object;
                object.name == pod.metadata.name && cluster.namespace_name(object.namespace) == pod.metadata.namespace
            });
            Endpoint::Workload(WorkloadId(u32::try_from(place.unwrap()).unwrap()))
        });
        let pods = pods.collect();
        Self { analysis, pods }
    }

    /// What netlint says of packets from one party to another.
    pub(crate) fn judge(&self, from: Party, to: Party) -> impl Fn(Packet) -> Said + use<> {
        let end = |party| match party {
            Party::Pod(pod) => self.pods[pod],
            Party::Outside(address) => Endpoint::External(address),
        };
        let permitted = |reach: &Reachability| reach.permitted(end(from), end(to)).traffic;
        let [least, shown, most] =
            [self.analysis.at_least(), self.analysis.reach(), self.analysis.at_most()].map(permitted);
        move |packet| {
            let traffic = traffic(packet);
            let [least, shown, most] = [&least, &shown, &most].map(|permitted| permitted.is_superset(&traffic));
            Said { least, shown, most }
        }
    }
}

fn traffic(packet: Packet) -> Traffic {
    let port = |protocol| Traffic::of_ports(PortSet::single(protocol, packet.port));
    let (kind, code) = packet.icmp;
    let message = |family| Traffic::of_icmp(Icmp { family, kind: Some(kind), code: Some(code) });
    match packet.protocol {
        1 => message(IpFamily::V4),
        6 => port(Protocol::Tcp),
        17 => port(Protocol::Udp),
        58 => message(IpFamily::V6),
        132 => port(Protocol::Sctp),
        other => Traffic::of_protocol(other),
    }
}
