//! The rules about selectors, about traps of the format and about what is meant: one mistake put into right
//! manifests, and what must not be taken for one.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod intent;
#[path = "../support/lint.rs"]
mod lint;
mod mutations;
mod selectors;
mod traps;

use lint::{lint, of, only};

/// A Pod of namespace `shop`.
fn pod(name: &str, labels: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop, labels: {{{labels}}}}}\n\
         spec: {{containers: [{{name: main, image: example/main:1}}]}}\n---\n"
    )
}

/// A NetworkPolicy of namespace `shop`: its `podSelector`, and one rule for ingress with these peers, in flow style.
fn ingress(selector: &str, peers: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: policy, namespace: shop}}\nspec:\n  \
         podSelector: {selector}\n  policyTypes: [Ingress]\n  ingress:\n    - from: {peers}\n---\n"
    )
}

/// A Namespace.
fn namespace(name: &str, labels: &str) -> String {
    format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {{{labels}}}}}\n---\n")
}
