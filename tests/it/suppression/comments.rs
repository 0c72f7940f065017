//! Suppression by comments, annotations and the configuration, through the real binary.

use std::fs;

use crate::support::{POD, run, status, tree};

/// A policy that opens all egress in its line 10.
const OPEN: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default
  namespace: shop
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  egress:
  - to:
    - ipBlock: {cidr: 0.0.0.0/0}
";

/// What is found in [`OPEN`] once `from` is written as `to`.
fn with(from: &str, to: &str) -> String {
    let text = OPEN.replacen(from, to, 1);
    assert!(from.is_empty() || text != OPEN, "{from}");
    let root = tree(&[("k8s/open.yaml", &text)]);
    run(root.path(), &["--format", "concise", "k8s"])
}

fn is_suppressed(shown: &str) -> bool {
    match (shown.contains("[unrestricted-egress]"), shown.contains(", 1 suppressed")) {
        (true, false) => false,
        (false, true) => true,
        _ => panic!("{shown}"),
    }
}

#[test]
fn a_comment_speaks_of_its_line_and_the_next() {
    let place = "    - ipBlock: {cidr: 0.0.0.0/0}\n";
    assert!(!is_suppressed(&with("", "")));
    for (to, expected) in [
        ("    - ipBlock: {cidr: 0.0.0.0/0} # netlint: ignore[unrestricted-egress] the proxy filters\n", true),
        ("    # netlint: ignore[unrestricted-egress]\n    - ipBlock: {cidr: 0.0.0.0/0}\n", true),
        (
            "    # netlint: ignore[unrestricted-egress]\n    # The proxy filters.\n    - ipBlock: {cidr: 0.0.0.0/0}\n",
            true,
        ),
        ("    -\n      # netlint: ignore[unrestricted-egress]\n      ipBlock: {cidr: 0.0.0.0/0}\n", true),
        ("    - ipBlock: # netlint: ignore[one-sided-allow, unrestricted-egress]\n        cidr: 0.0.0.0/0\n", true),
        ("    - ipBlock: {cidr: 0.0.0.0/0}\n# netlint: ignore[unrestricted-egress]\n", false),
        ("    # netlint: ignore[unrestricted-egress]\n\n    - ipBlock: {cidr: 0.0.0.0/0}\n", false),
    ] {
        assert_eq!(is_suppressed(&with(place, to)), expected, "{to}");
    }
    // Behind a key, of what is below it; behind anything else, of nothing more.
    assert!(is_suppressed(&with("  - to:\n", "  - to: # netlint: ignore[unrestricted-egress]\n")));
    let other = "    - ipBlock: {cidr: 10.0.0.0/24} # netlint: ignore[unrestricted-egress]\n    - ipBlock: {cidr: 0.0";
    assert!(!is_suppressed(&with("    - ipBlock: {cidr: 0.0", other)));
}

#[test]
fn text_that_looks_like_a_comment_is_none() {
    let shown =
        with("  name: default\n", "  name: default\n  annotations: {a: '# netlint: ignore[unrestricted-egress]'}\n");
    assert!(!is_suppressed(&shown));
    assert!(!shown.contains("unused-suppression"), "{shown}");
}

#[test]
fn a_comment_at_a_related_place_counts_too() {
    let database = "\
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: data, labels: {app: db}}
spec:
  containers:
  - name: db
    image: postgres:16 # netlint: ignore[database-reachable] a toy
";
    let root = tree(&[("k8s/db.yaml", database)]);
    let shown = run(root.path(), &["--format", "concise", "k8s"]);
    assert!(!shown.contains("[database-reachable]") && shown.contains("1 suppressed"), "{shown}");
    let shown = run(root.path(), &["--format", "concise", "--no-suppressions", "k8s"]);
    assert!(shown.contains("[database-reachable]") && !shown.contains("suppressed"), "{shown}");
}

#[test]
fn an_annotation_speaks_of_its_object() {
    let annotation = |rules: &str| format!("  name: default\n  annotations:\n    netlint.dev/ignore: \"{rules}\"\n");
    assert!(is_suppressed(&with("  name: default\n", &annotation("unrestricted-egress: the proxy filters"))));
    assert!(is_suppressed(&with("  name: default\n", &annotation("unrestricted-egress"))));
    assert!(!is_suppressed(&with("  name: default\n", &annotation("one-sided-allow: no"))));
}

#[test]
fn an_entry_of_the_configuration_speaks_of_objects_and_paths() {
    let root = tree(&[("k8s/team/open.yaml", OPEN)]);
    for (entry, expected) in [
        ("rule: unrestricted-egress", true),
        ("rule: unrestricted-egress, resource: NetworkPolicy/shop/default", true),
        ("rule: unrestricted-egress, resource: NetworkPolicy/default", true),
        ("rule: unrestricted-egress, resource: \"*/sh*/def*\"", true),
        ("rule: unrestricted-egress, resource: NetworkPolicy/other/default", false),
        ("rule: unrestricted-egress, resource: Service/shop/default", false),
        ("rule: unrestricted-egress, path: k8s/team/open.yaml", true),
        ("rule: unrestricted-egress, path: k8s/**", true),
        ("rule: unrestricted-egress, path: k8s/team", true),
        ("rule: unrestricted-egress, path: team", true),
        ("rule: unrestricted-egress, path: open.yaml", true),
        ("rule: unrestricted-egress, path: team/open.yaml", false),
        ("rule: unrestricted-egress, path: k8s/team, resource: NetworkPolicy/other/default", false),
        ("rule: one-sided-allow", false),
    ] {
        fs::write(root.path().join("netlint.yaml"), format!("ignore: [{{{entry}}}]\n")).unwrap();
        for directory in ["", "k8s", "k8s/team"] {
            let shown = run(&root.path().join(directory), &["--format", "concise", "."]);
            assert_eq!(is_suppressed(&shown), expected, "{entry} from {directory:?}: {shown}");
            // Below the root, the input may be a part of what the configuration is about.
            assert_eq!(shown.contains("[unused-suppression]"), !expected && directory.is_empty(), "{shown}");
        }
    }
}

#[test]
fn suppressed_findings_do_not_fail() {
    let text = OPEN.replace("0.0.0.0/0}", "0.0.0.0/0} # netlint: ignore[unrestricted-egress]");
    let root = tree(&[("k8s/open.yaml", &text)]);
    assert_eq!(status(root.path(), &["k8s"]), Some(0));
    assert_eq!(status(root.path(), &["--no-suppressions", "k8s"]), Some(1));
}

#[test]
fn what_is_wrong_with_a_suppression_is_shown_where_it_stands() {
    let text = OPEN
        .replace("name: default", "name: default\n  annotations: {netlint.dev/ignore: 'one-sided-alow: no'}")
        .replace("Egress]", "Egress] # netlint: ignore[missing-dns-egress, x] no")
        .replace("egress:\n", "egress: # netlint: skip\n");
    let config = "ignore:\n- rule: unrestricted-egress\n- {rule: unused-suppression, path: elsewhere}\n";
    let root = tree(&[("netlint.yaml", config), ("k8s/open.yaml", &text)]);
    insta::assert_snapshot!("wrong", run(root.path(), &["."]));
}

#[test]
fn what_is_wrong_with_a_comment_can_be_ignored_by_the_configuration() {
    let text = OPEN.replace("Egress]", "Egress] # netlint: ignore[missing-dns-egress]");
    let config = "rules: {unrestricted-egress: off}\nignore: [{rule: unused-suppression, path: k8s}]\n";
    let root = tree(&[("netlint.yaml", config), ("k8s/open.yaml", &text)]);
    assert_eq!(run(root.path(), &["-q", "."]), "exit status: 0\n");
}

#[test]
fn a_comment_in_the_configuration_speaks_of_what_is_found_there() {
    let config = "\
tiers:
  # netlint: ignore[tier-matches-nothing] comes with the next release
  ledger: {match: [{labels: {app: ledger}}]}
expect:
- {from: internet, to: web, allow: false} # netlint: ignore[failed-expectation] until the policies are in
";
    let root = tree(&[("netlint.yaml", config), ("pod.yaml", POD)]);
    let shown = run(root.path(), &["--format", "concise", "--select", "failed-expectation", "."]);
    assert!(shown.starts_with("exit status: 0\n") && shown.contains("1 suppressed"), "{shown}");
    let shown = run(root.path(), &["--format", "concise", "."]);
    assert!(shown.contains("2 suppressed") && !shown.contains("unused-suppression"), "{shown}");
    let shown = run(root.path(), &["--format", "concise", "--no-suppressions", "."]);
    assert!(shown.contains("[failed-expectation]") && shown.contains("[tier-matches-nothing]"), "{shown}");
    // `netlint test` tests.
    assert_eq!(status(root.path(), &["test"]), Some(1));
}
