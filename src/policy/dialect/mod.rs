//! One front end for each kind of policy.

pub mod network_policy;
