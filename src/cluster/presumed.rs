//! Pods that the input does not show: DNS servers, which nearly every cluster has and hardly any repository shows, and
//! replicas beyond those that are certain.

use smol_str::SmolStr;

use crate::net::Protocol;
use crate::objects::{Labels, NamespaceId};

/// A pod that is presumed to exist.
#[derive(Clone, Debug)]
pub struct PresumedPod {
    /// Its namespace.
    pub namespace: NamespaceId,
    /// Its labels.
    pub labels: Labels,
    /// Its named ports.
    pub named_ports: Vec<(String, Protocol, u16)>,
    /// What it is.
    pub presumed_as: PresumedAs,
}

/// What a presumed pod is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PresumedAs {
    /// A DNS server.
    Dns {
        /// The port on which it answers.
        port: u16,
    },
    /// A replica of a workload of the input, of which nobody knows whether it exists.
    Replica {
        /// The name of the workload.
        of: SmolStr,
        /// The name of the pod.
        name: SmolStr,
    },
    /// An example of pods that a policy selects; it stands for whoever has these labels.
    Example,
}

/// DNS servers: pods that answer in this namespace, with these labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresumedDns {
    /// Their namespace.
    pub namespace: String,
    /// Their labels.
    pub labels: Labels,
    /// The ports on which they answer: those of the pods, which policies see, not of the Service.
    pub ports: Vec<u16>,
}

/// The DNS servers of common distributions, the usual ones first: labels as kubeadm, the CoreDNS chart and OpenShift's DNS
/// operator set them.
pub(super) fn common_dns() -> Vec<PresumedDns> {
    vec![
        kube_dns(),
        dns("kube-system", &[("k8s-app", "kube-dns"), ("app.kubernetes.io/name", "coredns")], 53),
        dns("kube-system", &[("k8s-app", "coredns"), ("app.kubernetes.io/name", "coredns")], 53),
        openshift_dns(),
    ]
}

/// The DNS servers of most clusters, by the label that kubeadm sets.
pub(crate) fn kube_dns() -> PresumedDns {
    dns("kube-system", &[("k8s-app", "kube-dns")], 53)
}

/// Those of OpenShift. They listen on 5353, which is what policies see behind the Service's port 53.
pub(crate) fn openshift_dns() -> PresumedDns {
    dns("openshift-dns", &[("dns.operator.openshift.io/daemonset-dns", "default")], 5353)
}

fn dns(namespace: &str, labels: &[(&str, &str)], port: u16) -> PresumedDns {
    PresumedDns {
        namespace: namespace.to_owned(),
        labels: labels.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
        ports: vec![port],
    }
}

/// The pods behind DNS servers: one for each port.
pub(super) fn pods(servers: &[PresumedDns], namespace: impl Fn(&str) -> NamespaceId) -> Vec<PresumedPod> {
    let pod = |server: &PresumedDns, port| PresumedPod {
        namespace: namespace(&server.namespace),
        labels: server.labels.clone(),
        named_ports: vec![("dns".to_owned(), Protocol::Udp, port), ("dns-tcp".to_owned(), Protocol::Tcp, port)],
        presumed_as: PresumedAs::Dns { port },
    };
    servers.iter().flat_map(|server| server.ports.iter().map(|&port| pod(server, port)).collect::<Vec<_>>()).collect()
}
