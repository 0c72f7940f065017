//! One class: what its members are, and what policies see of them.

use smallvec::SmallVec;

use super::vocabulary::{LabelSet, NamedPorts, Vocabulary};
use crate::cluster::{Cluster, PresumedPod};
use crate::net::Protocol;
use crate::objects::Workload;

/// The ServiceAccount of pods that name none.
const DEFAULT_ACCOUNT: &str = "default";

/// What the members of a class are. Pods that selectors reach come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::reach) enum Kind {
    /// Pods.
    Pod,
    /// The ingress controller, of which nothing is known: a pod of an unknown namespace.
    IngressController,
    /// Pods on the network of their node.
    HostNetwork,
    /// The node of the pod at the other end.
    OwnNode,
    /// Any other node.
    OtherNode,
    /// The Kubernetes API server.
    ApiServer,
    /// The addresses that a name stands for, by its place among all of them.
    Domain(u32),
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::reach) struct Class {
    pub(super) kind: Kind,
    /// The number of the namespace; one past the last stands for a namespace that is not in the input.
    pub(super) namespace: u32,
    pub(in crate::reach) labels: LabelSet,
    /// Whether the labels of its ServiceAccount are known.
    pub(in crate::reach) account_is_known: bool,
    pub(super) named_ports: NamedPorts,
    /// The same where of the ports of one name only the last counts.
    pub(super) last_named_ports: NamedPorts,
}

impl Class {
    pub(super) fn is_pod(&self) -> bool {
        self.kind <= Kind::IngressController
    }

    pub(super) fn of(workload: &Workload, cluster: &Cluster, vocabulary: &Vocabulary) -> Self {
        let namespace = workload.object.namespace;
        if workload.host_network {
            // They count as node addresses, which have neither labels nor named ports.
            return Self::new(Kind::HostNetwork, namespace.0);
        }
        let mut class = Self { labels: vocabulary.labels_of(workload), ..Self::new(Kind::Pod, namespace.0) };
        class.add_named_ports(cluster, |only_last| {
            vocabulary.named_ports(declared_ports(workload, only_last).into_iter())
        });
        if vocabulary.asks_for_accounts() {
            let account = workload.service_account.clone().unwrap_or_else(|| DEFAULT_ACCOUNT.into());
            let labels = cluster.intents.account_labels.get(&(namespace, account.clone()));
            vocabulary.add_account(&mut class.labels, &account, labels);
            class.account_is_known = labels.is_some();
        }
        class
    }

    pub(super) fn of_presumed(pod: &PresumedPod, cluster: &Cluster, vocabulary: &Vocabulary) -> Self {
        let ports = || pod.named_ports.iter().map(|(name, protocol, port)| (name.as_str(), *protocol, *port));
        let mut class = Self { labels: vocabulary.labels(&pod.labels), ..Self::new(Kind::Pod, pod.namespace.0) };
        class.add_named_ports(cluster, |_| vocabulary.named_ports(ports()));
        class
    }

    /// Adds the named ports that count under the arrangements of the cluster.
    fn add_named_ports(&mut self, cluster: &Cluster, ports: impl Fn(bool) -> NamedPorts) {
        for arrangement in cluster.arrangements() {
            match arrangement.last_named_port_counts {
                true => self.last_named_ports = ports(true),
                false => self.named_ports = ports(false),
            }
        }
    }

    pub(super) fn new(kind: Kind, namespace: u32) -> Self {
        Self {
            kind,
            namespace,
            labels: LabelSet::new(),
            account_is_known: false,
            named_ports: Vec::new(),
            last_named_ports: Vec::new(),
        }
    }
}

/// The named ports of a pod: name, protocol and number.
fn declared_ports(workload: &Workload, only_last: bool) -> SmallVec<[(&str, Protocol, u16); 4]> {
    let containers = workload.containers.iter().filter(|container| !(only_last && container.init));
    let ports = containers.flat_map(|container| &container.ports);
    let mut named: SmallVec<[_; 4]> =
        ports.filter_map(|port| Some((port.name.as_deref()?, port.protocol, port.port))).collect();
    if only_last {
        named.reverse();
        let mut seen: SmallVec<[&str; 4]> = SmallVec::new();
        named.retain(|(name, ..)| {
            let is_new = !seen.contains(name);
            seen.push(*name);
            is_new
        });
    }
    named
}
