//! NetworkPolicies as they are written.

use smallvec::SmallVec;

use crate::net::Direction;
use crate::objects::Object;
use crate::policy::Places;
use crate::source::Origin;

/// A `networking.k8s.io/v1` NetworkPolicy: what its manifest says beyond its common form.
#[derive(Clone, Debug)]
pub struct NetworkPolicy {
    /// Its name and place.
    pub object: Object,
    /// Whether the API server would reject it, so that it is not in force as written.
    pub rejected: bool,
    /// `spec.policyTypes`, where written. The API server rejects other words than those of the two directions.
    pub policy_types: Option<SmallVec<[Option<Direction>; 2]>>,
    /// Whether `spec.podSelector` is written.
    pub has_pod_selector: bool,
    /// How many ingress rules it has, where `spec.ingress` is written.
    pub ingress: Option<usize>,
    /// How many egress rules it has, where `spec.egress` is written.
    pub egress: Option<usize>,
    /// The rules whose `from` or `to` is written and yet holds nothing (null or an empty list), which the typed form
    /// does not tell from an absent one. By direction and place in the list.
    pub empty_peers: Vec<(Direction, usize)>,
    /// What opens every port though it is written for some: the rules whose `ports` holds nothing, and the items of
    /// `ports` whose `port` is null. By direction, place of the rule, and place of the item. In order.
    pub empty_ports: Vec<(Direction, usize, Option<usize>)>,
    /// Ports without a `protocol`, which is TCP then: direction, place of the rule, place in its `ports`. In order.
    pub without_protocol: Vec<(Direction, usize, usize)>,
    /// The labels that selectors ask for in an item of `matchExpressions`, and not in `matchLabels`; those of one
    /// selector after those of another, in order.
    pub expressions: Vec<Expression>,
}

/// An item of the `matchExpressions` of a policy's selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    /// The selector.
    pub selector: SelectorPlace,
    /// The place in its list.
    pub index: usize,
    /// The label's key.
    pub key: String,
}

/// One of the selectors of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SelectorPlace {
    /// `spec.podSelector`.
    Subject,
    /// A selector of a peer.
    Peer {
        /// Whether the rule is for ingress or for egress.
        direction: Direction,
        /// The place of the rule in its list.
        rule: usize,
        /// The place of the peer in the rule.
        peer: usize,
        /// `podSelector` or `namespaceSelector`.
        field: &'static str,
    },
}

impl NetworkPolicy {
    /// Whether it leaves `policyTypes` to the API server's default: an empty list is as good as none.
    #[must_use]
    pub fn has_default_types(&self) -> bool {
        self.policy_types.as_ref().is_none_or(|types| types.is_empty())
    }

    /// Whether it has rules for a direction.
    #[must_use]
    pub fn has_rules(&self, direction: Direction) -> bool {
        let rules = match direction {
            Direction::Ingress => self.ingress,
            Direction::Egress => self.egress,
        };
        rules.is_some_and(|count| count > 0)
    }
}

impl Places for NetworkPolicy {
    fn subject(&self, object: &Origin) -> Origin {
        object.keys(["spec", "podSelector"])
    }

    fn engagement(&self, object: &Origin, direction: Direction) -> Origin {
        let mut types = self.policy_types.iter().flatten();
        match types.position(|isolated| *isolated == Some(direction)) {
            Some(index) => object.keys(["spec", "policyTypes"]).index(index),
            None if direction == Direction::Egress => object.keys(["spec", "egress"]),
            None => object.keys(["metadata", "name"]),
        }
    }

    fn rule(&self, object: &Origin, direction: Direction, rule: usize) -> Origin {
        object.keys(["spec", direction.field()]).index(rule)
    }

    fn peer(&self, object: &Origin, direction: Direction, rule: usize, peer: usize) -> Origin {
        self.rule(object, direction, rule).key(direction.peers_field()).index(peer)
    }

    fn port(&self, object: &Origin, direction: Direction, rule: usize, port: usize) -> Origin {
        self.rule(object, direction, rule).key("ports").index(port)
    }
}
