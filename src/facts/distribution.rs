//! Namespaces that come with the cluster, where whoever writes an application's manifests cannot act.

/// Those of Kubernetes, and of the distributions and network plugins.
const NAMESPACES: [&str; 12] = [
    "kube-system",
    "kube-public",
    "kube-node-lease",
    "kube-flannel",
    "openshift",
    "calico-system",
    "calico-apiserver",
    "tigera-operator",
    "gatekeeper-system",
    "gmp-system",
    "gmp-public",
    "local-path-storage",
];

/// How the names of others begin.
const BEGINNINGS: [&str; 2] = ["openshift-", "gke-"];

/// Whether a namespace of this name comes with the cluster.
pub(crate) fn is_of_the_distribution(namespace: &str) -> bool {
    NAMESPACES.contains(&namespace) || BEGINNINGS.iter().any(|beginning| namespace.starts_with(beginning))
}
