//! The rules about ports and about how policies are written: one mistake put into right manifests, and what must not
//! be taken for one.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod correctness;
#[path = "../../benches/estate/mod.rs"]
mod estate;
#[path = "../support/lint.rs"]
mod lint;
mod ports;
mod redundant;

use lint::{Found, Manifests, assert_found};

/// A right estate of three namespaces.
fn estate() -> Manifests {
    let files = estate::generate(&estate::Shape { namespaces: 3, workloads: 7, ..estate::Shape::default() });
    files.into_iter().map(|file| (file.path, file.text)).collect()
}

/// Puts a mistake into right manifests, and asserts that the rule then fires once, at `at`, and that the only other
/// errors are of the `consequences`. The mistake replaces, in a file, the first `from` after the first `mark` by `to`.
fn assert_one(
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

/// A Pod of namespace `shop` with these labels and ports, in flow style.
fn pod(name: &str, labels: &str, ports: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop, labels: {{{labels}}}}}\n\
         spec: {{containers: [{{name: main, image: example/main:1, ports: [{ports}]}}]}}\n---\n"
    )
}

/// A NetworkPolicy of namespace `shop` with this spec.
fn policy(name: &str, spec: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}, namespace: shop}}\n\
         spec: {spec}\n---\n"
    )
}
