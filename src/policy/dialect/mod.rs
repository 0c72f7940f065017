//! One front end for each kind of policy.

pub mod admin;
pub mod network_policy;
