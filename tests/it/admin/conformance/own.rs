//! What nobody tests so far.

use super::House::{self, Forest, Gryffindor, Hufflepuff, Slytherin};
use super::{assert_between, assert_reaches, for_each_api, served, world};
use crate::admin::oracle::{World, outcomes};
use crate::admin::policy::{Action, AdminPolicy, Peer, Pods, Port, Rule, Tier};
use crate::reach::cluster::Direction::{self, Egress, Ingress};
use crate::reach::cluster::{Endpoint, Field::Is, Policy, Protocol::Tcp, Spec};
use crate::reach::oracle::Connection;

use Action::{Accept, Deny, Pass};

/// A NetworkPolicy that isolates a house in one direction and admits nothing.
fn isolating(house: House, direction: Direction) -> Policy {
    let spec = Spec { policy_types: Is(vec![direction]), ..Spec::default() };
    Policy { name: "isolating".to_owned(), namespace: house as usize, spec: Is(spec) }
}

fn policy(tier: Tier, direction: Direction, rules: &[Rule]) -> AdminPolicy {
    AdminPolicy::new(tier, 10, "default", Gryffindor.subject()).with(direction, rules)
}

#[test]
fn a_pass_of_the_baseline_ends_it() {
    let rules = [Rule::new(Pass, vec![Slytherin.peer()]), Rule::new(Deny, vec![Peer::everywhere()])];
    let world = world(vec![policy(Tier::Baseline, Egress, &rules)]);
    assert_between(&world, Egress, (Gryffindor, Slytherin), (Tcp, 80), true);
    assert_between(&world, Egress, (Gryffindor, Hufflepuff), (Tcp, 80), false);
}

#[test]
fn isolation_is_of_one_direction() {
    let mut world = world(vec![policy(Tier::Baseline, Egress, &[Rule::new(Deny, vec![Peer::everywhere()])])]);
    world.cluster.policies.push(isolating(Gryffindor, Ingress));
    assert_between(&world, Egress, (Gryffindor, Slytherin), (Tcp, 80), false);
    world.cluster.policies[0] = isolating(Gryffindor, Egress);
    world.admin[0].egress[0].action = Accept;
    assert_between(&world, Egress, (Gryffindor, Slytherin), (Tcp, 80), false);
}

#[test]
fn an_accept_opens_its_own_end_only() {
    for_each_api(
        world(vec![policy(Tier::Admin, Egress, &[Rule::new(Accept, vec![Peer::everywhere()])])]),
        |mut world| {
            world.cluster.policies.push(isolating(Slytherin, Ingress));
            assert_between(&world, Egress, (Gryffindor, Slytherin), (Tcp, 80), false);
            assert_between(&world, Egress, (Gryffindor, Hufflepuff), (Tcp, 80), true);
        },
    );
}

#[test]
fn a_pass_for_pods_spares_them_from_a_deny_of_all_networks() {
    let pass = Rule::new(Pass, vec![Peer::everywhere()]);
    // Two halves are the whole.
    for blocks in [&["0.0.0.0/0"][..], &["0.0.0.0/1", "128.0.0.0/1"]] {
        let deny = Rule::new(Deny, vec![Peer::networks(blocks)]);
        for (rules, expected) in [([pass.clone(), deny.clone()], true), ([deny, pass.clone()], false)] {
            for_each_api(world(vec![policy(Tier::Admin, Egress, &rules)]), |world| {
                assert_between(&world, Egress, (Gryffindor, Slytherin), (Tcp, 80), expected);
                let outside = Endpoint::External("203.0.113.9".parse().unwrap());
                assert_reaches(&world, (Gryffindor.pod(0), outside), Tcp, 443, false);
                let outside = Endpoint::External("2001:db8::9".parse().unwrap());
                assert_reaches(&world, (Gryffindor.pod(0), outside), Tcp, 443, true);
            });
        }
    }
}

#[test]
fn a_name_of_two_numbers_is_each_at_its_pod() {
    let rules = [
        Rule::new(Accept, vec![Slytherin.peer()]).on(vec![Port::Named("web".to_owned())]),
        Rule::new(Deny, vec![Peer::everywhere()]),
    ];
    let mut world = world(vec![policy(Tier::Admin, Egress, &rules)]);
    let [(plain, _), (other, _)] = served(Tcp);
    let ports = &mut world.cluster.workloads[Slytherin as usize * 2 + 1].containers[0];
    for port in ports.iter_mut().filter(|port| port.protocol == Is(Tcp)) {
        port.name = (port.number == other).then(|| "web".to_owned());
    }
    for (number, named, unnamed) in [(0, plain, other), (1, other, plain)] {
        let ends = (Gryffindor.pod(0), Slytherin.pod(number));
        assert_reaches(&world, ends, Tcp, named, true);
        assert_reaches(&world, ends, Tcp, unnamed, false);
    }
}

#[test]
fn a_pod_reaches_itself() {
    let from = [Rule::new(Deny, vec![Peer::everywhere()])];
    let to = [Rule::new(Deny, vec![Peer::everywhere(), Peer::networks(&["0.0.0.0/0"])])];
    let policy = AdminPolicy::new(Tier::Admin, 0, "deny", Pods::everywhere()).with(Ingress, &from).with(Egress, &to);
    let world = world(vec![policy]);
    assert_reaches(&world, (Gryffindor.pod(0), Gryffindor.pod(0)), Tcp, 80, true);
    assert_reaches(&world, (Gryffindor.pod(0), Gryffindor.pod(1)), Tcp, 80, false);
    assert_reaches(&world, (Forest.pod(0), Gryffindor.pod(1)), Tcp, 80, true);
    let outside = Endpoint::External("203.0.113.9".parse().unwrap());
    assert_reaches(&world, (outside, Gryffindor.pod(1)), Tcp, 80, true);
}

/// What may become of egress from Gryffindor to Slytherin.
fn may(world: &World) -> Vec<bool> {
    let connection = Connection { from: Gryffindor.pod(0), to: Slytherin.pod(0), protocol: Tcp, port: 80 };
    outcomes(world, Egress, connection).into_iter().collect()
}

#[test]
fn a_tie_is_one_where_the_verdicts_differ() {
    let tied = |actions: &[Action]| {
        let policies = actions.iter().enumerate().map(|(index, &action)| AdminPolicy {
            name: format!("policy-{index}"),
            ..policy(Tier::Admin, Egress, &[Rule::new(action, vec![Slytherin.peer()])])
        });
        world(policies.collect())
    };
    assert_eq!(may(&tied(&[Accept, Deny])), [false, true]);
    assert_eq!(may(&tied(&[Accept, Accept])), [true]);
    // Without a NetworkPolicy or a baseline, to pass is to permit.
    assert_eq!(may(&tied(&[Accept, Pass])), [true]);
    let mut passing = tied(&[Accept, Pass]);
    passing.cluster.policies.push(isolating(Gryffindor, Egress));
    assert_eq!(may(&passing), [false, true]);
    let mut ordered = tied(&[Accept, Deny]);
    ordered.admin[1].priority = 11;
    assert_eq!(may(&ordered), [true]);
}
