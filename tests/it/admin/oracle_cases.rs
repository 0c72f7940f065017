//! The oracle on random policies: what holds whatever they say.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::oracle::{World, allowed, outcomes, side_allows};
use super::policy::{Action, AdminPolicy, Api, Peer, Pods, Port, Rule, Tier, labelled};
use super::truth_table::pair;
use crate::reach::cluster::{Direction, Endpoint, NAME_LABEL, Protocol, Selector};
use crate::reach::oracle::Connection;

fn pods() -> impl Strategy<Value = Pods> {
    let selector = || select(vec![Selector::default(), labelled("app", "client"), labelled("app", "server")]);
    let namespaces = select(vec![Selector::default(), labelled(NAME_LABEL, "shop"), labelled(NAME_LABEL, "other")]);
    prop_oneof![
        namespaces.clone().prop_map(Pods::Namespaces),
        (prop::option::of(namespaces), selector()).prop_map(|(namespaces, pods)| Pods::Pods(namespaces, pods)),
    ]
}

/// A rule; only those of egress have peers that are no pods.
fn rule(direction: Direction) -> impl Strategy<Value = Rule> {
    let action = select(vec![Action::Accept, Action::Deny, Action::Pass]);
    let others = u32::from(direction == Direction::Egress);
    let peer = prop_oneof![
        4 => pods().prop_map(Peer::Pods),
        others => select(vec![Selector::default(), labelled("role", "infra")]).prop_map(Peer::Nodes),
        others => Just(Peer::DomainNames(vec!["*.example.com".to_owned()])),
        others => select(vec!["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "::/0"]).prop_map(|block| Peer::networks(&[block])),
    ];
    let port = (select(&[1_u16, 80][..]), select(&[80_u16, 81][..]))
        .prop_map(|(first, last)| Port::Range(Protocol::Tcp, first, last));
    (action, vec(peer, 1..3), prop::option::of(vec(port, 1..3))).prop_map(|(action, peers, ports)| Rule {
        action,
        peers,
        ports,
    })
}

pub(super) fn policy() -> impl Strategy<Value = AdminPolicy> {
    let kind = (select(vec![Api::Cluster, Api::Alpha]), select(vec![Tier::Admin, Tier::Baseline]), 0..3);
    (kind, select(vec!["a", "b", "c"]), pods(), vec(rule(Direction::Ingress), 0..3), vec(rule(Direction::Egress), 0..3))
        .prop_map(|((api, tier, priority), name, subject, ingress, egress)| AdminPolicy {
            api,
            tier,
            priority,
            name: name.to_owned(),
            subject,
            ingress,
            egress,
        })
}

proptest! {
    /// What is shown is among what may be, and where nothing is tied, it is all that may be.
    #[test]
    fn the_verdict_is_one_of_the_outcomes(admin in vec(policy(), 0..5), port in select(vec![1_u16, 79, 80, 81, 82])) {
        let mut world = World { cluster: pair(), admin, ..World::default() };
        let (from, to) = (Endpoint::Workload(0), Endpoint::Workload(1));
        let connection = Connection { from, to, protocol: Protocol::Tcp, port };
        for direction in Direction::BOTH {
            let outcomes = outcomes(&world, direction, connection);
            prop_assert!(outcomes.contains(&side_allows(&world, direction, connection)));
        }
        for (index, policy) in (0..).zip(&mut world.admin) {
            policy.priority = index;
        }
        for direction in Direction::BOTH {
            prop_assert_eq!(outcomes(&world, direction, connection).len(), 1);
        }
        // A policy without rules in a direction changes nothing in it.
        let before = allowed(&world, connection);
        world.admin.push(AdminPolicy::new(Tier::Admin, 0, "a", Pods::everywhere()));
        prop_assert_eq!(allowed(&world, connection), before);
    }
}
