//! Where pods may connect to.

pub(super) mod metadata_service_reachable;
pub(super) mod missing_dns_egress;
pub(super) mod unrestricted_egress;
