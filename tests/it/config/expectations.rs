//! Expected connections: `netlint test`, and the rule that says the same in `check`.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::demo::{Edit, REPOSITORY, findings};
use crate::support::{DENY_ALL, POD, netlint, run, shown, status, tree};

const TUTORIAL: [&str; 2] = ["--config", "testdata/expectations/netlint.yaml"];

/// What is reported in the repository, with the arguments of the tutorial's expectations.
fn tutorial(args: &[&str]) -> String {
    run(Path::new(REPOSITORY), &[args, &TUTORIAL].concat())
}

#[test]
fn two_expectations_of_the_tutorial_fail() {
    insta::assert_snapshot!("tutorial", tutorial(&["test", "testdata/secure-app"]));
}

#[test]
fn the_repaired_application_meets_them() {
    insta::assert_snapshot!("repaired", tutorial(&["test", "testdata/secure-app-fixed"]));
}

#[test]
fn the_paths_of_the_configuration_count() {
    assert_eq!(tutorial(&["test"]), tutorial(&["test", "testdata/secure-app"]));
}

#[test]
fn check_says_it_too() {
    let concise = tutorial(&["testdata/secure-app", "--format", "concise", "-q"]);
    let own: Vec<&str> = concise.lines().filter(|line| line.contains("[failed-expectation]")).collect();
    assert_eq!(
        own,
        [
            "testdata/expectations/netlint.yaml:4:5: error[failed-expectation] expected `secure-app/frontend` to reach \
             `secure-app/backend:80`, but egress denies it",
            "testdata/expectations/netlint.yaml:6:5: error[failed-expectation] expected `secure-app/backend` to reach \
             `secure-app/database:5432`, but egress denies it",
        ]
    );
    assert!(!tutorial(&["testdata/secure-app-fixed"]).contains("failed-expectation"));
    // A part of the manifests proves nothing about the whole.
    assert!(!tutorial(&["testdata/secure-app/1-deny-all.yaml"]).contains("failed-expectation"));
}

#[test]
fn results_for_machines() {
    let of = |args: &[&str]| netlint(Path::new(REPOSITORY), &[args, &TUTORIAL].concat()).output().unwrap();
    let output = of(&["test", "testdata/secure-app", "--format", "json"]);
    let results: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        results["summary"],
        json!({"files": 5, "documents": 8, "workloads": 3, "policies": 4, "passed": 1, "failed": 2})
    );
    let outcomes: Vec<&Value> = results["expectations"].as_array().unwrap().iter().map(|it| &it["outcome"]).collect();
    assert_eq!(outcomes, ["failed", "passed", "failed"]);
    let first = &results["expectations"][0];
    assert_eq!(
        first["expectation"],
        json!({"expected": "allowed", "from": ["secure-app/frontend"], "to": "secure-app/backend:80"})
    );
    assert_eq!(first["location"]["start"]["line"], 4);
    assert_eq!(first["pairs"][0]["egress"]["isolating"][0]["policy"]["name"], "deny-all");
    insta::assert_snapshot!("junit", shown(&of(&["test", "testdata/secure-app", "--format", "junit"])));

    let root = tempfile::tempdir().unwrap();
    let file = format!("junit:{}", root.path().join("out.xml").display());
    let both = of(&["test", "testdata/secure-app", "--format", "human", "--format", &file]);
    assert_eq!(both.stdout, of(&["test", "testdata/secure-app"]).stdout);
    assert!(fs::read_to_string(root.path().join("out.xml")).unwrap().ends_with("</testsuites>\n"));
}

/// A shop whose store is open to its own namespace, its API behind an Ingress and to an address, its web page to all.
const SHOP: &str = r#"
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: shop}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}, spec: {template: {metadata: {labels: {app: web, tier: front}}, spec: {containers: [{name: c, image: "example/web:1", ports: [{name: http, containerPort: 8080}]}]}}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: api, namespace: shop}, spec: {template: {metadata: {labels: {app: api, tier: back}}, spec: {containers: [{name: c, image: "example/api:1", ports: [{containerPort: 9000}]}]}}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: store, namespace: shop}, spec: {template: {metadata: {labels: {app: store}}, spec: {containers: [{name: c, image: "example/store:1"}]}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: job, namespace: tools, labels: {app: job}}, spec: {containers: [{name: c, image: "example/job:1"}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: api-svc, namespace: shop}, spec: {selector: {app: api}, ports: [{port: 80, targetPort: 9000}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: api, namespace: shop}, spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: api-svc, port: {number: 80}}}}]}}]}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: store, namespace: shop}, spec: {podSelector: {matchLabels: {app: store}}, ingress: [{from: [{podSelector: {}}, {namespaceSelector: {matchLabels: {team: ops}}}]}]}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: api, namespace: shop}, spec: {podSelector: {matchLabels: {app: api}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}, {ipBlock: {cidr: 203.0.113.0/24}}], ports: [{port: 9000}]}]}}
"#;

/// What is said of one expectation on the shop, and how the test ends.
fn expect(entry: &str) -> (Option<i32>, String, Vec<Value>) {
    let root = tree(&[("netlint.yaml", &format!("expect: [{{{entry}}}]\n")), ("k8s/shop.yaml", SHOP)]);
    let output = netlint(root.path(), &["test", "--format", "json"]).output().unwrap();
    assert!(output.stderr.is_empty(), "{entry}: {}", shown(&output));
    let results: Value = serde_json::from_slice(&output.stdout).unwrap();
    let result = &results["expectations"][0];
    let outcome = result["outcome"].as_str().unwrap().to_owned();
    let said = result["message"].as_str().map_or(String::new(), |message| format!(": {message}"));
    (output.status.code(), outcome + &said, result["notes"].as_array().unwrap().clone())
}

#[test]
fn ends_are_written_as_for_query() {
    for (entry, expected) in [
        ("from: shop/web, to: 'shop/api:9000', allow: true", "passed"),
        ("from: web, to: 'svc/api-svc:80', allow: true", "passed"),
        ("from: tier=front, to: 'shop/tier=back:9000', allow: true", "passed"),
        ("from: web, to: 'api:8000', allow: false", "passed"),
        ("from: 203.0.113.7, to: 'api:9000', allow: true", "passed"),
        ("from: internet, to: 'web:http', allow: true", "passed"),
        ("from: 198.51.100.0/24, to: 'api:9000', allow: false", "passed"),
        ("from: shop/any-pod, to: store, allow: true", "passed"),
        ("from: tools/any-pod, to: store, allow: false", "passed"),
        ("from: any-pod, to: store, allow: false", "passed"),
        ("from: web, to: internet, allow: true", "passed"),
        ("from: ingress-controller, to: web, allow: true", "passed"),
        (
            "from: 'shop/*', to: 'api:9000', allow: true",
            "failed: expected `shop/*` to reach `api:9000`, but `shop/store -> shop/api` is denied",
        ),
        (
            "from: '*', to: store, allow: false",
            "failed: expected `*` not to reach `store`, but `shop/api -> shop/store` and `shop/web -> shop/store` are \
             allowed",
        ),
        (
            "from: internet, to: 'api:9000', allow: false",
            "failed: expected `internet` not to reach `api:9000`, but `203.0.113.0/24 -> shop/api` is allowed",
        ),
        ("from: web, to: api, allow: false", "failed: expected `web` not to reach `api`, but it may on TCP 9000"),
        (
            "from: tools/job, to: store, allow: true",
            "uncertain: expected `tools/job` to reach `store`, but that depends on what the input does not show",
        ),
        ("from: wbe, to: api, allow: true", "unclear: no workload, Service or Ingress of the input is `wbe`"),
        ("from: 'web:80', to: api, allow: true", "unclear: the source `web:80` has a port"),
        (
            "from: web, to: 'shop/api:metrics', allow: true",
            "unclear: no container of `shop/api` declares a port `metrics`",
        ),
    ] {
        let (status, said, _) = expect(entry);
        assert_eq!((said.as_str(), status), (expected, Some(i32::from(expected != "passed"))), "{entry}");
    }
}

#[test]
fn nobody_but_these() {
    for (entry, expected) in [
        ("to: 'api:9000', only: [web, 203.0.113.0/24]", "passed"),
        ("to: 'api:9000', only: [tier=front, internet]", "passed"),
        ("to: store, only: ['shop/*']", "passed"),
        ("to: store, only: ['*']", "passed"),
        ("to: 'api:22', only: []", "passed"),
        ("to: web, only: ['*', internet]", "passed"),
        ("to: 'api:9000', only: [web]", "failed: expected only `web` to reach `api:9000`, but `203.0.113.0/24` may"),
        (
            "to: 'api:9000', only: [203.0.113.0/25]",
            "failed: expected only `203.0.113.0/25` to reach `api:9000`, but `shop/web` and `203.0.113.128/25` may",
        ),
        (
            "to: store, only: [api]",
            "failed: expected only `api` to reach `store`, but `shop/web` and `shop/any-pod` may",
        ),
        ("to: web, only: ['*']", "failed: expected only `*` to reach `web`, but `external` may"),
        (
            "to: 'web:8080', only: ['shop/*', internet]",
            "failed: expected only `shop/*` and `internet` to reach `web:8080`, but `tools/job`, \
             `tools/any-pod` and `any-pod` may",
        ),
        ("to: store, only: [shop/nobody]", "unclear: no workload, Service or Ingress of the input is `shop/nobody`"),
        ("to: shop/nobody, only: []", "unclear: no workload, Service or Ingress of the input is `shop/nobody`"),
    ] {
        let (status, said, _) = expect(entry);
        assert_eq!((said.as_str(), status), (expected, Some(i32::from(expected != "passed"))), "{entry}");
    }
}

/// The failures after an edit of the repaired demo.
fn mutate(file: &str, mark: &str, from: &str, to: &str) -> Vec<String> {
    let tutorial = fs::read_to_string(Path::new(REPOSITORY).join("testdata/expectations/netlint.yaml")).unwrap();
    let config = tutorial.replace("paths: [../secure-app]\n", "");
    let found = findings(&config, &[Edit { file, mark, from, to }]);
    let own = found.iter().filter(|finding| finding["rule"] == "failed-expectation");
    own.map(|finding| {
        assert_eq!(finding["severity"], "error");
        assert!(!finding["related"].as_array().unwrap().is_empty(), "{finding}");
        format!("{}: {}", finding["primary"]["field"].as_str().unwrap(), finding["message"].as_str().unwrap())
    })
    .collect()
}

#[test]
fn each_mistake_in_the_repaired_demo_fails_what_it_breaks() {
    let frontend_to_backend = "expect[0]: expected `secure-app/frontend` to reach `secure-app/backend:80`, but";
    let frontend_to_database = "expect[1]: expected `secure-app/frontend` not to reach `secure-app/database:5432`, but";
    let backend_to_database = "expect[2]: expected `secure-app/backend` to reach `secure-app/database:5432`, but";
    let second = "2-allow-frontend-to-backend.yaml";
    let third = "3-allow-backend-to-database.yaml";
    assert_eq!(mutate(second, "", "", ""), Vec::<String>::new());
    for (file, mark, from, to, expected) in [
        (second, "ingress:", "app: frontend", "app: front", format!("{frontend_to_backend} ingress denies it")),
        (second, "ingress:", "port: 80", "port: 81", format!("{frontend_to_backend} ingress denies it")),
        (second, "egress:", "protocol: TCP", "protocol: UDP", format!("{frontend_to_backend} egress denies it")),
        (third, "egress-to-database", "secure-app", "other", format!("{backend_to_database} egress denies it")),
        (third, "egress:", "port: 5432", "port: 5433", format!("{backend_to_database} egress denies it")),
    ] {
        assert_eq!(mutate(file, mark, from, to), [expected], "{to}");
    }
    // Both sides open to the wrong one, by labels that the frontend has.
    let wider = "app: database\n        - podSelector: {}";
    assert_eq!(mutate(second, "egress:", "app: backend", wider), Vec::<String>::new(), "one side alone");
    let relabelled = mutate("0-pods.yaml", "name: frontend", "app: frontend", "app: backend");
    assert_eq!(
        relabelled,
        [
            format!("{frontend_to_backend} egress and ingress deny it"),
            format!("{frontend_to_database} it may on TCP 5432")
        ]
    );
}

#[test]
fn what_a_verdict_hangs_on_is_noted() {
    let (status, said, notes) = expect("from: tools/job, to: store, allow: false");
    assert_eq!((status, said.as_str()), (Some(0), "passed"));
    assert!(notes.iter().any(|note| note.as_str().unwrap().contains("`tools`")), "{notes:?}");
}

#[test]
fn failures_are_drawn_for_people() {
    let config = "\
expect:
- {from: web, to: 'api:9000', allow: true}
- {to: 'store:6000', only: [api]}
- from: internet
  to: shop/apo:9000
  allow: false
- {from: tools/job, to: store, allow: true}
";
    let root = tree(&[("netlint.yaml", config), ("k8s/shop.yaml", SHOP)]);
    insta::assert_snapshot!("drawn", run(root.path(), &["test"]));
    let quiet = run(root.path(), &["test", "-q"]);
    assert!(!quiet.contains("pass") && quiet.contains("FAIL"), "{quiet}");
}

#[test]
fn without_expectations_there_is_nothing_to_test() {
    let root = tree(&[("deny.yaml", DENY_ALL)]);
    let none = run(root.path(), &["test"]);
    fs::write(root.path().join("netlint.yaml"), "rules: {}\n").unwrap();
    insta::assert_snapshot!("nothing", [none, run(root.path(), &["test"])].join("\n"));
}

#[test]
fn a_file_that_cannot_be_read_is_no_success() {
    let root = tree(&[("netlint.yaml", "expect: [{to: web, only: ['*', internet]}]\n"), ("k8s/shop.yaml", SHOP)]);
    assert_eq!(status(root.path(), &["test", "k8s"]), Some(0));
    assert_eq!(status(root.path(), &["test", "k8s", "/dev/null"]), Some(3));
    assert_eq!(status(root.path(), &["test", "k8s", "missing"]), Some(2));
}

#[test]
fn each_cluster_that_has_the_ends_is_tested() {
    let open = format!("{}---\n{}", POD, POD.replace("name: web", "name: api"));
    let config = "\
clusters: {dev: [dev], prod: [prod]}
expect:
- {from: web, to: api, allow: true}
- {from: web, to: jobs, allow: true}
- {from: web, to: store, allow: true}
";
    let root = tree(&[
        ("netlint.yaml", config),
        ("dev/pods.yaml", &format!("{open}---\n{}", POD.replace("name: web", "name: jobs"))),
        ("prod/pods.yaml", &format!("{open}---\n{DENY_ALL}")),
    ]);
    let tested = run(root.path(), &["test"]);
    let lines: Vec<&str> = tested.lines().filter(|line| line.starts_with("pass") || line.starts_with("FAIL")).collect();
    assert_eq!(
        lines,
        [
            "pass  `web` may reach `api` (cluster `dev`)",
            "FAIL  `web` may reach `api` (cluster `prod`)",
            "pass  `web` may reach `jobs` (cluster `dev`)",
            "FAIL  `web` may reach `store`",
        ]
    );
    let checked = run(root.path(), &["--format", "concise", "-q", "--select", "failed-expectation"]);
    assert_eq!(checked.matches("[failed-expectation]").count(), 2, "{checked}");
    assert!(checked.contains("expected `web` to reach `api`"), "{checked}");
}
