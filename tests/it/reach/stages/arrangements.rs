//! How stages follow one another, who joins them, and who is engaged.

use netlint::cluster::Cluster;
use netlint::net::Direction;
use netlint::policy::{
    Action, Arrangement, Engagement, Join, Joins, Order, Peer, PodSet, Policy, Rule, Silence, Stage, StageName,
    TieOrder, Ties,
};
use netlint::reach::{Endpoint, Reachability, Reading};

use super::{app, client_to_server, cluster, deny_wins, for_client, open, pod, policy, rule, tiers, to_server};

fn cilium(ingress: Vec<Rule>) -> Policy {
    policy(StageName::Cilium, ingress)
}

fn tier(name: &str, order: f64, ingress: Vec<Rule>) -> Policy {
    Policy {
        order: Order::at(order),
        engages_ingress: Engagement::Engages,
        ..policy(StageName::Tier(name.into()), ingress)
    }
}

fn under(arrangement: Arrangement, policies: Vec<(&str, Policy)>) -> Cluster {
    Cluster { arrangement, ..cluster(policies) }
}

#[test]
fn a_deny_wins_over_an_allow_in_whatever_order_they_stand() {
    let rules = [for_client(Action::Allow, &[80, 81]), for_client(Action::Deny, &[80])];
    let engaged = |ingress| Policy { engages_ingress: Engagement::Engages, ..cilium(ingress) };
    let [allow, deny] = rules.clone();
    let reversed = vec![deny.clone(), allow.clone()];
    for policies in [
        vec![("one", engaged(rules.to_vec()))],
        vec![("one", engaged(reversed))],
        vec![("one", engaged(vec![allow.clone()])), ("two", cilium(vec![deny.clone()]))],
        vec![("one", cilium(vec![deny])), ("two", engaged(vec![allow]))],
    ] {
        assert_eq!(client_to_server(&under(deny_wins(), policies)), [81]);
    }
}

#[test]
fn what_engages_nobody_denies_only_what_it_denies() {
    let cluster = under(deny_wins(), vec![("one", cilium(vec![for_client(Action::Deny, &[80])]))]);
    assert_eq!(client_to_server(&cluster), [79, 81, 82]);
    let reach = Reachability::new(&cluster, Reading::Shown, &[]);
    assert!(!reach.is_isolated(pod(&cluster, "server"), Direction::Ingress));
}

#[test]
fn some_of_the_selected_pods_may_be_engaged_and_others_not() {
    let some = |set: PodSet| Policy {
        subject: PodSet::new(netlint::policy::NamespaceSet::every(), netlint::objects::Selector::default()),
        engages_ingress: Engagement::EngagesSome(Box::new(set)),
        ..cilium(vec![for_client(Action::Allow, &[80])])
    };
    assert_eq!(client_to_server(&under(deny_wins(), vec![("one", some(app("server")))])), [80]);
    assert_eq!(client_to_server(&under(deny_wins(), vec![("one", some(app("other")))])), [79, 80, 81, 82]);
}

#[test]
fn a_stage_may_engage_every_pod() {
    let mut arrangement = deny_wins();
    arrangement.stages[0].engages_all = [true, false];
    assert_eq!(client_to_server(&under(arrangement.clone(), Vec::new())), Vec::<u16>::new());
    let allowed = vec![("one", cilium(vec![for_client(Action::Allow, &[80])]))];
    assert_eq!(client_to_server(&under(arrangement.clone(), allowed)), [80]);
    arrangement.stages[0].engages_all = [false, true];
    let cluster = under(arrangement, Vec::new());
    assert_eq!(open(&cluster, Endpoint::OtherNode, pod(&cluster, "server")), [79, 80, 81, 82], "ingress is free");
    assert_eq!(client_to_server(&cluster), Vec::<u16>::new(), "the egress of the client is not");
}

#[test]
fn silence_of_a_tier_denies_unless_it_leads_on() {
    let policies = || {
        vec![
            ("one", tier("first", 1.0, vec![for_client(Action::Allow, &[80])])),
            ("two", tier("second", 1.0, vec![for_client(Action::Allow, &[81])])),
        ]
    };
    let mut arrangement = tiers(&["first", "second"]);
    assert_eq!(client_to_server(&under(arrangement.clone(), policies())), [80]);
    arrangement.stages[0].on_silence = Silence::Next;
    assert_eq!(client_to_server(&under(arrangement, policies())), [80, 81]);
}

#[test]
fn a_pass_of_the_last_tier_allows() {
    let policies =
        vec![("one", tier("only", 1.0, vec![for_client(Action::Pass, &[80]), for_client(Action::Deny, &[])]))];
    assert_eq!(client_to_server(&under(tiers(&["only"]), policies)), [80]);
}

#[test]
fn a_rule_that_decides_nothing_lets_the_next_one_decide() {
    let rules = vec![for_client(Action::None, &[]), for_client(Action::Allow, &[80])];
    assert_eq!(client_to_server(&under(tiers(&["only"]), vec![("one", tier("only", 1.0, rules))])), [80]);
}

#[test]
fn the_lower_order_is_asked_first_and_infinity_last() {
    let allow = |order| ("b", tier("only", order, vec![for_client(Action::Allow, &[80])]));
    let deny = |order| ("a", tier("only", order, vec![for_client(Action::Deny, &[])]));
    for (policies, expected) in [
        (vec![allow(1.0), deny(2.0)], vec![80]),
        (vec![allow(2.0), deny(1.0)], vec![]),
        (vec![allow(-1.0), deny(0.0)], vec![80]),
        (vec![allow(f64::INFINITY), deny(1000.0)], vec![]),
        (vec![allow(1000.0), deny(f64::INFINITY)], vec![80]),
    ] {
        assert_eq!(client_to_server(&under(tiers(&["only"]), policies)), expected);
    }
}

#[test]
fn equal_orders_go_by_what_the_stage_says() {
    let rules = |action| vec![for_client(action, &[80])];
    let policies =
        || vec![("a-b", tier("only", 1.0, rules(Action::Allow))), ("a", tier("only", 1.0, rules(Action::Deny)))];
    let mut arrangement = tiers(&["only"]);
    for (order, expected) in [(TieOrder::Name, vec![]), (TieOrder::NameNamespaceKind, vec![80])] {
        // `a-b//…` is before `a//…`, since `-` is before `/`.
        arrangement.stages[0].ties = Ties { order, certain: true };
        assert_eq!(client_to_server(&under(arrangement.clone(), policies())), expected, "{order:?}");
    }
}

#[test]
fn who_joins_at_an_order_is_asked_there_whatever_its_own_is() {
    let network = Policy { stage: StageName::Network, ..tier("only", 1.0, vec![for_client(Action::Allow, &[80])]) };
    let mut arrangement = tiers(&["only"]);
    arrangement.joins.add(Join { order: Some(Order::at(1000.0)), ..Join::new(StageName::Network, 0) });
    let deny = |order| tier("only", order, vec![for_client(Action::Deny, &[])]);
    for (order, expected) in [(999.0, vec![]), (1001.0, vec![80])] {
        let policies = vec![("a", network.clone()), ("b", deny(order))];
        assert_eq!(client_to_server(&under(arrangement.clone(), policies)), expected, "{order}");
    }
}

#[test]
fn who_joins_no_stage_is_not_enforced() {
    let policies = vec![("one", tier("elsewhere", 1.0, vec![for_client(Action::Deny, &[])]))];
    let cluster = under(tiers(&["only"]), policies);
    assert_eq!(client_to_server(&cluster), [79, 80, 81, 82]);
    let reach = Reachability::new(&cluster, Reading::Shown, &[]);
    assert_eq!(reach.selected(netlint::objects::PolicyId(0)).count(), 1, "it selects pods all the same");
}

#[test]
fn rules_of_an_ignored_direction_count_where_the_arrangement_says_so() {
    let ignored = |rules| Policy { stage: StageName::Network, engages_ingress: Engagement::Ignored, ..cilium(rules) };
    let mut arrangement = deny_wins();
    for (enforces_ignored, rules, expected) in [
        (false, vec![for_client(Action::Allow, &[80])], vec![79, 80, 81, 82]),
        (true, vec![for_client(Action::Allow, &[80])], vec![80]),
        (true, vec![], vec![79, 80, 81, 82]),
    ] {
        arrangement.joins = Joins::from_iter([Join { enforces_ignored, ..Join::new(StageName::Network, 0) }]);
        assert_eq!(client_to_server(&under(arrangement.clone(), vec![("one", ignored(rules))])), expected);
    }
}

#[test]
fn the_own_node_of_a_pod_enters_unless_the_arrangement_says_otherwise() {
    let isolated = Policy { engages_ingress: Engagement::Engages, ..cilium(Vec::new()) };
    let mut cluster = under(deny_wins(), vec![("one", isolated)]);
    assert_eq!(to_server(&cluster, Endpoint::OwnNode), [true; 3]);
    assert_eq!(to_server(&cluster, Endpoint::OtherNode), [false; 3]);
    cluster.arrangement.own_node_enters = false;
    assert_eq!(to_server(&cluster, Endpoint::OwnNode), [false; 3]);
}

#[test]
fn a_rejected_policy_is_absent_in_every_reading() {
    let isolated = Policy { engages_ingress: Engagement::Engages, ..cilium(vec![for_client(Action::Deny, &[])]) };
    let mut cluster = under(deny_wins(), vec![("one", isolated)]);
    let client = pod(&cluster, "client");
    assert_eq!(to_server(&cluster, client), [false; 3]);
    cluster.policies[0].rejected = true;
    assert_eq!(to_server(&cluster, client), [true; 3]);
}

#[test]
fn a_rule_may_be_for_some_of_the_pods_that_its_policy_selects() {
    let for_app = |value: &str| Rule {
        subject: Some(Box::new(Peer::Pods(app(value)))),
        ..rule(Action::Deny, Peer::Everyone, &[80])
    };
    let of = |rule| under(deny_wins(), vec![("one", cilium(vec![rule]))]);
    assert_eq!(client_to_server(&of(for_app("server"))), [79, 81, 82]);
    assert_eq!(client_to_server(&of(for_app("other"))), [79, 80, 81, 82]);
}

#[test]
fn stages_of_the_api_are_asked_in_order() {
    let ordered = |stage, action, ports: &[u16]| policy(stage, vec![for_client(action, ports)]);
    let network = Policy {
        engages_ingress: Engagement::Engages,
        ..policy(StageName::Network, vec![for_client(Action::Allow, &[79, 80])])
    };
    let policies = vec![
        ("baseline", ordered(StageName::Baseline, Action::Allow, &[81])),
        ("network", network),
        ("admin", ordered(StageName::Admin, Action::Deny, &[79])),
    ];
    assert_eq!(client_to_server(&under(Arrangement::of_the_api(), policies)), [80]);
    assert_eq!(Stage::new("network").on_silence, Silence::Deny);
}
