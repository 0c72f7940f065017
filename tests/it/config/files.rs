//! netlint.yaml, through the real binary: where it is found, what it changes, and what is wrong with it.

use std::fs;

use crate::support::{DENY_ALL, POD, netlint, run, shown, status, tree};

/// A rule that is about [`POD`], and how it is switched off.
const RULE: &str = "missing-default-deny";
const OFF: &str = "rules: {missing-default-deny: off, unrestricted-egress: off}\n";

#[test]
fn the_nearest_configuration_counts_up_to_the_root_of_the_repository() {
    let root = tree(&[
        ("netlint.yaml", OFF),
        ("repo/.git/HEAD", ""),
        ("repo/team/netlint.yaml", OFF),
        ("repo/team/k8s/pod.yaml", POD),
        ("repo/other/k8s/pod.yaml", POD),
    ]);
    let at = |directory: &str, args: &[&str]| status(&root.path().join(directory), args);
    // Nearest to the first path, from wherever it is named.
    assert_eq!(at("repo", &["team/k8s"]), Some(0));
    assert_eq!(at("repo/other", &["../team/k8s/pod.yaml"]), Some(0));
    assert_eq!(at("repo/team/k8s", &["."]), Some(0));
    // Without a path, to the working directory.
    assert_eq!(at("repo/team/k8s", &[]), Some(0));
    // Not beyond the repository, and never that of a neighbour.
    assert_eq!(at("repo", &["other/k8s"]), Some(1));
    assert_eq!(at("repo/team", &["../other/k8s"]), Some(1));
    assert_eq!(at("repo", &["other/k8s", "team/k8s"]), Some(1));
    // The root of the repository itself is searched.
    fs::write(root.path().join("repo/netlint.yaml"), OFF).unwrap();
    assert_eq!(at("repo", &["other/k8s"]), Some(0));
}

#[test]
fn a_configuration_may_be_named_or_left_out() {
    let root = tree(&[("netlint.yaml", OFF), ("pod.yaml", POD), ("ci/strict.yaml", "rules: {}\n")]);
    assert_eq!(status(root.path(), &["."]), Some(0));
    assert_eq!(status(root.path(), &["--isolated", "."]), Some(1));
    assert_eq!(status(root.path(), &["--config", "ci/strict.yaml", "pod.yaml"]), Some(1));
    insta::assert_snapshot!(
        "named",
        [
            run(root.path(), &["--config", "missing.yaml", "."]),
            run(root.path(), &["--config", "ci", "."]),
            run(root.path(), &["--config", "netlint.yaml", "--isolated", "."]),
            run(root.path(), &["-v", "pod.yaml"]),
        ]
        .join("\n")
    );
}

#[test]
fn paths_and_excludes_are_told_from_the_file() {
    let root = tree(&[
        (".git/HEAD", ""),
        ("netlint.yaml", "paths: [k8s, more.yaml]\nexclude: [generated, k8s/old/**]\n"),
        ("k8s/deny.yaml", DENY_ALL),
        ("k8s/generated/pod.yaml", POD),
        ("k8s/old/pod.yaml", POD),
        ("more.yaml", &DENY_ALL.replace("deny-all", "more")),
        ("elsewhere/pod.yaml", POD),
    ]);
    for directory in ["", "k8s", "elsewhere"] {
        let shown = run(&root.path().join(directory), &[]);
        assert_eq!(
            shown,
            "exit status: 0\n--- stdout\nnote: by `netlint.yaml`: 2 paths excluded\n\
             no findings in 2 files (0 workloads, 2 policies)\n"
                .replace("`netlint.yaml`", if directory.is_empty() { "`netlint.yaml`" } else { "`../netlint.yaml`" }),
            "{directory}"
        );
    }
    // The command line names other paths; what is excluded stays so, and more may be.
    assert_eq!(status(root.path(), &["elsewhere"]), Some(1));
    assert!(run(root.path(), &["."]).contains("3 files"), "{}", run(root.path(), &["."]));
    assert!(run(root.path(), &[".", "--exclude", "elsewhere"]).contains("2 files"));
    // What lies beside the working directory is named from there.
    let shown = run(&root.path().join("k8s"), &["-v"]);
    assert!(shown.ends_with("configured by ../netlint.yaml\nreading ../more.yaml\nreading deny.yaml\n"), "{shown}");
}

#[test]
fn severities_are_those_of_the_configuration() {
    let root = tree(&[("pod.yaml", POD)]);
    let with = |text: &str| {
        fs::write(root.path().join("netlint.yaml"), text).unwrap();
        run(root.path(), &["--format", "concise", "-q", "pod.yaml"])
    };
    for severity in ["error", "warning", "note"] {
        let shown = with(&format!("rules: {{{RULE}: {severity}}}\n"));
        assert!(shown.contains(&format!(": {severity}[{RULE}]")), "{shown}");
    }
    for off in ["off", "\"off\"", "false"] {
        let shown = with(&format!("rules: {{{RULE}: {off}}}\n"));
        assert!(!shown.contains(RULE) && shown.contains("unrestricted-egress"), "{shown}");
    }
}

#[test]
fn the_command_line_wins() {
    let policy = DENY_ALL.replace("  namespace: shop\n", "");
    let root = tree(&[("netlint.yaml", "namespace: shop\n"), ("all.yaml", &format!("{POD}---\n{policy}"))]);
    assert_eq!(status(root.path(), &["all.yaml"]), Some(0));
    assert_eq!(status(root.path(), &["--namespace", "other", "all.yaml"]), Some(1));
    assert_eq!(status(root.path(), &["--isolated", "all.yaml"]), Some(1));
    assert_eq!(status(root.path(), &["--isolated", "--namespace", "shop", "all.yaml"]), Some(0));
}

#[test]
fn dns_servers_are_those_of_the_configuration() {
    let egress = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny-all, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  egress:
  - to:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: dns}}
      podSelector: {matchLabels: {app: resolver}}
    ports: [{protocol: UDP, port: 1053}, {protocol: TCP, port: 1053}]
";
    let root = tree(&[("all.yaml", &format!("{POD}---\n{egress}"))]);
    let shown = run(root.path(), &["--format", "concise", "-q", "all.yaml"]);
    assert!(shown.contains("[missing-dns-egress]"), "{shown}");
    let dns = "cluster: {dns: [{namespace: dns, podSelector: {app: resolver}, ports: [1053]}]}\n";
    fs::write(root.path().join("netlint.yaml"), dns).unwrap();
    assert_eq!(run(root.path(), &["-q", "all.yaml"]), "exit status: 0\n");
    fs::write(root.path().join("netlint.yaml"), dns.replace("1053", "53")).unwrap();
    assert!(run(root.path(), &["--format", "concise", "-q", "all.yaml"]).contains("[missing-dns-egress]"));
}

#[test]
fn pod_addresses_make_blocks_match_pods() {
    let text = "\
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {containers: [{name: db, image: \"postgres:16\"}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny-all, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress: [{from: [{ipBlock: {cidr: 10.244.0.0/16}}]}]
";
    let root = tree(&[("all.yaml", text)]);
    let database_reachable = |config: &str| {
        fs::write(root.path().join("netlint.yaml"), config).unwrap();
        run(root.path(), &["--format", "concise", "-q", "all.yaml"]).contains("any pod of the cluster")
    };
    assert!(!database_reachable(""));
    assert!(!database_reachable("cluster: {podCidrs: [10.8.0.0/16]}\n"));
    assert!(database_reachable("cluster: {podCidrs: [10.244.0.0/20]}\n"));
}

#[test]
fn the_configuration_is_no_manifest() {
    let root = tree(&[("netlint.yaml", "# apiVersion and kind\nrules: {}\n"), ("deny.yaml", DENY_ALL)]);
    assert_eq!(run(root.path(), &[]), "exit status: 0\n--- stdout\nno findings in 1 file (0 workloads, 1 policy)\n");
    fs::remove_file(root.path().join("deny.yaml")).unwrap();
    assert_eq!(status(root.path(), &[]), Some(2));
}

#[test]
fn an_empty_configuration_is_one() {
    for text in ["", "# nothing yet\n", "---\n", "rules:\ntiers:\nexpect:\nignore:\nnamespace:\ncluster:\n"] {
        let root = tree(&[("netlint.yaml", text), ("deny.yaml", DENY_ALL)]);
        assert_eq!(status(root.path(), &[]), Some(0), "{text:?}");
    }
}

/// Everything that can be wrong with a configuration, by the key that it is about.
pub(super) const MISTAKES: &[(&str, &str)] = &[
    ("an unknown key", "path: [k8s]\n"),
    ("an unknown key without a likeness", "frobnicate: 1\n"),
    ("an unknown key further down", "cluster:\n  podCIDR: [10.0.0.0/8]\n"),
    ("an unknown key in a list", "ignore:\n- {rule: one-sided-allow, resouce: Pod/a/b}\n"),
    ("a wrong type", "paths: k8s\n"),
    ("a number where a name is meant", "namespace: 1\n"),
    ("a list at the top", "- k8s\n"),
    ("a missing key", "ignore:\n- path: legacy/**\n"),
    ("broken YAML", "rules: {one-sided-allow: error\nexpect: []\n"),
    ("a key that is written twice", "paths: [a]\nrules: {}\npaths: [b]\n"),
    ("two documents", "paths: [a]\n---\nrules: {}\n"),
    ("an unknown profile", "profile: strickt\n"),
    ("an unknown rule", "rules:\n  one-sided-alow: error\n"),
    ("an unknown rule without a likeness", "ignore: [{rule: x}]\n"),
    ("an unknown severity", "rules:\n  one-sided-allow: warn\n  unrestricted-egress: errors\n"),
    ("a severity that is a boolean", "rules:\n  one-sided-allow: on\n"),
    ("empty paths", "paths: [\"\"]\nnamespace: \"\"\n"),
    ("a broken glob", "exclude: [\"a/[b\", ok]\nignore: [{rule: one-sided-allow, path: \"{a\"}]\n"),
    ("what is no block", "cluster:\n  podCidrs: [10.0.0.1, 10.0.0.0/33]\n  serviceCidrs: [pods]\n"),
    ("what is no port", "cluster: {dns: [{namespace: dns, podSelector: {app: dns}, ports: [0, 65536]}]}\n"),
    ("DNS without a namespace", "cluster: {dns: [{podSelector: {app: dns}}]}\n"),
    ("what no label can be", "tiers:\n  web:\n    match:\n    - labels: {\"a b\": x, app: \"web-*\", tier: \"-\"}\n"),
    ("a tier that matches nothing", "tiers:\n  web: {match: []}\n  api: {match: [{}]}\n"),
    ("a tier without match", "tiers:\n  web: {reachableFrom: [backend]}\n"),
    ("an unknown tier", "tiers:\n  web: {match: [{image: nginx}], reachableFrom: [edge, databse]}\n"),
    ("a broken glob of a tier", "tiers:\n  web: {match: [{image: \"nginx[\"}, {namespace: \"\"}]}\n"),
    (
        "half an expectation",
        "expect:\n- {from: web, to: api}\n- {to: api}\n- {from: a, to: b, allow: true, only: []}\n",
    ),
    (
        "what is not an endpoint",
        "expect:\n- {from: a/b/c/d, to: \"shop/api:0\", allow: true}\n- {to: db, only: [\"a=b,c\"]}\n",
    ),
    ("an empty baseline", "baseline: \"\"\n"),
    ("what is no resource", "ignore:\n- {rule: one-sided-allow, resource: allow-web}\n"),
];

#[test]
fn what_is_wrong_is_shown_where_it_stands() {
    let mut all = String::new();
    for (what, text) in MISTAKES {
        let root = tree(&[("netlint.yaml", text), ("deny.yaml", DENY_ALL)]);
        let output = netlint(root.path(), &[]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{what}");
        assert!(output.stdout.is_empty(), "{what}");
        all.push_str(&format!("=== {what}\n{}\n", String::from_utf8(output.stderr).unwrap()));
    }
    insta::assert_snapshot!("mistakes", all);
}

#[test]
fn what_is_no_text_is_told() {
    let root = tree(&[("deny.yaml", DENY_ALL)]);
    fs::write(root.path().join("netlint.yaml"), b"paths: [\xff]\n").unwrap();
    insta::assert_snapshot!("not-text", shown(&netlint(root.path(), &[]).output().unwrap()));
}
