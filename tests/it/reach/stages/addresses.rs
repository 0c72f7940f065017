//! Blocks, groups of addresses, and names that stand for addresses.

use netlint::cluster::Cluster;
use netlint::net::Direction;
use netlint::objects::{AddressGroup, NamespaceId, Operator};
use netlint::policy::{
    Action, AddressGroups, Attribute, BlockReach, Condition, Engagement, Peer, Peers, Policy, Ports, Rule, StageName,
};
use netlint::reach::{Endpoint, Reachability, Reading};

use super::ends::{MAYBE, NO, YES, block, is};
use super::{app, cluster, deny_wins, open, open_under, pod, policy, rule, to_server};

#[test]
fn blocks_meet_pods_and_nodes_as_the_stage_says() {
    let isolated = |peers: &[&str]| Policy {
        engages_ingress: Engagement::Engages,
        ingress: vec![Rule::new(Action::Allow, Peers::Of(peers.iter().map(|cidr| block(cidr)).collect()), Ports::All)],
        ..policy(StageName::Cilium, Vec::new())
    };
    let neither = BlockReach::default();
    let both = BlockReach { pods: true, nodes: true };
    for (blocks, reach, client, node) in [
        (&["0.0.0.0/0"][..], neither, NO, NO),
        (&["0.0.0.0/0"], both, YES, YES),
        (&["0.0.0.0/1", "128.0.0.0/1"], both, YES, YES),
        (&["0.0.0.0/0"], BlockReach { pods: true, nodes: false }, YES, NO),
        (&["10.0.0.0/8"], both, MAYBE, MAYBE),
        (&["192.0.2.0/24"], both, NO, MAYBE),
        (&["169.254.169.254/32"], both, NO, NO),
        (&["::/0"], both, NO, NO),
    ] {
        let mut cluster = Cluster { arrangement: deny_wins(), ..cluster(vec![("only", isolated(blocks))]) };
        cluster.arrangement.stages[0].blocks = reach;
        assert_eq!(to_server(&cluster, pod(&cluster, "client")), client, "{blocks:?} {reach:?}");
        assert_eq!(to_server(&cluster, Endpoint::OtherNode), node, "{blocks:?} {reach:?}");
    }
}

#[test]
fn blocks_meet_the_addresses_of_pods_where_these_are_told() {
    for (cidr, least, most) in
        [("10.0.0.0/8", true, true), ("10.1.0.0/16", false, true), ("172.16.0.0/12", false, false)]
    {
        let isolated = Policy {
            engages_ingress: Engagement::Engages,
            ..policy(StageName::Cilium, vec![rule(Action::Allow, block(cidr), &[])])
        };
        let mut cluster = Cluster { arrangement: deny_wins(), ..cluster(vec![("only", isolated)]) };
        cluster.arrangement.stages[0].blocks = BlockReach { pods: true, nodes: false };
        let pods = ["10.0.0.0/9".parse().unwrap()];
        let ports = |reading| {
            let reach = Reachability::new(&cluster, reading, &pods);
            reach.ports(pod(&cluster, "client"), pod(&cluster, "server")).is_all()
        };
        assert_eq!([ports(Reading::Least), ports(Reading::Most)], [least, most], "{cidr}");
    }
}

#[test]
fn names_stand_for_addresses_that_nobody_knows() {
    let domains = Peer::Domains(vec!["*.example.com".into()]);
    let others = Peer::Domains(vec!["api.example.com".into()]);
    let egress = |peer: &Peer| Policy {
        engages_ingress: Engagement::Ignored,
        engages_egress: Engagement::Engages,
        egress: vec![rule(Action::Allow, peer.clone(), &[])],
        ..policy(StageName::Cilium, Vec::new())
    };
    let aside = Policy { subject: app("nobody"), ..egress(&others) };
    let cluster = Cluster { arrangement: deny_wins(), ..cluster(vec![("only", egress(&domains)), ("aside", aside)]) };
    let server = pod(&cluster, "server");
    let shown = Reachability::new(&cluster, Reading::Shown, &[]);
    assert_eq!(shown.domains(), ["*.example.com", "api.example.com"]);
    for (to, expected) in [
        (Endpoint::Domain(0), YES),
        (Endpoint::Domain(1), YES),
        (Endpoint::External("192.0.2.1".parse().unwrap()), MAYBE),
        (pod(&cluster, "client"), NO),
    ] {
        let permitted = [Reading::Least, Reading::Shown, Reading::Most]
            .map(|reading| open_under(&cluster, reading, server, to).contains(&80));
        assert_eq!(permitted, expected, "{to:?}");
    }
    assert!(shown.is_isolated(server, Direction::Egress));
}

#[test]
fn groups_of_addresses_are_named_or_selected() {
    let group = |cluster: &Cluster, name: &str, namespace, label: &str, block: &str| {
        let mut object = cluster.workloads[0].object.clone();
        (object.kind, object.name, object.namespace) = ("Group".into(), name.into(), namespace);
        object.labels = [("role".into(), label.into())].into_iter().collect();
        Box::new(AddressGroup { object, blocks: vec![block.parse().unwrap()] })
    };
    let by_name = |namespace| AddressGroups::Named { kind: "Group".into(), namespace, name: "office".into() };
    let role = AddressGroups::Matching(is("role", "office"));
    let of_namespaces =
        AddressGroups::Matching(Condition::Is(Attribute::NamespaceLabel("team".into()), Operator::Exists));
    for (groups, office, branch) in [
        (by_name(NamespaceId::CLUSTER), true, false),
        (by_name(NamespaceId(0)), false, false),
        (role, true, false),
        (of_namespaces, false, true),
    ] {
        let isolated = Policy {
            engages_ingress: Engagement::Engages,
            ..policy(StageName::Cilium, vec![rule(Action::Allow, Peer::AddressGroups(Box::new(groups.clone())), &[])])
        };
        let mut cluster = Cluster { arrangement: deny_wins(), ..cluster(vec![("only", isolated)]) };
        let shop = cluster.namespace_named("shop").unwrap();
        cluster.address_groups = vec![
            group(&cluster, "office", NamespaceId::CLUSTER, "office", "192.0.2.0/25"),
            group(&cluster, "branch", shop, "branch", "192.0.2.128/25"),
        ];
        let opens = |address: &str| {
            open(&cluster, Endpoint::External(address.parse().unwrap()), pod(&cluster, "server")).contains(&80)
        };
        assert_eq!((opens("192.0.2.1"), opens("192.0.2.200")), (office, branch), "{groups:?}");
    }
}
