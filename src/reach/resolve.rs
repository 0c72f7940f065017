//! Policies resolved against the classes: which pods each selects, and what each of its rules admits.

use std::borrow::Cow;
use std::sync::Arc;

use smallvec::SmallVec;

use super::basis::{Basis, Selected};
use super::classes::{ClassSet, Classes};
use super::select::Reading;
use crate::net::address::AddressSet;
use crate::net::ports::{PortRange, PortSet};
use crate::net::{Direction, Protocol};
use crate::policy::{Action, Engagement, Order, Peer, Peers, PodSet, PolicyObject, PortMatch, Ports, Rule, StageName};

/// A policy in terms of classes.
#[derive(Debug)]
pub(super) struct ResolvedPolicy {
    pub(super) stage: StageName,
    pub(super) order: Order,
    pub(super) subject: Arc<ClassSet>,
    isolates: [bool; 2],
    rules: [Vec<ResolvedRule>; 2],
}

/// A rule in terms of classes, addresses and ports.
#[derive(Debug)]
pub(super) struct ResolvedRule {
    pub(super) action: Action,
    /// No peers are given: everyone, node addresses included.
    pub(super) everyone: bool,
    pub(super) classes: Arc<ClassSet>,
    pub(super) addresses: Arc<AddressSet>,
    pub(super) ports: PortSet,
    /// Ports by name, resolved on the destination.
    pub(super) named: Vec<(String, Option<Protocol>)>,
}

impl ResolvedPolicy {
    pub(super) fn isolates(&self, direction: Direction) -> bool {
        let [ingress, egress] = self.isolates;
        match direction {
            Direction::Ingress => ingress,
            Direction::Egress => egress,
        }
    }

    pub(super) fn rules(&self, direction: Direction) -> &[ResolvedRule] {
        let [ingress, egress] = &self.rules;
        match direction {
            Direction::Ingress => ingress,
            Direction::Egress => egress,
        }
    }
}

impl ResolvedRule {
    /// The ports it speaks of on a destination of this class; an external destination has no named ports.
    pub(super) fn ports_on(&self, destination: Option<u32>, classes: &Classes) -> Cow<'_, PortSet> {
        let Some(class) = destination.filter(|_| !self.named.is_empty()) else { return Cow::Borrowed(&self.ports) };
        let named = self.named.iter().flat_map(|(name, protocol)| {
            let ports = classes.named_ports(class, name, *protocol);
            ports.map(|(protocol, port)| PortRange { protocol, first: port, last: port })
        });
        Cow::Owned(self.ports.union(&PortSet::from_ranges(named)))
    }
}

/// Resolves policies, and each distinct set of pods once.
pub(super) struct Resolver<'b> {
    basis: &'b Basis,
    reading: Reading,
    /// The sets that the basis does not have.
    selected: Selected,
    /// What most rules admit of the addresses outside: they share it.
    no_addresses: Arc<AddressSet>,
}

impl<'b> Resolver<'b> {
    pub(super) fn new(basis: &'b Basis, reading: Reading) -> Self {
        Self { basis, reading, selected: Selected::default(), no_addresses: Arc::default() }
    }

    /// The sets of pods that were resolved.
    pub(super) fn into_selected(self) -> Selected {
        self.selected
    }

    pub(super) fn policy(&mut self, object: &PolicyObject) -> ResolvedPolicy {
        let policy = &object.policy;
        let mut resolved = ResolvedPolicy {
            stage: policy.stage.clone(),
            order: policy.order,
            subject: self.pods(&policy.subject),
            isolates: Direction::BOTH.map(|direction| policy.isolates(direction)),
            rules: Direction::BOTH
                .map(|direction| policy.rules(direction).iter().map(|rule| self.rule(rule)).collect()),
        };
        if object.rejected {
            // Nobody knows what the author meant. At least: it isolates and admits nothing; at most: it admits all.
            resolved.isolates = [self.reading == Reading::Least; 2];
            resolved.rules = [const { Vec::new() }; 2];
            if self.reading == Reading::Most {
                let open = Rule::new(Action::Allow, Peers::Everyone, Ports::All);
                resolved.rules = Direction::BOTH.map(|_| vec![self.rule(&open)]);
            }
        } else {
            for (rules, direction) in resolved.rules.iter_mut().zip(Direction::BOTH) {
                if *policy.engagement(direction) == Engagement::Ignored {
                    rules.clear();
                }
            }
        }
        resolved
    }

    fn rule(&mut self, rule: &Rule) -> ResolvedRule {
        let (ports, named) = resolve_ports(&rule.ports);
        let (classes, addresses) = match &rule.peers {
            Peers::Everyone => (Arc::new(self.basis.classes.all()), Arc::new(AddressSet::all())),
            Peers::Of(peers) => {
                let sets: SmallVec<[_; 2]> = peers.iter().filter_map(|peer| self.peer_classes(peer)).collect();
                let classes = match sets.as_slice() {
                    [] => Arc::default(),
                    [one] => Arc::clone(one),
                    several => Arc::new(union(several)),
                };
                (classes, addresses(peers).map_or_else(|| Arc::clone(&self.no_addresses), Arc::new))
            }
        };
        let everyone = matches!(rule.peers, Peers::Everyone);
        ResolvedRule { action: rule.action, everyone, classes, addresses, ports, named }
    }

    /// The classes that a peer admits.
    fn peer_classes(&mut self, peer: &Peer) -> Option<Arc<ClassSet>> {
        match peer {
            Peer::Pods(set) => Some(self.pods(set)),
            Peer::Block { cidr, .. } => self.basis.pods_of_block(cidr).map(Arc::new),
            _ => None,
        }
    }

    fn pods(&mut self, set: &PodSet) -> Arc<ClassSet> {
        if let Some(found) = self.basis.selected.get(set).or_else(|| self.selected.get(set)) {
            return Arc::clone(found);
        }
        let selected = Arc::new(self.basis.classes.select(set, self.reading));
        self.selected.insert(set.clone(), Arc::clone(&selected));
        selected
    }
}

/// The external addresses that a rule's peers admit; `None` where they are no blocks.
fn addresses(peers: &[Peer]) -> Option<AddressSet> {
    let blocks = || {
        peers.iter().filter_map(|peer| match peer {
            Peer::Block { cidr, except } => Some((cidr, except)),
            _ => None,
        })
    };
    blocks().next()?;
    let whole = AddressSet::from_blocks(blocks().filter(|(_, except)| except.is_empty()).map(|(cidr, _)| cidr));
    let mut partial: Vec<AddressSet> = blocks()
        .filter(|(_, except)| !except.is_empty())
        .map(|(cidr, except)| AddressSet::block(cidr).difference(&AddressSet::from_blocks(except)))
        .collect();
    partial.push(whole);
    Some(AddressSet::union_of(&partial))
}

fn union(sets: &[Arc<ClassSet>]) -> ClassSet {
    ClassSet::from_intervals(sets.iter().flat_map(|set| set.intervals()).copied())
}

fn resolve_ports(ports: &Ports) -> (PortSet, Vec<(String, Option<Protocol>)>) {
    let Ports::Of(ports) = ports else { return (PortSet::all(), Vec::new()) };
    let mut named = Vec::new();
    let ranges = ports.iter().filter_map(|port| match port {
        PortMatch::Protocol(protocol) => Some(PortRange { protocol: *protocol, first: 1, last: u16::MAX }),
        PortMatch::Range { protocol, first, last } => {
            Some(PortRange { protocol: *protocol, first: *first, last: *last })
        }
        PortMatch::Named { protocol, name } => {
            named.push((name.clone(), *protocol));
            None
        }
        _ => None,
    });
    (PortSet::from_ranges(ranges), named)
}
