//! Where a policy says what.

use super::written::CalicoPolicy;
use crate::net::Direction;
use crate::policy::dialect::Places;
use crate::source::Origin;

/// The side of a rule that the policy's own pods are on.
pub(crate) fn own_side(direction: Direction) -> &'static str {
    other_side(direction.opposite())
}

/// The side of a rule that the far end is on.
pub(crate) fn other_side(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "source",
        Direction::Egress => "destination",
    }
}

impl CalicoPolicy {
    /// What decides how many the far end of a rule means, which is written at `entity`: the network, where it names
    /// networks alone, else the first selector.
    pub(crate) fn far_end(&self, entity: Origin, direction: Direction, rule: usize, peer: usize) -> Origin {
        let Some(written) = self.rules(direction).get(rule) else { return entity };
        let end = match direction {
            Direction::Ingress => &written.source,
            Direction::Egress => &written.destination,
        };
        let selectors = [
            ("namespaceSelector", &end.namespaces),
            ("selector", &end.selector),
            ("notSelector", &end.not_selector),
            ("serviceAccounts", &end.service_accounts),
        ];
        match selectors.into_iter().find(|(_, text)| !text.is_empty()) {
            Some((key, _)) => entity.key(key),
            None if peer < end.nets.len() => entity.key("nets").index(peer),
            None if end.nets.is_empty() && !end.not_nets.is_empty() => entity.key("notNets"),
            None => entity,
        }
    }
}

impl Places for CalicoPolicy {
    /// The first of the selectors that is written, else the name of the policy, which is then for all pods.
    fn subject(&self, object: &Origin) -> Origin {
        let selectors = [
            ("selector", &self.subject.selector),
            ("namespaceSelector", &self.subject.namespaces),
            ("serviceAccountSelector", &self.subject.service_accounts),
        ];
        match selectors.into_iter().find(|(_, text)| !text.is_empty()) {
            Some((key, _)) => object.keys(["spec", key]),
            None => object.keys(["metadata", "name"]),
        }
    }

    /// The item of `types`, else what their default follows from.
    fn engagement(&self, object: &Origin, direction: Direction) -> Origin {
        let types = self.types.iter().flatten();
        match types.clone().position(|of| *of == direction) {
            Some(place) => object.keys(["spec", "types"]).index(place),
            None if !self.rules(direction).is_empty() => object.keys(["spec", direction.field()]),
            None => object.keys(["metadata", "name"]),
        }
    }

    fn rule(&self, object: &Origin, direction: Direction, rule: usize) -> Origin {
        object.keys(["spec", direction.field()]).index(rule)
    }

    fn peer(&self, object: &Origin, direction: Direction, rule: usize, _: usize) -> Origin {
        self.rule(object, direction, rule).key(other_side(direction))
    }

    fn port(&self, object: &Origin, direction: Direction, rule: usize, port: usize) -> Origin {
        let at = self.rule(object, direction, rule);
        let Some(written) = self.rules(direction).get(rule) else { return at };
        match (written.destination.ports.len(), written.protocol) {
            (0, None) => at,
            (0, Some(_)) => at.key("protocol"),
            (count, _) => at.key("destination").key("ports").index(port.min(count - 1)),
        }
    }
}
