//! A cluster's objects as the documents of its manifests.

use serde_json::{Map, Value, json};

use super::cluster::{
    Absent, Cluster, Direction, Field, IpBlock, Is, Labels, Namespace, Null, Operator, Peer, Policy, Port, PortValue,
    Protocol, Rule, Selector, Spec, Workload,
};

/// Namespaces, workloads and policies, in this order.
pub(crate) fn documents(cluster: &Cluster) -> Vec<Value> {
    let namespaces = cluster.namespaces.iter().filter_map(namespace);
    let workloads = cluster.workloads.iter().map(|item| workload(item, &cluster.namespaces));
    let policies = cluster.policies.iter().map(|item| policy(item, &cluster.namespaces));
    namespaces.chain(workloads).chain(policies).collect()
}

fn namespace(namespace: &Namespace) -> Option<Value> {
    let manifest = namespace.manifest.as_ref()?;
    let metadata = json!({ "name": namespace.printed_name(), "labels": labels(manifest) });
    Some(json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": metadata }))
}

fn metadata(name: &str, namespace: &Namespace) -> Map<String, Value> {
    let mut metadata = Map::from_iter([("name".to_owned(), json!(name))]);
    if let Some(namespace) = &namespace.name {
        metadata.insert("namespace".to_owned(), json!(namespace));
    }
    metadata
}

fn workload(workload: &Workload, namespaces: &[Namespace]) -> Value {
    let mut metadata = metadata(&workload.name, &namespaces[workload.namespace]);
    let pod_labels = labels(&workload.labels);
    let pod = pod_spec(workload);
    if workload.kind == "Pod" {
        if !workload.labels.is_empty() {
            metadata.insert("labels".to_owned(), pod_labels);
        }
        return json!({ "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod });
    }
    // The labels of the object itself are no pod's labels.
    metadata.insert("labels".to_owned(), json!({ "app": "a", "tier": "b" }));
    let template = json!({ "metadata": { "labels": pod_labels }, "spec": pod });
    let selector = json!({ "matchLabels": pod_labels });
    let (version, spec) = match workload.kind {
        "CronJob" => {
            ("batch/v1", json!({ "schedule": "0 4 * * *", "jobTemplate": { "spec": { "template": template } } }))
        }
        "Job" => ("batch/v1", json!({ "template": template })),
        "ReplicationController" => ("v1", json!({ "selector": pod_labels, "template": template })),
        "Rollout" => ("argoproj.io/v1alpha1", json!({ "selector": selector, "template": template })),
        "StatefulSet" => ("apps/v1", json!({ "serviceName": "x", "selector": selector, "template": template })),
        _ => ("apps/v1", json!({ "selector": selector, "template": template })),
    };
    json!({ "apiVersion": version, "kind": workload.kind, "metadata": metadata, "spec": spec })
}

fn pod_spec(workload: &Workload) -> Value {
    let containers = workload.containers.iter().enumerate().map(|(index, ports)| {
        let ports = ports.iter().map(|port| {
            object([
                ("containerPort", Is(json!(port.number))),
                ("name", port.name.as_ref().map_or(Absent, |name| Is(json!(name)))),
                ("protocol", field(&port.protocol, protocol)),
            ])
        });
        json!({ "name": format!("c{index}"), "image": "example", "ports": Value::from_iter(ports) })
    });
    object([
        ("containers", Is(Value::from_iter(containers))),
        ("hostNetwork", field(&workload.host_network, |&value| Value::Bool(value))),
    ])
}

fn policy(policy: &Policy, namespaces: &[Namespace]) -> Value {
    object([
        ("apiVersion", Is(json!("networking.k8s.io/v1"))),
        ("kind", Is(json!("NetworkPolicy"))),
        ("metadata", Is(Value::Object(metadata(&policy.name, &namespaces[policy.namespace])))),
        ("spec", field(&policy.spec, spec)),
    ])
}

fn spec(spec: &Spec) -> Value {
    let rules = |direction: Direction, peers: &'static str| {
        field(spec.rules(direction), |rules| {
            list(rules, |item| item.as_ref().map_or(Value::Null, |item| rule(item, peers)))
        })
    };
    object([
        ("podSelector", field(&spec.pod_selector, selector)),
        ("policyTypes", field(&spec.policy_types, |types| list(types, |item| json!(format!("{item:?}"))))),
        ("ingress", rules(Direction::Ingress, "from")),
        ("egress", rules(Direction::Egress, "to")),
    ])
}

fn rule(rule: &Rule, peers: &'static str) -> Value {
    object([
        (peers, field(&rule.peers, |peers| list(peers, peer))),
        ("ports", field(&rule.ports, |ports| list(ports, |item| item.as_ref().map_or(Value::Null, port)))),
    ])
}

fn peer(peer: &Peer) -> Value {
    object([
        ("podSelector", field(&peer.pod_selector, selector)),
        ("namespaceSelector", field(&peer.namespace_selector, selector)),
        ("ipBlock", field(&peer.ip_block, ip_block)),
    ])
}

fn ip_block(block: &IpBlock) -> Value {
    let text = |cidr: &super::cluster::Cidr| json!(format!("{}/{}", cidr.address, cidr.prefix));
    object([("cidr", Is(text(&block.cidr))), ("except", field(&block.except, |except| list(except, text)))])
}

fn port(port: &Port) -> Value {
    let value = |value: &PortValue| match value {
        PortValue::Number(number) => json!(number),
        PortValue::Name(name) => json!(name),
    };
    object([
        ("protocol", field(&port.protocol, protocol)),
        ("port", field(&port.port, value)),
        ("endPort", field(&port.end_port, |number| json!(number))),
    ])
}

pub(crate) fn selector(selector: &Selector) -> Value {
    let expressions = |requirements: &Vec<_>| {
        list(requirements, |requirement: &super::cluster::Requirement| {
            object([
                ("key", Is(json!(requirement.key))),
                ("operator", Is(operator(requirement.operator))),
                ("values", field(&requirement.values, |values| json!(values))),
            ])
        })
    };
    object([
        ("matchLabels", field(&selector.match_labels, labels)),
        ("matchExpressions", field(&selector.match_expressions, expressions)),
    ])
}

fn operator(operator: Operator) -> Value {
    json!(format!("{operator:?}"))
}

pub(crate) fn protocol(protocol: &Protocol) -> Value {
    json!(format!("{protocol:?}").to_uppercase())
}

fn labels(labels: &Labels) -> Value {
    Value::from_iter(labels.iter().map(|(key, value)| (key.clone(), json!(value))))
}

fn list<T>(items: &[T], to_value: impl Fn(&T) -> Value) -> Value {
    items.iter().map(to_value).collect()
}

fn field<T>(field: &Field<T>, to_value: impl FnOnce(&T) -> Value) -> Field<Value> {
    match field {
        Absent => Absent,
        Null => Null,
        Is(value) => Is(to_value(value)),
    }
}

fn object<const N: usize>(fields: [(&str, Field<Value>); N]) -> Value {
    let present = fields.into_iter().filter_map(|(key, value)| match value {
        Absent => None,
        Null => Some((key.to_owned(), Value::Null)),
        Is(value) => Some((key.to_owned(), value)),
    });
    Value::Object(present.collect())
}
