//! Policies of `policy.networking.k8s.io` as their manifests spell them, valid ones only.

use crate::reach::cluster::{Cidr, Direction, Field::Is, NAME_LABEL, Protocol, Selector};

/// The kinds. The order is the one in which they are asked within a tier, which the API leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Api {
    /// ClusterNetworkPolicy.
    Cluster,
    /// AdminNetworkPolicy and BaselineAdminNetworkPolicy.
    Alpha,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tier {
    Admin,
    Baseline,
}

#[derive(Clone, Debug)]
pub(crate) struct AdminPolicy {
    pub(crate) api: Api,
    pub(crate) tier: Tier,
    pub(crate) priority: i32,
    pub(crate) name: String,
    pub(crate) subject: Pods,
    pub(crate) ingress: Vec<Rule>,
    pub(crate) egress: Vec<Rule>,
}

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) action: Action,
    pub(crate) peers: Vec<Peer>,
    pub(crate) ports: Option<Vec<Port>>,
}

/// `Accept` is called `Allow` in `v1alpha1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Action {
    Accept,
    Deny,
    Pass,
}

#[derive(Clone, Debug)]
pub(crate) enum Peer {
    Pods(Pods),
    Networks(Vec<Cidr>),
    Nodes(Selector),
    DomainNames(Vec<String>),
}

#[derive(Clone, Debug)]
pub(crate) enum Pods {
    /// `namespaces`.
    Namespaces(Selector),
    /// `pods`, with its `namespaceSelector` where written.
    Pods(Option<Selector>, Selector),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    /// The ports from the first to the last, both included.
    Range(Protocol, u16, u16),
    Named(String),
}

impl AdminPolicy {
    /// A ClusterNetworkPolicy without rules.
    pub(crate) fn new(tier: Tier, priority: i32, name: &str, subject: Pods) -> Self {
        let (ingress, egress) = (Vec::new(), Vec::new());
        Self { api: Api::Cluster, tier, priority, name: name.to_owned(), subject, ingress, egress }
    }

    pub(crate) fn with(mut self, direction: Direction, rules: &[Rule]) -> Self {
        self.rules_mut(direction).extend_from_slice(rules);
        self
    }

    pub(crate) fn rules(&self, direction: Direction) -> &[Rule] {
        match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        }
    }

    pub(crate) fn rules_mut(&mut self, direction: Direction) -> &mut Vec<Rule> {
        match direction {
            Direction::Ingress => &mut self.ingress,
            Direction::Egress => &mut self.egress,
        }
    }
}

impl Rule {
    pub(crate) fn new(action: Action, peers: Vec<Peer>) -> Self {
        Self { action, peers, ports: None }
    }

    pub(crate) fn on(self, ports: Vec<Port>) -> Self {
        Self { ports: Some(ports), ..self }
    }
}

impl Port {
    pub(crate) fn one(protocol: Protocol, number: u16) -> Self {
        Self::Range(protocol, number, number)
    }
}

impl Peer {
    /// All pods of the namespace of this name.
    pub(crate) fn namespace(name: &str) -> Self {
        Self::Pods(Pods::namespace(name))
    }

    /// All pods of the cluster.
    pub(crate) fn everywhere() -> Self {
        Self::Pods(Pods::everywhere())
    }

    pub(crate) fn networks(blocks: &[&str]) -> Self {
        Self::Networks(blocks.iter().map(|block| Cidr::new(block)).collect())
    }
}

impl Pods {
    pub(crate) fn namespace(name: &str) -> Self {
        Self::Namespaces(labelled(NAME_LABEL, name))
    }

    pub(crate) fn everywhere() -> Self {
        Self::Namespaces(Selector::default())
    }
}

/// The selector of one label.
pub(crate) fn labelled(key: &str, value: &str) -> Selector {
    Selector { match_labels: Is(vec![(key.to_owned(), value.to_owned())]), ..Selector::default() }
}
