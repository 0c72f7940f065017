//! The order of rules within one policy, in one direction and for one protocol: `CNPAdminTier{Ingress,Egress}{TCP,UDP,
//! SCTP}` and `CNPBaselineTier…` alike.

use super::House::{Gryffindor, Hufflepuff, Ravenclaw, Slytherin};
use super::{House, assert_between, for_each_api, one, other_port, world};
use crate::admin::oracle::World;
use crate::admin::policy::{Action, AdminPolicy, Rule, Tier};
use crate::reach::cluster::Direction::{self, Egress, Ingress};
use crate::reach::cluster::Protocol::{self, Sctp, Tcp, Udp};

use Action::{Accept, Deny, Pass};

/// What the tests of the family differ in: the direction, the subject and its priority, a house whose rules are about
/// every port, a port for Slytherin, and a house with the one port that is open to it.
type Row = (Direction, House, i32, House, (Protocol, u16), (House, u16));

const ROWS: [Row; 6] = [
    (Ingress, Gryffindor, 3, Ravenclaw, (Tcp, 80), (Hufflepuff, 80)),
    (Ingress, Hufflepuff, 4, Ravenclaw, (Udp, 5353), (Gryffindor, 53)),
    (Ingress, Ravenclaw, 5, Gryffindor, (Sctp, 9003), (Hufflepuff, 9003)),
    (Egress, Gryffindor, 6, Ravenclaw, (Tcp, 80), (Hufflepuff, 8080)),
    (Egress, Hufflepuff, 7, Ravenclaw, (Udp, 5353), (Gryffindor, 53)),
    (Egress, Ravenclaw, 8, Gryffindor, (Sctp, 9003), (Hufflepuff, 9003)),
];

/// Asserts what a row says of a house, on its port and on the other port of the protocol.
#[track_caller]
fn assert_house(world: &World, row: Row, house: House, port: u16, (on_port, on_other): (bool, bool)) {
    let (direction, subject, _, _, (protocol, _), _) = row;
    assert_between(world, direction, (subject, house), (protocol, port), on_port);
    assert_between(world, direction, (subject, house), (protocol, other_port(protocol, port)), on_other);
}

fn swap(world: &mut World, direction: Direction, one: usize, other: usize) {
    world.admin[0].rules_mut(direction).swap(one, other);
}

#[test]
fn the_first_rule_of_the_admin_tier_that_matches_decides() {
    for row in ROWS {
        let (direction, subject, priority, open, (protocol, port), (narrow, narrow_port)) = row;
        let rules = [
            Rule::new(Accept, vec![open.peer()]),
            Rule::new(Deny, vec![open.peer()]),
            Rule::new(Pass, vec![open.peer()]),
            Rule::new(Deny, vec![Slytherin.peer()]).on(one(protocol, port)),
            Rule::new(Pass, vec![Slytherin.peer()]).on(one(protocol, port)),
            Rule::new(Accept, vec![narrow.peer()]).on(one(protocol, narrow_port)),
            Rule::new(Deny, vec![narrow.peer()]),
        ];
        let policy = AdminPolicy::new(Tier::Admin, priority, "houses", subject.subject()).with(direction, &rules);
        for_each_api(world(vec![policy]), |mut world| {
            assert_house(&world, row, open, port, (true, true));
            assert_house(&world, row, narrow, narrow_port, (true, false));
            swap(&mut world, direction, 0, 1);
            assert_house(&world, row, open, port, (false, false));
            assert_house(&world, row, Slytherin, port, (false, true));
            swap(&mut world, direction, 0, 2);
            assert_house(&world, row, open, port, (true, true));
            swap(&mut world, direction, 3, 4);
            assert_house(&world, row, Slytherin, port, (true, true));
        });
    }
}

#[test]
fn the_first_rule_of_the_baseline_tier_that_matches_decides() {
    for row in ROWS {
        let (direction, subject, _, open, (protocol, port), (narrow, narrow_port)) = row;
        let rules = [
            Rule::new(Accept, vec![open.peer()]),
            Rule::new(Deny, vec![open.peer()]),
            Rule::new(Deny, vec![Slytherin.peer()]).on(one(protocol, port)),
            Rule::new(Accept, vec![narrow.peer()]).on(one(protocol, narrow_port)),
            Rule::new(Deny, vec![narrow.peer()]),
        ];
        let policy = AdminPolicy::new(Tier::Baseline, 10, "default", subject.subject()).with(direction, &rules);
        for_each_api(world(vec![policy]), |mut world| {
            assert_house(&world, row, open, port, (true, true));
            assert_house(&world, row, narrow, narrow_port, (true, false));
            swap(&mut world, direction, 0, 1);
            assert_house(&world, row, open, port, (false, false));
            assert_house(&world, row, Slytherin, port, (false, true));
        });
    }
}
