//! What the commands say of it.

use crate::support::{netlint, tree};

/// Calico's policy keeps everyone from `db`, Cilium's from `web`.
const CLUSTER: &str = "\
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {containers: [{name: c, image: nginx, ports: [{containerPort: 80}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}}, spec: {containers: [{name: c, image: postgres, ports: [{containerPort: 5432}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: cron, namespace: shop, labels: {app: cron}}, spec: {containers: [{name: c, image: busybox}]}}
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: close-db, namespace: shop}
spec: {selector: app == 'db', types: [Ingress]}
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: close-web, namespace: shop}
spec: {endpointSelector: {matchLabels: {app: web}}, ingress: [{}]}
";

const NOTE: &str = "the input has policies of Calico and of Cilium, and nothing says which plugin the cluster has";

/// The two streams of a command, and its exit status.
fn run(configuration: &str, args: &[&str]) -> ([String; 2], i32) {
    let root = tree(&[("k8s/all.yaml", CLUSTER), ("netlint.yaml", configuration)]);
    let output = netlint(root.path(), args).output().unwrap();
    let streams = [output.stdout, output.stderr].map(|stream| {
        let text = String::from_utf8(stream).unwrap();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    (streams, output.status.code().unwrap())
}

#[test]
fn connections_are_those_that_both_permit() {
    let ([out, err], _) = run("", &["connections", "k8s", "--from", "shop/cron"]);
    assert!(!out.contains("shop/cron -> shop/db") && !out.contains("cron -> web"), "{out}");
    assert!([&out, &err].iter().any(|stream| stream.contains(NOTE)), "{out}{err}");
    let ([out, _], _) = run("cni: {name: cilium}", &["connections", "k8s", "--from", "shop/cron"]);
    assert!(out.contains("cron -> db") && !out.contains(NOTE), "{out}");
    let ([out, _], _) = run("", &["connections", "k8s", "--from", "shop/db", "--to", "shop/cron"]);
    assert!(out.contains("db -> cron"), "{out}");
}

#[test]
fn query_says_what_each_of_them_does() {
    let ([out, err], status) = run("", &["query", "shop/cron", "shop/db:5432", "k8s"]);
    assert_eq!(status, 1, "{out}");
    let reason = "denied by ingress: with Calico, `close-db` isolates `db` for ingress, and no rule admits `cron`";
    assert!(out.replace("│ ", "").contains(reason), "{out}");
    assert!(out.replace("│ ", "").contains("with Cilium, no policy isolates `db` for ingress"), "{out}");
    assert!([&out, &err].iter().any(|stream| stream.matches(NOTE).count() == 1), "{out}{err}");
    let ([out, _], _) = run("", &["query", "shop/cron", "shop/db:5432", "k8s", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let stages = json["pairs"][0]["ingress"]["stages"].as_array().unwrap().iter();
    let stages: Vec<[&str; 3]> =
        stages.map(|stage| ["plugin", "name", "outcome"].map(|key| stage[key].as_str().unwrap())).collect();
    let decided: Vec<_> = stages.iter().filter(|[.., outcome]| *outcome != "notEngaged").collect();
    assert_eq!(decided, [&["Calico", "default", "deny"]], "{stages:?}");
    assert!(stages.contains(&["Cilium", "network", "notEngaged"]), "{stages:?}");
}

#[test]
fn an_expectation_holds_only_with_both() {
    let expect = |allow: bool| format!("expect: [{{from: shop/cron, to: 'shop/db:5432', allow: {allow}}}]");
    for allow in [true, false] {
        let ([out, err], status) = run(&expect(allow), &["test", "k8s"]);
        assert_eq!(status, i32::from(allow), "{allow}: {out}{err}");
    }
}

#[test]
fn no_finding_rests_on_one_of_them() {
    let ([out, err], _) = run("", &["check", "k8s", "--format", "concise"]);
    assert!(!out.contains("database-reachable"), "it is not certain that anyone reaches it: {out}");
    assert!([&out, &err].iter().any(|stream| stream.contains(NOTE)), "{out}{err}");
    let ([out, _], _) = run("cni: {name: cilium}", &["check", "k8s", "--format", "concise"]);
    assert!(out.contains("database-reachable"), "{out}");
    let (_, status) = run("", &["check", "k8s", "--fail-on", "never", "--fail-on-unknown"]);
    assert_eq!(status, 1, "what is permitted is not known");
}

/// A policy of either kind that lets `cron` send everything anywhere.
const OPEN: [&str; 2] = [
    "{apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {name: open, namespace: shop}, spec: \
     {selector: \"app == 'cron'\", types: [Egress], egress: [{action: Allow}]}}",
    "{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: open, namespace: shop}, spec: \
     {endpointSelector: {matchLabels: {app: cron}}, egress: [{toEntities: [all]}]}}",
];

#[test]
fn what_policies_of_either_permit_is_judged() {
    for policy in OPEN {
        let root = tree(&[("k8s/all.yaml", CLUSTER), ("k8s/open.yaml", policy)]);
        let output = netlint(root.path(), &["check", "k8s", "--format", "concise"]).output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        let of_policy =
            out.lines().filter(|line| line.starts_with("k8s/open.yaml") && line.contains("[unrestricted-egress]"));
        assert_eq!(of_policy.count(), 1, "{policy}: {out}");
    }
}

/// A rule of Cilium that another one of it denies.
const DENIED: &str = "\
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: denied, namespace: shop}
spec:
  endpointSelector: {matchLabels: {app: cron}}
  ingress: [{fromEndpoints: [{matchLabels: {app: web}}]}, {fromEndpoints: [{matchLabels: {app: db}}]}]
  ingressDeny: [{fromEndpoints: [{matchLabels: {app: web}}]}]
";

#[test]
fn advice_is_that_of_the_plugin_whose_policy_it_is() {
    let root = tree(&[("k8s/all.yaml", CLUSTER), ("k8s/denied.yaml", DENIED)]);
    let output = netlint(root.path(), &["check", "k8s", "--format", "json"]).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["rule"] == "shadowed-rule");
    let help = found.map(|finding| finding["help"].as_str().unwrap());
    assert_eq!(help, Some("narrow the rule of `denied`, or delete this rule"), "{report:#}");
}
