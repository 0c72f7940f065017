//! What yields to a rule is reported exactly where that rule does not speak.

use std::fs;

use crate::support::{run, status, tree};

/// A finding that yields to another one.
struct Pair {
    preceding: &'static str,
    yielding: &'static str,
    /// The manifests. The object that the preceding rule is about has the annotation `team: shop`.
    text: &'static str,
    /// Whether a profile has only the rule that yields.
    narrow: Option<&'static str>,
}

const PAIRS: [Pair; 6] = [
    Pair {
        preceding: "allow-all-defeats-deny",
        yielding: "unrestricted-egress",
        text: "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: example/web:1}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: open, namespace: shop, annotations: {team: shop}}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
  - {}
",
        narrow: None,
    },
    Pair {
        preceding: "missing-default-deny",
        yielding: "unrestricted-egress",
        text: "\
apiVersion: v1
kind: Namespace
metadata:
  annotations: {team: shop}
  name: shop
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: example/web:1}]}
",
        narrow: None,
    },
    Pair {
        preceding: "empty-peer-list",
        yielding: "unrestricted-egress",
        text: "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: open, namespace: shop, annotations: {team: shop}}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  egress:
  - to: []
",
        narrow: None,
    },
    Pair {
        preceding: "database-reachable",
        yielding: "any-namespace-ingress",
        text: "\
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {containers: [{name: db, image: postgres, ports: [{containerPort: 5432}]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop, annotations: {team: shop}}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  ingress:
  - ports: [{port: 5432}]
    from:
    - namespaceSelector: {}
",
        narrow: None,
    },
    Pair {
        preceding: "split-peer",
        yielding: "any-namespace-ingress",
        text: "\
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec: {containers: [{name: api, image: example/api:1, ports: [{containerPort: 8080}]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop, annotations: {team: shop}}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  ingress:
  - ports: [{port: 8080}]
    from:
    - namespaceSelector: {}
    - podSelector: {matchLabels: {app: api}}
",
        narrow: None,
    },
    Pair {
        preceding: "volatile-label",
        yielding: "selector-matches-nothing",
        text: "\
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api, version: 1.4.2}}
spec: {containers: [{name: api, image: example/api:1, ports: [{containerPort: 8080}]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop, annotations: {team: shop}}
spec:
  podSelector:
    matchLabels:
      app: api
      version: 1.4.1
  policyTypes: [Ingress]
",
        narrow: Some("security-only"),
    },
];

/// Which of the two rules a run reports.
fn reported(pair: &Pair, files: &[(&str, &str)], args: &[&str]) -> (bool, bool) {
    let root = tree(files);
    let shown = run(root.path(), &[&["--format", "concise", "."], args].concat());
    has_both(pair, &shown)
}

fn has_both(pair: &Pair, shown: &str) -> (bool, bool) {
    let has = |rule: &str| shown.contains(&format!("[{rule}]"));
    (has(pair.preceding), has(pair.yielding))
}

#[test]
fn what_yields_is_reported_where_the_other_rule_does_not_speak() {
    for pair in &PAIRS {
        let Pair { preceding, yielding, text, narrow } = pair;
        let manifests = ("k8s.yaml", *text);
        assert_eq!(reported(pair, &[manifests], &[]), (true, false), "{preceding}: by default");

        let off = format!("rules: {{{preceding}: off}}\n");
        let files = [manifests, ("netlint.yaml", &off)];
        assert_eq!(reported(pair, &files, &[]), (false, true), "{preceding}: off");
        for args in [["--ignore", *preceding], ["--select", *yielding]] {
            assert_eq!(reported(pair, &[manifests], &args), (false, true), "{preceding}: {args:?}");
        }
        let both = ["--select", *yielding, "--select", *preceding];
        assert_eq!(reported(pair, &[manifests], &both), (true, false), "{preceding}: both selected");
        if let Some(profile) = narrow {
            let args = ["--profile", *profile];
            assert_eq!(reported(pair, &[manifests], &args), (false, true), "{preceding}: outside the profile");
        }
    }
}

#[test]
fn what_is_suppressed_still_covers_what_yields_to_it() {
    for pair in &PAIRS {
        let Pair { preceding, text, .. } = pair;
        let manifests = ("k8s.yaml", *text);

        let commented = with_comment(pair);
        assert_eq!(reported(pair, &[("k8s.yaml", &commented)], &[]), (false, false), "{preceding}: comment");

        let annotation = format!("netlint.dev/ignore: \"{preceding}: on purpose\"");
        let annotated = text.replacen("team: shop", &annotation, 1);
        assert_ne!(annotated, *text);
        assert_eq!(reported(pair, &[("k8s.yaml", &annotated)], &[]), (false, false), "{preceding}: annotation");

        let entry = format!("ignore: [{{rule: {preceding}}}]\n");
        let files = [manifests, ("netlint.yaml", &entry)];
        assert_eq!(reported(pair, &files, &[]), (false, false), "{preceding}: entry");
        assert_eq!(reported(pair, &files, &["--no-suppressions"]), (true, false), "{preceding}: all shown");

        let root = tree(&[manifests]);
        assert_eq!(status(root.path(), &[".", "--write-baseline", "known.json"]), Some(0));
        let shown = run(root.path(), &[".", "--format", "concise", "--baseline", "known.json"]);
        assert_eq!(has_both(pair, &shown), (false, false), "{preceding}: baselined");
        fs::remove_file(root.path().join("known.json")).unwrap();
    }
}

/// The manifests with a comment above the line of the preceding finding.
fn with_comment(pair: &Pair) -> String {
    let root = tree(&[("k8s.yaml", pair.text)]);
    let shown = run(root.path(), &["--format", "concise", "-q", "."]);
    let found = shown.lines().find(|line| line.contains(&format!("[{}]", pair.preceding))).unwrap();
    let number: usize = found.split(':').nth(1).unwrap().parse().unwrap();
    let mut lines: Vec<String> = pair.text.lines().map(str::to_owned).collect();
    let indentation = lines[number - 1].len() - lines[number - 1].trim_start().len();
    lines.insert(number - 1, format!("{}# netlint: ignore[{}] on purpose", " ".repeat(indentation), pair.preceding));
    lines.join("\n") + "\n"
}
