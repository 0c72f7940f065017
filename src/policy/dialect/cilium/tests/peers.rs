//! Sources of labels, and what the agent adds to selectors.

use smol_str::SmolStr;

use super::with_root;
use crate::policy::dialect::cilium::{Key, Kind, LabelSource, Scope, Selector};

fn selector(text: &str) -> Selector {
    with_root(text, |root, _| Selector::read(root, &LabelSource::Any))
}

/// The identity of a pod with these labels.
fn pod(namespace: &str, labels: &[(&str, &str)]) -> Vec<(Key, SmolStr)> {
    let own = [("io.kubernetes.pod.namespace", namespace), ("io.cilium.k8s.policy.cluster", "default")];
    let team = ("io.cilium.k8s.namespace.labels.team", if namespace == "b" { "t" } else { "u" });
    let labels = labels.iter().copied().chain(own).chain([team]);
    labels.map(|(key, value)| (Key::parse(key, LabelSource::K8s), value.into())).collect()
}

fn reserved(names: &[&str]) -> Vec<(Key, SmolStr)> {
    names.iter().map(|name| (Key { source: LabelSource::Reserved, name: (*name).into() }, SmolStr::default())).collect()
}

/// Whether a peer of a policy of namespace `a` matches.
fn matches(kind: Kind, peer: &str, identity: &[(Key, SmolStr)]) -> bool {
    selector(peer).as_peer(kind, &Selector::default(), "a", "default").matches(identity)
}

#[test]
fn a_key_without_a_source_is_of_any() {
    let labels = pod("a", &[("app", "web")]);
    for (key, expected) in [("app", true), ("\"any:app\"", true), ("\"k8s:app\"", true), ("\"container:app\"", false)] {
        assert_eq!(selector(&format!("{{matchLabels: {{{key}: web}}}}")).matches(&labels), expected, "{key}");
    }
}

#[test]
fn expressions_hold_as_in_kubernetes() {
    let labels = pod("a", &[("app", "web")]);
    let expression = |text: &str| selector(&format!("{{matchExpressions: [{{{text}}}]}}")).matches(&labels);
    assert!(expression("key: app, operator: In, values: [api, web]"));
    assert!(!expression("key: app, operator: NotIn, values: [api, web]"));
    assert!(expression("key: tier, operator: NotIn, values: [db]"), "an absent label");
    assert!(expression("key: tier, operator: DoesNotExist"));
    assert!(!expression("key: tier, operator: Exists"));
}

#[test]
fn peers_of_a_namespaced_policy_are_of_its_namespace() {
    let (db, x) = (pod("a", &[("app", "db")]), pod("b", &[("app", "db")]));
    assert_eq!([&db, &x].map(|pod| matches(Kind::Namespaced, "{}", pod)), [true, false]);
    assert_eq!([&db, &x].map(|pod| matches(Kind::Namespaced, "{matchLabels: {app: db}}", pod)), [true, false]);
    assert!(!matches(Kind::Namespaced, "{}", &reserved(&["world"])));
    assert!(!matches(Kind::Namespaced, "{}", &reserved(&["remote-node"])));
}

#[test]
fn peers_that_name_a_namespace_are_left_alone() {
    let (db, x) = (pod("a", &[("app", "db")]), pod("b", &[]));
    let both = |peer: &str| [&db, &x].map(|pod| matches(Kind::Namespaced, peer, pod));
    for key in
        ["io.kubernetes.pod.namespace", "\"k8s:io.kubernetes.pod.namespace\"", "\"any:io.kubernetes.pod.namespace\""]
    {
        assert_eq!(both(&format!("{{matchLabels: {{{key}: b}}}}")), [false, true], "{key}");
    }
    assert_eq!(
        both("{matchExpressions: [{key: io.kubernetes.pod.namespace, operator: NotIn, values: [a]}]}"),
        [false, true]
    );
    assert_eq!(both("{matchLabels: {\"k8s:io.cilium.k8s.namespace.labels.team\": t}}"), [false, true]);
    assert_eq!(both("{matchLabels: {\"container:io.kubernetes.pod.namespace\": b}}"), [false, false], "another source");
}

#[test]
fn what_only_excludes_does_not_match_the_world() {
    let peer = "{matchExpressions: [{key: io.kubernetes.pod.namespace, operator: NotIn, values: [a]}]}";
    assert!(!matches(Kind::Namespaced, peer, &reserved(&["world"])), "the cluster is asked");
    let reserved_key = "{matchExpressions: [{key: \"reserved:host\", operator: DoesNotExist}]}";
    for kind in [Kind::Namespaced, Kind::Clusterwide] {
        assert!(matches(kind, reserved_key, &reserved(&["world"])), "nothing is added");
        assert!(matches(kind, reserved_key, &pod("b", &[])));
        assert!(!matches(kind, reserved_key, &reserved(&["host"])));
    }
}

#[test]
fn peers_of_a_clusterwide_policy_are_pods_of_every_namespace() {
    for (peer, expected) in
        [("{}", [true, true]), ("{matchLabels: {app: db}}", [true, true]), ("{matchLabels: {app: x}}", [false; 2])]
    {
        let (db, x) = (pod("a", &[("app", "db")]), pod("b", &[("app", "db")]));
        assert_eq!([&db, &x].map(|pod| matches(Kind::Clusterwide, peer, pod)), expected, "{peer}");
    }
    assert!(!matches(Kind::Clusterwide, "{}", &reserved(&["world"])));
    assert!(!matches(Kind::Clusterwide, "{}", &reserved(&["host"])));
}

#[test]
fn scopes_are_told_apart() {
    let init = selector("{matchLabels: {\"reserved:init\": \"\"}}");
    let any = Selector::default();
    for (kind, peer, subject, scope) in [
        (Kind::Namespaced, "{}", &any, Scope::OwnNamespace),
        (Kind::Clusterwide, "{}", &any, Scope::AllPods),
        (Kind::Clusterwide, "{}", &init, Scope::Written),
        (Kind::Clusterwide, "{matchLabels: {\"k8s:io.cilium.k8s.namespace.labels.team\": t}}", &any, Scope::AllPods),
        (Kind::Namespaced, "{matchLabels: {\"reserved:health\": \"\"}}", &any, Scope::Everything),
        (Kind::Namespaced, "{matchLabels: {reserved: health}}", &any, Scope::OwnNamespace),
    ] {
        assert_eq!(selector(peer).scope(kind, subject), scope, "{peer}");
    }
}

#[test]
fn the_cluster_is_asked_unless_it_is_named() {
    let mut meshed = pod("a", &[("app", "db")]);
    meshed
        .iter_mut()
        .filter(|(key, _)| key.name.ends_with("policy.cluster"))
        .for_each(|(_, value)| *value = "other".into());
    assert!(!matches(Kind::Namespaced, "{matchLabels: {app: db}}", &meshed));
    let named = "{matchLabels: {app: db, io.cilium.k8s.policy.cluster: other}}";
    assert!(matches(Kind::Namespaced, named, &meshed));
}

#[test]
fn a_subject_is_of_the_policys_namespace() {
    let subject =
        |text: &str, namespace: &str| selector(text).as_subject(Kind::Namespaced, "a").matches(&pod(namespace, &[]));
    assert_eq!([subject("{}", "a"), subject("{}", "b")], [true, false]);
    let k8s = "{matchLabels: {\"k8s:io.kubernetes.pod.namespace\": b}}";
    assert_eq!([subject(k8s, "a"), subject(k8s, "b")], [true, false], "overwritten");
    let any = "{matchLabels: {io.kubernetes.pod.namespace: b}}";
    assert_eq!([subject(any, "a"), subject(any, "b")], [false, false], "asked too");
    assert!(selector("{}").as_subject(Kind::Clusterwide, "a").matches(&pod("b", &[])));
}
