//! Which labels count for the identity of a pod (`pkg/labelsfilter`): policies see no others.

/// What Cilium keeps although a pattern of [`DROPPED`] matches.
const KEPT: &[&str] = &[
    "io.kubernetes.pod.namespace",
    "io.cilium.k8s.namespace.labels",
    "app.kubernetes.io",
    "io.cilium.k8s.policy.cluster",
    "io.cilium.k8s.policy.serviceaccount",
];

/// What the keys of dropped labels begin with.
const DROPPED: &[&str] = &[
    "io.kubernetes",
    "kubernetes.io",
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/job-completion-index",
    "batch.kubernetes.io/controller-uid",
    "k8s.io",
    "pod-template-generation",
    "pod-template-hash",
    "controller-revision-hash",
    "controller-uid",
    "annotation",
    "etcd_node",
    "topology.kubernetes.io",
];

/// The one pattern that matches inside a key.
const DROPPED_INSIDE: &str = "beta.kubernetes.io";

/// What keys begin with that pods may not have themselves.
const OWN: &str = "io.cilium.k8s";

/// Whether Cilium's default filter keeps a label of a pod's identity. Keys are those of the identity, so that a label
/// of the namespace begins with `io.cilium.k8s.namespace.labels.`.
///
/// Where a pattern that keeps and one that drops both match, the longer match decides.
#[must_use]
pub fn is_identity_relevant(key: &str) -> bool {
    let longest_kept = KEPT.iter().filter(|prefix| key.starts_with(**prefix)).map(|prefix| prefix.len()).max();
    let inside = key.rfind(DROPPED_INSIDE).map(|start| start + DROPPED_INSIDE.len());
    let dropped = DROPPED.iter().filter(|prefix| key.starts_with(**prefix)).map(|prefix| prefix.len());
    match (longest_kept, dropped.chain(inside).min()) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(kept), Some(dropped)) => kept > dropped,
    }
}

/// Whether a label of a pod becomes one of its identity: Cilium's own keys are taken away first.
#[must_use]
pub fn is_kept_of_pod(key: &str) -> bool {
    !key.starts_with(OWN) && is_identity_relevant(key)
}
