//! Who beyond the workloads of the input could connect before and after a change.

#![cfg(unix)]

use serde_json::{Value, json};

use crate::support::{netlint, tree};

const WORKLOADS: &str = "\
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: monitoring}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {containers: [{name: main, image: example/main}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: main, image: example/main}]}
---
apiVersion: v1
kind: Pod
metadata: {name: scraper, namespace: monitoring, labels: {app: scraper}}
spec: {containers: [{name: main, image: example/main}]}
";

const DENY: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
";

/// A policy for `db` with this rule on its sixth line.
fn allow(rule: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: allow, namespace: shop}}\nspec:\n  \
         podSelector: {{matchLabels: {{app: db}}}}\n  {rule}\n"
    )
}

fn report(base: &[(&str, &str)], head: &[(&str, &str)], format: &str) -> String {
    let with = |files: &[(&str, &str)]| tree(&[&[("pods.yaml", WORKLOADS)], files].concat());
    let (base, head) = (with(base), with(head));
    let args = ["diff", "--format", format, base.path().to_str().unwrap(), head.path().to_str().unwrap()];
    let output = netlint(base.path(), &args).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The lines about exposure.
fn exposure(base: &[(&str, &str)], head: &[(&str, &str)]) -> Vec<String> {
    let report = report(base, head, "human");
    report.lines().filter_map(|line| line.strip_prefix("exposure: ")).map(str::to_owned).collect()
}

#[test]
fn pods_of_a_namespace_are_named_with_the_line_that_admits_them() {
    let rule = "ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}], \
                ports: [{port: 5432}]}]";
    let (deny, allow) = (("deny.yaml", DENY), allow(rule));
    let with = [deny, ("allow.yaml", allow.as_str())];
    let expected = "any pod of monitoring can now reach shop/db on TCP 5432 (allow.yaml:6: admits this, in the new \
                    policy `allow`)";
    assert_eq!(exposure(&[deny], &with), [expected]);
    let expected = "any pod of monitoring can no longer reach shop/db on TCP 5432 (before: allow.yaml:6: admitted \
                    this, in the policy `allow`, which is removed)";
    assert_eq!(exposure(&with, &[deny]), [expected]);
}

#[test]
fn pods_with_labels_are_named_unless_a_workload_has_them() {
    let by_label =
        |label: &str| allow(&format!("ingress: [{{from: [{{podSelector: {{matchLabels: {{app: {label}}}}}}}]}}]"));
    let with_egress = DENY.replace(", Egress", "");
    let deny = ("deny.yaml", with_egress.as_str());
    let [job, web] = ["job", "web"].map(by_label);
    let expected = "pods labelled app=job of shop can now reach shop/db on all ports (allow.yaml:6: admits this, in \
                    the new policy `allow`)";
    assert_eq!(exposure(&[deny], &[deny, ("allow.yaml", &job)]), [expected]);
    assert_eq!(exposure(&[deny], &[deny, ("allow.yaml", &web)]), [""; 0]);
    assert!(report(&[deny], &[deny, ("allow.yaml", &web)], "human").contains("shop/web -> shop/db"));
}

#[test]
fn workloads_that_fare_alike_share_a_line_and_everyone_is_one() {
    let expected = [
        "anyone can no longer reach shop/db and shop/web on all ports (deny.yaml:4: the new policy `deny` isolates \
         pods for ingress)",
        "shop/db and shop/web can no longer reach anyone on all ports (deny.yaml:4: the new policy `deny` isolates \
         pods for egress)",
    ];
    assert_eq!(exposure(&[], &[("deny.yaml", DENY)]), expected);
}

#[test]
fn a_namespace_that_gets_a_label_exposes_workloads_that_nobody_touched() {
    let rule = "ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}}]}]";
    let (deny, allow) = (("deny.yaml", DENY), allow(rule));
    let allow = ("allow.yaml", allow.as_str());
    let labelled = WORKLOADS.replace("{name: monitoring}", "{name: monitoring, labels: {team: ops}}");
    let lines = exposure(&[deny, allow], &[deny, allow, ("pods.yaml", &labelled)]);
    let expected = "any pod of monitoring can now reach shop/db on all ports (pods.yaml:7: label `team` of namespace \
                    `monitoring` is new)";
    assert_eq!(lines, [expected]);
}

#[test]
fn programs_get_the_ends_of_connections_exposure() {
    let rule = "ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}]";
    let (deny, allow) = (("deny.yaml", DENY), allow(rule));
    let value: Value = serde_json::from_str(&report(&[deny], &[deny, ("allow.yaml", &allow)], "json")).unwrap();
    let [exposure] = value["exposure"].as_array().unwrap().as_slice() else { panic!("{value}") };
    let expected = json!({"namespace": "shop", "kind": "Pod", "name": "db"});
    assert_eq!((&exposure["workload"], &exposure["direction"]), (&expected, &json!("ingress")));
    assert_eq!(exposure["end"], json!({"external": ["203.0.113.0/24"]}));
    assert_eq!((&exposure["base"], &exposure["head"]), (&json!([]), &Value::Null));
    assert_eq!((&exposure["change"], &exposure["causes"][0]["path"]), (&json!("opened"), &json!("allow.yaml")));
    let markdown = report(&[deny], &[deny, ("allow.yaml", &allow)], "markdown");
    assert!(markdown.contains("<details><summary>1 change of exposure</summary>"), "{markdown}");
}
