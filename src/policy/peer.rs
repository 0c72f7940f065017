//! The ends that a policy is about: its subject, and the peers of its rules.

use ipnet::IpNet;
use smol_str::SmolStr;

use super::condition::Condition;
use crate::objects::{NamespaceId, Selector};

/// A set of pods: those that meet all of the parts. Pods on the network of their node are never in one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PodSet {
    /// The namespaces they are in.
    pub namespaces: NamespaceSet,
    /// Their labels.
    pub pods: Selector,
    /// What else is asked of them, where the other parts can't say it: alternatives, negations, labels of the
    /// ServiceAccount. What can be said by the other parts belongs there, which is faster and which more rules
    /// understand.
    pub condition: Option<Box<Condition>>,
}

/// A set of namespaces.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NamespaceSet {
    /// One, known. A front end writes `NamespaceId::default()` for the policy's own, which
    /// `Policy::put_into` replaces.
    One(NamespaceId),
    /// Those whose labels match; every namespace where the selector is empty.
    Matching(Selector),
}

/// The other side of a rule.
#[derive(Clone, Debug)]
pub enum Peers {
    /// Everyone, inside and outside the cluster, nodes included.
    Everyone,
    /// The union of these, in the order written. Where the list is empty, nobody.
    Of(Vec<Peer>),
}

/// One item of a rule's peers: a boolean expression over an end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// Pods by label.
    Pods(PodSet),
    /// Addresses outside the cluster; whether pods and nodes with such addresses as well, says the stage
    /// (`BlockReach`).
    Block {
        /// The addresses.
        cidr: IpNet,
        /// Those left out.
        except: Vec<IpNet>,
    },
    /// A peer that the API server rejects; it matches no pod.
    Invalid,
    /// Every address outside the cluster, and never a pod or a node (Cilium's `world`).
    World,
    /// Everyone, as [`Peers::Everyone`]: to be narrowed by the other expressions.
    Everyone,
    /// Nodes and pods on their network.
    Nodes(Nodes),
    /// The Kubernetes API server, wherever it runs.
    ApiServer,
    /// The ingress controller that is not in the input (Cilium's `ingress`).
    IngressController,
    /// The addresses outside the cluster that these names stand for; nobody knows which. As written: `api.example.com`,
    /// `*.example.com`.
    Domains(Vec<SmolStr>),
    /// The addresses of groups in the input (CiliumCIDRGroup, NetworkSet, GlobalNetworkSet).
    AddressGroups(Box<AddressGroups>),
    /// The pods behind Services, or the addresses behind those without a selector, which nobody knows.
    Services(Box<Services>),
    /// Some of these, and nobody knows which: a match here is a maybe (a security group of a cloud).
    Perhaps(Box<Self>),
    /// What all of them match.
    All(Vec<Self>),
    /// What any of them matches.
    Any(Vec<Self>),
    /// What it does not match. Where it is a maybe, so is this.
    Not(Box<Self>),
}

/// A set of nodes, as a pod sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nodes {
    /// Which.
    pub which: WhichNodes,
    /// Their labels. The input rarely shows nodes: what asks for labels is a maybe.
    pub labels: Selector,
}

/// Nodes by where they are, as a pod sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhichNodes {
    /// Its own and others.
    Any,
    /// Its own.
    Own,
    /// Others.
    Other,
}

/// Groups of addresses that objects of the input define
/// (`Cluster::address_groups`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressGroups {
    /// The one of this kind, scope and name.
    Named {
        /// Its kind, as in its manifest.
        kind: SmolStr,
        /// The namespace it is in; [`NamespaceId::CLUSTER`] for one of the whole cluster.
        namespace: NamespaceId,
        /// Its name.
        name: SmolStr,
    },
    /// Those that meet a condition. Labels of a pod in it are the group's own; labels of a namespace are those of the
    /// namespace that the group is in, and a group of the whole cluster has none of these.
    Matching(Condition),
    /// Those of one namespace that do.
    OfNamespace(NamespaceId, Condition),
}

/// Services of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Services {
    /// The namespaces they are in.
    pub namespaces: NamespaceSet,
    /// By name, else by their own labels.
    pub which: WhichServices,
    /// Which it means where the input has no such Service.
    pub missing: Box<Peer>,
}

/// Services by name or by label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhichServices {
    /// The one of this name.
    Named(SmolStr),
    /// Those with these labels.
    Matching(Selector),
}

impl PodSet {
    /// The pods of some namespaces with some labels.
    #[must_use]
    pub fn new(namespaces: NamespaceSet, pods: Selector) -> Self {
        Self { namespaces, pods, condition: None }
    }

    /// Every pod of the namespace of the policy.
    #[must_use]
    pub fn of_own_namespace(pods: Selector) -> Self {
        Self::new(NamespaceSet::own(), pods)
    }

    /// Whether it is all pods of its namespaces, whatever their labels.
    #[must_use]
    pub fn is_whole_namespaces(&self) -> bool {
        self.pods.is_empty() && self.condition.is_none()
    }

    pub(super) fn put_into(&mut self, namespace: NamespaceId) {
        self.namespaces.put_into(namespace);
    }
}

impl AddressGroups {
    fn put_into(&mut self, namespace: NamespaceId) {
        match self {
            Self::Named { namespace: own, .. } | Self::OfNamespace(own, _) if *own != NamespaceId::CLUSTER => {
                *own = namespace;
            }
            Self::Named { .. } | Self::OfNamespace(..) | Self::Matching(_) => {}
        }
    }
}

impl NamespaceSet {
    /// The policy's own namespace, which is not known yet.
    #[must_use]
    pub fn own() -> Self {
        Self::One(NamespaceId::default())
    }

    /// Every namespace.
    #[must_use]
    pub fn every() -> Self {
        Self::Matching(Selector::default())
    }

    fn put_into(&mut self, namespace: NamespaceId) {
        if let Self::One(own) = self
            && *own != NamespaceId::CLUSTER
        {
            *own = namespace;
        }
    }
}

impl Peers {
    /// The peers as a list; empty where everyone is meant.
    #[must_use]
    pub fn listed(&self) -> &[Peer] {
        match self {
            Self::Everyone => &[],
            Self::Of(peers) => peers,
        }
    }
}

impl Peer {
    /// Every node.
    #[must_use]
    pub fn any_node() -> Self {
        Self::Nodes(Nodes { which: WhichNodes::Any, labels: Selector::default() })
    }

    /// Visits the leaves of the expression.
    pub fn visit(&self, visit: &mut impl FnMut(&Self)) {
        match self {
            Self::Perhaps(one) | Self::Not(one) => one.visit(visit),
            Self::All(several) | Self::Any(several) => several.iter().for_each(|it| it.visit(visit)),
            Self::Services(services) => {
                visit(self);
                services.missing.visit(visit);
            }
            leaf => visit(leaf),
        }
    }

    pub(super) fn put_into(&mut self, namespace: NamespaceId) {
        match self {
            Self::Pods(set) => set.put_into(namespace),
            Self::AddressGroups(groups) => groups.put_into(namespace),
            Self::Services(services) => {
                services.namespaces.put_into(namespace);
                services.missing.put_into(namespace);
            }
            Self::Perhaps(one) | Self::Not(one) => one.put_into(namespace),
            Self::All(several) | Self::Any(several) => several.iter_mut().for_each(|it| it.put_into(namespace)),
            Self::Block { .. }
            | Self::Invalid
            | Self::World
            | Self::Everyone
            | Self::Nodes(_)
            | Self::ApiServer
            | Self::IngressController
            | Self::Domains(_) => {}
        }
    }
}
