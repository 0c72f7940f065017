//! Random clusters with NetworkPolicies and with policies of all three kinds, valid by the API. What they are about is
//! taken from the same small alphabets, so that it meets.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::oracle::World;
use super::policy::{Action, AdminPolicy, Api, Peer, Pods, Port, Rule, Tier};
use crate::reach::cluster::{Cidr, Direction, Protocol, Selector};
use crate::reach::emit::Style;
use crate::reach::generate::{self, BLOCKS, NUMBERS, PORT_NAMES, Size};

/// A world and how its manifests are spelled.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) world: World,
    pub(super) styles: Vec<Style>,
}

/// Worlds with up to so many policies of these kinds.
pub(super) fn case(size: Size, policies: usize) -> impl Strategy<Value = Case> {
    (generate::case(size), vec(policy(), 1..=policies)).prop_map(|(case, policies)| {
        let mut admin: Vec<AdminPolicy> = Vec::new();
        for policy in policies.into_iter().map(valid) {
            // Names are unique, and of a kind that has only one, that one is called `default`.
            let key = |policy: &AdminPolicy| {
                (policy.api, policy.api == Api::Alpha && policy.tier == Tier::Baseline, policy.name.clone())
            };
            if !admin.iter().any(|other| key(other) == key(&policy)) {
                admin.push(policy);
            }
        }
        Case { world: World { cluster: case.cluster, admin, ..World::default() }, styles: case.styles }
    })
}

/// What the API takes: the kinds differ in what they can say.
fn valid(mut policy: AdminPolicy) -> AdminPolicy {
    let is_alpha_baseline = policy.api == Api::Alpha && policy.tier == Tier::Baseline;
    if is_alpha_baseline {
        (policy.name, policy.priority) = ("default".to_owned(), 0);
    }
    for rule in policy.ingress.iter_mut().chain(&mut policy.egress) {
        if is_alpha_baseline {
            rule.action = if rule.action == Action::Pass { Action::Deny } else { rule.action };
            rule.peers.retain(|peer| !matches!(peer, Peer::DomainNames(_)));
        }
        if rule.peers.is_empty() {
            rule.peers.push(Peer::everywhere());
        }
        // A name stands for ports of pods only.
        if rule.peers.iter().any(|peer| !matches!(peer, Peer::Pods(_))) {
            rule.ports.iter_mut().for_each(|ports| ports.retain(|port| !matches!(port, Port::Named(_))));
        }
        rule.ports = rule.ports.take().filter(|ports| !ports.is_empty());
    }
    policy
}

fn policy() -> impl Strategy<Value = AdminPolicy> {
    let api = prop_oneof![3 => Just(Api::Cluster), 1 => Just(Api::Alpha)];
    let kind = (api, select(vec![Tier::Admin, Tier::Baseline]), 0..3, select(vec!["a", "b", "c"]));
    (kind, pods(), vec(rule(Direction::Ingress), 0..4), vec(rule(Direction::Egress), 0..4)).prop_map(
        |((api, tier, priority, name), subject, ingress, egress)| AdminPolicy {
            api,
            tier,
            priority,
            name: name.to_owned(),
            subject,
            ingress,
            egress,
        },
    )
}

fn pods() -> impl Strategy<Value = Pods> {
    let namespaces = || prop_oneof![Just(Selector::default()), generate::selector(true)];
    prop_oneof![
        namespaces().prop_map(Pods::Namespaces),
        (prop::option::of(namespaces()), generate::selector(false))
            .prop_map(|(namespaces, pods)| Pods::Pods(namespaces, pods)),
    ]
}

/// A rule; only those of egress have peers that are no pods.
fn rule(direction: Direction) -> impl Strategy<Value = Rule> {
    let action = prop_oneof![4 => Just(Action::Accept), 4 => Just(Action::Deny), 5 => Just(Action::Pass)];
    let others = u32::from(direction == Direction::Egress);
    let nodes = prop_oneof![2 => Just(Selector::default()), 1 => generate::selector(false)];
    let peer = prop_oneof![
        5 => pods().prop_map(Peer::Pods),
        others * 2 => vec(select(&BLOCKS[..]), 1..3).prop_map(|blocks| {
            let mut blocks: Vec<_> = blocks;
            blocks.dedup();
            Peer::Networks(blocks.into_iter().map(Cidr::new).collect())
        }),
        others => nodes.prop_map(Peer::Nodes),
        others => Just(Peer::DomainNames(vec!["*.example.com".to_owned()])),
    ];
    let ports = prop_oneof![1 => Just(None), 1 => vec(port(), 1..3).prop_map(Some)];
    (action, vec(peer, 1..3), ports).prop_map(|(action, peers, ports)| Rule { action, peers, ports })
}

fn port() -> impl Strategy<Value = Port> {
    let protocol = select(&Protocol::ALL[..]);
    let numbers = (protocol, select(&NUMBERS[..]), select(vec![0, 1, 2, u16::MAX]))
        .prop_map(|(protocol, first, length)| Port::Range(protocol, first, first.saturating_add(length)));
    prop_oneof![2 => numbers, 1 => select(&PORT_NAMES[..]).prop_map(|name| Port::Named(name.to_owned()))]
}
