//! One front end for each kind of policy.

pub mod admin;
pub mod calico;
pub mod cilium;
pub mod network_policy;
pub mod unread;
