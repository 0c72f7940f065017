//! Random clusters, valid by Calico. What their objects are about is taken from the same small alphabets, so that it
//! meets.

use std::fmt::Write as _;

use crate::support::random::Random;

/// A cluster as manifests, and what netlint is told of it beside them.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// One manifest each.
    pub(crate) objects: Vec<String>,
    /// Whether all namespaces, accounts and tiers are in the input, the version is configured, and no block of addresses
    /// is that of pods: nothing is left open.
    pub(crate) is_known: bool,
}

const APPS: [&str; 3] = ["web", "db", "x"];

/// A case; a seed gives the same one whenever it is asked for.
pub(crate) fn case(seed: u64) -> Case {
    let mut random = Random::new(seed);
    let random = &mut random;
    let is_known = random.chance(50);
    let mut objects = Vec::new();
    for (name, env) in [("a", "prod"), ("b", "test")] {
        if is_known || random.chance(80) {
            objects.push(format!(
                "{{kind: Namespace, apiVersion: v1, metadata: {{name: {name}, labels: {{env: {env}}}}}}}"
            ));
        }
        for account in ["default", "s"] {
            let labels = if account == "s" { ", labels: {role: client}" } else { "" };
            if is_known || random.chance(80) {
                objects.push(format!(
                    "{{kind: ServiceAccount, apiVersion: v1, metadata: {{name: {account}, namespace: {name}{labels}}}}}"
                ));
            }
        }
    }
    for (place, namespace) in ["a", "a", "b", "b"].into_iter().enumerate() {
        objects.push(pod(random, namespace, place));
    }
    let tiers = random.below(3);
    for tier in ["t", "u"].into_iter().take(if is_known { 2 } else { tiers }) {
        let order = random.pick(&[1, 5, 1_000_000, 2_000_000]);
        let action = random.pick(&["Deny", "Pass"]);
        objects.push(calico("Tier", tier, "", &format!("{{order: {order}, defaultAction: {action}}}")));
    }
    for name in ["a", "b", "m"].into_iter().take(random.below(4)) {
        objects.push(kubernetes(random, name));
    }
    let names = ["a", "b", "m", "a-1", "n"];
    let count = 1 + random.below(4);
    for name in names.into_iter().take(count) {
        objects.push(policy(random, name, is_known));
    }
    for (kind, namespace, outside) in [("GlobalNetworkSet", "", "2.2.2.0/24"), ("NetworkSet", "a", "3.3.3.3/32")] {
        if random.chance(30) {
            let net = if is_known { outside } else { random.pick(&[outside, "10.2.0.0/24", "0.0.0.0/0"]) };
            let (label, spec) = (random.pick(&["set: x", "app: web", "env: prod"]), format!("{{nets: [{net}]}}"));
            objects.push(labelled(kind, "set", namespace, &format!(", labels: {{{label}}}"), &spec));
        }
    }
    Case { objects, is_known }
}

fn pod(random: &mut Random, namespace: &str, place: usize) -> String {
    let app = random.pick(&APPS);
    let account = random.pick(&["", "serviceAccountName: s, "]);
    let ports = random.pick(&[
        "",
        "ports: [{name: http, containerPort: 80}]",
        "ports: [{name: http, containerPort: 81}, {name: http, containerPort: 53, protocol: UDP}]",
    ]);
    let labels = if random.chance(70) { format!("{{app: {app}}}") } else { format!("{{app: {app}, role: front-end}}") };
    format!(
        "{{kind: Pod, apiVersion: v1, metadata: {{name: p{place}, namespace: {namespace}, labels: {labels}}}, spec: \
         {{{account}containers: [{{name: c, image: c, {ports}}}]}}, status: {{podIP: 10.{}.0.{place}}}}}",
        random.pick(&[1, 2])
    )
}

fn calico(kind: &str, name: &str, namespace: &str, spec: &str) -> String {
    labelled(kind, name, namespace, "", spec)
}

fn labelled(kind: &str, name: &str, namespace: &str, labels: &str, spec: &str) -> String {
    let namespace = if namespace.is_empty() { String::new() } else { format!(", namespace: {namespace}") };
    let metadata = format!("{{name: {name}{namespace}{labels}}}");
    format!("{{kind: {kind}, apiVersion: projectcalico.org/v3, metadata: {metadata}, spec: {spec}}}")
}

/// A NetworkPolicy of Kubernetes in the namespace `a`.
fn kubernetes(random: &mut Random, name: &str) -> String {
    let labels = |random: &mut Random| match random.chance(40) {
        true => "{}".to_owned(),
        false => format!("{{matchLabels: {{app: {}}}}}", random.pick(&APPS)),
    };
    let subject = labels(random);
    let mut spec = format!("{{podSelector: {subject}");
    for (key, peers) in [("ingress", "from"), ("egress", "to")] {
        if random.chance(60) {
            let peer = match random.below(3) {
                0 => String::new(),
                1 => format!("{peers}: [{{podSelector: {}}}]", labels(random)),
                _ => format!("{peers}: [{{namespaceSelector: {{matchLabels: {{env: test}}}}}}]"),
            };
            let port = random.pick(&["", "ports: [{port: 80}]", "ports: [{port: 53, protocol: UDP}]"]);
            let separator = if peer.is_empty() || port.is_empty() { "" } else { ", " };
            let _ = write!(spec, ", {key}: [{{{peer}{separator}{port}}}]");
        }
    }
    let types = random.pick(&["", ", policyTypes: [Ingress]", ", policyTypes: [Egress]"]);
    format!(
        "{{kind: NetworkPolicy, apiVersion: networking.k8s.io/v1, metadata: {{name: {name}, namespace: a}}, spec: \
         {spec}{types}}}}}"
    )
}

fn policy(random: &mut Random, name: &str, is_known: bool) -> String {
    let is_global = random.chance(50);
    let mut spec = Vec::new();
    let tier = random.pick(&["", "", "", "t", "u"]);
    if !tier.is_empty() {
        spec.push(format!("tier: {tier}"));
    }
    if random.chance(80) {
        spec.push(format!("order: {}", random.pick(&["1", "10", "1000", "1000", "1000.5", "-3"])));
    }
    if random.chance(70) {
        spec.push(format!("selector: \"{}\"", selector(random, 2)));
    }
    if is_global && random.chance(30) {
        spec.push(format!("namespaceSelector: \"{}\"", namespaces(random)));
    }
    if random.chance(15) {
        spec.push(format!("serviceAccountSelector: \"{}\"", accounts(random)));
    }
    spec.extend(match random.below(5) {
        0 => Some("types: [Ingress]".to_owned()),
        1 => Some("types: [Egress]".to_owned()),
        2 | 3 => Some("types: [Ingress, Egress]".to_owned()),
        _ => None,
    });
    for key in ["ingress", "egress"] {
        if random.chance(75) {
            let rules: Vec<String> = (0..random.below(4)).map(|_| rule(random, is_known)).collect();
            spec.push(format!("{key}: [{}]", rules.join(", ")));
        }
    }
    let (kind, namespace) = if is_global { ("GlobalNetworkPolicy", "") } else { ("NetworkPolicy", "a") };
    calico(kind, name, namespace, &format!("{{{}}}", spec.join(", ")))
}

fn rule(random: &mut Random, is_known: bool) -> String {
    let action = random.pick(&["Allow", "Allow", "Deny", "Deny", "Pass", "Pass", "Log"]);
    let mut parts = vec![format!("action: {action}")];
    let protocol = random.pick(&["", "", "TCP", "TCP", "UDP", "ICMP", "SCTP", "89", "UDPLite"]);
    if !protocol.is_empty() {
        parts.push(format!("protocol: {protocol}"));
    }
    let unwanted = if random.chance(15) { random.pick(&["TCP", "UDP", "ICMP", "89"]) } else { "" };
    if !unwanted.is_empty() {
        parts.push(format!("notProtocol: {unwanted}"));
    }
    if protocol == "ICMP" && random.chance(60) {
        let key = random.pick(&["icmp", "notICMP"]);
        parts.push(format!("{key}: {}", random.pick(&["{type: 8}", "{type: 0}", "{type: 8, code: 1}", "{}"])));
    }
    if random.chance(5) && protocol != "ICMP" && unwanted != "ICMP" {
        parts.push(format!("ipVersion: {}", random.pick(&["4", "4", "6"])));
    }
    let has_ports = ["TCP", "UDP", "SCTP"].contains(&protocol);
    let is_v6 = parts.iter().any(|part| part == "ipVersion: 6");
    for side in ["source", "destination"] {
        if random.chance(50) {
            let mut entity = entity(random, is_known, is_v6);
            if side == "destination" && (has_ports || protocol.is_empty()) {
                for key in ["ports", "notPorts"] {
                    if random.chance(30) {
                        let ports: &[&str] =
                            if has_ports { &["[80]", "['80:81']", "[http]", "[53, http]"] } else { &["[http]"] };
                        entity.push(format!("{key}: {}", random.pick(ports)));
                    }
                }
            }
            parts.push(format!("{side}: {{{}}}", entity.join(", ")));
        }
    }
    format!("{{{}}}", parts.join(", "))
}

fn entity(random: &mut Random, is_known: bool, is_v6: bool) -> Vec<String> {
    let mut entity = Vec::new();
    if random.chance(45) {
        entity.push(format!("selector: \"{}\"", selector(random, 2)));
    }
    if random.chance(20) {
        entity.push(format!("notSelector: \"{}\"", selector(random, 1)));
    }
    if random.chance(25) {
        entity.push(match random.chance(20) {
            true => "namespaceSelector: global()".to_owned(),
            false => format!("namespaceSelector: \"{}\"", namespaces(random)),
        });
    }
    if random.chance(15) {
        entity.push(match random.below(3) {
            0 => "serviceAccounts: {names: [s]}".to_owned(),
            1 => format!("serviceAccounts: {{selector: \"{}\"}}", accounts(random)),
            _ => "serviceAccounts: {}".to_owned(),
        });
    }
    for key in ["nets", "notNets"] {
        if !is_v6 && random.chance(12) {
            let outside = ["[2.2.2.0/25]", "[2.2.2.2/32, 3.0.0.0/8]"];
            let of_pods = ["[10.2.0.0/16]", "[10.0.0.0/8, 2.2.2.2/32]", "[128.0.0.0/1]"];
            entity.push(format!("{key}: {}", if is_known { random.pick(&outside) } else { random.pick(&of_pods) }));
        }
    }
    entity
}

fn namespaces(random: &mut Random) -> &'static str {
    random.pick(&[
        "all()",
        "env == 'prod'",
        "env != 'prod'",
        "projectcalico.org/name == 'b'",
        "has(env) && projectcalico.org/name != 'a'",
        "!has(missing)",
        "kubernetes.io/metadata.name in {'a'}",
    ])
}

fn accounts(random: &mut Random) -> &'static str {
    random.pick(&["role == 'client'", "role != 'client'", "has(role)", "projectcalico.org/name == 's'", "all()"])
}

fn selector(random: &mut Random, depth: usize) -> String {
    if depth > 0 && random.chance(35) {
        let join = random.pick(&["&&", "||"]);
        let (one, other) = (selector(random, depth - 1), selector(random, depth - 1));
        let not = random.pick(&["", "", "!"]);
        return format!("{not}({one} {join} {other})");
    }
    let plain = random.pick(&[
        "all()",
        "app == 'web'",
        "app != 'web'",
        "app in {'db', 'x'}",
        "app not in {'db'}",
        "has(role)",
        "!has(role)",
        "!(app == 'x')",
        "set == 'x'",
        "app in {}",
        "app not in {}",
        "role starts with 'front'",
        "role ends with 'end'",
        "app contains 'e'",
        "!(role contains 'o')",
        "pcns.env == 'prod'",
        "pcns.projectcalico.org/name != 'b'",
        "pcsa.role == 'client'",
        "pcsa.projectcalico.org/name == 's'",
        "projectcalico.org/namespace == 'a'",
        "has(projectcalico.org/namespace)",
        "projectcalico.org/serviceaccount == 's'",
        "projectcalico.org/orchestrator == 'k8s'",
    ]);
    plain.to_owned()
}
