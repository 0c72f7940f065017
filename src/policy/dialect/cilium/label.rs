//! Which labels count for the identity of a pod (`pkg/labelsfilter`): policies see no others.

use crate::policy::{LabelPattern, LabelView};

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

/// The labels of a pod's manifest that become labels of its identity, with further patterns. Cilium's own keys are
/// taken away first.
pub(super) fn view(further: &[LabelPattern]) -> LabelView {
    let kept = KEPT.iter().filter(|prefix| !prefix.starts_with(OWN));
    view_of(kept.copied(), [OWN], further)
}

/// Whether a label counts for the identity of a pod, where there are further patterns. That of its namespace begins with
/// `io.cilium.k8s.namespace.labels.`.
pub(super) fn is_seen(key: &str, further: &[LabelPattern]) -> bool {
    view_of(KEPT.iter().copied(), [], further).shows(key)
}

/// Where a pattern that keeps and one that drops both match, the longer match decides; of several that drop, the
/// shortest counts. Patterns that keep, beside those that are built in, drop all that none keeps.
fn view_of(
    kept: impl IntoIterator<Item = &'static str>,
    dropped: impl IntoIterator<Item = &'static str>,
    further: &[LabelPattern],
) -> LabelView {
    let pattern = |text: &'static str, keeps| LabelPattern { text: text.into(), is_anywhere: false, keeps };
    let kept = kept.into_iter().map(|text| pattern(text, true));
    let dropped = DROPPED.iter().copied().chain(dropped).map(|text| pattern(text, false));
    let inside = LabelPattern { is_anywhere: true, ..pattern(DROPPED_INSIDE, false) };
    LabelView {
        patterns: kept.chain(dropped).chain([inside]).chain(further.iter().cloned()).collect(),
        only_kept: further.iter().any(|pattern| pattern.keeps),
    }
}
