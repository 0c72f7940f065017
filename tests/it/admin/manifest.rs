//! Policies as the documents of their manifests.

use serde_json::{Value, json};

use super::policy::{Action, AdminPolicy, Api, Peer, Pods, Port, Rule, Tier};
use crate::reach::cluster::Direction;
use crate::reach::manifest::{protocol, selector};

pub(crate) fn document(policy: &AdminPolicy) -> Value {
    let (version, kind) = match (policy.api, policy.tier) {
        (Api::Cluster, _) => ("v1beta1", "ClusterNetworkPolicy"),
        (Api::Alpha, Tier::Admin) => ("v1alpha1", "AdminNetworkPolicy"),
        (Api::Alpha, Tier::Baseline) => ("v1alpha1", "BaselineAdminNetworkPolicy"),
    };
    let mut spec = json!({ "subject": pods(&policy.subject, policy.api) });
    if policy.api == Api::Cluster {
        spec["tier"] = json!(format!("{:?}", policy.tier));
    }
    if kind != "BaselineAdminNetworkPolicy" {
        spec["priority"] = json!(policy.priority);
    }
    for (direction, key, peers) in [(Direction::Ingress, "ingress", "from"), (Direction::Egress, "egress", "to")] {
        let rules = policy.rules(direction);
        if !rules.is_empty() {
            spec[key] = rules.iter().map(|item| rule(item, peers, policy.api)).collect();
        }
    }
    let version = format!("policy.networking.k8s.io/{version}");
    json!({ "apiVersion": version, "kind": kind, "metadata": { "name": policy.name }, "spec": spec })
}

fn rule(rule: &Rule, peers: &str, api: Api) -> Value {
    let action = match (rule.action, api) {
        (Action::Accept, Api::Cluster) => "Accept",
        (Action::Accept, Api::Alpha) => "Allow",
        (Action::Deny, _) => "Deny",
        (Action::Pass, _) => "Pass",
    };
    let mut value =
        json!({ "action": action, peers: rule.peers.iter().map(|item| peer(item, api)).collect::<Value>() });
    if let Some(ports) = &rule.ports {
        let key = if api == Api::Cluster { "protocols" } else { "ports" };
        value[key] = ports.iter().map(|item| port(item, api)).collect();
    }
    value
}

fn peer(peer: &Peer, api: Api) -> Value {
    match peer {
        Peer::Pods(set) => pods(set, api),
        Peer::Networks(blocks) => {
            let blocks = blocks.iter().map(|block| json!(format!("{}/{}", block.address, block.prefix)));
            json!({ "networks": blocks.collect::<Value>() })
        }
        Peer::Nodes(labels) => json!({ "nodes": selector(labels) }),
        Peer::DomainNames(names) => json!({ "domainNames": names }),
    }
}

/// In `v1alpha1`, the selector of namespaces can't be left out.
fn pods(set: &Pods, api: Api) -> Value {
    match set {
        Pods::Namespaces(labels) => json!({ "namespaces": selector(labels) }),
        Pods::Pods(None, labels) if api == Api::Cluster => json!({ "pods": { "podSelector": selector(labels) } }),
        Pods::Pods(namespaces, labels) => {
            let namespaces = namespaces.clone().unwrap_or_default();
            json!({ "pods": { "namespaceSelector": selector(&namespaces), "podSelector": selector(labels) } })
        }
    }
}

fn port(port: &Port, api: Api) -> Value {
    match (port, api) {
        (Port::Named(name), Api::Cluster) => json!({ "destinationNamedPort": name }),
        (Port::Named(name), Api::Alpha) => json!({ "namedPort": name }),
        (Port::Range(transport, first, last), Api::Cluster) => {
            let key = format!("{transport:?}").to_lowercase();
            let ports = if first == last {
                json!({ "number": first })
            } else {
                json!({ "range": { "start": first, "end": last } })
            };
            json!({ key: { "destinationPort": ports } })
        }
        (Port::Range(transport, first, last), Api::Alpha) if first == last => {
            json!({ "portNumber": { "protocol": protocol(transport), "port": first } })
        }
        (Port::Range(transport, first, last), Api::Alpha) => {
            json!({ "portRange": { "protocol": protocol(transport), "start": first, "end": last } })
        }
    }
}
