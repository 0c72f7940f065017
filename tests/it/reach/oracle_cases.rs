//! The oracle on clusters small enough to judge by eye. An oracle that nobody checks is no oracle.
//!
//! The cluster: namespace 0 is `shop` (team=retail) with workloads 0 (app=web, port http 8080/TCP), 1 (app=db, ports sql
//! 5432/TCP and sql 5433/UDP) and 2 (app=web on the network of its node); namespace 1 is `ops`, without manifest, with
//! workload 3 (app=web). Policies live in `shop`.

use super::cluster::{
    Absent, Cidr, Cluster, ContainerPort, Direction, Endpoint, Field, IpBlock, Is, Labels, NAME_LABEL, Namespace, Null,
    Operator, Peer, Policy, Port, PortValue, Protocol, Requirement, Rule, Selector, Spec, Workload,
};
use super::oracle::{self, Connection};

use Direction::{Egress, Ingress};
use Endpoint::{External, IngressController, OtherPod, UnknownNamespace};
use Protocol::{Sctp, Tcp, Udp};

const WEB: Endpoint = Endpoint::Workload(0);
const DB: Endpoint = Endpoint::Workload(1);
const HOST: Endpoint = Endpoint::Workload(2);
const OPS: Endpoint = Endpoint::Workload(3);

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
}

fn workload(namespace: usize, app: &str, ports: &[(&str, u16, Field<Protocol>)], host_network: bool) -> Workload {
    let port = |(name, number, protocol): &(&str, u16, Field<Protocol>)| ContainerPort {
        name: Some((*name).to_owned()),
        number: *number,
        protocol: protocol.clone(),
    };
    Workload {
        kind: "Pod",
        name: app.to_owned(),
        namespace,
        labels: labels(&[("app", app)]),
        containers: vec![ports.iter().map(port).collect()],
        host_network: Is(host_network),
    }
}

fn cluster(specs: &[Spec]) -> Cluster {
    let policy = |spec: &Spec| Policy { name: "p".to_owned(), namespace: 0, spec: Is(spec.clone()) };
    Cluster {
        namespaces: vec![
            Namespace { name: Some("shop".to_owned()), manifest: Some(labels(&[("team", "retail")])) },
            Namespace { name: Some("ops".to_owned()), manifest: None },
        ],
        workloads: vec![
            workload(0, "web", &[("http", 8080, Absent)], false),
            workload(0, "db", &[("sql", 5432, Null), ("sql", 5433, Is(Udp))], false),
            workload(0, "web", &[("http", 8080, Absent)], true),
            workload(1, "web", &[("http", 9090, Absent)], false),
        ],
        policies: specs.iter().map(policy).collect(),
    }
}

fn tcp(specs: &[Spec], from: Endpoint, to: Endpoint, port: u16) -> bool {
    oracle::allowed(&cluster(specs), Connection { from, to, protocol: Tcp, port })
}

fn ip(text: &str) -> Endpoint {
    External(text.parse().unwrap())
}

fn app(value: &str) -> Field<Selector> {
    Is(Selector { match_labels: Is(labels(&[("app", value)])), ..Selector::default() })
}

fn requirement(key: &str, operator: Operator, values: &[&str]) -> Field<Selector> {
    let values = Is(values.iter().map(|&value| value.to_owned()).collect());
    let requirement = Requirement { key: key.to_owned(), operator, values };
    Is(Selector { match_expressions: Is(vec![requirement]), ..Selector::default() })
}

fn everything() -> Field<Selector> {
    Is(Selector::default())
}

/// A policy that isolates all pods in some directions.
fn deny(types: &[Direction]) -> Spec {
    Spec { policy_types: Is(types.to_vec()), ..Spec::default() }
}

/// The database's ingress with one rule.
fn ingress(rule: Rule) -> Spec {
    Spec { pod_selector: app("db"), ingress: Is(vec![Some(rule)]), ..Spec::default() }
}

/// The web pod's egress with one rule.
fn egress(rule: Rule) -> Spec {
    Spec { pod_selector: app("web"), policy_types: Is(vec![Egress]), egress: Is(vec![Some(rule)]), ..Spec::default() }
}

fn from(peers: &[Peer]) -> Rule {
    Rule { peers: Is(peers.to_vec()), ports: Absent }
}

fn on(port: Field<PortValue>, end_port: Field<u16>, protocol: Field<Protocol>) -> Rule {
    Rule { peers: Absent, ports: Is(vec![Some(Port { protocol, port, end_port })]) }
}

fn number(number: u16) -> Field<PortValue> {
    Is(PortValue::Number(number))
}

fn name(name: &str) -> Field<PortValue> {
    Is(PortValue::Name(name.to_owned()))
}

fn pods(selector: Field<Selector>) -> Peer {
    Peer { pod_selector: selector, ..Peer::default() }
}

fn namespaces(selector: Field<Selector>) -> Peer {
    Peer { namespace_selector: selector, ..Peer::default() }
}

fn block(cidr: &str, except: &[&str]) -> Peer {
    let except = Is(except.iter().map(|text| Cidr::new(text)).collect());
    Peer { ip_block: Is(IpBlock { cidr: Cidr::new(cidr), except }), ..Peer::default() }
}

/// Whether the database's ingress from these peers, and from nobody else, admits the source.
fn admits(peers: &[Peer], source: Endpoint) -> bool {
    tcp(&[ingress(from(peers))], source, DB, 1)
}

/// One test: a name and what holds.
macro_rules! cases {
    ($($name:ident: $claim:expr;)+) => { $(#[test] fn $name() { assert!($claim); })+ };
}

cases! {
    no_policy_allows: tcp(&[], OPS, DB, 1);
    empty_spec_isolates_ingress: !tcp(&[Spec::default()], OPS, DB, 1);
    empty_spec_leaves_egress: tcp(&[Spec::default()], DB, OPS, 1);
    policy_leaves_other_namespaces: tcp(&[deny(&[Ingress])], DB, OPS, 1);
    policy_selects_other_pods_of_its_namespace: !tcp(&[deny(&[Ingress])], OPS, OtherPod(0), 1);
    policy_does_not_select_unknown_pods: tcp(&[deny(&[Ingress])], OPS, UnknownNamespace, 1);
    egress_type_denies_egress: !tcp(&[deny(&[Egress])], DB, OPS, 1);
    egress_type_leaves_ingress: tcp(&[deny(&[Egress])], OPS, DB, 1);
    empty_types_are_defaulted: !tcp(&[deny(&[])], OPS, DB, 1);
    egress_rules_imply_egress: !tcp(&[Spec { policy_types: Null, ..egress(from(&[pods(app("db"))])) }], WEB, OPS, 1);
    egress_rules_imply_ingress_too: !tcp(&[Spec { policy_types: Absent, ..egress(Rule::default()) }], OPS, WEB, 1);
    empty_egress_implies_nothing: tcp(&[Spec { egress: Is(vec![]), ..Spec::default() }], WEB, OPS, 1);
    omitted_direction_is_inert:
        !tcp(&[Spec { policy_types: Is(vec![Egress]), ..ingress(Rule::default()) }, deny(&[Ingress])], OPS, DB, 1);
    a_pod_reaches_itself: tcp(&[deny(&[Ingress, Egress])], DB, DB, 1);
    other_pods_are_not_one_pod: !tcp(&[deny(&[Ingress])], OtherPod(0), OtherPod(0), 1);
    union_over_policies: tcp(&[deny(&[Ingress]), ingress(Rule::default())], OPS, DB, 1);
    both_sides_are_needed: !tcp(&[deny(&[Egress]), ingress(Rule::default())], WEB, DB, 1);
    both_sides_suffice: tcp(&[deny(&[Ingress, Egress]), ingress(Rule::default()), egress(Rule::default())], WEB, DB, 1);

    null_rule_admits_all: tcp(&[Spec { ingress: Is(vec![None]), ..Spec::default() }], ip("192.0.2.1"), DB, 1);
    empty_from_admits_all: admits(&[], ip("2001:db8::1"));
    null_from_admits_all: tcp(&[ingress(Rule { peers: Null, ports: Null })], HOST, DB, 1);
    pod_selector_is_local: !admits(&[pods(app("web"))], OPS);
    pod_selector_admits: admits(&[pods(app("web"))], WEB);
    namespace_selector_admits_all_pods: admits(&[namespaces(requirement(NAME_LABEL, Operator::In, &["ops"]))], OtherPod(1));
    namespace_selector_reads_labels: !admits(&[namespaces(requirement("team", Operator::Exists, &[]))], OPS);
    both_selectors_are_anded: !admits(&[Peer { namespace_selector: everything(), ..pods(app("web")) }], OtherPod(1));
    both_selectors_reach_other_namespaces: admits(&[Peer { namespace_selector: everything(), ..pods(app("web")) }], OPS);
    two_peers_are_ored:
        admits(&[namespaces(requirement("team", Operator::Exists, &[])), pods(app("none"))], WEB);
    all_namespaces_include_unknown_ones: admits(&[namespaces(everything())], IngressController);
    all_namespaces_exclude_the_outside: !admits(&[namespaces(everything())], ip("10.0.0.1"));
    unknown_namespace_has_some_name: admits(&[namespaces(requirement(NAME_LABEL, Operator::NotIn, &["ops"]))], UnknownNamespace);
    not_in_matches_absent: admits(&[pods(requirement("app", Operator::NotIn, &["web"]))], OtherPod(0));
    not_in_excludes: !admits(&[pods(requirement("app", Operator::NotIn, &["web"]))], WEB);
    does_not_exist_excludes: !admits(&[pods(requirement("app", Operator::DoesNotExist, &[]))], WEB);
    in_does_not_match_absent: !admits(&[pods(requirement("app", Operator::In, &["web"]))], OtherPod(0));
    host_network_is_not_isolated: tcp(&[deny(&[Ingress, Egress])], OPS, HOST, 1);
    host_network_is_not_selected: !admits(&[pods(everything())], HOST);

    block_admits_inside: admits(&[block("10.0.0.0/8", &[])], ip("10.255.255.255"));
    block_ends: !admits(&[block("10.0.0.0/8", &[])], ip("11.0.0.0"));
    block_begins: !admits(&[block("10.0.0.0/8", &[])], ip("9.255.255.255"));
    except_is_left_out: !admits(&[block("10.0.0.0/8", &["10.1.0.0/16"])], ip("10.1.255.255"));
    except_leaves_the_rest: admits(&[block("10.0.0.0/8", &["10.1.0.0/16"])], ip("10.2.0.0"));
    except_is_of_its_own_block: admits(&[block("10.0.0.0/8", &["10.1.0.0/16"]), block("10.1.2.0/24", &[])], ip("10.1.2.0"));
    all_of_v4_admits_v4: admits(&[block("0.0.0.0/0", &[])], ip("255.255.255.255"));
    all_of_v4_is_not_v6: !admits(&[block("0.0.0.0/0", &[])], ip("::a00:1"));
    all_of_v6_admits_v6: admits(&[block("::/0", &[])], ip("ffff::"));
    one_address_of_v6: !admits(&[block("2001:db8::1/128", &[])], ip("2001:db8::2"));
    blocks_are_external: !admits(&[block("0.0.0.0/0", &[])], WEB);

    protocol_defaults_to_tcp: tcp(&[ingress(on(number(80), Absent, Null))], WEB, DB, 80);
    other_ports_stay_closed: !tcp(&[ingress(on(number(80), Null, Absent))], WEB, DB, 81);
    other_protocols_stay_closed: !tcp(&[ingress(on(number(80), Absent, Is(Udp)))], WEB, DB, 80);
    no_port_is_all_ports: tcp(&[ingress(on(Absent, Absent, Is(Tcp)))], WEB, DB, 65535);
    no_port_is_one_protocol: !tcp(&[ingress(on(Null, Absent, Is(Sctp)))], WEB, DB, 65535);
    null_port_is_all_of_tcp: tcp(&[ingress(Rule { peers: Absent, ports: Is(vec![None]) })], WEB, DB, 5);
    empty_ports_are_all: tcp(&[ingress(Rule { peers: Absent, ports: Is(vec![]) })], WEB, DB, 5);
    range_includes_its_end: tcp(&[ingress(on(number(80), Is(90), Absent))], WEB, DB, 90);
    range_ends: !tcp(&[ingress(on(number(80), Is(90), Absent))], WEB, DB, 91);
    range_begins: !tcp(&[ingress(on(number(80), Is(90), Absent))], WEB, DB, 79);
    named_port_of_the_selected_pod: tcp(&[ingress(on(name("sql"), Absent, Absent))], WEB, DB, 5432);
    named_port_is_of_one_protocol: !tcp(&[ingress(on(name("sql"), Absent, Absent))], WEB, DB, 5433);
    named_port_of_the_source_is_nothing: !tcp(&[ingress(on(name("http"), Absent, Absent))], WEB, DB, 8080);
    named_port_of_each_destination: tcp(&[egress(on(name("http"), Absent, Absent))], WEB, OPS, 9090);
    named_port_of_no_address: !tcp(&[egress(on(name("http"), Absent, Absent))], WEB, ip("192.0.2.1"), 9090);
    named_port_of_no_node: !tcp(&[egress(on(name("http"), Absent, Absent))], WEB, HOST, 8080);
    egress_to_a_block: tcp(&[egress(from(&[block("203.0.113.0/24", &[])]))], WEB, ip("203.0.113.5"), 443);
    egress_to_nothing_else: !tcp(&[egress(from(&[block("203.0.113.0/24", &[])]))], WEB, DB, 5432);
    egress_to_other_addresses: !tcp(&[egress(from(&[block("203.0.113.0/24", &[])]))], WEB, ip("203.0.114.0"), 443);
}

#[test]
fn a_missing_spec_isolates_ingress() {
    let mut cluster = cluster(&[Spec::default()]);
    cluster.policies[0].spec = Absent;
    assert!(!oracle::allowed(&cluster, Connection { from: OPS, to: DB, protocol: Tcp, port: 1 }));
    assert!(oracle::allowed(&cluster, Connection { from: DB, to: OPS, protocol: Tcp, port: 1 }));
}

#[test]
fn causes_are_named_by_index() {
    let second = Spec { ingress: Is(vec![Some(from(&[pods(app("none"))])), Some(Rule::default())]), ..Spec::default() };
    let cluster = cluster(&[deny(&[Egress]), deny(&[Ingress]), second]);
    let connection = Connection { from: WEB, to: DB, protocol: Udp, port: 5433 };
    assert_eq!(oracle::isolating(&cluster, Ingress, connection), [1, 2]);
    assert_eq!(oracle::isolating(&cluster, Egress, connection), [0]);
    assert_eq!(oracle::admitting(&cluster, Ingress, connection), [(2, 1)]);
    assert_eq!(oracle::admitting(&cluster, Egress, connection), []);
    assert!(!oracle::allowed(&cluster, connection));
}
