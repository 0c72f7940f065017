//! Where a policy says what.

use super::lower::count;
use super::{AdminPeer, AdminPolicy};
use crate::net::Direction;
use crate::policy::dialect::Places;
use crate::source::Origin;

impl AdminPolicy {
    /// The peer as written that a peer of the common form comes from, with its place in the list, and the place in it:
    /// each network of a peer is one by itself.
    #[must_use]
    pub fn written_peer(&self, direction: Direction, rule: usize, peer: usize) -> Option<(usize, &AdminPeer, usize)> {
        let mut before = 0;
        let mut written = self.rules(direction).get(rule)?.peers.iter().enumerate();
        written.find_map(|(place, written)| {
            let within = peer.checked_sub(before)?;
            before += count(written);
            (peer < before).then_some((place, written, within))
        })
    }
}

impl Places for AdminPolicy {
    fn subject(&self, object: &Origin) -> Origin {
        object.keys(["spec", "subject"])
    }

    /// None isolates a pod; what it means for a direction is in its rules.
    fn engagement(&self, object: &Origin, direction: Direction) -> Origin {
        object.keys(["spec", direction.field()])
    }

    fn rule(&self, object: &Origin, direction: Direction, rule: usize) -> Origin {
        object.keys(["spec", direction.field()]).index(rule)
    }

    fn peer(&self, object: &Origin, direction: Direction, rule: usize, peer: usize) -> Origin {
        let peers = self.rule(object, direction, rule).key(direction.peers_field());
        match self.written_peer(direction, rule, peer) {
            Some((place, AdminPeer::Networks(_), within)) => peers.index(place).key("networks").index(within),
            Some((place, ..)) => peers.index(place),
            None => peers.index(peer),
        }
    }

    fn port(&self, object: &Origin, direction: Direction, rule: usize, port: usize) -> Origin {
        self.rule(object, direction, rule).key(self.kind.ports_field()).index(port)
    }
}
