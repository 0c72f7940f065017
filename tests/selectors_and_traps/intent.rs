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

/// Where the policy `name` starts.
fn policy(name: &str) -> String {
    format!("name: {name}, namespace: shop}}\nspec:\n  podSelector")
}

#[test]
fn the_application_is_clean() {
    assert_eq!(application().lint(), []);
}

#[test]
fn blocked_webhook() {
    let rule = "- ports: [{port: 9443}]";
    let found = mutate(&policy("hook"), rule, "- ports: [{port: 8081}]");
    assert_found(&found, "blocked-webhook", "error", "ingress", &[]);
    let one = found.iter().find(|it| it.rule == "blocked-webhook").unwrap();
    assert_eq!(one.message, "`hook` keeps the API server from Service `hook` on TCP 9443");
    let within = "- from: [{podSelector: {}}]\n      ports: [{port: 9443}]";
    let found = mutate(&policy("hook"), rule, within);
    assert_found(&found, "blocked-webhook", "error", "ingress", &[]);
}

#[test]
fn blocked_metrics() {
    let found = mutate(&policy("api"), "{port: 9464}", "{port: 8080}");
    assert_found(&found, "blocked-metrics", "note", "ingress", &[]);
    assert_eq!(found[0].message, "`api` keeps scrapers from the metrics of `api` on TCP 9464");
}

#[test]
fn blocked_api_server() {
    let found = mutate(&policy("api"), "{port: 6443}", "{port: 5671}");
    assert_found(&found, "blocked-api-server", "note", "egress", &[]);
    assert_eq!(found[0].message, "`api` may use the Kubernetes API, but no egress rule leads to it");
}

#[test]
fn quorum_ports_blocked() {
    let from = "- podSelector: {matchLabels: {app: ledger}}\n      ports: [{port: raft}]\n";
    for (direction, after) in [("ingress", "  egress:"), ("egress", "---")] {
        let found = mutate(
            &policy("ledger-quorum"),
            &format!("{from}{after}"),
            &format!("- podSelector: {{}}\n      ports: [{{port: sql}}]\n{after}"),
        );
        assert_found(&found, "quorum-ports-blocked", "warning", direction, &[]);
        assert_eq!(found[0].message, "replicas of `ledger` cannot reach one another on TCP 7070");
    }
}
