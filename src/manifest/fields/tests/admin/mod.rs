//! Policies of `policy.networking.k8s.io`: what their published definitions refuse, and what they let pass.

mod dropped;
mod properties;
mod shape;
mod unchecked;

use super::{Found, check};

/// A ClusterNetworkPolicy with this `spec`.
fn cluster(spec: &str) -> String {
    format!(
        "apiVersion: policy.networking.k8s.io/v1beta1\nkind: ClusterNetworkPolicy\nmetadata: {{name: web}}\nspec: {spec}\n"
    )
}

/// An AdminNetworkPolicy with this `spec`.
fn admin(spec: &str) -> String {
    format!(
        "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {{name: web}}\nspec: {spec}\n"
    )
}

/// A BaselineAdminNetworkPolicy with this `spec`.
fn baseline(spec: &str) -> String {
    format!(
        "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: BaselineAdminNetworkPolicy\nmetadata: {{name: default}}\n\
         spec: {spec}\n"
    )
}

/// A ClusterNetworkPolicy with this and what else it must have.
fn cluster_with(rules: &str) -> String {
    cluster(&format!("{{tier: Admin, priority: 10, subject: {{namespaces: {{}}}}, {rules}}}"))
}

/// An AdminNetworkPolicy with this and what else it must have.
fn admin_with(rules: &str) -> String {
    admin(&format!("{{priority: 10, subject: {{namespaces: {{}}}}, {rules}}}"))
}

/// A BaselineAdminNetworkPolicy with this and what else it must have.
fn baseline_with(rules: &str) -> String {
    baseline(&format!("{{subject: {{namespaces: {{}}}}, {rules}}}"))
}

/// A ClusterNetworkPolicy that denies egress to this peer.
fn cluster_to(peer: &str) -> String {
    cluster_with(&format!("egress: [{{action: Deny, to: [{peer}]}}]"))
}

/// An AdminNetworkPolicy that denies egress to this peer.
fn admin_to(peer: &str) -> String {
    admin_with(&format!("egress: [{{action: Deny, to: [{peer}]}}]"))
}

/// A ClusterNetworkPolicy that denies this port to all pods.
fn cluster_port(port: &str) -> String {
    cluster_with(&format!("ingress: [{{action: Deny, from: [{{namespaces: {{}}}}], protocols: [{port}]}}]"))
}

/// An AdminNetworkPolicy that denies this port to all pods.
fn admin_port(port: &str) -> String {
    admin_with(&format!("ingress: [{{action: Deny, from: [{{namespaces: {{}}}}], ports: [{port}]}}]"))
}

/// The one finding of a text.
#[track_caller]
fn only(text: &str) -> Found {
    let (mut found, _) = check(text);
    assert_eq!(found.len(), 1, "{text}\n{found:#?}");
    found.remove(0)
}

/// Asserts that a text has one finding for which it is rejected, on these bytes, with this message and help.
#[track_caller]
fn rejects_with(text: &str, at: &str, message: &str, help: &str) {
    let found = only(text);
    assert_eq!((found.rule, found.at.as_str()), ("invalid-field", at), "{text}\n{found:#?}");
    assert_eq!((found.message.as_str(), found.help.as_str()), (message, help), "{text}");
    assert!(check(text).1, "{text}");
}
