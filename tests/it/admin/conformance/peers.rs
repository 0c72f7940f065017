//! Peers that are no pods, and named ports: `…EgressInlineCIDRPeers`, `…EgressNodePeers`, `…NamedPort`.

use std::net::IpAddr;

use super::House::{Forest, Gryffindor, Hufflepuff, Ravenclaw, Slytherin};
use super::{House, assert_between, assert_reaches, for_each_api, one, world};
use crate::admin::policy::{Action, AdminPolicy, Peer, Pods, Port, Rule, Tier, labelled};
use crate::reach::cluster::Direction::{self, Egress, Ingress};
use crate::reach::cluster::Protocol::{self, Sctp, Tcp, Udp};
use crate::reach::cluster::{Field::Is, Selector};

use Action::{Accept, Deny, Pass};

const PLAIN: [(Protocol, u16); 3] = [(Tcp, 80), (Udp, 53), (Sctp, 9003)];

/// Every address of both families.
fn everything() -> Peer {
    Peer::networks(&["0.0.0.0/0", "::/0"])
}

#[test]
fn networks_hold_pods_too() {
    for tier in [Tier::Admin, Tier::Baseline] {
        let house = || labelled("conformance-house", Slytherin.name());
        let slytherin = Peer::Pods(Pods::Pods(Some(house()), house()));
        let rules = [Rule::new(Accept, vec![slytherin]), Rule::new(Deny, vec![everything()])];
        let policy = AdminPolicy::new(tier, 85, "default", Gryffindor.subject()).with(Egress, &rules);
        for_each_api(world(vec![policy]), |mut world| {
            let reaches = |world: &_, house: House, number, expected| {
                for (protocol, port) in PLAIN {
                    let ends = (Gryffindor.pod(1), house.pod(number));
                    assert_reaches(world, ends, protocol, port, expected);
                }
            };
            reaches(&world, Ravenclaw, 0, false);
            reaches(&world, Hufflepuff, 0, false);
            reaches(&world, Slytherin, 0, true);
            world.cluster.namespaces[Slytherin as usize].manifest = Some(Vec::new());
            reaches(&world, Slytherin, 0, false);
            let label = ("conformance-house".to_owned(), Slytherin.name().to_owned());
            world.cluster.namespaces[Slytherin as usize].manifest = Some(vec![label]);
            reaches(&world, Slytherin, 0, true);

            let addresses = House::ALL.into_iter().flat_map(|house| [house.address(0), house.address(1)]);
            world.addresses =
                addresses.map(|block| block.split('/').next().unwrap().parse::<IpAddr>().unwrap()).collect();
            let two = [Ravenclaw.address(0), Hufflepuff.address(0)];
            let two = Peer::networks(&two.each_ref().map(String::as_str));
            world.admin[0].egress.insert(0, Rule::new(Accept, vec![two]));
            reaches(&world, Ravenclaw, 0, true);
            reaches(&world, Hufflepuff, 0, true);
            reaches(&world, Ravenclaw, 1, false);
            reaches(&world, Hufflepuff, 1, false);
        });
    }
}

#[test]
fn a_named_port_is_the_one_of_the_destination() {
    let rows = [
        (Tier::Admin, Egress, Gryffindor, Hufflepuff, "web", (Tcp, 80, 8080)),
        (Tier::Admin, Ingress, Hufflepuff, Gryffindor, "dns", (Udp, 53, 5353)),
        (Tier::Baseline, Egress, Hufflepuff, Gryffindor, "dns", (Udp, 53, 5353)),
        (Tier::Baseline, Ingress, Gryffindor, Hufflepuff, "web", (Tcp, 80, 8080)),
    ];
    for (tier, direction, subject, other, name, (protocol, named, unnamed)) in rows {
        let rules = [
            Rule::new(Accept, vec![other.peer()]).on(vec![Port::Named(name.to_owned())]),
            Rule::new(Deny, vec![other.peer()]),
        ];
        let policy = AdminPolicy::new(tier, 10, "default", subject.subject()).with(direction, &rules);
        for_each_api(world(vec![policy]), |world| {
            assert_between(&world, direction, (subject, other), (protocol, named), true);
            assert_between(&world, direction, (subject, other), (protocol, unnamed), false);
        });
    }
}

#[test]
fn nodes_are_who_is_on_their_network() {
    let linux = || Peer::Nodes(labelled("kubernetes.io/os", "linux"));
    let all = || Peer::Nodes(Selector::default());
    let rules = [
        Rule::new(Accept, vec![linux()]).on(one(Tcp, 36363)),
        Rule::new(Pass, vec![all()]).on(one(Udp, 36364)),
        Rule::new(Deny, vec![Slytherin.peer(), all(), everything()]),
    ];
    let policy = AdminPolicy::new(Tier::Admin, 75, "node-as-peers", Gryffindor.subject()).with(Egress, &rules);
    for_each_api(world(vec![policy]), |world| {
        let ends = (Gryffindor.pod(1), Forest.pod(1));
        for (protocol, port, expected) in
            [(Tcp, 36363, true), (Udp, 36364, true), (Tcp, 34345, false), (Udp, 34346, false), (Sctp, 36365, false)]
        {
            assert_reaches(&world, ends, protocol, port, expected);
        }
    });
    let range = Port::Range(Tcp, 34345, 36363);
    let rules = [Rule::new(Accept, vec![all()]).on(vec![range]), Rule::new(Deny, vec![all(), everything()])];
    let policy = AdminPolicy::new(Tier::Baseline, 10, "default", Gryffindor.subject()).with(Egress, &rules);
    for_each_api(world(vec![policy]), |world| {
        for (number, protocol, port, expected) in
            [(0, Tcp, 36363, true), (1, Tcp, 34345, true), (1, Udp, 34346, false), (1, Sctp, 36365, false)]
        {
            assert_reaches(&world, (Gryffindor.pod(number), Forest.pod(1)), protocol, port, expected);
        }
    });
}

#[test]
fn no_selector_of_pods_has_pods_of_the_node_network() {
    for direction in Direction::BOTH {
        let rule = [Rule::new(Deny, vec![Peer::everywhere(), Forest.peer()])];
        let policy = AdminPolicy::new(Tier::Admin, 1, "deny", Pods::everywhere()).with(direction, &rule);
        for_each_api(world(vec![policy]), |world| {
            assert!(world.cluster.workloads[Forest as usize * 2].host_network == Is(true));
            assert_between(&world, Egress, (Gryffindor, Forest), (Tcp, 80), true);
            assert_between(&world, Ingress, (Gryffindor, Forest), (Tcp, 80), true);
            assert_between(&world, direction, (Gryffindor, Slytherin), (Tcp, 80), false);
        });
    }
}
