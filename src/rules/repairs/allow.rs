//! A policy that permits what is meant, in the syntax of the policy that keeps it out.

use ipnet::IpNet;

use super::{free_name, home, lasting};
use crate::edit::Value;
use crate::facts::evidence::Party;
use crate::net::Direction;
use crate::net::ports::{PortRange, PortSet};
use crate::objects::{Labels, NAME_LABEL, NamespaceId, Operator, Requirement, Selector, Workload};
use crate::policy::NamespaceSet;
use crate::policy::dialect::calico::DEFAULT_TIER;
use crate::policy::dialect::network_policy::manifest;
use crate::policy::dialect::{Dialect, PolicyObject};
use crate::rules::Context;

/// What a policy is to permit to pods of one namespace.
pub(in crate::rules) struct Allow {
    pub(in crate::rules) namespace: NamespaceId,
    /// The policy's name.
    pub(in crate::rules) name: String,
    /// The labels of the pods.
    pub(in crate::rules) pods: Labels,
    /// Directions, each with who is at the far end.
    pub(in crate::rules) rules: Vec<(Direction, Far)>,
    /// The ports of whoever is connected to.
    pub(in crate::rules) ports: PortSet,
}

impl Allow {
    /// The directions that it isolates.
    fn types(&self) -> Vec<Direction> {
        let mut types: Vec<Direction> = self.rules.iter().map(|(direction, _)| *direction).collect();
        types.dedup();
        types
    }
}

/// Who is at the far end.
#[derive(Clone)]
pub(in crate::rules) enum Far {
    /// The API server, which is on the network of its node.
    ApiServer,
    /// Pods.
    Pods {
        /// The name of their namespace; that of the policy where there is none.
        namespace: Option<String>,
        /// Their labels; all pods where there are none.
        labels: Labels,
    },
    /// Addresses.
    Blocks(Vec<IpNet>),
}

impl Far {
    /// The pods of a workload, as policies of a namespace name them. `None` where they have no lasting label.
    pub(in crate::rules) fn workload(context: &Context<'_>, workload: &Workload, own: NamespaceId) -> Option<Self> {
        let namespace = workload.object.namespace;
        let elsewhere = (namespace != own).then(|| context.cluster().namespace_name(namespace).to_owned());
        Some(Self::Pods { namespace: elsewhere, labels: lasting(&workload.pod_labels)? })
    }

    /// Pods, as policies of a namespace name them. `None` where that takes more than labels.
    pub(in crate::rules) fn party(context: &Context<'_>, party: &Party, own: NamespaceId) -> Option<Self> {
        let set = match party {
            Party::Workload(id) => return Self::workload(context, context.workload(*id)?, own),
            Party::Pods(set) => set,
            Party::AnyPod(_) | Party::Addresses(_) | Party::Anyone => return None,
        };
        let namespace = match &set.namespaces {
            NamespaceSet::One(namespace) => context.cluster().namespace_name(*namespace).to_owned(),
            NamespaceSet::Matching(selector) => match labels_of(selector)?.iter().next()? {
                (key, name) if key == NAME_LABEL => name.to_string(),
                _ => return None,
            },
        };
        Some(Self::Pods { namespace: Some(namespace), labels: labels_of(&set.pods)? })
    }
}

/// The labels that a selector asks for. `None` where it asks for something else as well.
fn labels_of(selector: &Selector) -> Option<Labels> {
    let label = |Requirement { key, operator }: &Requirement| match operator {
        Operator::In(values) if values.len() == 1 => Some((key.clone(), values.first()?.clone())),
        _ => None,
    };
    selector.requirements().iter().map(label).collect()
}

/// A policy for the pods of one workload that permits them the ports, in these directions, with those of another one.
pub(in crate::rules) fn policy_between(
    context: &Context<'_>,
    like: &PolicyObject,
    (subject, remote): (&Workload, &Workload),
    directions: &[Direction],
    ports: &PortSet,
) -> Option<Value> {
    let namespace = subject.object.namespace;
    let far = Far::workload(context, remote, namespace)?;
    let name = match directions {
        [Direction::Egress] => format!("{}-to-{}", subject.object.name, remote.object.name),
        [Direction::Ingress] => format!("{}-from-{}", subject.object.name, remote.object.name),
        _ => format!("{}-members", subject.object.name),
    };
    let rules = directions.iter().map(|direction| (*direction, far.clone())).collect();
    let pods = lasting(&subject.pod_labels)?;
    policy(context, like, &Allow { namespace, name, pods, rules, ports: ports.clone() })
}

/// The policy, of the kind of the one that keeps the connection out. `None` where that kind cannot say it.
pub(in crate::rules) fn policy(context: &Context<'_>, like: &PolicyObject, allow: &Allow) -> Option<Value> {
    let name = free_name(context, allow.namespace, &allow.name);
    let place = (name.as_str(), home(context, allow.namespace));
    match &like.dialect {
        Dialect::Cilium(_) => Some(manifest::object("cilium.io/v2", "CiliumNetworkPolicy", place, cilium(allow))),
        Dialect::Calico(written) if written.tier == DEFAULT_TIER => {
            Some(manifest::object("projectcalico.org/v3", "NetworkPolicy", place, calico(context, allow)))
        }
        Dialect::NetworkPolicy(_) => {
            let pods = manifest::selector(&Selector::equalities(allow.pods.iter()))?;
            let rules = allow
                .rules
                .iter()
                .map(|(direction, far)| Some((*direction, of_api(context, *direction, far, &allow.ports)?)));
            Some(manifest::manifest(place, pods, &allow.types(), rules.collect::<Option<_>>()?))
        }
        Dialect::Calico(_) | Dialect::Admin(_) | Dialect::Unread(_) => None,
    }
}

/// A rule of a NetworkPolicy.
fn of_api(context: &Context<'_>, direction: Direction, far: &Far, ports: &PortSet) -> Option<Value> {
    let peers = match far {
        Far::ApiServer => blocks(&context.analysis().config().api_server),
        Far::Blocks(list) => blocks(list),
        Far::Pods { namespace, labels } => {
            let mut peer = Vec::new();
            peer.extend(namespace.as_deref().map(|name| ("namespaceSelector", manifest::namespace_named(name))));
            if !labels.is_empty() || namespace.is_none() {
                peer.push(("podSelector", manifest::selector(&Selector::equalities(labels.iter()))?));
            }
            vec![Value::map(peer)]
        }
    };
    Some(manifest::rule(direction, peers, (!ports.is_all()).then(|| manifest::ports(ports))))
}

fn blocks(list: &[IpNet]) -> Vec<Value> {
    list.iter().map(|cidr| manifest::block(cidr, &[])).collect()
}

/// The specification of a CiliumNetworkPolicy.
fn cilium(allow: &Allow) -> Value {
    let labels = |labels: &Labels| Value::labels(labels.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    let mut spec = vec![("endpointSelector", Value::map([("matchLabels", labels(&allow.pods))]))];
    let ports = allow.ports.ranges().map(|PortRange { protocol, first, last }| {
        let mut port = vec![("port", first.to_string().into())];
        if first != last {
            port.push(("endPort", last.into()));
        }
        port.push(("protocol", protocol.to_string().into()));
        Value::map(port)
    });
    let ports = Value::List(vec![Value::map([("ports", ports.collect())])]);
    for direction in Direction::BOTH {
        let (entities, endpoints, cidr) = match direction {
            Direction::Ingress => ("fromEntities", "fromEndpoints", "fromCIDR"),
            Direction::Egress => ("toEntities", "toEndpoints", "toCIDR"),
        };
        let of_direction = allow.rules.iter().filter(|(of, _)| *of == direction);
        let rules = of_direction.map(|(_, far)| {
            let peers = match far {
                Far::ApiServer => (entities, Value::List(vec!["kube-apiserver".into()])),
                Far::Blocks(list) => (cidr, list.iter().map(|it| it.to_string().into()).collect()),
                Far::Pods { namespace, labels: own } => {
                    let of_namespace =
                        namespace.as_deref().map(|name| ("k8s:io.kubernetes.pod.namespace", name.into()));
                    let own = own.iter().map(|(key, value)| (key.as_str(), value.as_str().into()));
                    let labels = Value::map(of_namespace.into_iter().chain(own));
                    (endpoints, Value::List(vec![Value::map([("matchLabels", labels)])]))
                }
            };
            let mut rule = vec![peers];
            rule.extend((!allow.ports.is_all()).then(|| ("toPorts", ports.clone())));
            Value::map(rule)
        });
        let rules: Vec<Value> = rules.collect();
        if !rules.is_empty() {
            spec.push((direction.field(), Value::List(rules)));
        }
    }
    Value::map(spec)
}

/// The specification of a NetworkPolicy of Calico.
fn calico(context: &Context<'_>, allow: &Allow) -> Value {
    let selector = |labels: &Labels| {
        let parts: Vec<String> = labels.iter().map(|(key, value)| format!("{key} == '{value}'")).collect();
        if parts.is_empty() { "all()".to_owned() } else { parts.join(" && ") }
    };
    let types = allow.types().into_iter().map(|direction| direction.policy_type().into()).collect();
    let mut spec = vec![("selector", selector(&allow.pods).into()), ("types", types)];
    for direction in Direction::BOTH {
        let mut rules = Vec::new();
        for (_, far) in allow.rules.iter().filter(|(of, _)| *of == direction) {
            let nets = |list: &[IpNet]| -> Vec<(&str, Value)> {
                let nets: Value = list.iter().map(|it| it.to_string().into()).collect();
                if list.is_empty() { Vec::new() } else { vec![("nets", nets)] }
            };
            let far = match far {
                Far::ApiServer => nets(&context.analysis().config().api_server),
                Far::Blocks(list) => nets(list),
                Far::Pods { namespace, labels } => {
                    let mut far = vec![("selector", selector(labels).into())];
                    let named = namespace.as_deref().map(|name| format!("projectcalico.org/name == '{name}'"));
                    far.extend(named.map(|selector| ("namespaceSelector", selector.into())));
                    far
                }
            };
            rules.extend(of_protocols(&allow.ports).into_iter().map(|mut rule| {
                let (source, destination) = match direction {
                    Direction::Ingress => (far.clone(), rule.1.take().into_iter().collect()),
                    Direction::Egress => (Vec::new(), far.iter().cloned().chain(rule.1.take()).collect::<Vec<_>>()),
                };
                let mut parts = vec![("action", "Allow".into())];
                parts.extend(rule.0);
                for (field, ends) in [("source", source), ("destination", destination)] {
                    if !ends.is_empty() {
                        parts.push((field, Value::map(ends)));
                    }
                }
                Value::map(parts)
            }));
        }
        if !rules.is_empty() {
            spec.push((direction.field(), Value::List(rules)));
        }
    }
    Value::map(spec)
}

/// A field of a rule.
type Field = (&'static str, Value);

/// What rules of Calico say of ports, each of which is for one protocol: the protocol, and the ports of the destination.
fn of_protocols(ports: &PortSet) -> Vec<(Option<Field>, Option<Field>)> {
    if ports.is_all() {
        return vec![(None, None)];
    }
    let ranges: Vec<PortRange> = ports.ranges().collect();
    let of_protocols = ranges.chunk_by(|one, other| one.protocol == other.protocol).filter_map(|ranges| {
        let protocol = ranges.first()?.protocol;
        let ports = ranges.iter().map(|PortRange { first, last, .. }| match first == last {
            true => (*first).into(),
            false => Value::from(format!("{first}:{last}")),
        });
        Some((Some(("protocol", protocol.to_string().into())), Some(("ports", ports.collect()))))
    });
    of_protocols.collect()
}
