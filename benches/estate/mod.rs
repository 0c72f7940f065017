//! A seeded generator of estates: clusters as platform teams write them, of any size, right unless told otherwise.
//!
//! Each namespace is an application of tiers (web, api, worker, database, cache) under a default deny, a DNS allow
//! and an allow for each step between tiers, in both directions. A `monitoring` namespace scrapes them all; the
//! workers call partners outside by ipBlock. The same parameters give the same text, byte for byte.

use std::fmt::Write as _;

/// The size and shape of an estate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Application namespaces, beside `monitoring`.
    pub(crate) namespaces: usize,
    /// Workloads in each of them, at least five.
    pub(crate) workloads: usize,
    /// Documents that have nothing to do with the network (ConfigMaps, Secrets, CRDs), for each namespace.
    pub(crate) irrelevant: usize,
    /// One in this many applications has a mistake; 0 means none has.
    pub(crate) mistake_every: usize,
    /// The seed.
    pub(crate) seed: u64,
}

impl Default for Shape {
    fn default() -> Self {
        Self { namespaces: 10, workloads: 10, irrelevant: 0, mistake_every: 0, seed: 1 }
    }
}

/// A file of an estate.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// Its path below the estate's root.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

/// A tier, its image and the port it serves.
struct Tier {
    name: &'static str,
    image: &'static str,
    port: u16,
    kind: &'static str,
}

static WEB: Tier = Tier { name: "web", image: "nginx:1.27", port: 8080, kind: "Deployment" };
static API: Tier = Tier { name: "api", image: "registry.example.com/shop/api:3.2", port: 9090, kind: "Deployment" };
static WORKER: Tier =
    Tier { name: "worker", image: "registry.example.com/shop/worker:3.2", port: 9191, kind: "Deployment" };
static DATABASE: Tier = Tier { name: "database", image: "postgres:17", port: 5432, kind: "StatefulSet" };
static CACHE: Tier = Tier { name: "cache", image: "redis:8", port: 6379, kind: "StatefulSet" };

static TIERS: [&Tier; 5] = [&WEB, &API, &WORKER, &DATABASE, &CACHE];

/// Which tier calls which.
static CALLS: [(&Tier, &Tier); 5] =
    [(&WEB, &API), (&API, &DATABASE), (&API, &CACHE), (&WORKER, &DATABASE), (&WORKER, &CACHE)];

const METRICS: u16 = 9464;

/// Generates the files of an estate: one for each namespace's workloads and one for its policies.
pub(crate) fn generate(shape: &Shape) -> Vec<File> {
    let mut random = Random(shape.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut files = vec![File { path: "monitoring.yaml".to_owned(), text: monitoring() }];
    for index in 0..shape.namespaces {
        let application = Application::new(index, shape, &mut random);
        files.push(File { path: format!("{}/workloads.yaml", application.namespace), text: application.workloads() });
        files.push(File { path: format!("{}/policies.yaml", application.namespace), text: application.policies() });
        if shape.irrelevant > 0 {
            let text = irrelevant(&application.namespace, shape.irrelevant, &mut random);
            files.push(File { path: format!("{}/other.yaml", application.namespace), text });
        }
    }
    files
}

struct Application {
    namespace: String,
    members: Vec<(&'static Tier, usize)>,
    team: u64,
    forgets_dns: bool,
}

impl Application {
    fn new(index: usize, shape: &Shape, random: &mut Random) -> Self {
        let count = shape.workloads.max(TIERS.len());
        Self {
            namespace: format!("shop-{index:04}"),
            members: (0..count).flat_map(|copy| TIERS.map(|tier| (tier, copy))).take(count).collect(),
            team: random.below(40),
            forgets_dns: shape.mistake_every > 0 && index.is_multiple_of(shape.mistake_every),
        }
    }

    fn workloads(&self) -> String {
        let (namespace, team) = (&self.namespace, self.team);
        let mut text = format!(
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {namespace}\n  labels:\n    team: team-{team}\n    metrics: scraped\n"
        );
        for &(tier, copy) in &self.members {
            let Tier { name, image, port, kind } = tier;
            let extra = match *kind {
                "StatefulSet" => format!("  serviceName: {name}-{copy}\n"),
                _ => "  replicas: 2\n".to_owned(),
            };
            let _ = write!(
                text,
                "---\napiVersion: apps/v1\nkind: {kind}\nmetadata:\n  name: {name}-{copy}\n  namespace: {namespace}\n\
                 spec:\n{extra}  selector:\n    matchLabels:\n      app: {name}-{copy}\n  template:\n    metadata:\n      \
                 labels:\n        app: {name}-{copy}\n        tier: {name}\n        team: team-{team}\n    spec:\n      \
                 containers:\n        - name: {name}\n          image: {image}\n          ports:\n            \
                 - name: {name}\n              containerPort: {port}\n            - name: metrics\n              \
                 containerPort: {METRICS}\n"
            );
            let _ = write!(
                text,
                "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: {name}-{copy}\n  namespace: {namespace}\nspec:\n  \
                 selector:\n    app: {name}-{copy}\n  ports:\n    - name: {name}\n      port: {port}\n      \
                 targetPort: {name}\n"
            );
        }
        text
    }

    fn policies(&self) -> String {
        let mut text = self.policy("default-deny", "", "[Ingress, Egress]", "");
        if !self.forgets_dns {
            text += &self.policy(
                "allow-dns",
                "",
                "[Egress]",
                "  egress:\n    - to:\n        - namespaceSelector:\n            matchLabels:\n              \
                 kubernetes.io/metadata.name: kube-system\n          podSelector:\n            matchLabels:\n              \
                 k8s-app: kube-dns\n      ports:\n        - {protocol: UDP, port: 53}\n        \
                 - {protocol: TCP, port: 53}\n",
            );
        }
        text += &self.policy(
            "allow-metrics",
            "",
            "[Ingress]",
            &format!(
                "  ingress:\n    - from:\n        - namespaceSelector:\n            matchLabels:\n              \
                 kubernetes.io/metadata.name: monitoring\n          podSelector:\n            matchLabels:\n              \
                 app: prometheus\n      ports:\n        - {{protocol: TCP, port: {METRICS}}}\n"
            ),
        );
        for (client, server) in CALLS {
            let rule = |direction: &str, peers: &str, tier: &str| {
                format!(
                    "  {direction}:\n    - {peers}:\n        - podSelector:\n            matchLabels:\n              \
                     tier: {tier}\n      ports:\n        - {{protocol: TCP, port: {}}}\n",
                    server.port
                )
            };
            let name = format!("{}-to-{}", client.name, server.name);
            let ingress = rule("ingress", "from", client.name);
            let egress = rule("egress", "to", server.name);
            text += &self.policy(&format!("ingress-{name}"), server.name, "[Ingress]", &ingress);
            text += &self.policy(&format!("egress-{name}"), client.name, "[Egress]", &egress);
        }
        let third = self.team + 1;
        text += &self.policy(
            "allow-partners",
            "worker",
            "[Egress]",
            &format!(
                "  egress:\n    - to:\n        - ipBlock:\n            cidr: 198.51.{third}.0/24\n            \
                 except: [198.51.{third}.128/25]\n      ports:\n        - {{protocol: TCP, port: 443}}\n"
            ),
        );
        text.split_off("---\n".len())
    }

    /// A policy for one tier, or for all pods.
    fn policy(&self, name: &str, tier: &str, types: &str, rules: &str) -> String {
        let namespace = &self.namespace;
        let selector = match tier {
            "" => " {}\n".to_owned(),
            tier => format!("\n    matchLabels:\n      tier: {tier}\n"),
        };
        format!(
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: {name}\n  \
             namespace: {namespace}\nspec:\n  podSelector:{selector}  policyTypes: {types}\n{rules}"
        )
    }
}

fn monitoring() -> String {
    format!(
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: monitoring\n---\napiVersion: apps/v1\nkind: StatefulSet\n\
         metadata:\n  name: prometheus\n  namespace: monitoring\nspec:\n  serviceName: prometheus\n  selector:\n    \
         matchLabels:\n      app: prometheus\n  template:\n    metadata:\n      labels:\n        app: prometheus\n    \
         spec:\n      containers:\n        - name: prometheus\n          image: prom/prometheus:v3.5.0\n          \
         ports:\n            - name: web\n              containerPort: 9090\n---\n\
         apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: default-deny\n  \
         namespace: monitoring\nspec:\n  podSelector: {{}}\n  policyTypes: [Ingress, Egress]\n---\n\
         apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: scrape\n  namespace: monitoring\n\
         spec:\n  podSelector:\n    matchLabels:\n      app: prometheus\n  policyTypes: [Egress]\n  egress:\n    - to:\n        \
         - namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: kube-system\n          \
         podSelector:\n            matchLabels:\n              k8s-app: kube-dns\n      ports:\n        \
         - {{protocol: UDP, port: 53}}\n        - {{protocol: TCP, port: 53}}\n    - to:\n        \
         - namespaceSelector:\n            matchLabels:\n              metrics: scraped\n      ports:\n        \
         - {{protocol: TCP, port: {METRICS}}}\n"
    )
}

fn irrelevant(namespace: &str, count: usize, random: &mut Random) -> String {
    let mut text = String::new();
    for index in 0..count {
        let separator = if index == 0 { "" } else { "---\n" };
        let _ = match random.below(3) {
            0 => write!(
                text,
                "{separator}apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings-{index}\n  \
                 namespace: {namespace}\ndata:\n  settings.ini: |\n    [server]\n    threads = {}\n    kind: NetworkPolicy\n",
                random.below(64)
            ),
            1 => write!(
                text,
                "{separator}apiVersion: v1\nkind: Secret\nmetadata:\n  name: secret-{index}\n  namespace: {namespace}\n\
                 type: Opaque\nstringData:\n  token: t{:016x}\n",
                random.next()
            ),
            _ => custom_resource_definition(&mut text, separator, index, random),
        };
    }
    text
}

/// A definition about as deep and wide as those of real operators.
fn custom_resource_definition(
    text: &mut String,
    separator: &str,
    index: usize,
    random: &mut Random,
) -> std::fmt::Result {
    write!(
        text,
        "{separator}apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  \
         name: widgets{index}.example.com\nspec:\n  group: example.com\n  scope: Namespaced\n  names:\n    \
         kind: Widget{index}\n    plural: widgets{index}\n  versions:\n    - name: v1\n      served: true\n      \
         storage: true\n      schema:\n        openAPIV3Schema:\n          type: object\n          properties:\n            \
         spec:\n              type: object\n              properties:\n"
    )?;
    for field in 0..20 + random.below(40) {
        write!(
            text,
            "                field{field}:\n                  description: What field {field} of a widget does, and when.\n                  \
             type: string\n"
        )?;
    }
    Ok(())
}

/// Xorshift: small, fast, the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}
