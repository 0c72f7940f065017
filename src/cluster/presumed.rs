//! Pods that nearly every cluster has and hardly any repository shows: its DNS servers.

use super::{Labels, NamespaceId, Protocol};

/// A pod that is presumed to exist.
#[derive(Clone, Debug)]
pub struct PresumedPod {
    /// Its namespace.
    pub namespace: NamespaceId,
    /// Its labels.
    pub labels: Labels,
    /// Its named ports.
    pub named_ports: Vec<(String, Protocol, u16)>,
    /// The port on which it answers DNS.
    pub dns_port: u16,
}

/// Namespaces that the model always has, because DNS is served from them.
pub(super) const DNS_NAMESPACES: [&str; 2] = ["kube-system", "openshift-dns"];

/// The DNS servers of common distributions: labels as kubeadm, the CoreDNS chart and OpenShift's DNS operator set
/// them. OpenShift's listen on 5353, which is what policies see behind the Service's port 53.
pub(super) fn dns_servers(namespace: impl Fn(&str) -> NamespaceId) -> Vec<PresumedPod> {
    let pod = |namespace: NamespaceId, labels: &[(&str, &str)], dns_port| PresumedPod {
        namespace,
        labels: labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        named_ports: vec![("dns".to_owned(), Protocol::Udp, dns_port), ("dns-tcp".to_owned(), Protocol::Tcp, dns_port)],
        dns_port,
    };
    let [kube_system, openshift_dns] = DNS_NAMESPACES.map(namespace);
    vec![
        pod(kube_system, &[("k8s-app", "kube-dns")], 53),
        pod(kube_system, &[("k8s-app", "kube-dns"), ("app.kubernetes.io/name", "coredns")], 53),
        pod(kube_system, &[("k8s-app", "coredns"), ("app.kubernetes.io/name", "coredns")], 53),
        pod(openshift_dns, &[("dns.operator.openshift.io/daemonset-dns", "default")], 5353),
    ]
}
