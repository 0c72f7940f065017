//! Random clusters under Cilium, whose policies are CiliumNetworkPolicies, CiliumClusterwideNetworkPolicies and
//! NetworkPolicies. A seed gives the same one whenever it is asked for.

use serde_json::{Map, Value, json};

use super::world::{Group, Namespace, Pod, Service, Settings, World};

/// Numbers that look random: SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'i, T>(&mut self, items: &'i [T]) -> &'i T {
        &items[self.below(items.len())]
    }

    fn list(&mut self, least: usize, most: usize, mut item: impl FnMut(&mut Self) -> Value) -> Value {
        let length = least + self.below(most - least + 1);
        Value::Array((0..length).map(|_| item(self)).collect())
    }
}

const APPS: [&str; 3] = ["web", "db", "x"];

pub(crate) fn world(seed: u64) -> World {
    let random = &mut Random(seed);
    let mut world = World::small();
    for (namespace, team) in world.namespaces.iter_mut().zip(["s", "t"]) {
        namespace.labels = match random.below(4) {
            0 => Vec::new(),
            1 => vec![("beta.kubernetes.io/zone".into(), "1".into())],
            _ => vec![("team".into(), team.into())],
        };
    }
    world.namespaces.push(Namespace { name: "c".into(), labels: Vec::new() });
    world.pods = (0..4).map(|place| pod(random, place)).collect();
    if random.chance(40) {
        world.services.push(service(random));
    }
    if random.chance(40) {
        world.groups = vec![
            Group { name: "office".into(), labels: labels(random), blocks: vec!["192.0.2.0/24"] },
            Group { name: "lab".into(), labels: labels(random), blocks: vec!["198.51.100.0/24", "10.0.0.0/8"] },
        ];
    }
    world.settings = Settings {
        blocks_match_nodes: random.chance(10),
        blocks_match_pods: random.chance(10),
        always: random.chance(5),
    };
    for _ in 0..1 + random.below(3) {
        let kind = *random.pick(&["CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy", "NetworkPolicy"]);
        world = match kind {
            "NetworkPolicy" => {
                let spec = network_policy(random);
                world.with(kind, spec)
            }
            _ => {
                let mut specs: Vec<Value> = (0..1 + random.below(3) / 2).map(|_| spec(random)).collect();
                let first = specs.remove(0);
                let mut world = world.with(kind, first);
                if let Some(policy) = world.policies.last_mut().filter(|_| !specs.is_empty()) {
                    policy["specs"] = specs.into();
                }
                world
            }
        };
    }
    world
}

fn pod(random: &mut Random, place: usize) -> Pod {
    let mut labels = vec![("app".to_owned(), (*random.pick(&APPS)).to_owned())];
    if random.chance(15) {
        labels.push(("pod-template-hash".to_owned(), "1".to_owned()));
    }
    if random.chance(15) {
        labels.push(("io.kubernetes.role".to_owned(), "a".to_owned()));
    }
    let mut ports = vec![("http".to_owned(), *random.pick(&[80, 8080]), *random.pick(&["TCP", "TCP", "UDP"]))];
    if random.chance(15) {
        ports.push(("http".to_owned(), 81, "TCP"));
    }
    Pod {
        namespace: (*random.pick(&["a", "a", "b", "c"])).to_owned(),
        name: format!("pod-{place}"),
        labels,
        ports,
        host_network: random.chance(10),
        account: random.chance(30).then(|| "robot".to_owned()),
    }
}

fn labels(random: &mut Random) -> Vec<(String, String)> {
    let value = *random.pick(&["north", "south"]);
    if random.chance(30) { Vec::new() } else { vec![("site".into(), value.into())] }
}

fn service(random: &mut Random) -> Service {
    Service {
        namespace: (*random.pick(&["a", "b"])).into(),
        name: "front".into(),
        labels: vec![("role".into(), "front".into())],
        selector: vec![("app".into(), (*random.pick(&APPS)).into())],
    }
}

fn spec(random: &mut Random) -> Value {
    let mut spec = json!({"endpointSelector": subject(random)});
    loop {
        for list in ["ingress", "ingressDeny", "egress", "egressDeny"] {
            if random.chance(if list.ends_with("Deny") { 20 } else { 50 }) {
                spec[list] = random.list(0, 2, |random| entry(random, list));
            }
        }
        // The agent refuses a rule without any item.
        if spec.as_object().unwrap().values().any(|list| list.as_array().is_some_and(|list| !list.is_empty())) {
            break;
        }
    }
    if random.chance(25) {
        let mut default_deny = Map::new();
        for direction in ["ingress", "egress"] {
            if random.chance(60) {
                default_deny.insert(direction.to_owned(), random.chance(30).into());
            }
        }
        spec["enableDefaultDeny"] = default_deny.into();
    }
    spec
}

fn subject(random: &mut Random) -> Value {
    match random.below(10) {
        0..4 => json!({}),
        4 => json!({"matchLabels": {"k8s:io.kubernetes.pod.namespace": "b", "app": "x"}}),
        5 => json!({"matchLabels": {"io.kubernetes.pod.namespace": *random.pick(&["a", "b"])}}),
        6 => json!({"matchLabels": {"io.cilium.k8s.policy.serviceaccount": "robot"}}),
        _ => selector(random),
    }
}

fn selector(random: &mut Random) -> Value {
    let mut selector = Map::new();
    if random.chance(70) {
        let (key, values) = key(random);
        selector.insert("matchLabels".to_owned(), json!({key: *random.pick(&values)}));
    }
    if random.chance(30) {
        selector.insert("matchExpressions".to_owned(), random.list(1, 2, expression));
    }
    selector.into()
}

fn expression(random: &mut Random) -> Value {
    let (key, values) = key(random);
    match *random.pick(&["In", "NotIn", "Exists", "DoesNotExist"]) {
        operator @ ("In" | "NotIn") => json!({"key": key, "operator": operator, "values": [*random.pick(&values)]}),
        operator => json!({"key": key, "operator": operator}),
    }
}

/// A key of labels, with values for it.
fn key(random: &mut Random) -> (&'static str, Vec<&'static str>) {
    match random.below(20) {
        0..8 => ("app", APPS.to_vec()),
        8 => ("k8s:app", APPS.to_vec()),
        9 => ("any:app", APPS.to_vec()),
        10 => ("container:app", APPS.to_vec()),
        11 => ("k8s:io.kubernetes.pod.namespace", vec!["a", "b"]),
        12 => ("io.kubernetes.pod.namespace", vec!["a", "b", "nowhere"]),
        13 => ("io.cilium.k8s.namespace.labels.team", vec!["s", "t"]),
        14 => ("k8s:io.cilium.k8s.namespace.labels.beta.kubernetes.io/zone", vec!["1"]),
        15 => ("io.cilium.k8s.policy.serviceaccount", vec!["robot", "default"]),
        16 => (*random.pick(&["pod-template-hash", "io.kubernetes.role"]), vec!["1", "a"]),
        17 => ("io.cilium.k8s.policy.cluster", vec!["default", "other"]),
        18 => (*random.pick(&["reserved:host", "reserved:world", "reserved:remote-node"]), vec![""]),
        _ => ("team", vec!["s"]),
    }
}

fn entry(random: &mut Random, list: &str) -> Value {
    let (is_ingress, denies) = (list.starts_with("ingress"), list.ends_with("Deny"));
    let prefix = if is_ingress { "from" } else { "to" };
    let mut entry = Map::new();
    let name = match random.below(10) {
        0 => return json!({}),
        1..5 => "Endpoints",
        5 | 6 => "Entities",
        7 => "CIDR",
        8 => "CIDRSet",
        _ => *random.pick(&["", "", "Groups", "Services", "FQDNs"]),
    };
    let is_there = match name {
        "" => false,
        "Services" => !is_ingress,
        "FQDNs" => !is_ingress && !denies,
        _ => true,
    };
    if is_there {
        let least = usize::from(!random.chance(10));
        let peers = random.list(least, 2, |random| peer(random, name));
        entry.insert(format!("{prefix}{name}"), peers);
    }
    match random.below(10) {
        0..5 => {}
        5 => {
            entry.insert("icmps".to_owned(), json!([{"fields": [icmp(random)]}]));
        }
        _ => {
            let items = random.list(1, 2, |random| to_ports(random, denies));
            entry.insert("toPorts".to_owned(), items);
        }
    }
    entry.into()
}

fn peer(random: &mut Random, name: &str) -> Value {
    match name {
        "Endpoints" => selector(random),
        "Entities" => {
            json!(*random.pick(&["all", "world", "cluster", "host", "remote-node", "none", "health", "init"]))
        }
        "CIDR" => json!(*random.pick(&["0.0.0.0/0", "192.0.2.0/24", "1.1.1.1/32", "::/0", "10.0.0.0/8"])),
        "CIDRSet" => block_set(random),
        "Groups" => json!({"aws": {"securityGroupsIds": ["sg-1"]}}),
        "Services" => match random.below(3) {
            0 => json!({"k8sService": {"serviceName": "front", "namespace": *random.pick(&["a", "b"])}}),
            1 => json!({"k8sService": {"serviceName": *random.pick(&["front", "missing"])}}),
            _ => json!({"k8sServiceSelector": {"selector": {"matchLabels": {"role": *random.pick(&["front", "no"])}}}}),
        },
        _ => json!({"matchName": "api.example.com"}),
    }
}

fn block_set(random: &mut Random) -> Value {
    let mut set = match random.below(4) {
        0 => json!({"cidrGroupRef": *random.pick(&["office", "lab", "missing"])}),
        1 => json!({"cidrGroupSelector": group_selector(random)}),
        _ => json!({"cidr": *random.pick(&["0.0.0.0/0", "192.0.0.0/8"])}),
    };
    if random.chance(40) {
        set["except"] = json!(["192.0.2.128/25"]);
    }
    set
}

fn group_selector(random: &mut Random) -> Value {
    let site = *random.pick(&["north", "south"]);
    match random.below(4) {
        0 => json!({}),
        1 => json!({"matchLabels": {"site": site}}),
        2 => json!({"matchExpressions": [{"key": "site", "operator": "NotIn", "values": [site]}]}),
        _ => json!({"matchExpressions": [{"key": "site", "operator": *random.pick(&["Exists", "DoesNotExist"])}]}),
    }
}

fn icmp(random: &mut Random) -> Value {
    let kind = *random.pick(&[0, 3, 8, 128]);
    if random.chance(50) { json!({"type": kind}) } else { json!({"type": kind, "family": "IPv6"}) }
}

fn to_ports(random: &mut Random, denies: bool) -> Value {
    if !denies && random.chance(15) {
        let http = random.pick(&[json!([{"method": "GET"}]), json!([{}]), json!([])]).clone();
        return json!({"ports": [{"port": "80", "protocol": "TCP"}], "rules": {"http": http}});
    }
    if random.chance(5) {
        return json!({});
    }
    json!({"ports": random.list(0, 2, port)})
}

fn port(random: &mut Random) -> Value {
    let mut port = json!({"port": *random.pick(&["80", "80", "443", "0", "http", "HTTP", "79"])});
    match *random.pick(&["", "", "TCP", "UDP", "ANY", "ESP"]) {
        "" => {}
        "ESP" => return json!({"port": "0", "protocol": "ESP"}),
        protocol => port["protocol"] = protocol.into(),
    }
    if random.chance(25) {
        port["endPort"] = json!(*random.pick(&[7, 81, 443]));
    }
    port
}

fn network_policy(random: &mut Random) -> Value {
    let mut spec = json!({"podSelector": pod_selector(random)});
    if random.chance(80) {
        spec["policyTypes"] =
            random.pick(&[json!(["Ingress"]), json!(["Egress"]), json!(["Ingress", "Egress"])]).clone();
    }
    for (list, peers) in [("ingress", "from"), ("egress", "to")] {
        if random.chance(50) {
            spec[list] = random.list(0, 2, |random| {
                let mut rule = Map::new();
                if random.chance(80) {
                    rule.insert(peers.to_owned(), random.list(0, 2, network_peer));
                }
                if random.chance(50) {
                    rule.insert("ports".to_owned(), random.list(0, 2, network_port));
                }
                rule.into()
            });
        }
    }
    spec
}

fn pod_selector(random: &mut Random) -> Value {
    match random.below(4) {
        0 | 1 => json!({}),
        2 => json!({"matchLabels": {"app": *random.pick(&APPS)}}),
        _ => json!({"matchExpressions": [{"key": "pod-template-hash", "operator": "Exists"}]}),
    }
}

fn network_peer(random: &mut Random) -> Value {
    match random.below(5) {
        0 => json!({"ipBlock": {"cidr": *random.pick(&["0.0.0.0/0", "192.0.2.0/24"])}}),
        1 => json!({"ipBlock": {"cidr": "192.0.2.0/24", "except": ["192.0.2.128/25"]}}),
        2 => json!({"namespaceSelector": {"matchLabels": {"team": *random.pick(&["s", "t"])}}}),
        3 => json!({"namespaceSelector": {}, "podSelector": pod_selector(random)}),
        _ => json!({"podSelector": pod_selector(random)}),
    }
}

fn network_port(random: &mut Random) -> Value {
    let ports =
        [json!({"port": 80}), json!({"port": 79, "endPort": 81}), json!({"port": "http"}), json!({"protocol": "UDP"})];
    random.pick(&ports).clone()
}
