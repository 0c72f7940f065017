//! What the expressions over traffic match, and what is restricted at layer 7.

use netlint::cluster::Cluster;
use netlint::net::Protocol::{Sctp, Tcp, Udp};
use netlint::net::ports::PortSet;
use netlint::net::traffic::Traffic;
use netlint::policy::{
    Action, Engagement, Icmp, IpFamily, NamespaceSet, Peer, Peers, Policy, PortMatch, Ports, Rule, Services, StageName,
    WhichServices,
};
use netlint::reach::{Endpoint, Permitted, Reachability, Reading};

use super::{cluster, deny_wins, pod, policy, tiers};

/// What `client` may send to `server` where one rule allows this and everything else is denied: for certain, shown, and
/// perhaps.
fn allowed(ports: Vec<PortMatch>) -> [Traffic; 3] {
    let rule = Rule::new(Action::Allow, Peers::Everyone, Ports::Of(ports));
    let isolated = Policy { engages_ingress: Engagement::Engages, ..policy(StageName::Cilium, vec![rule]) };
    let cluster = Cluster { arrangement: deny_wins(), ..cluster(vec![("only", isolated)]) };
    [Reading::Least, Reading::Shown, Reading::Most].map(|reading| {
        Reachability::new(&cluster, reading, &[]).permitted(pod(&cluster, "client"), pod(&cluster, "server")).traffic
    })
}

fn range(first: u16, last: u16) -> PortMatch {
    PortMatch::Range { protocol: Tcp, first, last }
}

fn named(name: &str) -> PortMatch {
    PortMatch::Named { protocol: None, name: name.into() }
}

fn echo() -> Icmp {
    Icmp { family: IpFamily::V4, kind: Some(8), code: None }
}

#[test]
fn expressions_over_ports_are_what_they_say() {
    let tcp = |first, last| Traffic::of_ports(PortSet::range(Tcp, first, last));
    let dns = Traffic::of_ports(PortSet::single(Udp, 53));
    let none = Traffic::default();
    let not = |one| PortMatch::Not(Box::new(one));
    for (ports, expected) in [
        (vec![range(80, 81)], tcp(80, 81)),
        (vec![named("http")], tcp(80, 80)),
        (vec![named("dns")], dns.clone()),
        (vec![named("nothing")], none.clone()),
        (vec![PortMatch::Named { protocol: Some(Tcp), name: "dns".into() }], none.clone()),
        (vec![PortMatch::Everything], Traffic::all()),
        (vec![not(PortMatch::Everything)], none.clone()),
        (vec![not(range(80, 81))], tcp(80, 81).complement()),
        (vec![not(named("dns"))], dns.complement()),
        (vec![PortMatch::All(vec![PortMatch::Protocol(Tcp), not(range(80, 65535))])], tcp(1, 79)),
        (vec![PortMatch::All(vec![PortMatch::Protocol(Tcp), named("dns")])], none.clone()),
        (vec![PortMatch::Any(vec![named("http"), range(82, 82)])], tcp(80, 80).union(&tcp(82, 82))),
        (vec![PortMatch::Icmp(echo())], Traffic::of_icmp(echo())),
        (vec![PortMatch::Portless(50)], Traffic::of_protocol(50)),
        (vec![PortMatch::AnyPortless], Traffic::any_portless()),
        (vec![PortMatch::Icmp(echo()), range(80, 80)], Traffic::of_icmp(echo()).union(&tcp(80, 80))),
        (vec![PortMatch::Invalid], none.clone()),
        (vec![], none),
    ] {
        assert_eq!(allowed(ports.clone()), [expected.clone(), expected.clone(), expected], "{ports:?}");
    }
}

#[test]
fn ports_of_the_three_protocols_are_not_everything() {
    let ports = [Tcp, Udp, Sctp].map(PortMatch::Protocol);
    let [_, shown, _] = allowed(ports.to_vec());
    assert!(shown.ports.is_all());
    assert!(!shown.is_superset(&Traffic::of_icmp(echo())));
}

#[test]
fn a_maybe_of_ports_is_shown_as_no_match() {
    let perhaps = PortMatch::Perhaps(Box::new(range(80, 80)));
    let eighty = Traffic::of_ports(PortSet::single(Tcp, 80));
    assert_eq!(allowed(vec![perhaps.clone()]), [Traffic::default(), Traffic::default(), eighty.clone()]);
    let not = PortMatch::Not(Box::new(perhaps));
    assert_eq!(allowed(vec![not]), [eighty.complement(), eighty.complement(), Traffic::all()]);
}

#[test]
fn target_ports_are_those_of_the_pods_behind_a_service() {
    let target = |name: &str| {
        let services = Services {
            namespaces: NamespaceSet::every(),
            which: WhichServices::Named(name.into()),
            missing: Box::new(Peer::Invalid),
        };
        PortMatch::TargetPorts(Box::new(services))
    };
    let eighty = Traffic::of_ports(PortSet::single(Tcp, 80));
    assert_eq!(allowed(vec![target("server")]), [eighty.clone(), eighty.clone(), eighty]);
    assert_eq!(allowed(vec![target("missing")]), [const { Traffic::default }; 3].map(|none| none()));
    let [least, shown, most] = allowed(vec![target("abroad")]);
    assert!(least.is_empty() && shown.is_empty() && most.ports.is_all());
}

/// What `client` may send to `server` under these rules, the stage engaging it.
fn under(first_match: bool, rules: Vec<Rule>) -> Permitted {
    let (arrangement, stage) = match first_match {
        true => (tiers(&["only"]), StageName::Tier("only".into())),
        false => (deny_wins(), StageName::Cilium),
    };
    let isolated = Policy { engages_ingress: Engagement::Engages, ..policy(stage, rules) };
    let cluster = Cluster { arrangement, ..cluster(vec![("only", isolated)]) };
    let reach = Reachability::new(&cluster, Reading::Shown, &[]);
    assert!(reach.ports(Endpoint::ApiServer, pod(&cluster, "server")).contains(Tcp, 80));
    reach.permitted(pod(&cluster, "client"), pod(&cluster, "server"))
}

#[test]
fn a_restriction_at_layer_7_holds_until_another_rule_lifts_it() {
    let allow = |first, last| Rule::new(Action::Allow, Peers::Everyone, Ports::Of(vec![range(first, last)]));
    let http = Rule { layer7: true, ..allow(80, 81) };
    let deny = Rule { action: Action::Deny, ..allow(81, 81) };
    let tcp = |first, last| Traffic::of_ports(PortSet::range(Tcp, first, last));
    for first_match in [false, true] {
        let only = under(first_match, vec![http.clone()]);
        assert_eq!((only.traffic, only.layer7), (tcp(80, 81), tcp(80, 81)), "{first_match}");
        let lifted = under(first_match, vec![http.clone(), allow(80, 80)]);
        assert_eq!((lifted.traffic, lifted.layer7), (tcp(80, 81), tcp(81, 81)), "{first_match}");
        let before = under(first_match, vec![allow(80, 80), http.clone()]);
        assert_eq!((before.traffic, before.layer7), (tcp(80, 81), tcp(81, 81)), "{first_match}");
    }
    let denied = under(false, vec![http.clone(), deny.clone()]);
    assert_eq!((denied.traffic, denied.layer7), (tcp(80, 80), tcp(80, 80)));
    let first = under(true, vec![http, deny, allow(80, 81)]);
    assert_eq!((first.traffic, first.layer7), (tcp(80, 81), tcp(81, 81)), "what is denied after it stays restricted");
}
