//! Inputs with very many of one thing, each of any size.

mod hostile;
mod plugins;

use std::fmt::Write as _;

use Content::{Configured, Kustomized, Manifests};

/// An input that grows in one respect.
pub(crate) struct Input {
    /// What there is much of.
    pub(crate) name: &'static str,
    /// The size that it is measured at.
    pub(crate) size: usize,
    /// What it holds at a size.
    pub(crate) content: Content,
}

/// The files of an input.
#[derive(Clone, Copy)]
pub(crate) enum Content {
    /// `input.yaml`
    Manifests(fn(usize) -> String),
    /// The same and `netlint.yaml`.
    Configured(fn(usize) -> [String; 2]),
    /// The same and `kustomization.yaml`.
    Kustomized(fn(usize) -> [String; 2]),
}

impl Content {
    /// Names and texts of the files.
    pub(crate) fn files(self, size: usize) -> Vec<(&'static str, String)> {
        let and = |[manifests, other]: [String; 2], name| vec![("input.yaml", manifests), (name, other)];
        match self {
            Self::Manifests(text) => vec![("input.yaml", text(size))],
            Self::Configured(texts) => and(texts(size), "netlint.yaml"),
            Self::Kustomized(texts) => and(texts(size), "kustomization.yaml"),
        }
    }
}

pub(crate) const INPUTS: &[Input] = &[
    Input { name: "distinct label sets in a namespace", size: 20_000, content: Manifests(label_sets) },
    Input { name: "label sets that nobody selects", size: 20_000, content: Manifests(plain_pods) },
    Input { name: "peers of one policy", size: 5_000, content: Manifests(peers) },
    Input { name: "peers that find no pod", size: 5_000, content: Manifests(lost_peers) },
    Input { name: "policies that select one pod", size: 5_000, content: Manifests(policies) },
    Input { name: "namespaces that one policy admits", size: 5_000, content: Manifests(namespaces) },
    Input { name: "CIDRs with excepts", size: 10_000, content: Manifests(blocks) },
    Input { name: "single ports", size: 60_000, content: Manifests(ports) },
    Input { name: "ports without their protocol", size: 60_000, content: Manifests(without_protocol) },
    Input { name: "Services", size: 10_000, content: Manifests(services) },
    Input { name: "containers with variables", size: 10_000, content: Manifests(variables) },
    Input { name: "comments that ignore findings", size: 5_000, content: Manifests(ignores) },
    Input { name: "peers between pods that may send nothing", size: 2_000, content: Manifests(cut_off) },
    Input { name: "namespaces without DNS", size: 5_000, content: Manifests(without_dns) },
    Input { name: "mistakes on one line", size: 20_000, content: Manifests(mistakes) },
    Input { name: "unknown fields", size: 40_000, content: Manifests(hostile::unknown_fields) },
    Input { name: "rules of one policy", size: 10_000, content: Manifests(hostile::rules) },
    Input { name: "parts that a block leaves out", size: 30_000, content: Manifests(hostile::excepts) },
    Input { name: "blocks in one another", size: 20_000, content: Manifests(hostile::nested_blocks) },
    Input { name: "named ports", size: 4_000, content: Manifests(hostile::named_ports) },
    Input { name: "pods that admit one another", size: 2_000, content: Manifests(hostile::one_sided) },
    Input { name: "aliases of a mistake", size: 90_000, content: Manifests(hostile::aliases) },
    Input { name: "expectations of pairs", size: 200, content: Configured(hostile::expectations) },
    Input { name: "findings under 500 globs", size: 4_000, content: Configured(hostile::globs) },
    Input { name: "patches by pattern", size: 1_000, content: Kustomized(hostile::patches) },
    Input { name: "patches in the kustomization", size: 3_000, content: Kustomized(hostile::inline_patches) },
    Input { name: "findings by names in ignore", size: 4_000, content: Configured(hostile::ignored_names) },
    Input { name: "pods that take one ConfigMap", size: 1_000, content: Manifests(hostile::config_map) },
    Input { name: "names of addresses", size: 3_000, content: Manifests(plugins::domains) },
    Input { name: "groups of addresses", size: 3_000, content: Manifests(plugins::address_groups) },
    Input { name: "tiers", size: 2_000, content: Manifests(plugins::tiers) },
    Input { name: "rules of Admin policies", size: 3_000, content: Manifests(plugins::admin_rules) },
];

const DENY: &str = "\
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
";

fn pod(text: &mut String, namespace: &str, name: &str) {
    let _ = write!(
        text,
        "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\n  namespace: {namespace}\n  labels: {{app: {name}}}\n\
         spec:\n  containers:\n  - name: main\n    image: example.com/{name}\n    ports: [{{name: http, containerPort: 8080}}]\n"
    );
}

fn policy(text: &mut String, name: &str, selector: &str, rules: &str) {
    let _ = write!(
        text,
        "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}, namespace: shop}}\nspec:\n  \
         podSelector: {selector}\n{rules}"
    );
}

fn plain_pods(size: usize) -> String {
    let mut text = DENY.to_owned();
    for index in 0..size {
        pod(&mut text, "shop", &format!("p{index}"));
    }
    text
}

/// A policy for one pod in ten makes all of their labels matter.
fn label_sets(size: usize) -> String {
    let mut text = plain_pods(size);
    for index in (0..size).step_by(10) {
        let rules = format!("  ingress:\n  - from:\n    - podSelector: {{matchLabels: {{app: p{}}}}}\n", index + 1);
        policy(&mut text, &format!("to-p{index}"), &format!("{{matchLabels: {{app: p{index}}}}}"), &rules);
        let rules = format!(
            "  policyTypes: [Egress]\n  egress:\n  - to:\n    - podSelector: {{matchLabels: {{app: p{index}}}}}\n"
        );
        policy(&mut text, &format!("from-p{index}"), &format!("{{matchLabels: {{app: p{}}}}}", index + 1), &rules);
    }
    text
}

fn peers(size: usize) -> String {
    let mut text = plain_pods(size);
    let mut rules = "  ingress:\n  - from:\n".to_owned();
    for index in 1..size {
        let _ = writeln!(rules, "    - podSelector: {{matchLabels: {{app: p{index}}}}}");
    }
    policy(&mut text, "many", "{matchLabels: {app: p0}}", &rules);
    text
}

fn lost_peers(size: usize) -> String {
    let mut text = plain_pods(100);
    let mut rules = "  ingress:\n  - from:\n".to_owned();
    for index in 0..size {
        let _ = writeln!(rules, "    - podSelector: {{matchLabels: {{app: q{index}}}}}");
    }
    policy(&mut text, "many", "{matchLabels: {app: p0}}", &rules);
    text
}

fn policies(size: usize) -> String {
    let mut text = plain_pods(2);
    for index in 0..size {
        let rules = format!(
            "  policyTypes: [Ingress, Egress]\n  ingress:\n  - from:\n    - podSelector: {{matchLabels: {{app: p1}}}}\n    \
             ports: [{{port: {port}}}]\n  egress:\n  - to:\n    - ipBlock: {{cidr: 11.{}.{}.0/24}}\n    ports: [{{port: {port}}}]\n",
            index / 256 % 256,
            index % 256,
            port = 1 + index % 65_535
        );
        policy(&mut text, &format!("n{index}"), "{matchLabels: {app: p0}}", &rules);
    }
    text
}

fn namespaces(size: usize) -> String {
    let mut text = plain_pods(10);
    for index in 0..size {
        let _ =
            write!(text, "---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: n{index}, labels: {{team: t}}}}\n");
        pod(&mut text, &format!("n{index}"), "client");
    }
    policy(
        &mut text,
        "many",
        "{matchLabels: {app: p0}}",
        "  ingress:\n  - from:\n    - namespaceSelector: {matchLabels: {team: t}}\n",
    );
    text
}

fn blocks(size: usize) -> String {
    let mut text = plain_pods(2);
    let mut rules = "  policyTypes: [Egress]\n  egress:\n  - to:\n".to_owned();
    for index in 0..size {
        let (high, low) = (11 + index / 65_536, index % 65_536);
        let net = format!("{high}.{}.{}", low / 256, low % 256);
        let _ = writeln!(rules, "    - ipBlock: {{cidr: {net}.0/24, except: [{net}.64/26, {net}.255/32]}}");
    }
    policy(&mut text, "many", "{matchLabels: {app: p0}}", &rules);
    text
}

fn ports(size: usize) -> String {
    let mut text = plain_pods(2);
    let mut rules = "  ingress:\n  - from:\n    - podSelector: {matchLabels: {app: p1}}\n    ports:\n".to_owned();
    for index in 0..size {
        // Odd ones, so that no two make a range; then those of another protocol.
        let (port, protocol) = (1 + 2 * (index % 32_767), if index < 32_767 { "TCP" } else { "UDP" });
        let _ = writeln!(rules, "    - {{protocol: {protocol}, port: {port}}}");
    }
    policy(&mut text, "many", "{matchLabels: {app: p0}}", &rules);
    text
}

/// A pod listens with UDP, on ports that a policy opens for TCP, having no protocol.
fn without_protocol(size: usize) -> String {
    let ports = 1..=size.min(65_535);
    let declared: Vec<String> = ports.clone().map(|port| format!("{{containerPort: {port}, protocol: UDP}}")).collect();
    let opened: Vec<String> = ports.map(|port| format!("{{port: {port}}}")).collect();
    let mut text = format!(
        "{DENY}---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p0, namespace: shop, labels: {{app: p0}}}}\nspec:\n  \
         containers: [{{name: main, image: example.com/p0, ports: [{}]}}]\n",
        declared.join(", ")
    );
    let rules = format!("  ingress: [{{from: [{{podSelector: {{}}}}], ports: [{}]}}]\n", opened.join(", "));
    policy(&mut text, "many", "{matchLabels: {app: p0}}", &rules);
    text
}

fn services(size: usize) -> String {
    let mut text = plain_pods(100);
    for index in 0..size {
        let _ = write!(
            text,
            "---\napiVersion: v1\nkind: Service\nmetadata: {{name: s{index}, namespace: shop}}\nspec:\n  \
             selector: {{app: p{}}}\n  ports: [{{port: {}, targetPort: http}}]\n",
            index % 100,
            1 + index % 65_535
        );
    }
    text
}

/// Pods that name one another's Services.
fn variables(size: usize) -> String {
    let mut text = DENY.to_owned();
    for index in 0..size {
        let _ = write!(
            text,
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: p{index}, namespace: shop}}\nspec:\n  \
             selector: {{matchLabels: {{app: p{index}}}}}\n  template:\n    metadata: {{labels: {{app: p{index}}}}}\n    \
             spec:\n      containers:\n      - name: main\n        image: example.com/p{index}\n        \
             ports: [{{containerPort: 8080}}]\n        env:\n        - {{name: NEXT, value: \"http://p{}:80\"}}\n---\n\
             apiVersion: v1\nkind: Service\nmetadata: {{name: p{index}, namespace: shop}}\nspec:\n  \
             selector: {{app: p{index}}}\n  ports: [{{port: 80, targetPort: 8080}}]\n",
            (index + 1) % size
        );
    }
    text
}

fn ignores(size: usize) -> String {
    let mut text = String::new();
    for index in 0..size {
        let _ = write!(
            text,
            "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: web # netlint: ignore[missing-default-deny] reviewed\n  \
             namespace: n{index}\nspec: {{containers: [{{name: web, image: nginx}}]}}\n"
        );
    }
    text
}

/// Everyone is admitted to everyone by name, and nobody may send.
fn cut_off(size: usize) -> String {
    let mut text = plain_pods(size);
    let rules = "  ingress:\n  - from:\n    - podSelector: {matchExpressions: [{key: app, operator: Exists}]}\n";
    policy(&mut text, "all", "{}", rules);
    text
}

/// In each of them a client may send to a server, and to nobody else.
fn without_dns(size: usize) -> String {
    let mut text = plain_pods(1);
    for index in 0..size {
        let namespace = format!("n{index}");
        for name in ["client", "server"] {
            pod(&mut text, &namespace, name);
        }
        let _ = write!(
            text,
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: sends, namespace: {namespace}}}\n\
             spec:\n  podSelector: {{}}\n  policyTypes: [Egress]\n  egress:\n  - to:\n    \
             - podSelector: {{matchLabels: {{app: server}}}}\n"
        );
    }
    text
}

fn mistakes(size: usize) -> String {
    let ports = "{port: 70000}, ".repeat(size);
    let mut text = plain_pods(2);
    policy(&mut text, "many", "{}", &format!("  ingress: [{{ports: [{ports}]}}]\n"));
    text
}
