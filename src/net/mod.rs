//! The network as policies see it: protocols, directions, sets of ports and of addresses.

pub mod address;
mod direction;
pub mod interval;
pub mod ports;
mod protocol;
pub mod traffic;

pub use direction::Direction;
pub use protocol::Protocol;
