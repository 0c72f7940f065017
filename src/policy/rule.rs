//! The common form of a policy: which it is for, when it is asked, and its rules.

use super::traffic::Ports;
use super::{NamespaceSet, Order, Peer, Peers, PodSet, StageName};
use crate::net::Direction;
use crate::objects::{NamespaceId, PolicyId};

/// What a rule does with the traffic it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Admit it. Final.
    Allow,
    /// Refuse it. Final.
    Deny,
    /// Leave the stage: the next one is asked.
    Pass,
    /// Nothing: the rule keeps its place in the list and decides nothing (Calico's `Log`).
    None,
}

/// What a policy means for the pods that it selects, in one direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engagement {
    /// Nothing: rules of the direction are written and yet not enforced (`policyTypes` or `types` leave it out).
    Ignored,
    /// Its rules match, and what no rule of the stage matches goes on as if the policy were not there (policies of the
    /// admin tiers; Cilium's `enableDefaultDeny: false`).
    Matches,
    /// Its rules match, and what no rule of the stage matches is up to [`Stage::on_silence`](super::Stage::on_silence).
    Engages,
    /// The same for these of the selected pods, and [`Self::Matches`] for the others (a Cilium policy whose `specs`
    /// differ).
    EngagesSome(Box<PodSet>),
}

/// A policy in the common form.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The stage that it joins.
    pub stage: StageName,
    /// When it is asked there; nothing in a [`Combine::DenyWins`](super::Combine::DenyWins) stage.
    pub order: Order,
    /// The pods that it selects.
    pub subject: PodSet,
    /// What it means for connections to them.
    pub engages_ingress: Engagement,
    /// What it means for connections from them.
    pub engages_egress: Engagement,
    /// Its rules for connections to the selected pods, in order.
    pub ingress: Vec<Rule>,
    /// Its rules for connections from the selected pods, in order.
    pub egress: Vec<Rule>,
}

/// A rule: what it does with the traffic of which peers on which ports. All parts must match.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it does.
    pub action: Action,
    /// Which of the pods that the policy selects it is for; `None` means all. Calico's selectors on the pod's own side,
    /// and the `specs` of a Cilium policy.
    pub subject: Option<Box<Peer>>,
    /// Which it is about at the far end.
    pub peers: Peers,
    /// On which ports of the destination, and what else it can carry.
    pub ports: Ports,
    /// Whether requests are restricted further within the connections that it allows (HTTP, DNS). Another rule that
    /// allows the same without such a restriction lifts it.
    pub layer7: bool,
}

/// Names a rule of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleRef {
    /// The policy.
    pub policy: PolicyId,
    /// Whether it is an ingress or an egress rule.
    pub direction: Direction,
    /// Its place in [`Policy::rules`], from 0.
    pub index: usize,
}

impl Policy {
    /// What it means in a direction.
    #[must_use]
    pub fn engagement(&self, direction: Direction) -> &Engagement {
        match direction {
            Direction::Ingress => &self.engages_ingress,
            Direction::Egress => &self.engages_egress,
        }
    }

    /// Whether it engages pods that it selects in a direction: of a NetworkPolicy, whether it isolates them.
    #[must_use]
    pub fn isolates(&self, direction: Direction) -> bool {
        matches!(self.engagement(direction), Engagement::Engages | Engagement::EngagesSome(_))
    }

    /// Its rules in this direction.
    #[must_use]
    pub fn rules(&self, direction: Direction) -> &[Rule] {
        match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        }
    }

    /// The namespace of the pods it selects, where they are of one.
    #[must_use]
    pub fn namespace(&self) -> Option<NamespaceId> {
        match self.subject.namespaces {
            NamespaceSet::One(namespace) => Some(namespace),
            NamespaceSet::Matching(_) => None,
        }
    }

    /// Puts a policy of one namespace into another one, and with it whatever it names of its own namespace.
    pub fn put_into(&mut self, namespace: NamespaceId) {
        self.subject.put_into(namespace);
        for engagement in [&mut self.engages_ingress, &mut self.engages_egress] {
            if let Engagement::EngagesSome(set) = engagement {
                set.put_into(namespace);
            }
        }
        for rule in self.ingress.iter_mut().chain(&mut self.egress) {
            rule.subject.iter_mut().for_each(|subject| subject.put_into(namespace));
            if let Peers::Of(peers) = &mut rule.peers {
                peers.iter_mut().for_each(|peer| peer.put_into(namespace));
            }
        }
    }
}

impl Rule {
    /// A rule for all pods that the policy selects, without a restriction at layer 7.
    #[must_use]
    pub fn new(action: Action, peers: Peers, ports: Ports) -> Self {
        Self { action, subject: None, peers, ports, layer7: false }
    }

    /// Whether it matches nothing, whatever there is: it names no peer, or no traffic.
    #[must_use]
    pub fn matches_nothing(&self) -> bool {
        matches!(&self.peers, Peers::Of(peers) if peers.is_empty())
            || matches!(&self.ports, Ports::Of(ports) if ports.is_empty())
    }
}
