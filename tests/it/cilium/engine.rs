//! The engine and the oracle on the same cluster: every pair of ends, and each kind of traffic.

use std::net::IpAddr;
use std::sync::Arc;

use netlint::analysis::{Analysis, Options};
use netlint::config::{Base, Config};
use netlint::net::traffic::{Icmp, IpFamily, Traffic};
use netlint::net::{Protocol, ports::PortSet};
use netlint::objects::WorkloadId;
use netlint::reach::{Endpoint, Permitted};
use serde_json::{Value, json};

use super::oracle::{self, Verdict};
use super::world::{self, Direction, End, World};

/// What is asked of every pair.
const ASKED: [world::Traffic; 11] = [
    world::Traffic::Port("TCP", 80),
    world::Traffic::Port("TCP", 81),
    world::Traffic::Port("UDP", 80),
    world::Traffic::Port("UDP", 53),
    world::Traffic::Port("TCP", 443),
    world::Traffic::Port("TCP", 8080),
    world::Traffic::Port("SCTP", 80),
    world::Traffic::Icmp("IPv4", 8),
    world::Traffic::Icmp("IPv4", 3),
    world::Traffic::Icmp("IPv6", 128),
    world::Traffic::Portless("ESP"),
];

/// Addresses outside, of blocks that policies name and of none.
const ADDRESSES: [&str; 6] = ["1.1.1.1", "192.0.2.1", "192.0.2.200", "198.51.100.1", "10.1.2.3", "2606::1"];

/// What netlint and the oracle say differently, in one line, if anything.
pub(crate) fn disagreement(world: &World) -> Option<String> {
    disagreement_about(world, &ASKED, &ADDRESSES)
}

/// The same of a third of the traffic and half of the addresses, which are others for each `seed`: to ask about more
/// clusters finds more than to ask all of each.
pub(crate) fn disagreement_in_part(world: &World, seed: u64) -> Option<String> {
    let part = |count: usize, of: usize| (0..of).skip(usize::try_from(seed).unwrap() % count).step_by(count);
    let asked: Vec<world::Traffic> = part(3, ASKED.len()).map(|place| ASKED[place]).collect();
    let addresses: Vec<&str> = part(2, ADDRESSES.len()).map(|place| ADDRESSES[place]).collect();
    disagreement_about(world, &asked, &addresses)
}

fn disagreement_about(world: &World, asked: &[world::Traffic], addresses: &[&str]) -> Option<String> {
    let analysis = analysis(world);
    let pods = (0..world.pods.len()).map(End::Pod);
    let nodes = [End::OwnNode, End::OtherNode];
    let ends: Vec<End> =
        pods.chain(nodes).chain(addresses.iter().map(|it| End::World(it.parse::<IpAddr>().unwrap()))).collect();
    let is_subject = |end: &End| matches!(end, End::Pod(pod) if !world.pods[*pod].host_network);
    for &from in &ends {
        for &to in ends.iter().filter(|to| **to != from && (is_subject(&from) || is_subject(to))) {
            let engine = Engine::of(&analysis, world, from, to);
            for &asked in asked {
                let (found, expected) = (engine.verdict(asked), both_sides(world, from, to, asked));
                if found != expected {
                    return Some(format!("{from:?} to {to:?}, {asked:?}: {found:?}, and the oracle {expected:?}"));
                }
            }
        }
    }
    None
}

/// What the policies of both ends say.
pub(crate) fn both_sides(world: &World, from: End, to: End, asked: world::Traffic) -> Verdict {
    let side = |direction, subject, peer| match subject {
        End::Pod(pod) => oracle::side(world, direction, pod, peer, asked),
        _ => Verdict { surely: true, possibly: true, shown: true, restricted: false },
    };
    let (egress, ingress) = (side(Direction::Egress, from, to), side(Direction::Ingress, to, from));
    let shown = egress.shown && ingress.shown;
    Verdict {
        surely: egress.surely && ingress.surely,
        possibly: egress.possibly && ingress.possibly,
        shown,
        restricted: shown && (egress.restricted || ingress.restricted),
    }
}

/// What the engine permits between two ends.
struct Engine {
    surely: Permitted,
    possibly: Permitted,
    shown: Permitted,
}

impl Engine {
    fn of(analysis: &Analysis, world: &World, from: End, to: End) -> Self {
        let [from, to] = [from, to].map(|end| endpoint(analysis, world, end));
        Self {
            surely: analysis.at_least().permitted(from, to),
            possibly: analysis.at_most().permitted(from, to),
            shown: analysis.reach().permitted(from, to),
        }
    }

    fn verdict(&self, asked: world::Traffic) -> Verdict {
        let asked = traffic(asked);
        let holds = |permitted: &Traffic| permitted.meets(&asked);
        Verdict {
            surely: holds(&self.surely.traffic),
            possibly: holds(&self.possibly.traffic),
            shown: holds(&self.shown.traffic),
            restricted: holds(&self.shown.layer7),
        }
    }
}

fn traffic(asked: world::Traffic) -> Traffic {
    match asked {
        world::Traffic::Port(protocol, number) => {
            Traffic::of_ports(PortSet::single(Protocol::parse(protocol).unwrap(), number))
        }
        world::Traffic::Icmp(family, kind) => {
            let family = if family == "IPv4" { IpFamily::V4 } else { IpFamily::V6 };
            Traffic::of_icmp(Icmp { family, kind: Some(kind), code: None })
        }
        world::Traffic::Portless(_) => Traffic::of_protocol(50),
    }
}

fn endpoint(analysis: &Analysis, world: &World, end: End) -> Endpoint {
    match end {
        End::Pod(pod) => {
            let pod = &world.pods[pod];
            let cluster = analysis.cluster();
            let is_it = |object: &netlint::objects::Object| {
                object.name == pod.name.as_str() && cluster.namespace_name(object.namespace) == pod.namespace
            };
            let place = cluster.workloads.iter().position(|workload| is_it(&workload.object)).unwrap();
            Endpoint::Workload(WorkloadId(u32::try_from(place).unwrap()))
        }
        End::OwnNode => Endpoint::OwnNode,
        End::OtherNode => Endpoint::OtherNode,
        End::World(address) => Endpoint::External(address),
    }
}

/// The cluster as netlint reads it.
fn analysis(world: &World) -> Analysis {
    let text: Vec<String> = documents(world).iter().map(Value::to_string).collect();
    let config = Config::parse("netlint.yaml", &configuration(world), Base::default()).unwrap();
    let options = Options { config: Arc::new(config), ..Options::default() };
    Analysis::from_texts(&[("cluster.yaml", &text.join("\n---\n"))], &options)
}

fn configuration(world: &World) -> String {
    let mut modes = Vec::new();
    modes.extend(world.settings.blocks_match_nodes.then_some("nodes"));
    modes.extend(world.settings.blocks_match_pods.then_some("pods"));
    let enforcement = if world.settings.always { "always" } else { "default" };
    json!({"cni": {"name": "cilium", "policyCidrMatchMode": modes, "enablePolicy": enforcement}}).to_string()
}

/// The cluster as manifests.
pub(crate) fn documents(world: &World) -> Vec<Value> {
    let labels = |labels: &world::Labels| labels.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
    let labels = |them: &world::Labels| Value::Object(labels(them));
    let namespaces = world.namespaces.iter().map(|it| {
        let metadata = json!({"name": it.name, "labels": labels(&it.labels)});
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    });
    let pods = world.pods.iter().map(|it| {
        let ports = it.ports.iter().enumerate();
        let containers = ports.map(|(place, (name, number, protocol))| {
            let port = json!({"name": name, "containerPort": number, "protocol": protocol});
            json!({"name": format!("c{place}"), "image": "example", "ports": [port]})
        });
        let mut containers: Vec<Value> = containers.collect();
        containers.push(json!({"name": "last", "image": "example"}));
        let mut spec = json!({"containers": containers, "hostNetwork": it.host_network});
        if let Some(account) = &it.account {
            spec["serviceAccountName"] = account.clone().into();
        }
        let metadata = json!({"name": it.name, "namespace": it.namespace, "labels": labels(&it.labels)});
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    });
    let services = world.services.iter().map(|it| {
        let metadata = json!({"name": it.name, "namespace": it.namespace, "labels": labels(&it.labels)});
        let spec = json!({"selector": labels(&it.selector), "ports": [{"port": 80}]});
        json!({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec})
    });
    let groups = world.groups.iter().map(|it| {
        let metadata = json!({"name": it.name, "labels": labels(&it.labels)});
        let spec = json!({"externalCIDRs": it.blocks});
        json!({"apiVersion": "cilium.io/v2", "kind": "CiliumCIDRGroup", "metadata": metadata, "spec": spec})
    });
    namespaces.chain(pods).chain(services).chain(groups).chain(world.policies.iter().cloned()).collect()
}
