//! One side of a connection: the egress of its source, or the ingress of its destination.

use crate::net::Direction;
use crate::reach::end::Remote;

/// Where one side is asked.
#[derive(Clone, Copy)]
pub(in crate::reach) struct Side {
    pub(in crate::reach) direction: Direction,
    pub(in crate::reach) subject: u32,
    pub(in crate::reach) remote: Remote,
}

impl Side {
    /// The class of the destination; `None` of an address outside.
    pub(in crate::reach) fn destination(self) -> Option<u32> {
        match (self.direction, self.remote) {
            (Direction::Ingress, _) => Some(self.subject),
            (Direction::Egress, Remote::Class(class)) => Some(class),
            (Direction::Egress, Remote::Address(_) | Remote::Anyone) => None,
        }
    }
}
