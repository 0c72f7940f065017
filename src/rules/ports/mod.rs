//! Whether the ports that rules name are those on which their pods listen.

pub(super) mod all_ports_allowed;
pub(super) mod missing_protocol;
pub(super) mod port_not_exposed;
pub(super) mod port_of_wrong_side;
pub(super) mod service_port_in_policy;
pub(super) mod undefined_named_port;
