//! What later releases of the API test as well: ranges of ports, pods of every namespace, one priority for two
//! policies, and policies of one direction.

use super::House::{Gryffindor, Hufflepuff, Ravenclaw, Slytherin};
use super::{assert_between, for_each_api, world};
use crate::admin::policy::{Action, AdminPolicy, Peer, Pods, Port, Rule, Tier, labelled};
use crate::reach::cluster::Direction::{self, Egress, Ingress};
use crate::reach::cluster::Protocol::{Sctp, Tcp, Udp};

use Action::{Accept, Deny};

#[test]
fn a_range_has_both_its_ends() {
    for direction in Direction::BOTH {
        for (protocol, first, last) in [(Tcp, 80, 8080), (Udp, 53, 5353), (Sctp, 9003, 9005)] {
            let accept = Rule::new(Accept, vec![Slytherin.peer()]).on(vec![Port::Range(protocol, first, last)]);
            let deny = Rule::new(Deny, vec![Slytherin.peer()]);
            let policy =
                AdminPolicy::new(Tier::Admin, 1, "range", Gryffindor.subject()).with(direction, &[accept, deny]);
            for_each_api(world(vec![policy]), |world| {
                for (port, expected) in
                    [(first - 1, false), (first, true), (first + 1, true), (last, true), (last + 1, false)]
                {
                    assert_between(&world, direction, (Gryffindor, Slytherin), (protocol, port), expected);
                }
            });
        }
    }
}

#[test]
fn pods_without_namespaces_are_those_of_every_namespace() {
    let by_label = Pods::Pods(None, labelled("conformance-house", Slytherin.name()));
    let rule = [Rule::new(Deny, vec![Peer::Pods(by_label.clone())])];
    let policy = AdminPolicy::new(Tier::Admin, 1, "by-label", Gryffindor.subject()).with(Egress, &rule);
    assert_between(&world(vec![policy]), Egress, (Gryffindor, Slytherin), (Tcp, 80), false);
    let rule = [Rule::new(Deny, vec![Gryffindor.peer()])];
    let policy = AdminPolicy::new(Tier::Admin, 1, "by-label", by_label).with(Ingress, &rule);
    let world = world(vec![policy]);
    assert_between(&world, Ingress, (Slytherin, Gryffindor), (Tcp, 80), false);
    assert_between(&world, Ingress, (Hufflepuff, Gryffindor), (Tcp, 80), true);
}

#[test]
fn two_policies_of_one_priority_work_where_they_do_not_meet() {
    let policy = |name: &str, house: super::House, open: super::House| {
        let rules = [Rule::new(Accept, vec![open.peer()]), Rule::new(Deny, vec![Peer::everywhere()])];
        AdminPolicy::new(Tier::Admin, 15, name, house.subject()).with(Ingress, &rules)
    };
    let policies = vec![policy("b", Gryffindor, Ravenclaw), policy("a", Slytherin, Hufflepuff)];
    for_each_api(world(policies), |world| {
        assert_between(&world, Ingress, (Gryffindor, Ravenclaw), (Tcp, 80), true);
        assert_between(&world, Ingress, (Gryffindor, Hufflepuff), (Tcp, 80), false);
        assert_between(&world, Ingress, (Slytherin, Hufflepuff), (Tcp, 80), true);
        assert_between(&world, Ingress, (Slytherin, Ravenclaw), (Tcp, 80), false);
    });
    // One subject, and peers of which none is in both.
    let policy = |name: &str, action: Action, house: super::House| {
        let rule = [Rule::new(action, vec![house.peer()])];
        AdminPolicy::new(Tier::Admin, 15, name, Gryffindor.subject()).with(Ingress, &rule)
    };
    for_each_api(world(vec![policy("a", Deny, Ravenclaw), policy("b", Accept, Hufflepuff)]), |world| {
        assert_between(&world, Ingress, (Gryffindor, Ravenclaw), (Tcp, 80), false);
        assert_between(&world, Ingress, (Gryffindor, Hufflepuff), (Tcp, 80), true);
    });
}

#[test]
fn a_direction_without_rules_is_left_alone() {
    for tier in [Tier::Admin, Tier::Baseline] {
        for (with, without) in [(Ingress, Egress), (Egress, Ingress)] {
            let rule = [Rule::new(Deny, vec![Peer::everywhere()])];
            let policy = AdminPolicy::new(tier, 10, "default", Gryffindor.subject()).with(with, &rule);
            for_each_api(world(vec![policy]), |world| {
                assert_between(&world, with, (Gryffindor, Slytherin), (Tcp, 80), false);
                assert_between(&world, without, (Gryffindor, Slytherin), (Tcp, 80), true);
            });
        }
    }
}
