//! One policy with rules of both directions: `CNPAdminTierGress` and `CNPBaselineTierGress`.

use super::House::{self, Gryffindor, Hufflepuff, Ravenclaw, Slytherin};
use super::{assert_between, for_each_api, other_port, world};
use crate::admin::oracle::World;
use crate::admin::policy::{Action, AdminPolicy, Port, Rule, Tier};
use crate::reach::cluster::Direction::{self, Egress, Ingress};
use crate::reach::cluster::Protocol::{self, Sctp, Tcp, Udp};

use Action::{Accept, Deny, Pass};

/// The ports that the rules name.
const PLAIN: [(Protocol, u16); 3] = [(Tcp, 80), (Udp, 53), (Sctp, 9003)];
const TO_HUFFLEPUFF: [(Protocol, u16); 3] = [(Tcp, 8080), (Udp, 5353), (Sctp, 9003)];
const FROM_HUFFLEPUFF: [(Protocol, u16); 3] = [(Tcp, 80), (Udp, 5353), (Sctp, 9003)];

fn rules(direction: Direction, tier: Tier) -> Vec<Rule> {
    let ports = |ports: [(Protocol, u16); 3]| ports.map(|(protocol, port)| Port::one(protocol, port)).to_vec();
    let open = if direction == Egress { TO_HUFFLEPUFF } else { FROM_HUFFLEPUFF };
    let rules = [
        Rule::new(Accept, vec![Ravenclaw.peer()]),
        Rule::new(Deny, vec![Ravenclaw.peer()]),
        Rule::new(Pass, vec![Ravenclaw.peer()]),
        Rule::new(Deny, vec![Slytherin.peer()]).on(ports(PLAIN)),
        Rule::new(Pass, vec![Slytherin.peer()]).on(ports(PLAIN)),
        Rule::new(Accept, vec![Hufflepuff.peer()]).on(ports(open)),
        Rule::new(Deny, vec![Hufflepuff.peer()]),
    ];
    let is_kept = |rule: &Rule| tier == Tier::Admin || rule.action != Pass;
    rules.into_iter().filter(is_kept).collect()
}

fn policy(tier: Tier) -> AdminPolicy {
    AdminPolicy::new(tier, 15, "default", Gryffindor.subject())
        .with(Ingress, &rules(Ingress, tier))
        .with(Egress, &rules(Egress, tier))
}

/// Asserts what is reached between Gryffindor and another house, on ports and on the other ports.
#[track_caller]
fn assert_house(
    world: &World,
    direction: Direction,
    house: House,
    ports: [(Protocol, u16); 3],
    (on_ports, on_others): (bool, bool),
) {
    for (protocol, port) in ports {
        assert_between(world, direction, (Gryffindor, house), (protocol, port), on_ports);
        assert_between(world, direction, (Gryffindor, house), (protocol, other_port(protocol, port)), on_others);
    }
}

fn swap(world: &mut World, one: usize, other: usize) {
    for direction in Direction::BOTH {
        world.admin[0].rules_mut(direction).swap(one, other);
    }
}

#[track_caller]
fn assert_as_written_and_swapped(world: &mut World) {
    for direction in Direction::BOTH {
        assert_house(world, direction, Ravenclaw, PLAIN, (true, true));
    }
    assert_house(world, Egress, Hufflepuff, TO_HUFFLEPUFF, (true, false));
    assert_house(world, Ingress, Hufflepuff, FROM_HUFFLEPUFF, (true, false));
    swap(world, 0, 1);
    for direction in Direction::BOTH {
        assert_house(world, direction, Ravenclaw, PLAIN, (false, false));
        assert_house(world, direction, Slytherin, PLAIN, (false, true));
    }
}

#[test]
fn both_directions_of_an_admin_policy() {
    for_each_api(world(vec![policy(Tier::Admin)]), |mut world| {
        assert_as_written_and_swapped(&mut world);
        swap(&mut world, 0, 2);
        for direction in Direction::BOTH {
            assert_house(&world, direction, Ravenclaw, PLAIN, (true, true));
        }
        swap(&mut world, 3, 4);
        for direction in Direction::BOTH {
            assert_house(&world, direction, Slytherin, PLAIN, (true, true));
        }
    });
}

#[test]
fn both_directions_of_a_baseline_policy() {
    for_each_api(world(vec![policy(Tier::Baseline)]), |mut world| assert_as_written_and_swapped(&mut world));
}
