//! Who an entry is for, and who the other side is.

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::Value;

use super::super::world::{End, World};
use super::selector::{Label, Requirement, equals, exists, holds, of_pod, requirements};
use super::{Entry, Match};

const NAMESPACE: &str = "io.kubernetes.pod.namespace";
const NAMESPACE_LABELS: &str = "io.cilium.k8s.namespace.labels.";
const CLUSTER: &str = "io.cilium.k8s.policy.cluster";

/// Whether a rule is for a pod. "Only `matchLabels` with the source `k8s:` are overwritten by the policy's own
/// namespace"; "host-network pods are not endpoints".
pub(super) fn selects_subject(
    world: &World,
    kind: &str,
    namespace: Option<&str>,
    selector: &Value,
    pod: usize,
) -> bool {
    let mut asked = requirements(selector, if kind == "NetworkPolicy" { "k8s" } else { "any" });
    if let Some(namespace) = namespace {
        asked.retain(|it| !(it.is_label && it.source == "k8s" && it.key == NAMESPACE));
        asked.push(equals(NAMESPACE, namespace));
    }
    !world.pods[pod].host_network && holds(&asked, &of_pod(world, pod))
}

/// The identity of an end.
fn identity(world: &World, end: End) -> Vec<Label> {
    let reserved = |name: &str| vec![("reserved".to_owned(), name.to_owned(), String::new())];
    match end {
        End::Pod(pod) => of_pod(world, pod),
        End::OwnNode => reserved("host"),
        End::OtherNode => reserved("remote-node"),
        End::World(_) => reserved("world"),
    }
}

/// Whether the peers of an entry hold the other end, and whether any are written.
pub(super) fn of_cilium(world: &World, entry: &Entry<'_>, peer: End) -> (Match, bool) {
    let prefix = if entry.is_ingress() { "from" } else { "to" };
    let list = |name: &str| entry.body[format!("{prefix}{name}")].as_array();
    // "The empty-list guard covers endpoints, nodes, entities, CIDR, CIDRSet only".
    if ["Endpoints", "Nodes", "Entities", "CIDR", "CIDRSet"].iter().any(|name| list(name).is_some_and(Vec::is_empty)) {
        return (Match::No, true);
    }
    let deny = entry.list.ends_with("Deny");
    let mut matches = Vec::new();
    let items = |name: &str| list(name).into_iter().flatten();
    matches.extend(items("Endpoints").map(|selector| endpoints(world, entry, selector, peer)));
    matches.extend(items("Nodes").map(|_| nodes(peer)));
    matches.extend(items("Entities").map(|word| entity(word.as_str().unwrap(), peer)));
    matches.extend(items("CIDR").map(|block| block_of(world, block.as_str().unwrap(), &[], peer)));
    matches.extend(items("CIDRSet").map(|set| block_set(world, set, peer)));
    matches.extend(items("Groups").map(|_| block_of(world, "0.0.0.0/0", &[], peer).min(Match::Maybe)));
    matches.extend(items("Groups").map(|_| block_of(world, "::/0", &[], peer).min(Match::Maybe)));
    if !entry.is_ingress() {
        let mut is_missing = false;
        for service in items("Services") {
            let selected = services_of(world, service);
            is_missing |= selected.is_empty();
            let selectors =
                selected.into_iter().map(|(namespace, selector)| of_service(world, namespace, selector, peer));
            matches.extend(selectors);
        }
        // A Service that is not in the input may be in the cluster, with any pods and addresses behind it; if none is,
        // the entry has no peers at all, which opens its ports to everyone.
        if is_missing {
            matches.push(Match::Maybe);
        }
        if !deny {
            matches.extend(items("FQDNs").map(|_| world_maybe(peer)));
        }
    }
    if !matches!(peer, End::World(_)) && host_blocks_match(world, peer) {
        let blocks = items("CIDR").map(|block| (block.as_str().unwrap(), Vec::new()));
        let sets = items("CIDRSet").filter_map(|set| Some((set["cidr"].as_str()?, excepted(set))));
        if hold_everything(&blocks.chain(sets).collect::<Vec<_>>()) {
            return (Match::Yes, true);
        }
    }
    if matches.is_empty() { (Match::Yes, false) } else { (Match::any(matches), true) }
}

/// Whether blocks match an end that is no address outside.
fn host_blocks_match(world: &World, peer: End) -> bool {
    match peer {
        End::Pod(_) => world.settings.blocks_match_pods,
        _ => world.settings.blocks_match_nodes,
    }
}

fn excepted(set: &Value) -> Vec<&str> {
    set["except"].as_array().into_iter().flatten().map(|it| it.as_str().unwrap()).collect()
}

/// Whether blocks hold every address of IPv4 together: what one that is everything leaves out is in another one.
fn hold_everything(blocks: &[(&str, Vec<&str>)]) -> bool {
    let read = |text: &str| text.parse::<IpNet>().unwrap();
    let is_elsewhere = |left_out: &&str| {
        blocks.iter().any(|(block, except)| except.is_empty() && read(block).contains(&read(left_out)))
    };
    blocks.iter().any(|(block, except)| *block == "0.0.0.0/0" && except.iter().all(is_elsewhere))
}

/// "Treat as some subset of world, never of the cluster".
fn world_maybe(peer: End) -> Match {
    if matches!(peer, End::World(_)) { Match::Maybe } else { Match::No }
}

/// Nodes by their labels, which no manifest shows.
fn nodes(peer: End) -> Match {
    if peer == End::OtherNode { Match::Maybe } else { Match::No }
}

/// "Namespace injection into peers", step by step.
fn endpoints(world: &World, entry: &Entry<'_>, selector: &Value, peer: End) -> Match {
    let mut asked = requirements(selector, "any");
    if !asked.iter().any(|it| it.source == "reserved") {
        let kubernetes = |it: &Requirement| it.source == "any" || it.source == "k8s";
        let names_namespace = asked.iter().any(|it| kubernetes(it) && it.key == NAMESPACE);
        let names_labels = asked.iter().any(|it| kubernetes(it) && it.key.starts_with(NAMESPACE_LABELS));
        let names_cluster = asked.iter().any(|it| kubernetes(it) && it.key == CLUSTER);
        let of_init = requirements(entry.subject, "any").iter().any(|it| it.source == "reserved" && it.key == "init");
        match entry.namespace {
            _ if names_namespace => {}
            Some(_) if names_labels => {}
            Some(namespace) => asked.push(equals(NAMESPACE, namespace)),
            None if of_init => {}
            None => asked.push(exists(NAMESPACE)),
        }
        if !names_cluster {
            asked.push(equals(CLUSTER, "default"));
        }
    }
    Match::of(holds(&asked, &identity(world, peer)))
}

fn entity(word: &str, peer: End) -> Match {
    Match::of(match word {
        "all" => true,
        "world" => matches!(peer, End::World(_)),
        "cluster" | "cluster-mesh" => !matches!(peer, End::World(_)),
        "host" => peer == End::OwnNode,
        "remote-node" => peer == End::OtherNode,
        // None of these is an end of a test.
        "init" | "ingress" | "unmanaged" | "health" | "none" | "kube-apiserver" => false,
        other => panic!("entity {other}"),
    })
}

/// "CIDR rules: by default match neither pods nor nodes". Addresses of pods and nodes are not in the manifests: where
/// blocks match them, those that hold every address of IPv4 do, pods may be in one with private addresses, and nodes in
/// any other.
fn block_of(world: &World, block: &str, except: &[&str], peer: End) -> Match {
    let read = |text: &str| text.parse::<IpNet>().unwrap();
    let meets = |other: &str| read(other).contains(&read(block)) || read(block).contains(&read(other));
    let is_ipv4 = read(block).addr().is_ipv4();
    let anywhere = |may_be: bool| match (is_ipv4 && read(block).prefix_len() == 0 && except.is_empty(), may_be) {
        (true, _) => Match::Yes,
        (false, true) => Match::Maybe,
        (false, false) => Match::No,
    };
    match peer {
        End::World(address) => {
            let contains = |text: &str| read(text).contains(&address);
            Match::of(contains(block) && !except.iter().any(|it| contains(it)))
        }
        End::Pod(_) if world.settings.blocks_match_pods => {
            anywhere(["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"].into_iter().any(meets))
        }
        End::OwnNode | End::OtherNode if world.settings.blocks_match_nodes => anywhere(is_ipv4),
        End::Pod(_) | End::OwnNode | End::OtherNode => Match::No,
    }
}

fn block_set(world: &World, set: &Value, peer: End) -> Match {
    let except: Vec<&str> = set["except"].as_array().into_iter().flatten().map(|it| it.as_str().unwrap()).collect();
    if let Some(block) = set["cidr"].as_str() {
        return block_of(world, block, &except, peer);
    }
    let End::World(address) = peer else { return group_of_hosts(world, set, &except, peer) };
    let in_blocks = |blocks: &[&str]| blocks.iter().any(|block| block.parse::<IpNet>().unwrap().contains(&address));
    if in_blocks(&except) {
        return Match::No;
    }
    if let Some(name) = set["cidrGroupRef"].as_str() {
        return Match::of(world.groups.iter().any(|group| group.name == name && in_blocks(&group.blocks)));
    }
    Match::of(holds(&requirements(&set["cidrGroupSelector"], "cidrgroup"), &labels_of(world, address)))
}

/// Whether groups match a pod or node: as the blocks in them do. What only excludes matches none.
fn group_of_hosts(world: &World, set: &Value, except: &[&str], peer: End) -> Match {
    let among = |is_meant: &dyn Fn(&super::super::world::Group) -> bool| {
        let blocks = world.groups.iter().filter(|group| is_meant(group)).flat_map(|group| &group.blocks);
        Match::any(blocks.map(|block| block_of(world, block, except, peer)))
    };
    if let Some(name) = set["cidrGroupRef"].as_str() {
        return among(&|group| group.name == name);
    }
    let asked = requirements(&set["cidrGroupSelector"], "cidrgroup");
    let positive: Vec<Requirement> =
        asked.into_iter().filter(|it| matches!(it.operator.as_str(), "In" | "Exists")).collect();
    let labels = |group: &super::super::world::Group| -> Vec<Label> {
        group.labels.iter().cloned().map(|(key, value)| ("cidrgroup".to_owned(), key, value)).collect()
    };
    let each = positive.iter().map(|it| among(&|group| holds(std::slice::from_ref(it), &labels(group))));
    each.min().unwrap_or(Match::No)
}

/// "An address in two groups carries both groups' labels"; an address in none has none, so that a selector which only
/// excludes matches the whole world.
fn labels_of(world: &World, address: IpAddr) -> Vec<Label> {
    let mut labels = Vec::new();
    for group in &world.groups {
        if group.blocks.iter().any(|block| block.parse::<IpNet>().unwrap().contains(&address)) {
            let of_group = group.labels.iter().cloned();
            labels.extend(of_group.map(|(key, value)| ("cidrgroup".to_owned(), key, value)));
        }
    }
    labels
}

/// The namespace and the selector of each Service that is meant.
fn services_of<'w>(world: &'w World, service: &Value) -> Vec<(&'w str, &'w [(String, String)])> {
    let (by_label, by_name) = (&service["k8sServiceSelector"], &service["k8sService"]);
    let namespace = if by_label.is_null() { &by_name["namespace"] } else { &by_label["namespace"] };
    let namespace = namespace.as_str().filter(|name| !name.is_empty());
    let matching = world.services.iter().filter(|it| namespace.is_none_or(|name| it.namespace == name));
    let matching = matching.filter(|it| {
        let labels = it.labels.iter().cloned();
        let labels: Vec<Label> = labels.map(|(key, value)| ("k8s".to_owned(), key, value)).collect();
        match by_label.is_null() {
            true => by_name["serviceName"].as_str() == Some(it.name.as_str()),
            false => holds(&requirements(&by_label["selector"], "any"), &labels),
        }
    });
    matching.map(|it| (it.namespace.as_str(), it.selector.as_slice())).collect()
}

/// "Service with a selector: its selector and its namespace as endpoint selector".
fn of_service(world: &World, namespace: &str, selector: &[(String, String)], peer: End) -> Match {
    let mut asked: Vec<Requirement> = selector.iter().map(|(key, value)| equals(key, value)).collect();
    asked.push(equals(NAMESPACE, namespace));
    Match::of(holds(&asked, &identity(world, peer)))
}

/// The peers of a NetworkPolicy: "absent or empty = wildcard", ipBlock as a CIDR rule, namespace labels as labels of the
/// identity.
pub(super) fn of_network_policy(world: &World, entry: &Entry<'_>, peer: End) -> Match {
    if entry.body["nothing"].as_bool() == Some(true) {
        return Match::No;
    }
    let list = &entry.body[if entry.is_ingress() { "from" } else { "to" }];
    let peers = list.as_array().map(Vec::as_slice).unwrap_or_default();
    if peers.is_empty() {
        return Match::Yes;
    }
    if !matches!(peer, End::World(_)) && host_blocks_match(world, peer) {
        let blocks =
            peers.iter().filter_map(|item| Some((item["ipBlock"]["cidr"].as_str()?, excepted(&item["ipBlock"]))));
        if hold_everything(&blocks.collect::<Vec<_>>()) {
            return Match::Yes;
        }
    }
    Match::any(peers.iter().map(|item| {
        if let Some(block) = item["ipBlock"]["cidr"].as_str() {
            let except = item["ipBlock"]["except"].as_array().into_iter().flatten();
            let except: Vec<&str> = except.map(|it| it.as_str().unwrap()).collect();
            return block_of(world, block, &except, peer);
        }
        let mut asked = requirements(&item["podSelector"], "k8s");
        asked.push(equals(CLUSTER, "default"));
        if item["namespaceSelector"].is_null() {
            asked.push(equals(NAMESPACE, entry.namespace.unwrap()));
        } else {
            asked.push(exists(NAMESPACE));
            let of_namespace = requirements(&item["namespaceSelector"], "k8s").into_iter();
            asked.extend(of_namespace.map(|it| Requirement { key: format!("{NAMESPACE_LABELS}{}", it.key), ..it }));
        }
        Match::of(holds(&asked, &identity(world, peer)))
    }))
}
