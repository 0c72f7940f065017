//! A cluster for the oracle: the objects of a text, in the form of their API.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use netlint::yaml::{from_node, parse, split};
use serde::Deserialize;

/// A block of addresses; an address is a block of one.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Block(pub(crate) IpNet);

impl TryFrom<String> for Block {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let address = || text.parse::<IpAddr>().map(IpNet::from);
        text.parse().or_else(|_| address()).map(Self).map_err(|_| text)
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Metadata {
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) labels: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Head {
    kind: String,
    #[serde(rename = "apiVersion")]
    version: String,
    metadata: Metadata,
}

#[derive(Clone, Debug, Deserialize)]
struct Document<Spec> {
    spec: Spec,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct PodSpec {
    pub(crate) service_account_name: String,
    pub(crate) containers: Vec<Container>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Container {
    pub(crate) ports: Vec<ContainerPort>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ContainerPort {
    pub(crate) name: String,
    pub(crate) container_port: u16,
    pub(crate) protocol: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Status {
    #[serde(rename = "podIP")]
    pub(crate) pod_ip: Option<IpAddr>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct WithStatus {
    status: Status,
}

#[derive(Clone, Debug)]
pub(crate) struct Pod {
    pub(crate) metadata: Metadata,
    pub(crate) spec: PodSpec,
    pub(crate) status: Status,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Spec {
    pub(crate) tier: String,
    pub(crate) order: Option<f64>,
    pub(crate) selector: String,
    pub(crate) namespace_selector: String,
    pub(crate) service_account_selector: String,
    pub(crate) types: Option<Vec<String>>,
    pub(crate) ingress: Vec<Rule>,
    pub(crate) egress: Vec<Rule>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Rule {
    pub(crate) action: String,
    pub(crate) ip_version: Option<u8>,
    pub(crate) protocol: Option<NumberOrText>,
    pub(crate) not_protocol: Option<NumberOrText>,
    pub(crate) icmp: Icmp,
    #[serde(rename = "notICMP")]
    pub(crate) not_icmp: Icmp,
    pub(crate) source: Entity,
    pub(crate) destination: Entity,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Icmp {
    #[serde(rename = "type")]
    pub(crate) number: Option<u8>,
    pub(crate) code: Option<u8>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum NumberOrText {
    Number(u16),
    Text(String),
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Entity {
    pub(crate) selector: String,
    pub(crate) not_selector: String,
    pub(crate) namespace_selector: String,
    pub(crate) service_accounts: ServiceAccounts,
    pub(crate) nets: Vec<Block>,
    pub(crate) not_nets: Vec<Block>,
    pub(crate) ports: Vec<NumberOrText>,
    pub(crate) not_ports: Vec<NumberOrText>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ServiceAccounts {
    pub(crate) names: Vec<String>,
    pub(crate) selector: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct TierSpec {
    pub(crate) order: Option<f64>,
    pub(crate) default_action: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SetSpec {
    pub(crate) nets: Vec<Block>,
}

/// A NetworkPolicy of Kubernetes, as far as the cases need it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct KubernetesSpec {
    pub(crate) pod_selector: Labels,
    pub(crate) policy_types: Vec<String>,
    pub(crate) ingress: Vec<KubernetesRule>,
    pub(crate) egress: Vec<KubernetesRule>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Labels {
    pub(crate) match_labels: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct KubernetesRule {
    #[serde(alias = "to")]
    pub(crate) from: Vec<KubernetesPeer>,
    pub(crate) ports: Vec<KubernetesPort>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct KubernetesPeer {
    pub(crate) pod_selector: Option<Labels>,
    pub(crate) namespace_selector: Option<Labels>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct KubernetesPort {
    pub(crate) port: Option<u16>,
    pub(crate) protocol: String,
}

#[derive(Clone, Debug)]
pub(crate) enum Rules {
    Calico(Spec),
    Kubernetes(KubernetesSpec),
}

#[derive(Clone, Debug)]
pub(crate) struct Policy {
    /// The kind by which Calico sorts it.
    pub(crate) kind: &'static str,
    pub(crate) metadata: Metadata,
    pub(crate) rules: Rules,
}

/// All that the oracle knows.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) namespaces: Vec<Metadata>,
    pub(crate) accounts: Vec<Metadata>,
    pub(crate) pods: Vec<Pod>,
    pub(crate) policies: Vec<Policy>,
    pub(crate) tiers: Vec<(Metadata, TierSpec)>,
    pub(crate) sets: Vec<(Metadata, SetSpec)>,
}

impl World {
    /// Reads the objects of a text. Staged policies are left out: they have no effect.
    pub(crate) fn read(text: &str) -> Self {
        let mut world = Self::default();
        for chunk in split(text) {
            let document = parse(text, chunk).unwrap();
            let Some(node) = document.root() else { continue };
            let head: Head = from_node(node).unwrap();
            let metadata = head.metadata;
            let is_calico = head.version.contains("projectcalico.org");
            match head.kind.as_str() {
                "Namespace" => world.namespaces.push(metadata),
                "ServiceAccount" => world.accounts.push(metadata),
                "Pod" => {
                    let spec = from_node::<Document<PodSpec>>(node).unwrap().spec;
                    let status = from_node::<WithStatus>(node).unwrap().status;
                    world.pods.push(Pod { metadata, spec, status });
                }
                "NetworkPolicy" if !is_calico => {
                    let rules = Rules::Kubernetes(from_node::<Document<_>>(node).unwrap().spec);
                    world.policies.push(Policy { kind: "KubernetesNetworkPolicy", metadata, rules });
                }
                "NetworkPolicy" | "GlobalNetworkPolicy" => {
                    let kind = if head.kind == "NetworkPolicy" { "NetworkPolicy" } else { "GlobalNetworkPolicy" };
                    let rules = Rules::Calico(from_node::<Document<_>>(node).unwrap().spec);
                    world.policies.push(Policy { kind, metadata, rules });
                }
                "Tier" => world.tiers.push((metadata, from_node::<Document<_>>(node).unwrap().spec)),
                "NetworkSet" | "GlobalNetworkSet" => {
                    world.sets.push((metadata, from_node::<Document<_>>(node).unwrap().spec));
                }
                // Staged policies have no effect, nor have those of another plugin.
                kind => assert!(kind.starts_with("Staged") || kind.starts_with("Cilium"), "{kind}"),
            }
        }
        world
    }
}
