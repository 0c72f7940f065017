//! Fields that the API does not have.

use super::{check, does_not_know, policy};

fn rule(rule: &str) -> String {
    policy(&format!("{{ingress: [{rule}]}}"))
}

fn peer(peer: &str) -> String {
    rule(&format!("{{from: [{peer}]}}"))
}

#[test]
fn misspelled_fields_find_their_name() {
    does_not_know(&policy("{podSelctor: {}}"), "podSelctor", "write `podSelector`");
    does_not_know(&policy("{policyType: [Ingress]}"), "policyType", "write `policyTypes`");
    does_not_know(&policy("{podselector: {}}"), "podselector", "write `podSelector`");
    does_not_know(&rule("{port: [{port: 80}]}"), "port", "write `ports`");
    does_not_know(&policy("{podSelector: {matchLabel: {app: web}}}"), "matchLabel", "write `matchLabels`");
    does_not_know(&policy("{egres: []}"), "egres", "write `egress`");
}

#[test]
fn a_name_that_stands_already_is_not_suggested() {
    let text = policy("{podSelector: {}, podSelctor: {}}");
    does_not_know(&text, "podSelctor", "remove it; it takes `egress`, `ingress`, `podSelector` or `policyTypes`");
}

#[test]
fn fields_one_level_too_deep() {
    let text = peer("{podSelector: {}, ports: [{port: 80}]}");
    does_not_know(&text, "ports", "write it one level up, beside `from`: `spec.ingress[0].ports`");
    let text = peer("{podSelector: {matchLabels: {app: web}, namespaceSelector: {}}}");
    let help = "write it one level up, beside `podSelector`: `spec.ingress[0].from[0].namespaceSelector`";
    does_not_know(&text, "namespaceSelector", help);
    let text = rule("{from: [], policyTypes: [Ingress]}");
    does_not_know(&text, "policyTypes", "write it one level up, beside `ingress`: `spec.policyTypes`");
    let text = peer("{podSelector: {}, egress: []}");
    does_not_know(&text, "egress", "write it two levels up, beside `ingress`: `spec.egress`");
    let text = peer("{podSelector: {}, ports: [{port: 80}]}], ports: [{port: 81}");
    does_not_know(&text, "ports", "merge it into `spec.ingress[0].ports`, one level up");
    let text = policy("{podSelector: {}, metadata: {}}");
    does_not_know(&text, "metadata", "merge it into `metadata`, one level up");
}

#[test]
fn fields_one_level_too_high() {
    does_not_know(&policy("{ingress: [], from: []}"), "from", "write it as `spec.ingress[].from`");
    does_not_know(&policy("{from: []}"), "from", "write it as `spec.ingress[].from`");
    does_not_know(&policy("{egress: [{}], ports: []}"), "ports", "write it as `spec.egress[].ports`");
    does_not_know(&policy("{ports: []}"), "ports", "write it as `spec.egress[].ports` or `spec.ingress[].ports`");
    does_not_know(&policy("{matchLabels: {a: b}}"), "matchLabels", "write it as `spec.podSelector.matchLabels`");
    does_not_know(&rule("{podSelector: {}}"), "podSelector", "write it as `spec.ingress[0].from[].podSelector`");
    does_not_know(&rule("{port: 80}"), "port", "write it as `spec.ingress[0].ports[].port`");
    does_not_know(&policy("{labels: {a: b}}"), "labels", "write it as `metadata.labels`");
    let text = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web}\npodSelector: {}\n";
    does_not_know(text, "podSelector", "write it as `spec.podSelector`");
}

#[test]
fn a_peer_whose_only_field_is_misplaced_is_one_mistake() {
    for (text, at, help) in [
        (peer("{cidr: 10.0.0.0/8}"), "cidr", "write it as `spec.ingress[0].from[0].ipBlock.cidr`"),
        (
            peer("{podSelector: , matchLabels: {app: web}}"),
            "matchLabels",
            "write it as `spec.ingress[0].from[0].podSelector.matchLabels`",
        ),
        (
            peer("{namespace: prod}"),
            "namespace",
            "select it by name: `namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: prod}}`",
        ),
    ] {
        let (found, rejected) = check(&text);
        assert_eq!(found.len(), 1, "{text}\n{found:#?}");
        assert_eq!((found[0].rule, found[0].at.as_str(), found[0].help.as_str()), ("unknown-field", at, help));
        assert!(rejected, "the peer is empty without the field that is dropped: {text}");
    }
}

#[test]
fn labels_without_match_labels() {
    let text = policy("{podSelector: {app: web}}");
    does_not_know(&text, "app", "write `matchLabels: {app: web}`");
    assert_eq!(check(&text).0[0].message, "`app` is not a field of `spec.podSelector`");
    does_not_know(
        &peer("{namespaceSelector: {team: shop, env: prod}}"),
        "team",
        "write `matchLabels: {team: shop, env: prod}`",
    );
    let text = policy("{podSelector: {namespaceSelector: {}}}");
    does_not_know(
        &text,
        "namespaceSelector",
        "a policy selects pods of its own namespace only: write `metadata.namespace`",
    );
}

#[test]
fn other_fields_learn_what_there_is() {
    does_not_know(
        &policy("{order: 10}"),
        "order",
        "remove it; it takes `egress`, `ingress`, `podSelector` or `policyTypes`",
    );
    let text = policy("{}").replace("{name: web", "{team: shop, name: web");
    does_not_know(&text, "team", "remove it");
    let text = rule("{ports: [{targetPort: 80}]}");
    does_not_know(&text, "targetPort", "remove it; it takes `endPort`, `port` or `protocol`");
}
