//! One direction of a connection, from the first match in each tier to the verdict: every row of the table.

use std::collections::BTreeMap;

use super::engine::assert_agrees;
use super::oracle::{Row, World, row};
use super::policy::{Action, AdminPolicy, Peer, Pods, Rule, Tier};
use crate::reach::cluster::{
    Cluster, Direction, Endpoint, Field::Is, Namespace, Policy, Protocol, Selector, Spec, Workload,
};
use crate::reach::oracle::Connection;

use Action::{Accept, Deny, Pass};

/// Two pods of one namespace.
pub(super) fn pair() -> Cluster {
    let workload = |name: &str| Workload {
        kind: "Pod",
        name: name.to_owned(),
        namespace: 0,
        labels: vec![("app".to_owned(), name.to_owned())],
        containers: vec![Vec::new()],
        host_network: Is(false),
    };
    let namespaces = vec![Namespace { name: Some("shop".to_owned()), manifest: Some(Vec::new()) }];
    Cluster { namespaces, workloads: vec![workload("client"), workload("server")], policies: Vec::new() }
}

/// A NetworkPolicy that isolates all pods of the namespace in a direction, and admits everything or nothing.
fn isolating(direction: Direction, admits: bool) -> Policy {
    let mut spec = Spec { pod_selector: Is(Selector::default()), policy_types: Is(vec![direction]), ..Spec::default() };
    *spec.rules_mut(direction) = Is(if admits { vec![None] } else { Vec::new() });
    Policy { name: "isolating".to_owned(), namespace: 0, spec: Is(spec) }
}

/// What the tiers say: the first match in Admin, whether NetworkPolicies that isolate admit, the first in Baseline.
pub(super) type Said = (Option<Action>, Option<bool>, Option<Action>);

/// The verdict for each combination of what the tiers say.
pub(super) fn table() -> BTreeMap<Said, bool> {
    let actions = [None, Some(Accept), Some(Deny), Some(Pass)];
    let mut table = BTreeMap::new();
    for baseline in actions {
        for isolation in [None, Some(true), Some(false)] {
            table.insert((Some(Accept), isolation, baseline), true);
            table.insert((Some(Deny), isolation, baseline), false);
        }
        for undecided in [None, Some(Pass)] {
            table.insert((undecided, Some(true), baseline), true);
            table.insert((undecided, Some(false), baseline), false);
            table.insert((undecided, None, baseline), baseline != Some(Deny));
        }
    }
    table
}

/// A cluster in which the tiers say this, in one direction.
pub(super) fn world(direction: Direction, (admin, isolation, baseline): Said) -> World {
    let mut world = World { cluster: pair(), ..World::default() };
    world.cluster.policies.extend(isolation.map(|admits| isolating(direction, admits)));
    for (tier, action) in [(Tier::Admin, admin), (Tier::Baseline, baseline)] {
        let rule = |action| Rule::new(action, vec![Peer::everywhere()]);
        let policy = |action| {
            AdminPolicy::new(tier, 10, &format!("{tier:?}").to_lowercase(), Pods::everywhere())
                .with(direction, &[rule(action)])
        };
        world.admin.extend(action.map(policy));
    }
    world
}

#[test]
fn every_row_of_the_table() {
    let table = table();
    assert_eq!(table.len(), 4 * 3 * 4);
    let (from, to) = (Endpoint::Workload(0), Endpoint::Workload(1));
    let connection = Connection { from, to, protocol: Protocol::Tcp, port: 80 };
    for direction in Direction::BOTH {
        for (&(admin, isolation, baseline), &permitted) in &table {
            let world = world(direction, (admin, isolation, baseline));
            let (isolated, admitted) = (isolation.is_some(), isolation == Some(true));
            let expected = Row { admin, isolated, admitted, baseline, permitted };
            assert_eq!(row(&world, direction, connection), Some(expected), "{direction:?}");
            assert_agrees(&world, connection);
        }
    }
}
