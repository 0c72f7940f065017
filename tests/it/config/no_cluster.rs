//! Expectations whose ends no cluster has.

use crate::support::{POD, netlint, tree};

fn said(expectation: &str, args: &[&str]) -> String {
    let config = format!("clusters: {{dev: [dev], prod: [prod]}}\nexpect: [{expectation}]\n");
    let root = tree(&[("netlint.yaml", &config), ("dev/pod.yaml", POD), ("prod/pod.yaml", &POD.replace("web", "api"))]);
    String::from_utf8(netlint(root.path(), args).output().unwrap().stdout).unwrap()
}

const CHECK: [&str; 4] = ["check", "--format", "concise", "-q"];

#[test]
fn check_reports_them_once_as_test_does() {
    let check = said("{from: shop/web, to: \"shop/database:5432\", allow: true}", &CHECK);
    let own: Vec<_> = check.lines().filter(|line| line.contains("[failed-expectation]")).collect();
    assert_eq!(own.len(), 1, "{check}");
    // `web` is in dev, so that what is missing is `database`.
    assert!(own[0].contains("shop/database"), "{}", own[0]);
    assert!(said("{from: shop/web, to: \"shop/database:5432\", allow: true}", &["test"]).contains("shop/database"));
}

#[test]
fn what_one_cluster_has_is_left_to_it() {
    assert!(!said("{from: internet, to: \"shop/api:80\", allow: true}", &CHECK).contains("failed-expectation"));
}
