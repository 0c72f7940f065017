//! The rules about what is meant against an application in which all of it is allowed: silence, then exactly one
//! finding where exactly one mistake is put.

use super::lint::{Found, Manifests, assert_found};

/// An application in which every connection that is meant is allowed.
fn application() -> Manifests {
    [("application".to_owned(), include_str!("intent.yaml").to_owned())].into_iter().collect()
}

/// The findings after replacing the first `from` after the first `mark` by `to`.
fn mutate(mark: &str, from: &str, to: &str) -> Vec<Found> {
    application().replace("application", mark, from, to).lint()
}

#[test]
fn the_application_is_clean() {
    assert_eq!(application().lint(), []);
}

#[test]
fn blocked_webhook() {
    let rule = "- ports: [{port: 9443}]";
    let found = mutate("name: hook, namespace: shop}\nspec:\n  podSelector", rule, "- ports: [{port: 8081}]");
    assert_found(&found, "blocked-webhook", "error", "ingress", &[]);
    let one = found.iter().find(|it| it.rule == "blocked-webhook").unwrap();
    assert_eq!(one.message, "`hook` keeps the API server from Service `hook` on TCP 9443");
    let within = "- from: [{podSelector: {}}]\n      ports: [{port: 9443}]";
    let found = mutate("name: hook, namespace: shop}\nspec:\n  podSelector", rule, within);
    assert_found(&found, "blocked-webhook", "error", "ingress", &[]);
}
