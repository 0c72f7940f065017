//! Label selectors, seen through the pods that a default deny isolates.

use super::shop;

/// The pods of `shop` that a policy with this selector isolates, among `web`, `db` and any other pod.
fn selected(selector: &str) -> Vec<&'static str> {
    let engine = shop(&[&format!("{{podSelector: {selector}, policyTypes: [Ingress]}}")]);
    ["web", "db", "*"].into_iter().filter(|name| !engine.tcp("elsewhere", &format!("shop/{name}"), 80)).collect()
}

#[test]
fn an_empty_label_selector_matches_all_objects() {
    for selector in ["{}", "{matchLabels: {}}", "{matchLabels: null, matchExpressions: []}", "{matchExpressions: }"] {
        assert_eq!(selected(selector), ["web", "db", "*"], "{selector}");
    }
}

#[test]
fn match_labels_and_match_expressions_are_anded() {
    assert_eq!(selected("{matchLabels: {app: db, empty: ''}}"), ["db"]);
    assert_eq!(selected("{matchLabels: {app: web, empty: ''}}"), [""; 0]);
    assert_eq!(selected("{matchLabels: {app: db}, matchExpressions: [{key: empty, operator: DoesNotExist}]}"), [""; 0]);
    assert_eq!(selected("{matchLabels: {app: db}, matchExpressions: [{key: app, operator: Exists}]}"), ["db"]);
}

#[test]
fn requirements_of_match_expressions_are_anded() {
    let both =
        "{matchExpressions: [{key: app, operator: In, values: [web, db]}, {key: app, operator: NotIn, values: [db]}]}";
    assert_eq!(selected(both), ["web"]);
}

#[test]
fn in_matches_any_of_its_values_and_never_an_absent_key() {
    assert_eq!(selected("{matchExpressions: [{key: app, operator: In, values: [web, db, api]}]}"), ["web", "db"]);
    assert_eq!(selected("{matchExpressions: [{key: empty, operator: In, values: ['']}]}"), ["db"]);
}

#[test]
fn not_in_matches_an_absent_key() {
    assert_eq!(selected("{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}"), ["db", "*"]);
    assert_eq!(selected("{matchExpressions: [{key: empty, operator: NotIn, values: ['']}]}"), ["web", "*"]);
}

#[test]
fn exists_looks_at_the_key_even_where_the_value_is_empty() {
    assert_eq!(selected("{matchExpressions: [{key: empty, operator: Exists}]}"), ["db"]);
    assert_eq!(selected("{matchExpressions: [{key: empty, operator: Exists, values: null}]}"), ["db"]);
}

#[test]
fn does_not_exist_matches_an_absent_key_only() {
    assert_eq!(selected("{matchExpressions: [{key: empty, operator: DoesNotExist, values: []}]}"), ["web", "*"]);
}

#[test]
fn an_empty_value_is_not_an_absent_key() {
    assert_eq!(selected("{matchLabels: {empty: ''}}"), ["db"]);
}

#[test]
fn a_quoted_number_or_boolean_is_a_string() {
    assert_eq!(selected("{matchLabels: {app: 'true'}}"), [""; 0]);
    assert_eq!(selected("{matchLabels: {\"app\": \"web\"}}"), ["web"]);
}

#[test]
fn not_in_on_the_name_of_a_namespace_matches_unknown_namespaces() {
    let engine = shop(&["{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [
        {key: kubernetes.io/metadata.name, operator: NotIn, values: [ops]}]}}]}]}"]);
    assert!(engine.tcp("elsewhere", "shop/db", 5432));
    assert!(engine.tcp("shop/web", "shop/db", 5432));
    assert!(!engine.tcp("ops/probe", "shop/db", 5432));
}

#[test]
fn labels_of_a_namespace_without_manifest_are_read_as_absent() {
    let engine = shop(&["{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [
        {key: team, operator: DoesNotExist}]}}]}]}"]);
    assert!(engine.tcp("elsewhere", "shop/db", 5432));
    assert!(!engine.tcp("ops/probe", "shop/db", 5432));
}

#[test]
fn a_namespace_selector_on_a_name_outside_the_input_admits_no_known_or_unknown_pod() {
    let engine = shop(&["{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {
        kubernetes.io/metadata.name: monitoring}}}]}]}"]);
    for from in ["elsewhere", "ingress-controller", "ops/probe", "ops/*", "shop/web"] {
        assert!(!engine.tcp(from, "shop/db", 5432), "{from}");
    }
}
