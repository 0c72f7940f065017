//! Policies of the whole cluster in ordered stages, as platform teams lay them over an estate.

use netlint::net::Protocol::Tcp;
use netlint::objects::{NAME_LABEL, NamespaceId, Operator, Requirement, Selector};
use netlint::policy::{
    Action, Engagement, NamespaceSet, Order, Peer, Peers, PodSet, Policy, PolicyObject, PortMatch, Ports, Rule,
    StageName,
};

/// How many teams have namespaces.
const TEAMS: usize = 40;
const METRICS: u16 = 9464;

/// So many policies of so many rules each, made of an object of any kind. Half of them select the namespaces of a team,
/// the others every pod. They deny and pass what teams send one another, deny parts of the outside, and allow metrics.
pub(crate) fn policies(object: &PolicyObject, count: usize, rules: usize) -> impl Iterator<Item = Box<PolicyObject>> {
    let policy = move |place: usize| {
        let mut object = PolicyObject { policy: policy(place, rules), ..object.clone() };
        object.object.name = format!("ordered-{place}").into();
        object.object.namespace = NamespaceId::CLUSTER;
        Box::new(object)
    };
    (0..count).map(policy)
}

fn policy(place: usize, rules: usize) -> Policy {
    let namespaces = if place.is_multiple_of(2) { NamespaceSet::every() } else { team(place) };
    Policy {
        stage: if place % 5 == 4 { StageName::Baseline } else { StageName::Admin },
        order: Order::at(place as f64),
        subject: PodSet::new(namespaces, Selector::default()),
        engages_ingress: Engagement::Matches,
        engages_egress: Engagement::Matches,
        ingress: (0..rules).map(|number| rule(place * rules + number)).collect(),
        egress: (0..rules).map(|number| rule(place * rules + number)).collect(),
    }
}

fn rule(number: usize) -> Rule {
    let pods = |namespaces| Peer::Pods(PodSet::new(namespaces, Selector::default()));
    let block = |cidr: String| cidr.parse().map_or(Peer::Invalid, |cidr| Peer::Block { cidr, except: Vec::new() });
    let on = |first, last| Ports::Of(vec![PortMatch::Range { protocol: Tcp, first, last }]);
    let (action, peer, ports) = match number % 10 {
        0 => (Action::Allow, pods(label(NAME_LABEL, "monitoring".to_owned())), on(METRICS, METRICS)),
        1 => (Action::Deny, block(format!("198.51.100.{}/32", number % 250)), Ports::All),
        2 | 5 | 8 => (Action::Deny, pods(team(number / 3)), on(8000, 8999)),
        3 | 6 => (Action::None, pods(NamespaceSet::every()), Ports::All),
        4 | 7 => (Action::Pass, pods(team(number / 3)), Ports::All),
        _ => (Action::Deny, pods(team(number / 3)), Ports::All),
    };
    Rule::new(action, Peers::Of(vec![peer]), ports)
}

/// Policies like these as manifests, which say more of what is allowed: ClusterNetworkPolicies have no action that decides
/// nothing, and no addresses in ingress.
pub(crate) fn manifests(count: usize, rules: usize) -> String {
    let policies: Vec<String> = (0..count).map(|place| manifest(place, rules)).collect();
    policies.join("---\n")
}

fn manifest(place: usize, rules: usize) -> String {
    let every = || "{namespaces: {}}".to_owned();
    let subject = if place.is_multiple_of(2) { every() } else { of_team(place) };
    let tier = if place % 5 == 4 { "Baseline" } else { "Admin" };
    let mut text = format!(
        "apiVersion: policy.networking.k8s.io/v1beta1\nkind: ClusterNetworkPolicy\nmetadata: {{name: ordered-{place}}}\n\
         spec:\n  tier: {tier}\n  priority: {place}\n  subject: {subject}\n"
    );
    for (direction, peers) in [("ingress", "from"), ("egress", "to")] {
        let each = (0..rules).map(|number| written(place * rules + number, peers));
        text += &format!("  {direction}:\n{}", each.collect::<String>());
    }
    text
}

/// A rule of a manifest.
fn written(number: usize, peers: &str) -> String {
    let monitoring = format!("{{namespaces: {{matchLabels: {{{NAME_LABEL}: monitoring}}}}}}");
    let (action, peer, ports) = match number % 10 {
        0 => ("Accept", monitoring, format!("{{number: {METRICS}}}")),
        1 if peers == "to" => ("Deny", format!("{{networks: [198.51.100.{}/32]}}", number % 250), String::new()),
        2 | 5 | 8 => ("Deny", of_team(number / 3), "{range: {start: 8000, end: 8999}}".to_owned()),
        3 | 6 => ("Accept", of_team(number / 3), "{number: 8443}".to_owned()),
        4 | 7 => ("Pass", of_team(number / 3), String::new()),
        _ => ("Deny", of_team(number / 3), String::new()),
    };
    let protocols = match ports.as_str() {
        "" => String::new(),
        ports => format!("      protocols: [{{tcp: {{destinationPort: {ports}}}}}]\n"),
    };
    format!("    - action: {action}\n      {peers}: [{peer}]\n{protocols}")
}

fn of_team(number: usize) -> String {
    format!("{{namespaces: {{matchLabels: {{team: team-{}}}}}}}", number % TEAMS)
}

/// The namespaces of a team.
fn team(number: usize) -> NamespaceSet {
    label("team", format!("team-{}", number % TEAMS))
}

fn label(key: &str, value: String) -> NamespaceSet {
    let requirement = Requirement { key: key.into(), operator: Operator::In(vec![value.into()]) };
    NamespaceSet::Matching(Selector::new(vec![requirement]))
}
