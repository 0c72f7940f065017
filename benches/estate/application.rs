//! Applications and their policies.

use super::evidence::{self, Server};
use super::random::Random;
use super::{File, Shape};

/// A tier, its image and the port it serves.
struct Tier {
    name: &'static str,
    image: &'static str,
    port: u16,
    kind: &'static str,
}

static WEB: Tier = Tier { name: "web", image: "nginx:1.27", port: 8080, kind: "Deployment" };
static API: Tier = Tier { name: "api", image: "registry.example.com/shop/api:3.2", port: 9090, kind: "Deployment" };
static DATABASE: Tier = Tier { name: "database", image: "postgres:17", port: 5432, kind: "StatefulSet" };
static WORKER: Tier =
    Tier { name: "worker", image: "registry.example.com/shop/worker:3.2", port: 9191, kind: "Deployment" };
static CACHE: Tier = Tier { name: "cache", image: "redis:8", port: 6379, kind: "StatefulSet" };

static TIERS: [&Tier; 5] = [&WEB, &API, &DATABASE, &WORKER, &CACHE];

/// Which tier calls which.
static CALLS: [(&Tier, &Tier); 5] =
    [(&WEB, &API), (&API, &DATABASE), (&API, &CACHE), (&WORKER, &DATABASE), (&WORKER, &CACHE)];

const METRICS: u16 = 9464;

const DNS_RULE: &str = concat!(
    "    - to:\n        - namespaceSelector:\n            matchLabels:\n",
    "              kubernetes.io/metadata.name: kube-system\n",
    "          podSelector:\n            matchLabels:\n              k8s-app: kube-dns\n",
    "      ports:\n        - {protocol: UDP, port: 53}\n        - {protocol: TCP, port: 53}\n",
);

/// One namespace and what runs in it.
pub(super) struct Application {
    pub(super) namespace: String,
    tiers: &'static [&'static Tier],
    /// The tier of each workload and its number within it.
    members: Vec<(&'static Tier, usize)>,
    partners: usize,
    team: u64,
    forgets_dns: bool,
    opens_database: bool,
    misspells: bool,
    /// Whether something asks for what the policies permit, and for one in how many calls nothing does.
    evidence: bool,
    unasked: usize,
}

impl Application {
    pub(super) fn new(index: usize, shape: &Shape, random: &mut Random) -> Self {
        let tiers = TIERS.get(..shape.tiers.clamp(1, TIERS.len())).unwrap_or_default();
        let count = shape.workloads.max(tiers.len());
        let errs = |one_in: usize| one_in > 0 && index.is_multiple_of(one_in);
        Self {
            namespace: format!("shop-{index:04}"),
            tiers,
            members: (0..count).flat_map(|copy| tiers.iter().map(move |tier| (*tier, copy))).take(count).collect(),
            partners: shape.policies,
            team: random.below(40),
            forgets_dns: errs(shape.forgotten_dns),
            opens_database: errs(shape.open_database),
            misspells: errs(shape.typo),
            evidence: shape.evidence,
            unasked: shape.unasked,
        }
    }

    /// One file for the workloads, one for the policies. Returns the number of documents.
    pub(super) fn files_of_namespace(&self, files: &mut Vec<File>) -> usize {
        let mut workloads = vec![self.manifest()];
        for &member in &self.members {
            workloads.extend(self.workload(member));
            workloads.extend(self.service(member));
        }
        workloads.extend(self.entrances());
        let mut policies = self.common_policies();
        for (client, server) in self.calls() {
            let name = format!("{}-to-{}", client.name, server.name);
            policies.push(self.policy(
                &format!("ingress-{name}"),
                &tier(server),
                &["Ingress"],
                &format!("  ingress:\n{}", self.ingress_rule(client, server)),
            ));
            policies.push(self.policy(
                &format!("egress-{name}"),
                &tier(client),
                &["Egress"],
                &format!("  egress:\n{}", egress_rule(server)),
            ));
        }
        let count = workloads.len() + policies.len();
        files.push(File::new(format!("{}/workloads.yaml", self.namespace), &workloads));
        files.push(File::new(format!("{}/policies.yaml", self.namespace), &policies));
        count
    }

    /// One file for each workload, with its Service and its policy. Returns the number of documents.
    pub(super) fn files_of_workloads(&self, files: &mut Vec<File>) -> usize {
        let mut common = vec![self.manifest()];
        common.extend(self.entrances());
        common.extend(self.common_policies());
        let mut count = common.len();
        files.push(File::new(format!("{}/namespace.yaml", self.namespace), &common));
        for &(own, copy) in &self.members {
            let name = format!("{}-{copy}", own.name);
            let ingress: String = self
                .calls()
                .filter(|(_, server)| server.name == own.name)
                .map(|(client, server)| self.ingress_rule(client, server))
                .collect();
            let egress: String = self
                .calls()
                .filter(|(client, _)| client.name == own.name)
                .map(|(_, server)| egress_rule(server))
                .collect();
            let (mut types, mut rules) = (Vec::new(), String::new());
            for (direction, field, text) in [("Ingress", "ingress", ingress), ("Egress", "egress", egress)] {
                if !text.is_empty() {
                    types.push(direction);
                    rules += &format!("  {field}:\n{text}");
                }
            }
            let mut documents = self.workload((own, copy));
            documents.extend(self.service((own, copy)));
            if !types.is_empty() {
                documents.push(self.policy(&name, &[("app", &name)], &types, &rules));
            }
            count += documents.len();
            files.push(File::new(format!("{}/{name}.yaml", self.namespace), &documents));
        }
        count
    }

    fn calls(&self) -> impl Iterator<Item = (&'static Tier, &'static Tier)> {
        let has = |tier: &Tier| self.tiers.iter().any(|own| own.name == tier.name);
        let mistake = self.opens_database.then_some((&WEB, &DATABASE));
        CALLS.iter().copied().chain(mistake).filter(move |(client, server)| has(client) && has(server))
    }

    /// The Namespace.
    fn manifest(&self) -> String {
        let Self { namespace, team, .. } = self;
        format!(
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {namespace}\n  labels:\n    team: team-{team}\n    \
             metrics: scraped\n"
        )
    }

    /// A workload, and what it takes its settings from.
    fn workload(&self, member: (&Tier, usize)) -> Vec<String> {
        let (namespace, team, (tier, copy)) = (&self.namespace, self.team, member);
        let Tier { name, image, port, kind } = tier;
        let app = format!("{name}-{copy}");
        let extra = match *kind {
            "StatefulSet" => format!("  serviceName: {app}\n"),
            _ => "  replicas: 2\n".to_owned(),
        };
        let servers = if self.evidence { self.servers(member) } else { Vec::new() };
        let settings = evidence::settings(namespace, &app, &servers);
        let is_annotated = self.evidence && copy.is_multiple_of(2);
        let annotations = if is_annotated { evidence::annotations(METRICS) } else { String::new() };
        let workload = format!(
            "apiVersion: apps/v1\nkind: {kind}\nmetadata:\n  name: {app}\n  namespace: {namespace}\nspec:\n\
             {extra}  selector:\n    matchLabels:\n      app: {app}\n  template:\n    metadata:\n      \
             labels:\n        app: {app}\n        tier: {name}\n        team: team-{team}\n{annotations}    spec:\n      \
             containers:\n        - name: {name}\n          image: {image}\n          ports:\n            \
             - name: {name}\n              containerPort: {port}\n            - name: metrics\n              \
             containerPort: {METRICS}\n{}{}",
            settings.container, settings.pod
        );
        let mut documents = vec![workload];
        documents.extend(settings.config_maps);
        if self.evidence && !is_annotated {
            documents.push(evidence::monitor(namespace, &app));
        }
        documents
    }

    /// The servers that a workload is set up to call.
    fn servers(&self, (own, copy): (&Tier, usize)) -> Vec<Server> {
        let called = |(tier, _): &&(&'static Tier, usize)| {
            self.calls().any(|(client, server)| client.name == own.name && server.name == tier.name)
        };
        let is_asked = |place: usize| self.unasked == 0 || !(place + copy).is_multiple_of(self.unasked);
        let members = self.members.iter().enumerate().filter(|(_, member)| called(member));
        let asked = members.filter(|(place, _)| is_asked(*place));
        asked.map(|(_, (tier, copy))| Server { name: format!("{}-{copy}", tier.name), port: tier.port }).collect()
    }

    /// What only people know: the partners outside.
    pub(super) fn expectations(&self) -> String {
        let mut text = String::new();
        if !self.evidence {
            return text;
        }
        let namespace = &self.namespace;
        if self.tiers.iter().any(|tier| tier.name == WORKER.name) {
            let partner = format!("198.51.{}.0/25:443", self.team + 1);
            text += &evidence::expectation(&format!("{namespace}/tier=worker"), &partner);
        }
        for (index, (tier, copy)) in self.members.iter().cycle().take(self.partners).enumerate() {
            let client = format!("{namespace}/{}-{copy}", tier.name);
            text += &evidence::expectation(&client, &format!("11.{}.{}.0/24:443", index / 256 % 256, index % 256));
        }
        text
    }

    /// The Service of a workload; nobody calls the workers.
    fn service(&self, (tier, copy): (&Tier, usize)) -> Option<String> {
        let namespace = &self.namespace;
        let Tier { name, port, .. } = tier;
        (tier.name != WORKER.name).then(|| {
            format!(
                "apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}-{copy}\n  namespace: {namespace}\nspec:\n  \
             selector:\n    app: {name}-{copy}\n  ports:\n    - name: {name}\n      port: {port}\n      \
             targetPort: {name}\n"
            )
        })
    }

    /// The Ingress to the first web server; with evidence, to all of them.
    fn entrances(&self) -> Vec<String> {
        let webs = self.members.iter().filter(|(tier, _)| tier.name == WEB.name).map(|(_, copy)| *copy);
        webs.take(if self.evidence { usize::MAX } else { 1 }).map(|copy| self.entrance(copy)).collect()
    }

    fn entrance(&self, copy: usize) -> String {
        let Self { namespace, .. } = self;
        let name = if copy == 0 { "shop".to_owned() } else { format!("shop-{copy}") };
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: {name}\n  namespace: {namespace}\n\
             spec:\n  rules:\n    - host: {namespace}.example.com\n      http:\n        paths:\n          - path: /\n            \
             pathType: Prefix\n            backend:\n              service:\n                name: {0}-{copy}\n                \
             port: {{name: {0}}}\n",
            WEB.name
        )
    }

    /// What holds for all pods of the namespace, and the way to the partners.
    fn common_policies(&self) -> Vec<String> {
        let mut policies = vec![self.policy("default-deny", &[], &["Ingress", "Egress"], "")];
        if !self.forgets_dns {
            policies.push(self.policy("allow-dns", &[], &["Egress"], &format!("  egress:\n{DNS_RULE}")));
        }
        let scraped = format!(
            "  ingress:\n    - from:\n        - namespaceSelector:\n            matchLabels:\n              \
             kubernetes.io/metadata.name: monitoring\n          podSelector:\n            matchLabels:\n              \
             app: prometheus\n      ports:\n        - {{protocol: TCP, port: {METRICS}}}\n"
        );
        policies.push(self.policy("allow-metrics", &[], &["Ingress"], &scraped));
        let controller = format!(
            "  ingress:\n    - from:\n        - namespaceSelector:\n            matchLabels:\n              \
             kubernetes.io/metadata.name: ingress-nginx\n      ports:\n        - {{protocol: TCP, port: {}}}\n",
            WEB.port
        );
        policies.push(self.policy("allow-ingress-controller", &tier(&WEB), &["Ingress"], &controller));
        if self.tiers.iter().any(|tier| tier.name == WORKER.name) {
            let block = format!("198.51.{}.0/24\n            except: [198.51.{0}.128/25]", self.team + 1);
            policies.push(self.policy("allow-partners", &tier(&WORKER), &["Egress"], &partner_rule(&block)));
        }
        for (index, (tier, copy)) in self.members.iter().cycle().take(self.partners).enumerate() {
            let block = format!("11.{}.{}.0/24", index / 256 % 256, index % 256);
            let app = format!("{}-{copy}", tier.name);
            policies.push(self.policy(
                &format!("partner-{index}"),
                &[("app", &app)],
                &["Egress"],
                &partner_rule(&block),
            ));
        }
        policies
    }

    /// A policy for the pods with these labels.
    fn policy(&self, name: &str, labels: &[(&str, &str)], types: &[&str], rules: &str) -> String {
        let namespace = &self.namespace;
        let labels: String = labels.iter().map(|(key, value)| format!("\n      {key}: {value}")).collect();
        let selector = if labels.is_empty() { " {}".to_owned() } else { format!("\n    matchLabels:{labels}") };
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: {name}\n  \
             namespace: {namespace}\nspec:\n  podSelector:{selector}\n  policyTypes: [{}]\n{rules}",
            types.join(", ")
        )
    }

    fn ingress_rule(&self, client: &Tier, server: &Tier) -> String {
        let misspelled = self.misspells && client.name == API.name;
        rule("from", if misspelled { "apii" } else { client.name }, server.port)
    }
}

fn egress_rule(server: &Tier) -> String {
    rule("to", server.name, server.port)
}

fn rule(peers: &str, tier: &str, port: u16) -> String {
    format!(
        "    - {peers}:\n        - podSelector:\n            matchLabels:\n              tier: {tier}\n      \
         ports:\n        - {{protocol: TCP, port: {port}}}\n"
    )
}

fn partner_rule(block: &str) -> String {
    format!(
        "  egress:\n    - to:\n        - ipBlock:\n            cidr: {block}\n      ports:\n        \
         - {{protocol: TCP, port: 443}}\n"
    )
}

fn tier(tier: &'static Tier) -> [(&'static str, &'static str); 1] {
    [("tier", tier.name)]
}

/// The namespace that scrapes all others.
pub(super) fn monitoring() -> String {
    format!(
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: monitoring\n---\napiVersion: apps/v1\nkind: StatefulSet\n\
         metadata:\n  name: prometheus\n  namespace: monitoring\nspec:\n  serviceName: prometheus\n  selector:\n    \
         matchLabels:\n      app: prometheus\n  template:\n    metadata:\n      labels:\n        app: prometheus\n    \
         spec:\n      containers:\n        - name: prometheus\n          image: prom/prometheus:v3.5.0\n          \
         ports:\n            - name: web\n              containerPort: 9090\n---\n\
         apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: default-deny\n  \
         namespace: monitoring\nspec:\n  podSelector: {{}}\n  policyTypes: [Ingress, Egress]\n---\n\
         apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: scrape\n  namespace: monitoring\n\
         spec:\n  podSelector:\n    matchLabels:\n      app: prometheus\n  policyTypes: [Egress]\n  egress:\n{DNS_RULE}    \
         - to:\n        - namespaceSelector:\n            matchLabels:\n              metrics: scraped\n      ports:\n        \
         - {{protocol: TCP, port: {METRICS}}}\n"
    )
}
