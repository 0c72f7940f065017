//! Which labels count for an identity: those of the filter's documentation, and what its patterns do beside it.

use crate::policy::dialect::cilium::label::{is_seen, view};
use crate::policy::{LabelPattern, LabelView};

fn is_identity_relevant(key: &str) -> bool {
    is_seen(key, &[])
}

fn is_kept_of_pod(key: &str) -> bool {
    view(&[]).shows(key)
}

#[test]
fn labels_of_applications_count() {
    for key in [
        "app",
        "app.kubernetes.io/name",
        "example.com/team",
        "k8s-app",
        "statefulset.kubernetes.io/other",
        "my.k8s.io/x",
    ] {
        assert!(is_kept_of_pod(key), "{key}");
    }
}

#[test]
fn labels_that_differ_among_pods_of_a_workload_do_not() {
    for key in [
        "pod-template-hash",
        "pod-template-generation",
        "controller-revision-hash",
        "controller-uid",
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/job-completion-index",
        "batch.kubernetes.io/controller-uid",
        "kubernetes.io/os",
        "k8s.io/x",
        "io.kubernetes.container",
        "topology.kubernetes.io/zone",
    ] {
        assert!(!is_kept_of_pod(key), "{key}");
    }
}

#[test]
fn patterns_are_prefixes() {
    for key in ["etcd_node_pool", "annotation-team", "controller-uid-2", "kubernetes.io.example.com/x"] {
        assert!(!is_kept_of_pod(key), "{key}");
    }
    for key in ["x-pod-template-hash", "my.topology.kubernetes.io/zone"] {
        assert!(is_kept_of_pod(key), "{key}: anchored at the start");
    }
}

#[test]
fn the_pattern_of_beta_labels_matches_inside() {
    assert!(!is_kept_of_pod("failure-domain.beta.kubernetes.io/zone"));
    assert!(!is_identity_relevant("io.cilium.k8s.namespace.labels.beta.kubernetes.io/x"));
    assert!(is_identity_relevant("io.cilium.k8s.namespace.labels.team"));
}

#[test]
fn the_own_labels_of_cilium_count_and_pods_cannot_set_them() {
    for key in [
        "io.kubernetes.pod.namespace",
        "io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name",
        "io.cilium.k8s.policy.serviceaccount",
        "io.cilium.k8s.policy.cluster",
    ] {
        assert!(is_identity_relevant(key), "{key}");
    }
    assert!(!is_kept_of_pod("io.cilium.k8s.policy.serviceaccount"));
}

#[test]
fn further_patterns_keep_or_hide() {
    let pattern = |text: &str, keeps| LabelPattern { text: text.into(), is_anywhere: false, keeps };
    let shown = |view: &LabelView, keys: [&str; 3]| keys.map(|key| view.shows(key));
    let keys = ["app", "team", "controller-uid"];
    assert_eq!(shown(&view(&[pattern("team", false)]), keys), [true, false, false]);
    assert_eq!(shown(&view(&[pattern("team", true)]), keys), [false, true, false], "what is kept leaves out the rest");
    assert!(view(&[pattern("team", true)]).shows("app.kubernetes.io/name"), "which is built in");
    assert!(view(&[pattern("controller-uid-x", true)]).shows("controller-uid-x"), "the longer match decides");
}
