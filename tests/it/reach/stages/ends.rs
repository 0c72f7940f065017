//! Which the expressions over ends match: for certain, as it is shown, and perhaps.

use netlint::cluster::Cluster;
use netlint::objects::{Operator, Selector};
use netlint::policy::{
    Action, Attribute, Condition, Engagement, LabelPattern, NamespaceSet, Nodes, Peer, PodSet, Policy, Services,
    StageName, WhichNodes, WhichServices,
};
use netlint::reach::{Endpoint, Reading};

use super::{app, cluster, deny_wins, matched, pod, policy, rule, to_server};

pub(super) const YES: [bool; 3] = [true; 3];
pub(super) const NO: [bool; 3] = [false; 3];
/// Not shown, and yet perhaps.
pub(super) const MAYBE: [bool; 3] = [false, false, true];

fn named(name: &'static str) -> impl Fn(&Cluster) -> Endpoint {
    move |cluster| pod(cluster, name)
}

fn at(address: &'static str) -> impl Fn(&Cluster) -> Endpoint {
    move |_| Endpoint::External(address.parse().unwrap())
}

pub(super) fn block(cidr: &str) -> Peer {
    Peer::Block { cidr: cidr.parse().unwrap(), except: Vec::new() }
}

fn of(condition: Condition) -> Peer {
    Peer::Pods(PodSet {
        condition: Some(Box::new(condition)),
        ..PodSet::new(NamespaceSet::every(), Selector::default())
    })
}

fn label(key: &str, operator: Operator) -> Condition {
    Condition::Is(Attribute::Label(key.into()), operator)
}

pub(super) fn is(key: &str, value: &str) -> Condition {
    label(key, Operator::In(vec![value.into()]))
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

#[test]
fn conditions_are_boolean_expressions_over_labels() {
    for (condition, client, other) in [
        (is("app", "client"), YES, NO),
        (not(is("app", "client")), NO, YES),
        (Condition::Any(vec![is("app", "client"), is("app", "other")]), YES, YES),
        (Condition::All(vec![is("app", "client"), label("tier", Operator::Exists)]), YES, NO),
        (Condition::All(vec![]), YES, YES),
        (Condition::Any(vec![]), NO, NO),
        (label("tier", Operator::StartsWith("front".into())), YES, NO),
        (label("tier", Operator::EndsWith("-end".into())), YES, NO),
        (label("tier", Operator::Contains("nt-e".into())), YES, NO),
        (label("tier", Operator::Contains("back".into())), NO, NO),
        (not(label("tier", Operator::StartsWith("front".into()))), NO, YES),
        (label("app", Operator::NotIn(vec!["client".into()])), NO, YES),
    ] {
        assert_eq!(matched(of(condition.clone()), named("client")), client, "{condition:?}");
        assert_eq!(matched(of(condition.clone()), named("other")), other, "{condition:?}");
    }
}

#[test]
fn labels_of_pods_that_the_input_does_not_show_may_be_any() {
    for (condition, expected) in [
        (is("app", "client"), MAYBE),
        (not(is("app", "client")), [false, true, true]),
        (Condition::Any(vec![is("app", "client"), Condition::All(vec![])]), YES),
    ] {
        assert_eq!(matched(of(condition.clone()), |_| Endpoint::UnknownNamespace), expected, "{condition:?}");
    }
}

#[test]
fn labels_of_namespaces_are_known_where_their_manifest_is() {
    let team = |operator| Condition::Is(Attribute::NamespaceLabel("team".into()), operator);
    let name = |value: &str| {
        let key = Attribute::NamespaceLabel("kubernetes.io/metadata.name".into());
        Condition::Is(key, Operator::In(vec![value.into()]))
    };
    for (condition, client, far) in [
        (team(Operator::In(vec!["shop".into()])), YES, MAYBE),
        (team(Operator::DoesNotExist), NO, [false, true, true]),
        (name("shop"), YES, NO),
        (name("dark"), NO, YES),
        (not(name("dark")), YES, NO),
    ] {
        assert_eq!(matched(of(condition.clone()), named("client")), client, "{condition:?}");
        assert_eq!(matched(of(condition.clone()), named("far")), far, "{condition:?}");
    }
}

#[test]
fn service_accounts_are_seen_by_name_and_by_label() {
    let name = |value: &str| Condition::Is(Attribute::ServiceAccountName, Operator::In(vec![value.into()]));
    let can = |operator| Condition::Is(Attribute::ServiceAccountLabel("can".into()), operator);
    for (condition, client, other) in [
        (name("buyer"), YES, NO),
        (name("default"), NO, YES),
        (not(name("buyer")), NO, YES),
        (can(Operator::In(vec!["buy".into()])), YES, MAYBE),
        (can(Operator::DoesNotExist), NO, [false, true, true]),
    ] {
        assert_eq!(matched(of(condition.clone()), named("client")), client, "{condition:?}");
        assert_eq!(matched(of(condition.clone()), named("other")), other, "{condition:?}");
    }
    assert_eq!(matched(of(name("buyer")), |_| Endpoint::UnknownNamespace), MAYBE);
}

#[test]
fn labels_that_the_arrangement_hides_are_absent() {
    let hash = Peer::Pods(PodSet {
        condition: Some(Box::new(label("pod-template-hash", Operator::Exists))),
        ..PodSet::new(NamespaceSet::every(), Selector::default())
    });
    assert_eq!(matched(hash.clone(), named("other")), YES);
    let isolated = Policy {
        engages_ingress: Engagement::Engages,
        ..policy(StageName::Cilium, vec![rule(Action::Allow, hash, &[])])
    };
    let mut hiding = Cluster { arrangement: deny_wins(), ..cluster(vec![("only", isolated)]) };
    let pattern = |text: &str, keeps| LabelPattern { text: text.into(), is_anywhere: false, keeps };
    hiding.arrangement.view.patterns = vec![pattern("pod-template", false)];
    assert_eq!(to_server(&hiding, pod(&hiding, "other")), NO);
    hiding.arrangement.view.patterns.push(pattern("pod-template-hash", true));
    assert_eq!(to_server(&hiding, pod(&hiding, "other")), YES);
}

#[test]
fn nodes_are_other_ones_where_nothing_tells() {
    let nodes = |which| Peer::Nodes(Nodes { which, labels: Selector::default() });
    for (which, own, other, agent) in [
        (WhichNodes::Any, YES, YES, YES),
        (WhichNodes::Own, YES, NO, MAYBE),
        (WhichNodes::Other, YES, YES, [false, true, true]),
    ] {
        // The own node enters anyway.
        assert_eq!(matched(nodes(which), |_| Endpoint::OwnNode), own, "{which:?}");
        assert_eq!(matched(nodes(which), |_| Endpoint::OtherNode), other, "{which:?}");
        assert_eq!(matched(nodes(which), named("agent")), agent, "{which:?}");
        assert_eq!(matched(nodes(which), named("client")), NO, "{which:?}");
        assert_eq!(matched(nodes(which), at("192.0.2.1")), NO, "{which:?}");
    }
    let labelled = Nodes { which: WhichNodes::Any, labels: app("client").pods };
    assert_eq!(matched(Peer::Nodes(labelled), |_| Endpoint::OtherNode), MAYBE);
}

#[test]
fn the_world_is_outside_and_everyone_is_everywhere() {
    for (peer, outside, client, node, api_server) in [
        (Peer::World, YES, NO, NO, MAYBE),
        (Peer::Everyone, YES, YES, YES, YES),
        (Peer::ApiServer, NO, NO, NO, YES),
        (Peer::Not(Box::new(Peer::World)), NO, YES, YES, MAYBE),
        (Peer::Invalid, NO, NO, NO, NO),
        (Peer::Perhaps(Box::new(Peer::World)), MAYBE, NO, NO, MAYBE),
        (Peer::Not(Box::new(Peer::Perhaps(Box::new(Peer::World)))), MAYBE, YES, YES, MAYBE),
        (Peer::All(vec![Peer::Everyone, block("192.0.2.0/24")]), YES, NO, NO, MAYBE),
        (Peer::Any(vec![Peer::Pods(app("client")), block("192.0.2.0/24")]), YES, YES, NO, MAYBE),
        (Peer::All(vec![]), YES, YES, YES, YES),
    ] {
        assert_eq!(matched(peer.clone(), at("192.0.2.1")), outside, "{peer:?}");
        assert_eq!(matched(peer.clone(), named("client")), client, "{peer:?}");
        assert_eq!(matched(peer.clone(), |_| Endpoint::OtherNode), node, "{peer:?}");
        assert_eq!(matched(peer.clone(), |_| Endpoint::ApiServer), api_server, "{peer:?}");
    }
    assert_eq!(matched(Peer::IngressController, |_| Endpoint::IngressController), YES);
    assert_eq!(matched(Peer::IngressController, |_| Endpoint::UnknownNamespace), NO);
}

#[test]
fn services_stand_for_the_pods_behind_them() {
    let services = |which, missing| {
        let services = Services { namespaces: NamespaceSet::every(), which, missing: Box::new(missing) };
        Peer::Services(Box::new(services))
    };
    let named_service = |name: &str| WhichServices::Named(name.into());
    let role = |value: &str| {
        let requirement =
            netlint::objects::Requirement { key: "role".into(), operator: Operator::In(vec![value.into()]) };
        WhichServices::Matching(Selector::new(vec![requirement]))
    };
    let egress = |peer: Peer, to: fn(&Cluster) -> Endpoint| {
        let policy = Policy {
            subject: app("client"),
            engages_ingress: Engagement::Ignored,
            engages_egress: Engagement::Engages,
            egress: vec![rule(Action::Allow, peer, &[])],
            ..policy(StageName::Cilium, Vec::new())
        };
        let cluster = Cluster { arrangement: deny_wins(), ..cluster(vec![("only", policy)]) };
        [Reading::Least, Reading::Shown, Reading::Most]
            .map(|reading| super::open_under(&cluster, reading, pod(&cluster, "client"), to(&cluster)).contains(&80))
    };
    let server = |cluster: &Cluster| pod(cluster, "server");
    let other = |cluster: &Cluster| pod(cluster, "other");
    let outside = |_: &Cluster| Endpoint::External("192.0.2.1".parse().unwrap());
    for (which, missing, to_server, to_other, to_outside) in [
        (named_service("server"), Peer::Invalid, YES, NO, NO),
        (role("store"), Peer::Invalid, YES, NO, NO),
        (role("none"), Peer::Invalid, NO, NO, NO),
        (named_service("none"), Peer::Everyone, YES, YES, YES),
        (named_service("abroad"), Peer::Everyone, NO, NO, MAYBE),
    ] {
        let peer = services(which, missing);
        assert_eq!(egress(peer.clone(), server), to_server, "{peer:?}");
        assert_eq!(egress(peer.clone(), other), to_other, "{peer:?}");
        assert_eq!(egress(peer.clone(), outside), to_outside, "{peer:?}");
    }
}
