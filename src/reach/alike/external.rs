//! Addresses outside the cluster, with what is permitted.

use crate::net::address::AddressSet;
use crate::net::ports::PortSet;

/// External addresses with the ports permitted to or from all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct External {
    /// The addresses.
    pub addresses: AddressSet,
    /// The ports; never empty.
    pub ports: PortSet,
}
