//! Which pods are isolated at all.

pub(super) mod allow_all_defeats_deny;
pub(super) mod host_network_bypass;
pub(super) mod missing_default_deny;
