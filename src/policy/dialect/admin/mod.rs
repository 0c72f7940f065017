//! The front end for `policy.networking.k8s.io`: ClusterNetworkPolicy, AdminNetworkPolicy and
//! BaselineAdminNetworkPolicy.
//!
//! Semantics are those of the comments in the API's types (`apis/v1alpha1`, `apis/v1beta1` of
//! kubernetes-sigs/network-policy-api). Their rules are asked in order, before and after NetworkPolicies; neither kind
//! isolates a pod by merely selecting it.

pub(crate) mod fields;
mod lower;
mod places;
pub(crate) mod read;
mod written;

pub use lower::lower;
pub use written::{AdminKind, AdminPeer, AdminPolicy, AdminPort, AdminRule, AdminTier, PodSelection};

/// The API group. Antrea and AWS have kinds of the same names in groups of their own, which are other kinds.
pub const GROUP: &str = "policy.networking.k8s.io";
