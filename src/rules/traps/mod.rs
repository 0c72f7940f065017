//! Traps of the format: what reads as one thing and is another.

pub(super) mod empty_peer_list;
pub(super) mod empty_port_list;
pub(super) mod ipv6_hole;
pub(super) mod namespace_name_label;
pub(super) mod reopened_except;
pub(super) mod volatile_label;
