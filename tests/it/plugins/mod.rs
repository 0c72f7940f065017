//! A cluster with policies of two network plugins, of which nobody knows which it has: what is said of it is what the
//! oracles of both say together.

mod commands;

use netlint::yaml::{from_node, parse, split};
use rayon::prelude::*;
use serde_json::Value;

use crate::calico::engine::{Engine, Said};
use crate::calico::oracle::{Packet, Party, allowed};
use crate::calico::world::World;
use crate::calico::{self};
use crate::cilium::{self, engine::both_sides, world as of_cilium};

/// A twentieth of the clusters that other properties try: each is read three times.
fn cases() -> u64 {
    std::env::var("NETLINT_CASES").map_or(20_000, |cases| cases.parse::<u64>().unwrap()) / 20
}

/// Protocol, port and message for Calico, and the same for Cilium.
const TRAFFIC: [(u8, u16, of_cilium::Traffic); 6] = [
    (6, 80, of_cilium::Traffic::Port("TCP", 80)),
    (6, 81, of_cilium::Traffic::Port("TCP", 81)),
    (17, 53, of_cilium::Traffic::Port("UDP", 53)),
    (132, 81, of_cilium::Traffic::Port("SCTP", 81)),
    (1, 0, of_cilium::Traffic::Icmp("IPv4", 8)),
    (50, 0, of_cilium::Traffic::Portless("ESP")),
];

/// It shows that the cluster may have Cilium, where the generator has no other one.
const OF_NO_POD: &str = "{kind: CiliumNetworkPolicy, apiVersion: cilium.io/v2, metadata: {name: none, namespace: a}, spec: \
                         {endpointSelector: {matchLabels: {app: none}}, ingress: [{}]}}";

/// A cluster of Calico's generator with policies of Cilium's.
fn case(seed: u64) -> Vec<String> {
    let mut objects = calico::generate::case(seed).objects;
    let policies = cilium::generate::world(seed).policies;
    let own = policies.into_iter().filter(|policy| policy["kind"] != "NetworkPolicy");
    objects.extend(own.map(|policy| policy.to_string()));
    objects.push(OF_NO_POD.to_owned());
    objects
}

/// The same cluster for Cilium's oracle.
fn cluster_of_cilium(text: &str, world: &World) -> of_cilium::World {
    let labels = |labels: &std::collections::BTreeMap<String, String>| labels.clone().into_iter().collect();
    let pods = world.pods.iter().map(|pod| {
        let ports = pod.spec.containers.iter().flat_map(|container| &container.ports);
        let ports = ports.map(|port| {
            let protocol = if port.protocol == "UDP" { "UDP" } else { "TCP" };
            (port.name.clone(), port.container_port, protocol)
        });
        of_cilium::Pod {
            namespace: pod.metadata.namespace.clone(),
            name: pod.metadata.name.clone(),
            labels: labels(&pod.metadata.labels),
            ports: ports.collect(),
            host_network: false,
            account: Some(pod.spec.service_account_name.clone()).filter(|name| !name.is_empty()),
        }
    });
    let namespace =
        |it: &calico::world::Metadata| of_cilium::Namespace { name: it.name.clone(), labels: labels(&it.labels) };
    let documents = split(text).into_iter().filter_map(|chunk| {
        let document = parse(text, chunk).unwrap();
        from_node::<Value>(document.root()?).ok()
    });
    let is_policy = |it: &Value| {
        let version = it["apiVersion"].as_str().unwrap_or_default();
        version.starts_with("cilium.io/") || version.starts_with("networking.k8s.io/")
    };
    of_cilium::World {
        namespaces: world.namespaces.iter().map(namespace).collect(),
        pods: pods.collect(),
        policies: documents.filter(is_policy).collect(),
        ..of_cilium::World::default()
    }
}

/// What netlint says wrong of a case.
fn contradiction(objects: &[String]) -> Option<String> {
    let text = objects.join("\n---\n");
    if !["projectcalico.org/v3", "cilium.io/v2"].iter().all(|api| text.contains(api)) {
        return None;
    }
    let world = World::read(&text);
    let of_cilium = cluster_of_cilium(&text, &world);
    let [both, one, other] =
        ["", "cni: {name: calico}", "cni: {name: cilium}"].map(|config| Engine::read_whatever(&text, config, &world));
    let outside = Party::Outside("2.2.2.2".parse().unwrap());
    let parties: Vec<Party> = (0..world.pods.len()).map(Party::Pod).chain([outside]).collect();
    let is_all_known = world.namespaces.len() == 2 && world.accounts.len() == 4;
    for &from in &parties {
        for &to in parties.iter().filter(|to| **to != from) {
            let engines = [&both, &one, &other].map(|engine| engine.judge(from, to));
            for (protocol, port, traffic) in TRAFFIC {
                let packet = Packet { from, to, protocol, port, icmp: (8, 0) };
                let [said, with_calico, with_cilium] = engines.each_ref().map(|judge| judge(packet));
                let expected = Said {
                    least: with_calico.least && with_cilium.least,
                    shown: with_calico.shown && with_cilium.shown,
                    most: with_calico.most || with_cilium.most,
                };
                if said != expected {
                    return Some(format!("{packet:?}: {said:?} instead of {expected:?}"));
                }
                let end = |party| match party {
                    Party::Pod(pod) => of_cilium::End::Pod(pod),
                    Party::Outside(address) => of_cilium::End::World(address),
                };
                let truth = allowed(&world, packet);
                let verdict = both_sides(&of_cilium, end(from), end(to), traffic);
                let (surely, possibly) = (truth && verdict.surely, truth || verdict.possibly);
                if is_all_known && ((said.least && !surely) || (possibly && !said.most)) {
                    return Some(format!("{packet:?}: {said:?}, and the oracles {truth} and {verdict:?}"));
                }
            }
        }
    }
    None
}

#[test]
fn what_is_permitted_is_what_both_oracles_say() {
    let wrong = (0..cases()).into_par_iter().find_first(|&seed| contradiction(&case(seed)).is_some());
    let Some(seed) = wrong else { return };
    let mut smallest = case(seed);
    loop {
        let without = |place: usize| [&smallest[..place], &smallest[place + 1..]].concat();
        let is_policy = |place: &usize| smallest[*place].contains("olicy");
        let mut parts = (0..smallest.len()).filter(is_policy).map(without);
        match parts.find(|part| contradiction(part).is_some()) {
            Some(smaller) => smallest = smaller,
            None => break,
        }
    }
    panic!("seed {seed}: {}\n{}", contradiction(&smallest).unwrap_or_default(), smallest.join("\n---\n"));
}
