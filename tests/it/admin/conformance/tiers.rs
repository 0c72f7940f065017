//! Priorities and tiers: `CNPAdminTierPriorityField` and `CNPAdminTierIntegration`.

use super::House::{Gryffindor, Slytherin};
use super::{assert_between, for_each_api, served, world};
use crate::admin::oracle::World;
use crate::admin::policy::{Action, AdminPolicy, Pods, Rule, Tier, labelled};
use crate::reach::cluster::Direction::{self, Egress, Ingress};
use crate::reach::cluster::{self, Absent, Field::Is, NAME_LABEL, Protocol};

use Action::{Accept, Deny, Pass};

/// Gryffindor and Slytherin on every port, seen from Gryffindor.
#[track_caller]
fn assert_all(world: &World, direction: Direction, expected: bool) {
    for protocol in Protocol::ALL {
        for (port, _) in served(protocol) {
            assert_between(world, direction, (Gryffindor, Slytherin), (protocol, port), expected);
        }
    }
}

/// A policy for the pods of Gryffindor that does one thing to Slytherin in both directions.
fn both(tier: Tier, priority: i32, name: &str, action: Action) -> AdminPolicy {
    let house = Some(labelled(NAME_LABEL, Gryffindor.name()));
    let subject = Pods::Pods(house, labelled("conformance-house", Gryffindor.name()));
    let rule = [Rule::new(action, vec![Slytherin.peer()])];
    AdminPolicy::new(tier, priority, name, subject).with(Ingress, &rule).with(Egress, &rule)
}

#[test]
fn the_lower_number_is_asked_first() {
    let policies = vec![
        both(Tier::Admin, 50, "old-priority-50", Deny),
        both(Tier::Admin, 60, "old-priority-60", Pass),
        both(Tier::Baseline, 10, "default", Accept),
    ];
    for_each_api(world(policies), |mut world| {
        assert_all(&world, Ingress, false);
        assert_all(&world, Egress, false);
        world.admin[1].priority = 40;
        assert_all(&world, Ingress, true);
        assert_all(&world, Egress, true);
    });
}

/// A NetworkPolicy that isolates Gryffindor in both directions and admits Slytherin.
fn network_policy() -> cluster::Policy {
    let selector = labelled(NAME_LABEL, Slytherin.name());
    let peer = cluster::Peer { namespace_selector: Is(selector), ..cluster::Peer::default() };
    let rules = Is(vec![Some(cluster::Rule { peers: Is(vec![peer]), ports: Absent })]);
    let types = Is(Direction::BOTH.to_vec());
    let spec = cluster::Spec { policy_types: types, ingress: rules.clone(), egress: rules, ..cluster::Spec::default() };
    cluster::Policy { name: "allow-slytherin".to_owned(), namespace: Gryffindor as usize, spec: Is(spec) }
}

#[test]
fn admin_comes_before_network_policies_and_baseline_after_them() {
    let policies = vec![both(Tier::Admin, 10, "pass", Deny), both(Tier::Baseline, 10, "default", Deny)];
    let mut start = world(policies);
    start.cluster.policies.push(network_policy());
    for_each_api(start, |mut world| {
        assert_all(&world, Ingress, false);
        assert_all(&world, Egress, false);
        world.admin[0].ingress[0].action = Pass;
        assert_all(&world, Ingress, true);
        assert_all(&world, Egress, false);
        world.admin[0].egress[0].action = Pass;
        assert_all(&world, Egress, true);
        world.cluster.policies.clear();
        assert_all(&world, Ingress, false);
        assert_all(&world, Egress, false);
    });
}
