//! Where pods may connect to.

pub(super) mod missing_dns_egress;
pub(super) mod unrestricted_egress;
