//! One front end for each kind of policy, and a policy of the input, of whatever kind: where it is, what is
//! particular to its kind, and its common form.

pub mod admin;
pub mod calico;
pub mod cilium;
pub mod network_policy;
pub mod unread;

use crate::net::Direction;
use crate::objects::{NamespaceId, Object};
use crate::policy::Policy;
use crate::source::{Origin, Place};
use admin::AdminPolicy;
use calico::CalicoPolicy;
use cilium::CiliumPolicy;
use network_policy::NetworkPolicy;
use unread::Unread;

/// A policy of the input. It has one id, [`PolicyId`](crate::objects::PolicyId): its place in
/// `Cluster::policies`.
#[derive(Clone, Debug)]
pub struct PolicyObject {
    /// Its name and place. A policy of the whole cluster is in [`NamespaceId::CLUSTER`].
    pub object: Object,
    /// Its kind, with what the manifest says beyond the common form.
    pub dialect: Dialect,
    /// The common form, which is all that the reachability engine knows.
    pub policy: Policy,
    /// Whether the API server or the agent refuses it, so that the cluster does not have it: it is absent, whatever
    /// the input does not show. Its `policy` holds as much as can be read, to tell which it would have selected.
    pub rejected: bool,
}

/// The kind of a policy, with what its manifest says beyond the common form. A front end adds a variant, which holds a
/// type that says where the parts of the policy are ([`Places`]).
#[derive(Clone, Debug)]
pub enum Dialect {
    /// `networking.k8s.io/v1` NetworkPolicy.
    NetworkPolicy(NetworkPolicy),
    /// A kind of `policy.networking.k8s.io`.
    Admin(AdminPolicy),
    /// A kind of `cilium.io`.
    Cilium(CiliumPolicy),
    /// A policy of Calico.
    Calico(Box<CalicoPolicy>),
    /// Any kind that is not evaluated.
    Unread(Unread),
}

/// Where the parts of a policy are in its manifest. Places are counted as in the common form, so that a dialect whose
/// rules are lowered into more, or come from several lists, keeps where each came from. `object` is the root of the
/// manifest.
pub trait Places {
    /// What says which pods it selects.
    fn subject(&self, object: &Origin) -> Origin;

    /// What says that it engages the pods that it selects in a direction.
    fn engagement(&self, object: &Origin, direction: Direction) -> Origin;

    /// A rule, by its place in [`Policy::rules`].
    fn rule(&self, object: &Origin, direction: Direction, rule: usize) -> Origin;

    /// A peer of a rule, by its place in [`Peers::listed`](crate::policy::Peers::listed).
    fn peer(&self, object: &Origin, direction: Direction, rule: usize, peer: usize) -> Origin;

    /// A port of a rule, by its place in [`Ports::listed`](crate::policy::Ports::listed).
    fn port(&self, object: &Origin, direction: Direction, rule: usize, port: usize) -> Origin;
}

impl PolicyObject {
    /// Puts it into a namespace, and with it whatever it names of its own. One of the whole cluster stays there.
    pub(crate) fn put_into(&mut self, namespace: NamespaceId) {
        self.object.namespace = namespace;
        if namespace != NamespaceId::CLUSTER {
            self.policy.put_into(namespace);
        }
        if let Dialect::NetworkPolicy(written) = &mut self.dialect {
            written.object.namespace = namespace;
        }
    }

    /// What is particular to a NetworkPolicy, if it is one.
    #[must_use]
    pub fn network_policy(&self) -> Option<&NetworkPolicy> {
        match &self.dialect {
            Dialect::NetworkPolicy(written) => Some(written),
            Dialect::Admin(_) | Dialect::Calico(_) | Dialect::Cilium(_) | Dialect::Unread(_) => None,
        }
    }

    /// What is particular to a policy of `policy.networking.k8s.io`, if it is one.
    #[must_use]
    pub fn admin_policy(&self) -> Option<&AdminPolicy> {
        match &self.dialect {
            Dialect::Admin(written) => Some(written),
            Dialect::NetworkPolicy(_) | Dialect::Calico(_) | Dialect::Cilium(_) | Dialect::Unread(_) => None,
        }
    }

    /// What is particular to a policy of Calico, if it is one.
    #[must_use]
    pub fn calico_policy(&self) -> Option<&CalicoPolicy> {
        match &self.dialect {
            Dialect::Calico(written) => Some(written),
            Dialect::NetworkPolicy(_) | Dialect::Admin(_) | Dialect::Cilium(_) | Dialect::Unread(_) => None,
        }
    }

    /// What is particular to a policy of Cilium, if it is one.
    #[must_use]
    pub fn cilium_policy(&self) -> Option<&CiliumPolicy> {
        match &self.dialect {
            Dialect::Cilium(written) => Some(written),
            Dialect::Calico(_) | Dialect::NetworkPolicy(_) | Dialect::Admin(_) | Dialect::Unread(_) => None,
        }
    }

    /// Why it is not evaluated, if it is not.
    #[must_use]
    pub fn unread(&self) -> Option<Unread> {
        match self.dialect {
            Dialect::Unread(unread) => Some(unread),
            Dialect::NetworkPolicy(_) | Dialect::Admin(_) | Dialect::Calico(_) | Dialect::Cilium(_) => None,
        }
    }

    /// What says which pods it selects.
    #[must_use]
    pub fn subject_origin(&self) -> Origin {
        self.dialect.places().subject(&self.object.origin)
    }

    /// What says that it engages the pods that it selects in a direction.
    #[must_use]
    pub fn engagement_origin(&self, direction: Direction) -> Origin {
        self.dialect.places().engagement(&self.object.origin, direction)
    }

    /// Where it says that it isolates the pods that it selects in a direction.
    #[must_use]
    pub(crate) fn isolation_place(&self, direction: Direction) -> Place {
        match &self.dialect {
            Dialect::NetworkPolicy(written) => written.isolation_place(direction),
            Dialect::Cilium(_) => self.engagement_origin(direction).key_only(),
            _ => self.engagement_origin(direction).entry(),
        }
    }

    /// What keeps out whatever it does not admit: its rules, else what says that it isolates.
    pub(crate) fn restriction_place(&self, direction: Direction) -> Place {
        match &self.dialect {
            Dialect::NetworkPolicy(written) => written.restriction_place(direction),
            Dialect::Cilium(_) => self.engagement_origin(direction).key_only(),
            _ if self.has_rules(direction) => self.object.origin.keys(["spec", direction.field()]).key_only(),
            _ => self.isolation_place(direction),
        }
    }

    /// Whether it has rules for a direction.
    pub(crate) fn has_rules(&self, direction: Direction) -> bool {
        !self.policy.rules(direction).is_empty()
    }

    /// Where a rule says for which ports it is.
    pub(crate) fn ports_origin(&self, direction: Direction, rule: usize) -> Origin {
        let at = self.rule_origin(direction, rule);
        match &self.dialect {
            Dialect::Calico(_) => at.key("destination").key("ports"),
            Dialect::Cilium(_) => at.key("toPorts"),
            _ => at.key("ports"),
        }
    }

    /// Where a peer names its block of addresses.
    pub(crate) fn block_place(&self, direction: Direction, rule: usize, peer: usize) -> Place {
        let at = self.peer_origin(direction, rule, peer);
        match &self.dialect {
            Dialect::NetworkPolicy(_) => at.keys(["ipBlock", "cidr"]).value(),
            Dialect::Calico(written) => written.far_end(at, direction, rule, peer).value(),
            Dialect::Cilium(written) => written.block_origin(at, direction, rule).value(),
            Dialect::Admin(_) | Dialect::Unread(_) => at.value(),
        }
    }

    /// What a peer says of pods or addresses: the part of it that decides how many it means.
    pub(crate) fn peer_place(&self, direction: Direction, rule: usize, peer: usize) -> Place {
        let at = self.peer_origin(direction, rule, peer);
        match &self.dialect {
            Dialect::NetworkPolicy(_) => at.key("namespaceSelector").entry(),
            Dialect::Calico(written) => written.far_end(at, direction, rule, peer).entry(),
            Dialect::Cilium(_) | Dialect::Admin(_) | Dialect::Unread(_) => at.value(),
        }
    }

    /// Whether what it allows adds up with what others allow, whatever their order: NetworkPolicies and those of Cilium.
    pub(crate) fn is_unordered(&self) -> bool {
        matches!(self.dialect, Dialect::NetworkPolicy(_) | Dialect::Cilium(_))
    }

    /// One of its rules.
    #[must_use]
    pub fn rule_origin(&self, direction: Direction, rule: usize) -> Origin {
        self.dialect.places().rule(&self.object.origin, direction, rule)
    }

    /// One peer of a rule.
    #[must_use]
    pub fn peer_origin(&self, direction: Direction, rule: usize, peer: usize) -> Origin {
        self.dialect.places().peer(&self.object.origin, direction, rule, peer)
    }

    /// One port of a rule.
    #[must_use]
    pub fn port_origin(&self, direction: Direction, rule: usize, port: usize) -> Origin {
        self.dialect.places().port(&self.object.origin, direction, rule, port)
    }
}

impl Dialect {
    fn places(&self) -> &dyn Places {
        match self {
            Self::NetworkPolicy(written) => written,
            Self::Admin(written) => written,
            Self::Cilium(written) => written,
            Self::Calico(written) => &**written,
            Self::Unread(unread) => unread,
        }
    }
}
