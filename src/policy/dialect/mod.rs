//! One front end for each kind of policy.

pub mod calico;
pub mod network_policy;
