//! Manifests of namespace `shop`, and right estates to put a mistake into.

use super::lint::{Found, Manifests, assert_found};
use crate::estate::{Shape, generate};

/// A right estate of three namespaces with this many workloads each.
pub(crate) fn estate(workloads: usize) -> Manifests {
    let files = generate(&Shape { namespaces: 3, workloads, ..Shape::default() });
    files.into_iter().map(|file| (file.path, file.text)).collect()
}

/// Puts a mistake into right manifests, and asserts that the rule then fires once, at `at`, and that the only other
/// errors are of the `consequences`. The mistake replaces, in a file, the first `from` after the first `mark` by `to`.
pub(crate) fn assert_one(
    right: &Manifests,
    (file, mark, from, to): (&str, &str, &str, &str),
    (rule, severity, at): (&str, &str, &str),
    consequences: &[&str],
) -> Found {
    assert_eq!(right.lint(), [], "right as it is");
    let found = right.clone().replace(file, mark, from, to).lint();
    assert_found(&found, rule, severity, at, consequences);
    found.into_iter().find(|it| it.rule == rule).unwrap()
}

/// A Pod with these labels, in flow style.
pub(crate) fn pod(name: &str, labels: &str) -> String {
    pod_with(name, labels, "image: example/main:1")
}

/// A Pod with label `app`, this image and port 8080.
pub(crate) fn pod_of_image(name: &str, image: &str) -> String {
    pod_with(name, &format!("app: {name}"), &format!("image: {image}, ports: [{{containerPort: 8080}}]"))
}

/// A Pod with these labels and ports, in flow style.
pub(crate) fn pod_with_ports(name: &str, labels: &str, ports: &str) -> String {
    pod_with(name, labels, &format!("image: example/main:1, ports: [{ports}]"))
}

fn pod_with(name: &str, labels: &str, container: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop, labels: {{{labels}}}}}\n\
         spec: {{containers: [{{name: main, {container}}}]}}\n---\n"
    )
}

/// A Namespace with these labels, in flow style.
pub(crate) fn namespace(name: &str, labels: &str) -> String {
    format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {{{labels}}}}}\n---\n")
}

/// A NetworkPolicy with this spec, of one or more lines.
pub(crate) fn policy(name: &str, spec: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}, namespace: shop}}\n\
         spec: {spec}\n---\n"
    )
}

/// A NetworkPolicy with these fields in its spec, in flow style.
pub(crate) fn policy_in_flow(name: &str, fields: &str) -> String {
    policy(name, &format!("{{{fields}}}"))
}

/// A NetworkPolicy: its `podSelector`, and one rule for ingress with these peers, in flow style.
pub(crate) fn ingress(selector: &str, peers: &str) -> String {
    let rules = format!("podSelector: {selector}\n  policyTypes: [Ingress]\n  ingress:\n    - from: {peers}");
    policy("policy", &format!("\n  {rules}"))
}
