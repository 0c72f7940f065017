//! One front end for each kind of policy.

pub mod cilium;
pub mod network_policy;
