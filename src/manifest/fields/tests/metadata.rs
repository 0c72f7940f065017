//! Names, labels and annotations.

use super::{accepts, check, does_not_know, rejects};
use crate::diagnostic::Severity;

fn with(version: &str, kind: &str, metadata: &str) -> String {
    format!("apiVersion: {version}\nkind: {kind}\nmetadata: {metadata}\n")
}

fn policy(metadata: &str) -> String {
    with("networking.k8s.io/v1", "NetworkPolicy", metadata)
}

/// The rest of an AdminNetworkPolicy.
const ADMIN: &str = "spec: {priority: 1, subject: {namespaces: {}}}";

#[test]
fn objects_have_names() {
    rejects("apiVersion: v1\nkind: Namespace\n", "Namespace", "this Namespace has no name");
    rejects(&policy(""), "metadata", "this NetworkPolicy has no name");
    rejects(&policy("{namespace: shop}"), "metadata", "this NetworkPolicy has no name");
    rejects(&policy("{name: ''}"), "name", "this NetworkPolicy has no name");
    rejects(&policy("{name: null}"), "name", "this NetworkPolicy has no name");
    rejects(&policy("{name: 8}"), "8", "`name` takes a string, not the number `8`");
    rejects(&policy("web"), "web", "`metadata` takes a mapping, not the string `web`");
    accepts(&policy("{generateName: web-}"));
    accepts(&policy("{name: web, creationTimestamp: null}"));
}

#[test]
fn a_mistyped_name_is_one_mistake() {
    let (found, rejected) = check(&policy("{nmae: web}"));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].rule, found[0].help.as_str()), ("unknown-field", "write `name`"));
    assert!(rejected, "it has no name");
}

#[test]
fn names_are_spelled_as_their_kind_demands() {
    let invalid = |name: &str, kind: &str| format!("`{name}` is not a valid name for a {kind}");
    for name in ["Web", "web_api", "-web", "web-", "we b", ".web", "web..api"] {
        rejects(&policy(&format!("{{name: '{name}'}}")), &format!("'{name}'"), &invalid(name, "NetworkPolicy"));
    }
    accepts(&policy("{name: web.api-2}"));
    accepts(&with("apps/v1", "Deployment", "{name: 2.web}"));
    rejects(&with("v1", "Namespace", "{name: a.b}"), "a.b", &invalid("a.b", "Namespace"));
    accepts(&with("v1", "Namespace", "{name: 2-shops}"));
    rejects(&with("v1", "Service", "{name: a.b}"), "a.b", &invalid("a.b", "Service"));
    rejects(&policy("{name: web, namespace: a.b}"), "a.b", "`a.b` is not a valid name");
    accepts(&with(
        "policy.networking.k8s.io/v1alpha1",
        "AdminNetworkPolicy",
        &format!("{{name: web, namespace: a.b}}\n{ADMIN}"),
    ));
    let named = with("networking.k8s.io/v1", "Ingress", "{name: Web}");
    rejects(&named, "Web", "`Web` is not a valid name for an Ingress");
    rejects(&policy("{generateName: Web-}"), "Web-", &invalid("Web-", "NetworkPolicy"));
    let longest = "a".repeat(253);
    accepts(&policy(&format!("{{name: {longest}}}")));
    let (found, rejected) = check(&policy(&format!("{{name: {longest}a}}")));
    assert_eq!((found[0].help.as_str(), rejected), ("shorten it to at most 253 characters", true));
    assert_eq!(check(&policy("{name: Web_Api}")).0[0].help, "write `web-api`");
}

#[test]
fn a_service_that_starts_with_a_digit_is_a_matter_of_the_version() {
    let (found, rejected) = check(&with("v1", "Service", "{name: 2web}"));
    assert_eq!((found[0].severity, found[0].at.as_str(), found.len()), (Severity::Warning, "2web", 1));
    assert!(!rejected);
}

#[test]
fn labels_are_strings_with_a_syntax() {
    rejects(&policy("{name: web, labels: {app: 1}}"), "1", "`app` takes a string, not the number `1`");
    rejects(&policy("{name: web, labels: [app]}"), "[app]", "`labels` takes a mapping, not a list");
    rejects(&policy("{name: web, labels: {-app: x}}"), "-app", "`-app` is not a valid label key");
    rejects(&policy("{name: web, labels: {A.io/app: x}}"), "A.io/app", "`A.io/app` is not a valid label key");
    rejects(&policy("{name: web, labels: {app: 'a b'}}"), "'a b'", "`a b` is not a valid label value");
    let long = "x".repeat(64);
    let shown = format!("`{}…` is not a valid label value", "x".repeat(40));
    rejects(&policy(&format!("{{name: web, labels: {{app: {long}}}}}")), &long, &shown);
    accepts(&policy(&format!("{{name: web, labels: {{app: {}, '': }}}}", "x".repeat(63)).replace(", '': ", "")));
}

#[test]
fn annotations_are_strings_of_any_text() {
    rejects(&policy("{name: web, annotations: {a: true}}"), "true", "`a` takes a string, not the boolean `true`");
    rejects(&policy("{name: web, annotations: {a b: x}}"), "a b", "`a b` is not a valid annotation key");
    accepts(&policy("{name: web, annotations: {Example.COM/Note: 'any text, at all'}}"));
}

#[test]
fn fields_that_the_api_drops_are_unknown() {
    does_not_know(&policy("{name: web, label: {app: web}}"), "label", "write `labels`");
    does_not_know(&policy("{name: web, spec: {}}"), "spec", "write it one level up, beside `metadata`: `spec`");
    let help = "write it as `spec.podSelector`";
    does_not_know(&policy("{name: web, podSelector: {}}"), "podSelector", help);
}
