//! What is permitted for certain and what may be, where a match is a maybe or an order a tie.

use netlint::cluster::Cluster;
use netlint::objects::{Operator, Requirement, Selector};
use netlint::policy::{
    Action, Arrangement, Engagement, NamespaceSet, Order, Peer, PodSet, Policy, Rule, StageName, TieOrder, Ties,
};
use netlint::reach::{Endpoint, Reading};

use super::{cluster, deny_wins, for_client, open_under, pod, policy, rule, tiers};

/// Pods of namespaces with a label that `dark` may have or not.
fn of_a_team() -> PodSet {
    let requirement = Requirement { key: "team".into(), operator: Operator::In(vec!["far".into()]) };
    PodSet::new(NamespaceSet::Matching(Selector::new(vec![requirement])), Selector::default())
}

fn maybe(action: Action, ports: &[u16]) -> Rule {
    rule(action, Peer::Pods(of_a_team()), ports)
}

/// The ports on which an end may reach `server`: for certain, as it is shown, and perhaps.
fn from(cluster: &Cluster, end: Endpoint) -> [Vec<u16>; 3] {
    [Reading::Least, Reading::Shown, Reading::Most]
        .map(|reading| open_under(cluster, reading, end, pod(cluster, "server")))
}

fn far(arrangement: Arrangement, policies: Vec<(&str, Policy)>) -> [Vec<u16>; 3] {
    let cluster = Cluster { arrangement, ..cluster(policies) };
    from(&cluster, pod(&cluster, "far"))
}

fn engaged(stage: StageName, rules: Vec<Rule>) -> Policy {
    Policy { engages_ingress: Engagement::Engages, ..policy(stage, rules) }
}

#[test]
fn a_maybe_decides_perhaps_and_what_follows_may_decide_as_well() {
    let tier = || StageName::Tier("only".into());
    let everyone = |action, ports: &[u16]| rule(action, Peer::Everyone, ports);
    for (rules, expected) in [
        (vec![maybe(Action::Allow, &[80])], [vec![], vec![], vec![80]]),
        (vec![maybe(Action::Deny, &[80]), everyone(Action::Allow, &[80, 81])], [vec![81], vec![80, 81], vec![80, 81]]),
        (vec![maybe(Action::Allow, &[80]), everyone(Action::Deny, &[])], [vec![], vec![], vec![80]]),
        (vec![everyone(Action::Allow, &[80]), maybe(Action::Deny, &[80])], [vec![80], vec![80], vec![80]]),
        (vec![maybe(Action::Pass, &[80]), everyone(Action::Deny, &[80])], [vec![], vec![], vec![80]]),
        (vec![maybe(Action::Pass, &[80]), everyone(Action::Allow, &[80])], [vec![80], vec![80], vec![80]]),
    ] {
        let of = far(tiers(&["only"]), vec![("one", engaged(tier(), rules.clone()))]);
        assert_eq!(of, expected, "{rules:?}");
    }
}

#[test]
fn a_deny_that_is_a_maybe_denies_nothing_for_certain_where_denies_win() {
    let rules = vec![rule(Action::Allow, Peer::Everyone, &[80, 81]), maybe(Action::Deny, &[80])];
    let expected = [vec![81], vec![80, 81], vec![80, 81]];
    assert_eq!(far(deny_wins(), vec![("one", engaged(StageName::Cilium, rules))]), expected);
}

#[test]
fn who_may_be_selected_may_be_engaged() {
    let isolated =
        Policy { subject: of_a_team(), ..engaged(StageName::Cilium, vec![for_client(Action::Allow, &[80])]) };
    let cluster = Cluster { arrangement: deny_wins(), ..cluster(vec![("one", isolated)]) };
    let ports = |reading| open_under(&cluster, reading, pod(&cluster, "client"), pod(&cluster, "far"));
    let all = vec![79, 80, 81, 82];
    assert_eq!([Reading::Least, Reading::Shown, Reading::Most].map(ports), [vec![80], all.clone(), all]);
}

#[test]
fn tied_policies_are_asked_in_any_order() {
    let tied =
        |stage: &str, order, rules| Policy { order: Order::at(order), ..engaged(StageName::Tier(stage.into()), rules) };
    let policies = |order| {
        vec![
            ("a", tied("only", 1.0, vec![for_client(Action::Allow, &[80, 81])])),
            ("b", tied("only", order, vec![for_client(Action::Deny, &[80, 82])])),
            ("c", tied("only", 9.0, vec![for_client(Action::Allow, &[])])),
        ]
    };
    let mut arrangement = tiers(&["only"]);
    for (certain, order, expected) in [
        (true, 1.0, [vec![79, 80, 81], vec![79, 80, 81], vec![79, 80, 81]]),
        (false, 1.0, [vec![79, 81], vec![79, 80, 81], vec![79, 80, 81]]),
        (false, 2.0, [vec![79, 80, 81], vec![79, 80, 81], vec![79, 80, 81]]),
    ] {
        arrangement.stages[0].ties = Ties { order: TieOrder::Name, certain };
        let cluster = Cluster { arrangement: arrangement.clone(), ..cluster(policies(order)) };
        assert_eq!(from(&cluster, pod(&cluster, "client")), expected, "{certain} {order}");
    }
}

#[test]
fn what_a_tied_policy_may_pass_may_be_decided_later() {
    let tied = |stage: &str, rules| engaged(StageName::Tier(stage.into()), rules);
    let policies = vec![
        ("a", tied("first", vec![for_client(Action::Pass, &[80])])),
        ("b", tied("first", vec![for_client(Action::Allow, &[80])])),
        ("c", tied("second", vec![for_client(Action::Deny, &[])])),
    ];
    let mut arrangement = tiers(&["first", "second"]);
    arrangement.stages[0].ties.certain = false;
    let cluster = Cluster { arrangement, ..cluster(policies) };
    assert_eq!(from(&cluster, pod(&cluster, "client")), [vec![], vec![], vec![80]]);
}
