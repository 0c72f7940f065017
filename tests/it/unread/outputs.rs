//! What the program says of policies that it does not evaluate, in every format and command.

use std::fs;

use super::REDIS;
use crate::support::{netlint, tree};

const POLICY: &str = "\
apiVersion: crd.antrea.io/v1beta1
kind: NetworkPolicy
metadata: {name: redis, namespace: shop}
spec: {appliedTo: [{podSelector: {}}], ingress: [{action: Drop}]}
";

const NOTE: &str = "NetworkPolicy `shop/redis`; what they open or close is unknown";

/// What a command says of the database and the policy, both streams together, and its exit status.
fn said(args: &[&str]) -> (String, i32) {
    let root = tree(&[
        ("k8s/redis.yaml", REDIS),
        ("k8s/policy.yaml", POLICY),
        ("netlint.yaml", "expect: [{from: \"*\", to: \"shop/redis:6379\", allow: true}]\n"),
    ]);
    let output = netlint(root.path(), args).output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    // Markdown has its own quotes, and reports for people are wrapped.
    let said = said.replace("<code>", "`").replace("</code>", "`");
    (said.split_whitespace().collect::<Vec<_>>().join(" "), output.status.code().unwrap())
}

#[test]
fn every_format_of_check_says_so() {
    for format in ["human", "plain", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown"] {
        let (said, _) = said(&["check", "k8s", "--format", format]);
        assert!(said.contains(NOTE), "{format}: {said}");
    }
}

#[test]
fn connections_query_and_test_say_so() {
    for format in ["text", "json", "csv", "markdown", "dot", "mermaid"] {
        assert!(said(&["connections", "k8s", "--format", format]).0.contains(NOTE), "{format}");
    }
    for format in ["text", "json"] {
        assert!(
            said(&["query", "10.0.0.1", "shop/redis:6379", "k8s", "--format", format]).0.contains(NOTE),
            "{format}"
        );
    }
    for format in ["human", "json", "junit"] {
        assert!(said(&["test", "k8s", "--format", format]).0.contains(NOTE), "{format}");
    }
}

#[test]
fn init_says_so() {
    let root = tree(&[("k8s/redis.yaml", REDIS), ("k8s/policy.yaml", POLICY)]);
    let output = netlint(root.path(), &["init", "k8s"]).output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains(NOTE));
    assert!(fs::exists(root.path().join("netlint.yaml")).unwrap());
}

#[test]
fn unknowns_fail_where_that_is_asked_for() {
    let root = tree(&[("known/redis.yaml", REDIS), ("unread/policy.yaml", POLICY), ("unread/redis.yaml", REDIS)]);
    let status = |args: &[&str]| netlint(root.path(), args).output().unwrap().status.code().unwrap();
    assert_eq!(status(&["check", "unread"]), 1, "egress is open all the same");
    assert_eq!(status(&["check", "unread", "--fail-on", "never"]), 0);
    assert_eq!(status(&["check", "unread", "--fail-on", "never", "--fail-on-unknown"]), 1);
    assert_eq!(status(&["check", "known", "--fail-on", "never", "--fail-on-unknown"]), 0);
}
