//! The rules about what is isolated and what is exposed: one mistake put into right manifests, and what must not be
//! taken for one.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod dns;
#[path = "../../benches/estate/mod.rs"]
mod estate;
mod exposure;
mod isolation;
#[path = "../support/lint.rs"]
mod lint;
mod services;

use lint::Manifests;

/// A right estate of three namespaces.
fn estate() -> Manifests {
    let files = estate::generate(&estate::Shape { namespaces: 3, workloads: 10, ..estate::Shape::default() });
    files.into_iter().map(|file| (file.path, file.text)).collect()
}

/// A Pod of namespace `shop`.
fn pod(name: &str, image: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop, labels: {{app: {name}}}}}\n\
         spec: {{containers: [{{name: main, image: {image}, ports: [{{containerPort: 8080}}]}}]}}\n---\n"
    )
}

/// A NetworkPolicy of namespace `shop`, its spec in flow style.
fn policy(name: &str, spec: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}, namespace: shop}}\n\
         spec: {{{spec}}}\n---\n"
    )
}
