//! Small clusters under Cilium: what policies can distinguish, and the policies as documents.

use std::net::IpAddr;

use serde_json::Value;

/// The cluster that a test is about.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) namespaces: Vec<Namespace>,
    pub(crate) pods: Vec<Pod>,
    /// Services, by namespace, name, labels and selector.
    pub(crate) services: Vec<Service>,
    /// CiliumCIDRGroups: name, labels and blocks.
    pub(crate) groups: Vec<Group>,
    /// CiliumNetworkPolicies, CiliumClusterwideNetworkPolicies and NetworkPolicies that are in force, as JSON.
    pub(crate) policies: Vec<Value>,
    pub(crate) settings: Settings,
}

pub(crate) type Labels = Vec<(String, String)>;

#[derive(Clone, Debug)]
pub(crate) struct Namespace {
    pub(crate) name: String,
    pub(crate) labels: Labels,
}

#[derive(Clone, Debug)]
pub(crate) struct Pod {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) labels: Labels,
    /// Declared ports: name, number and protocol, of one container after another.
    pub(crate) ports: Vec<(String, u16, &'static str)>,
    pub(crate) host_network: bool,
    /// The ServiceAccount, where it isn't `default`.
    pub(crate) account: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) labels: Labels,
    pub(crate) selector: Labels,
}

#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) labels: Labels,
    pub(crate) blocks: Vec<&'static str>,
}

/// The options of the agent that change what policies mean.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Settings {
    /// `policy-cidr-match-mode` holds `nodes`.
    pub(crate) blocks_match_nodes: bool,
    /// `policy-cidr-match-mode` holds `pods`.
    pub(crate) blocks_match_pods: bool,
    /// `enable-policy: always`.
    pub(crate) always: bool,
}

/// An end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// A pod, by its place. One on the network of its node is that node, or another one: nobody knows.
    Pod(usize),
    /// The node of the other end.
    OwnNode,
    /// Any other node.
    OtherNode,
    /// An address outside the cluster.
    World(IpAddr),
}

/// What a connection carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Traffic {
    /// A port of the destination.
    Port(&'static str, u16),
    /// A type of ICMP: `IPv4` or `IPv6`.
    Icmp(&'static str, u8),
    /// A protocol without ports, by its name in policies.
    Portless(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Ingress,
    Egress,
}

impl World {
    /// Namespaces a and b, whose labels are `team: s` and `team: t`; pods web and db in a, x in b; web and db serve
    /// `http` on 80 and 8080.
    pub(crate) fn small() -> Self {
        let text = |text: &str| text.to_owned();
        let pod = |namespace: &str, name: &str, port: u16| Pod {
            namespace: text(namespace),
            name: text(name),
            labels: vec![(text("app"), text(name))],
            ports: vec![(text("http"), port, "TCP")],
            host_network: false,
            account: None,
        };
        let namespace =
            |name: &str, team: &str| Namespace { name: text(name), labels: vec![(text("team"), text(team))] };
        Self {
            namespaces: vec![namespace("a", "s"), namespace("b", "t")],
            pods: vec![pod("a", "web", 80), pod("a", "db", 8080), pod("b", "x", 80)],
            ..Self::default()
        }
    }

    /// The pod of a name.
    pub(crate) fn pod(&self, name: &str) -> End {
        End::Pod(self.pods.iter().position(|pod| pod.name == name).unwrap())
    }

    /// Adds a policy of namespace a.
    pub(crate) fn with(mut self, kind: &str, spec: Value) -> Self {
        let version = if kind == "NetworkPolicy" { "networking.k8s.io/v1" } else { "cilium.io/v2" };
        let name = format!("policy-{}", self.policies.len());
        let mut metadata = serde_json::json!({"name": name});
        if kind != "CiliumClusterwideNetworkPolicy" {
            metadata["namespace"] = "a".into();
        }
        self.policies
            .push(serde_json::json!({"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}));
        self
    }
}
