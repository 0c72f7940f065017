//! What the authors of the API hold its implementations to, in our own words: four houses and a forest, whose pods
//! serve ports of every protocol. Each test runs for ClusterNetworkPolicy and for the kinds of `v1alpha1`.

mod both_directions;
mod ordered;
mod own;
mod peers;
mod released_later;
mod tiers;

use super::engine;
use super::oracle::{World, allowed};
use super::policy::{AdminPolicy, Api, Peer, Pods, Port};
use crate::reach::cluster::{Cluster, ContainerPort, Direction, Endpoint, Field::Is, Namespace, Protocol, Workload};
use crate::reach::oracle::Connection;

use House::{Forest, Gryffindor, Hufflepuff, Ravenclaw, Slytherin};

/// The namespaces, each with two pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum House {
    Gryffindor,
    Slytherin,
    Hufflepuff,
    Ravenclaw,
    /// Its pods are on the network of their nodes.
    Forest,
}

impl House {
    const ALL: [Self; 5] = [Gryffindor, Slytherin, Hufflepuff, Ravenclaw, Forest];

    fn name(self) -> &'static str {
        ["gryffindor", "slytherin", "hufflepuff", "ravenclaw", "forbidden-forrest"][self as usize]
    }

    /// What its pods are called, with their number behind it.
    fn pods(self) -> &'static str {
        ["harry-potter", "draco-malfoy", "cedric-diggory", "luna-lovegood", "centaur"][self as usize]
    }

    /// One of its two pods.
    fn pod(self, number: usize) -> Endpoint {
        Endpoint::Workload(self as usize * 2 + number)
    }

    /// The address of one of its pods, as a block.
    fn address(self, number: usize) -> String {
        format!("10.0.{}.{number}/32", self as usize)
    }

    fn peer(self) -> Peer {
        Peer::namespace(self.name())
    }

    fn subject(self) -> Pods {
        Pods::namespace(self.name())
    }
}

/// The two ports that every pod serves, of each protocol; the first of TCP and of UDP has a name.
fn served(protocol: Protocol) -> [(u16, Option<&'static str>); 2] {
    match protocol {
        Protocol::Tcp => [(80, Some("web")), (8080, None)],
        Protocol::Udp => [(53, Some("dns")), (5353, None)],
        Protocol::Sctp => [(9003, None), (9005, None)],
    }
}

/// The other one of the two.
fn other_port(protocol: Protocol, port: u16) -> u16 {
    let [(first, _), (second, _)] = served(protocol);
    if port == first { second } else { first }
}

fn cluster() -> Cluster {
    let namespace = |house: House| Namespace {
        name: Some(house.name().to_owned()),
        manifest: Some(vec![("conformance-house".to_owned(), house.name().to_owned())]),
    };
    let ports = || {
        let each = Protocol::ALL
            .into_iter()
            .flat_map(|protocol| served(protocol).map(|(number, name)| (protocol, number, name)));
        each.map(|(protocol, number, name)| ContainerPort {
            name: name.map(str::to_owned),
            number,
            protocol: Is(protocol),
        })
    };
    let pods = House::ALL.into_iter().enumerate().flat_map(|(namespace, house)| {
        (0..2).map(move |number| Workload {
            kind: "Pod",
            name: format!("{}-{number}", house.pods()),
            namespace,
            labels: vec![("conformance-house".to_owned(), house.name().to_owned())],
            containers: vec![if house == Forest { Vec::new() } else { ports().collect() }],
            host_network: Is(house == Forest),
        })
    });
    Cluster { namespaces: House::ALL.map(namespace).into(), workloads: pods.collect(), policies: Vec::new() }
}

/// The cluster with these policies. Addresses of pods are known only where a test gives some.
fn world(policies: Vec<AdminPolicy>) -> World {
    let nodes = vec![vec![("kubernetes.io/os".to_owned(), "linux".to_owned())]; 2];
    World { cluster: cluster(), admin: policies, addresses: Vec::new(), nodes }
}

/// Runs a test with policies of either API.
fn for_each_api(mut world: World, test: impl Fn(World)) {
    for api in [Api::Cluster, Api::Alpha] {
        world.admin.iter_mut().for_each(|policy| policy.api = api);
        test(world.clone());
    }
}

/// Asserts whether a port is reached.
#[track_caller]
fn assert_reaches(world: &World, (from, to): (Endpoint, Endpoint), protocol: Protocol, port: u16, expected: bool) {
    let reached = allowed(world, Connection { from, to, protocol, port });
    assert_eq!(reached, expected, "{from:?} to {to:?} on {protocol:?} {port}\n{:#?}", world.admin);
    engine::assert_agrees(world, Connection { from, to, protocol, port });
}

/// Asserts whether a port is reached between any two pods of two houses. `from` is the subject's end of egress.
#[track_caller]
fn assert_between(
    world: &World,
    direction: Direction,
    (subject, other): (House, House),
    (protocol, port): (Protocol, u16),
    expected: bool,
) {
    for (own, their) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let (own, their) = (subject.pod(own), other.pod(their));
        let ends = if direction == Direction::Egress { (own, their) } else { (their, own) };
        assert_reaches(world, ends, protocol, port, expected);
    }
}

fn one(protocol: Protocol, port: u16) -> Vec<Port> {
    vec![Port::one(protocol, port)]
}
