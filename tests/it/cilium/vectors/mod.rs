//! The cases that settle what policies mean: who may send what to which under which policies.
//!
//! Node n1 hosts web, n2 does not; policies are of namespace a unless they are clusterwide.

mod blocks;
mod isolation;
mod peers;
mod traffic;

use std::net::IpAddr;

use serde_json::{Value, json};

use super::world::{Direction, End, Traffic, World};

#[derive(Clone, Debug)]
pub(crate) struct Vector {
    pub(crate) name: &'static str,
    pub(crate) world: World,
    pub(crate) checks: Vec<Check>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Check {
    pub(crate) direction: Direction,
    /// The pod whose policies are asked.
    pub(crate) subject: &'static str,
    pub(crate) peer: End,
    pub(crate) traffic: Traffic,
    pub(crate) expected: Expected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Denied,
    Allowed,
    /// Allowed, and restricted at layer 7.
    Restricted,
    /// It depends on what the input does not show.
    Possible {
        shown: bool,
    },
}

const CNP: &str = "CiliumNetworkPolicy";
const CCNP: &str = "CiliumClusterwideNetworkPolicy";
const NP: &str = "NetworkPolicy";

const PING: Traffic = Traffic::Icmp("IPv4", 8);

fn tcp(port: u16) -> Traffic {
    Traffic::Port("TCP", port)
}

fn outside(address: &str) -> End {
    End::World(address.parse::<IpAddr>().unwrap())
}

/// A policy for all pods, with these lists.
fn for_all(lists: Value) -> Value {
    let mut spec = json!({"endpointSelector": {}});
    for (key, value) in lists.as_object().unwrap() {
        spec[key] = value.clone();
    }
    spec
}

fn app(name: &str) -> Value {
    json!({"matchLabels": {"app": name}})
}

fn port(port: &str) -> Value {
    json!([{"ports": [{"port": port}]}])
}

/// A case: each line names the direction, the pod, its peer, the traffic and what is expected.
fn vector(name: &'static str, world: World, lines: &[(Direction, &'static str, &str, Traffic, Expected)]) -> Vector {
    let end = |text: &str| match text {
        "n1" => End::OwnNode,
        "n2" => End::OtherNode,
        address if address.parse::<IpAddr>().is_ok() => outside(address),
        pod => world.pod(pod),
    };
    let checks = lines.iter().map(|(direction, subject, peer, traffic, expected)| Check {
        direction: *direction,
        subject,
        peer: end(peer),
        traffic: *traffic,
        expected: *expected,
    });
    let checks = checks.collect();
    Vector { name, world, checks }
}

const IN: Direction = Direction::Ingress;
const OUT: Direction = Direction::Egress;

/// Every case.
pub(crate) fn all() -> Vec<Vector> {
    let parts = [isolation::cases(), peers::cases(), blocks::cases(), traffic::cases()];
    parts.into_iter().flatten().collect()
}

/// Objects that the agent rejects.
pub(crate) fn rejected() -> Vec<(&'static str, String)> {
    let world = World::default();
    let text = |kind, spec: Value| world.clone().with(kind, spec).policies[0].to_string();
    let two_kinds = json!({"toCIDR": ["10.0.0.0/8"], "toEntities": ["world"]});
    let outside = json!({"cidr": "10.0.0.0/8", "except": ["11.0.0.0/16"]});
    let mut specs = world.clone().with(CNP, Value::Null).policies[0].clone();
    specs["specs"] = json!([for_all(json!({"ingress": [{}]})), for_all(json!({"egress": [two_kinds.clone()]}))]);
    vec![
        ("no list holds an item", text(CNP, for_all(json!({"ingress": []})))),
        (
            "default deny without an item",
            text(CNP, for_all(json!({"ingress": [], "enableDefaultDeny": {"ingress": true}}))),
        ),
        ("an exception outside its block", text(CNP, for_all(json!({"egress": [{"toCIDRSet": [outside]}]})))),
        ("two kinds of peers in one item", text(CCNP, for_all(json!({"egress": [two_kinds]})))),
        ("a good rule beside a bad one", specs.to_string()),
    ]
}
