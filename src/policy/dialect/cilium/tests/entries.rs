//! What an entry matches, and whether a rule isolates.

use super::{CLUSTERWIDE, NAMESPACED, object, read, rule};
use crate::net::{Direction, Protocol};
use crate::policy::dialect::cilium::{
    Action, Family, IcmpType, Layer7, Peer, Peers, PortItem, PortProtocol, PortText, Subject, Traffic,
};

#[test]
fn an_empty_item_matches_nothing_and_isolates() {
    for (list, direction) in [
        ("ingress", Direction::Ingress),
        ("ingressDeny", Direction::Ingress),
        ("egress", Direction::Egress),
        ("egressDeny", Direction::Egress),
    ] {
        let rule = rule(&format!("{list}: [{{}}]"));
        assert!(rule.entries[0].matches_nothing(), "{list}");
        assert_eq!((rule.isolates(direction), rule.isolates(direction.opposite())), (true, false), "{list}");
    }
}

#[test]
fn empty_lists_of_peers_match_nothing_or_are_absent() {
    let ports = "toPorts: [{ports: [{port: \"80\"}]}]";
    for list in ["toEndpoints", "toCIDR", "toCIDRSet", "toEntities", "toNodes"] {
        let rule = rule(&format!("egress: [{{{list}: [], {ports}}}]"));
        assert_eq!(rule.entries[0].peers, Peers::Nothing(list));
        assert!(rule.entries[0].matches_nothing());
    }
    for list in ["toFQDNs", "toServices", "toGroups"] {
        let rule = rule(&format!("egress: [{{{list}: [], {ports}}}]"));
        assert_eq!(rule.entries[0].peers, Peers::Unwritten, "{list} opens the port to everyone");
        assert!(!rule.entries[0].matches_nothing());
    }
    let beside = rule("ingress: [{fromEndpoints: [], fromEntities: [all]}]");
    assert_eq!(beside.entries[0].peers, Peers::Nothing("fromEndpoints"), "beside another kind too");
}

#[test]
fn peers_without_traffic_are_all_traffic_and_traffic_without_peers_is_everyone() {
    let rule = rule("ingress: [{fromEntities: [world]}, {toPorts: [{ports: [{port: \"80\"}]}]}]");
    let [peers, ports] = &rule.entries[..] else { panic!("two entries") };
    assert_eq!((&peers.traffic, peers.matches_nothing()), (&Traffic::Unwritten, false));
    assert_eq!((&ports.peers, ports.matches_nothing()), (&Peers::Unwritten, false));
}

#[test]
fn items_of_traffic_without_ports_match_nothing() {
    for traffic in ["toPorts: [{}]", "toPorts: [{ports: []}]", "icmps: [{}]", "icmps: [{fields: []}]"] {
        let rule = rule(&format!("ingress: [{{fromEntities: [all], {traffic}}}]"));
        assert!(rule.entries[0].matches_nothing(), "{traffic}");
    }
    for traffic in ["toPorts: []", "icmps: []"] {
        let rule = rule(&format!("ingress: [{{fromEntities: [all], {traffic}}}]"));
        assert_eq!(rule.entries[0].traffic, Traffic::Unwritten, "{traffic}");
    }
}

#[test]
fn default_deny_counts_only_where_the_direction_has_an_entry() {
    let isolates = |lists: &str| Direction::BOTH.map(|direction| rule(lists).isolates(direction));
    assert_eq!(isolates("ingress: [], egress: [{}], enableDefaultDeny: {ingress: true}"), [false, true]);
    assert_eq!(isolates("ingressDeny: [{}], egress: [{}], enableDefaultDeny: {egress: false}"), [true, false]);
    assert_eq!(isolates("ingress: [{}], enableDefaultDeny: {ingress: null}"), [true, false]);
}

#[test]
fn spec_and_specs_are_both_read() {
    let one = "{endpointSelector: {matchLabels: {app: web}}, ingress: [{}]}";
    let other = "{nodeSelector: {}, egressDeny: [{}, {toEntities: [world]}]}";
    let policy = read(&object(CLUSTERWIDE, &format!("spec: {one}, specs: [{other}]")));
    let places: Vec<String> = policy.rules.iter().map(|rule| rule.origin.path.to_string()).collect();
    assert_eq!(places, ["spec", "specs[0]"]);
    assert_eq!(policy.rules[1].subject, Subject::Nodes);
    let entry = &policy.rules[1].entries[1];
    assert_eq!(entry.action, Action::Deny);
    assert_eq!(policy.rules[1].origin_of(entry).path.to_string(), "specs[0].egressDeny[1]");
    assert_eq!(read(&object(NAMESPACED, "specs: []")).rules.len(), 0);
}

#[test]
fn denies_have_neither_names_nor_layer_7() {
    // As the schema drops them, the object is taken as it is left.
    let text = super::policy(
        "egressDeny: [{toFQDNs: [{matchName: a.io}], toPorts: [{ports: [{port: \"80\"}], rules: {http: [{}]}}]}]",
    );
    let policy = super::with_root(&text, |root, _| {
        crate::policy::dialect::cilium::read(root, &super::origin(), crate::policy::dialect::cilium::Kind::Namespaced)
    });
    let entry = &policy.rules[0].entries[0];
    assert_eq!(entry.peers, Peers::Unwritten, "the port is denied to everyone");
    let Traffic::Of { ports, .. } = &entry.traffic else { panic!("ports") };
    assert_eq!(ports[0].layer7, Layer7::Unrestricted);
}

fn ports(items: &str) -> Vec<PortItem> {
    let mut rule = rule(&format!("ingress: [{{toPorts: [{{ports: [{items}]}}]}}]"));
    match rule.entries.remove(0).traffic {
        Traffic::Of { mut ports, .. } => ports.remove(0).ports,
        Traffic::Unwritten => panic!("ports"),
    }
}

#[test]
fn ports_have_protocols_ranges_and_names() {
    let items = ports(
        "{port: \"80\"}, {port: \"80\", endPort: 90, protocol: TCP}, {port: \"80\", endPort: 7}, {port: \"0\", endPort: 9}, \
         {port: HTTP, endPort: 90}, {port: \"0\", protocol: ESP}, {port: \"0120\"}",
    );
    let ranges: Vec<_> = items.iter().map(PortItem::range).collect();
    let every = Some((0, u16::MAX));
    assert_eq!(ranges, [Some((80, 80)), Some((80, 90)), Some((80, 80)), every, None, every, Some((80, 80))]);
    assert_eq!(items[0].protocol, PortProtocol::Any);
    assert_eq!(items[1].protocol, PortProtocol::One(Protocol::Tcp));
    assert_eq!(items[4].port, PortText::Name("http".to_owned()));
    assert_eq!(items[5].protocol, PortProtocol::Portless(50));
}

#[test]
fn icmp_types_are_of_a_family() {
    let rule = rule("ingress: [{icmps: [{fields: [{type: 8}, {type: EchoRequest, family: IPv6}, {type: \"0\"}]}]}]");
    let Traffic::Of { icmp, .. } = &rule.entries[0].traffic else { panic!("icmp") };
    let expected = [(Family::V4, 8), (Family::V6, 128), (Family::V4, 0)];
    assert_eq!(*icmp, expected.map(|(family, number)| IcmpType { family, number }));
}

#[test]
fn layer_7_restricts_unless_something_asks_nothing() {
    let layer7 = |item: &str| {
        let mut rule = rule(&format!("egress: [{{toPorts: [{{ports: [{{port: \"443\", protocol: TCP}}], {item}}}]}}]"));
        match rule.entries.remove(0).traffic {
            Traffic::Of { mut ports, .. } => ports.remove(0).layer7,
            Traffic::Unwritten => panic!("ports"),
        }
    };
    assert_eq!(layer7("rules: {http: [{method: GET}]}"), Layer7::Restricted);
    assert_eq!(layer7("serverNames: [a.io]"), Layer7::Restricted);
    assert_eq!(layer7("rules: {http: [{method: GET}, {}]}"), Layer7::Unrestricted);
    assert_eq!(layer7("rules: {http: []}"), Layer7::Unrestricted);
    assert_eq!(layer7("rules: {dns: []}"), Layer7::Unrestricted);
    let Layer7::Dns(patterns) = layer7("rules: {dns: [{matchPattern: \"*\"}]}") else { panic!("dns") };
    assert!(patterns[0].is_everything());
}

#[test]
fn peers_of_one_list_are_a_union() {
    let rule = rule("egress: [{toCIDRSet: [{cidr: 10.1.2.3/8, except: [10.1.0.0/16]}, {cidrGroupRef: office}]}]");
    let Peers::Of("toCIDRSet", peers) = &rule.entries[0].peers else { panic!("blocks") };
    let [Peer::Blocks(block), Peer::Blocks(group)] = &peers[..] else { panic!("{peers:?}") };
    assert_eq!(format!("{:?}", block.of), "Block(10.0.0.0/8)", "host bits are dropped");
    assert_eq!(block.except.len(), 1);
    assert_eq!(format!("{:?}", group.of), "Group(\"office\")");
}
