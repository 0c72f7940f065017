#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use super::scope::{selected, subject};
use super::{Api, CalicoObject, CalicoPolicy, Icmp, Port, RuleAction, read};
use crate::net::Direction;
use crate::objects::metadata::Metadata;
use crate::source::{FileId, Origin};
use crate::yaml::{FieldPath, parse, split};

fn object(kind: &str, spec: &str) -> CalicoObject {
    let text = format!("kind: {kind}\nmetadata: {{name: web}}\nspec: {spec}\n");
    let document = parse(&text, split(&text)[0]).unwrap();
    let node = document.root().unwrap();
    let origin = Origin { file: FileId(0), document: 0, path: FieldPath::root() };
    read(node, Metadata::of(node).object(kind, &origin), false).unwrap()
}

fn policy_of(kind: &str, spec: &str) -> CalicoPolicy {
    let CalicoObject::Policy(policy) = object(kind, spec) else { panic!("{spec}") };
    *policy
}

fn policy(spec: &str) -> CalicoPolicy {
    policy_of("NetworkPolicy", spec)
}

#[test]
fn a_policy_is_read_whole() {
    let read = policy_of(
        "GlobalNetworkPolicy",
        "{tier: security, order: 10.5, selector: all(), namespaceSelector: has(a), applyOnForward: true, types: [Egress],
          ingress: [], egress: [
          {action: Deny, protocol: UDP, notProtocol: '6', destination: {nets: [10.1.2.3/8, 10.0.0.1], ports: [53, '1:9', '80', dns]}},
          {action: Log, protocol: ICMP, icmp: {type: 0}, source: {serviceAccounts: {names: [a], selector: has(b)}}},
          {action: Pass, destination: {services: {name: web, namespace: shop}}, http: {methods: [GET]}}]}",
    );
    assert!(read.global && !read.staged && read.apply_on_forward && !read.pre_dnat && !read.do_not_track);
    assert_eq!((read.tier.as_str(), read.order), ("security", Some(10.5)));
    assert_eq!(read.types.as_deref(), Some([Direction::Egress].as_slice()));
    assert!(read.ingress.as_ref().is_some_and(Vec::is_empty));
    let [deny, log, pass] = read.rules(Direction::Egress) else { panic!("three rules") };
    assert_eq!([deny.action, log.action, pass.action], [RuleAction::Deny, RuleAction::Log, RuleAction::Pass]);
    assert_eq!((deny.protocol, deny.not_protocol, log.protocol), (Some(17), Some(6), Some(1)));
    let nets: Vec<String> = deny.destination.nets.iter().map(ToString::to_string).collect();
    assert_eq!(nets, ["10.0.0.0/8", "10.0.0.1/32"]);
    let range = |first, last| Port::Range { first, last };
    assert_eq!(deny.destination.ports, [range(53, 53), range(1, 9), range(80, 80), Port::Named("dns".into())]);
    assert_eq!(log.icmp, Icmp { number: Some(0), code: None });
    assert_eq!(log.source.service_account_names, ["a"]);
    assert_eq!(pass.destination.service.as_ref().map(|it| it.namespace.as_str()), Some("shop"));
    assert!(pass.http && !log.http && deny.source.is_anyone() && !log.source.is_anyone());
}

#[test]
fn what_is_absent_has_calicos_defaults() {
    let read = policy("{order: , types: , ingress: }");
    assert_eq!((read.tier.as_str(), read.order, read.types, read.ingress.is_none()), ("default", None, None, true));
    assert!(policy_of("StagedGlobalNetworkPolicy", "{}").staged);
    let CalicoObject::Tier(tier) = object("Tier", "{}") else { panic!("a tier") };
    assert_eq!((tier.order, tier.passes), (1_000_000.0, false));
    let CalicoObject::Tier(tier) = object("Tier", "{order: 5, defaultAction: Pass}") else { panic!("a tier") };
    assert_eq!((tier.order, tier.passes), (5.0, true));
    let CalicoObject::NetworkSet(set) = object("NetworkSet", "{nets: [10.0.0.1, 10.1.2.3/16]}") else {
        panic!("a set")
    };
    assert_eq!(set.nets.iter().map(ToString::to_string).collect::<Vec<_>>(), ["10.0.0.1/32", "10.1.0.0/16"]);
}

#[test]
fn types_default_to_the_directions_with_rules() {
    let of = |spec: &str, api| Direction::BOTH.map(|direction| policy(spec).applies_to(direction, api));
    let (ingress, egress) = ("ingress: [{action: Allow}]", "egress: [{action: Allow}]");
    let [both, none, empty] = [format!("{{{ingress}, {egress}}}"), "{}".to_owned(), "{egress: []}".to_owned()];
    let (only_ingress, only_egress) = (format!("{{{ingress}}}"), format!("{{{egress}}}"));
    let order = Direction::BOTH.map(|direction| direction == Direction::Ingress);
    let expected = |is_ingress: bool, is_egress: bool| order.map(|first| if first { is_ingress } else { is_egress });
    for (spec, is_ingress, is_egress) in [
        (&none, true, false),
        (&only_ingress, true, false),
        (&only_egress, false, true),
        (&both, true, true),
        (&empty, true, false),
    ] {
        assert_eq!(of(spec, Api::Server), expected(is_ingress, is_egress), "{spec}");
        assert_eq!(of(spec, Api::V1Crd), [true, true], "{spec}");
    }
    assert_eq!(of(&empty, Api::V3Crd), expected(false, true));
    assert_eq!(of("{types: [Egress]}", Api::V1Crd), expected(false, true));
}

/// What a policy is for, as Calico would write it; that it is of its namespace is left out.
fn subject_of(kind: &str, spec: &str) -> String {
    subject(&policy_of(kind, spec)).map_or_else(|error| error.reason, |found| found.to_string())
}

#[test]
fn subjects_are_of_the_policys_namespace() {
    assert_eq!(subject_of("NetworkPolicy", "{}"), "all()");
    assert_eq!(subject_of("NetworkPolicy", "{selector: has(a) || has(b)}"), "((has(a) || has(b)) && all())");
    assert_eq!(
        subject_of("NetworkPolicy", "{serviceAccountSelector: projectcalico.org/name == 'x'}"),
        "(all() && pcsa.projectcalico.org/name == \"x\")"
    );
    assert_eq!(subject_of("NetworkPolicy", "{selector: ' '}"), "expected a condition", "Calico drops this policy");
    assert_eq!(subject_of("GlobalNetworkPolicy", "{selector: ' '}"), "all()");
    assert_eq!(subject_of("GlobalNetworkPolicy", "{selector: all()}"), "all()");
}

#[test]
fn everything_is_everything_in_a_namespace_where_namespaces_are_selected() {
    let of = |spec: &str| subject_of("GlobalNetworkPolicy", spec);
    assert_eq!(of("{namespaceSelector: all()}"), "has(projectcalico.org/namespace)");
    assert_eq!(
        of("{selector: all(), namespaceSelector: env != 'prod'}"),
        "(has(projectcalico.org/namespace) && pcns.env != \"prod\")"
    );
    let quoted = "{selector: \"a == 'all()'\", namespaceSelector: has(b)}";
    assert_eq!(of(quoted), "(a == \"has(projectcalico.org/namespace)\" && has(pcns.b))");
    assert_eq!(
        of("{selector: all(), serviceAccountSelector: has(b)}"),
        "(has(projectcalico.org/serviceaccount) && has(pcsa.b))"
    );
}

/// What a source selects in a policy of a namespace and in a global one, as Calico would write it: whether that is in
/// the policy's namespace, what must match, then what must not.
fn selected_of(source: &str) -> [String; 2] {
    let spec = format!("{{ingress: [{{action: Allow, source: {source}}}]}}");
    let policy = policy(&spec);
    let entity = &policy.rules(Direction::Ingress)[0].source;
    [true, false].map(|of_namespace| match selected(entity, of_namespace) {
        Ok(found) => {
            let text = |it: Option<super::selector::Expression>| it.map_or("-".to_owned(), |it| it.to_string());
            let own = if found.own_namespace { "own: " } else { "" };
            format!("{own}{}, {}", text(found.by), text(found.except))
        }
        Err(error) => error.reason,
    })
}

#[test]
fn peers_are_of_the_policys_namespace_once_anything_is_selected() {
    assert_eq!(selected_of("{}"), ["-, -", "-, -"]);
    assert_eq!(selected_of("{nets: [10.0.0.0/8]}"), ["-, -", "-, -"]);
    assert_eq!(selected_of("{selector: all()}"), ["own: (all() && all()), -", "all(), -"]);
    assert_eq!(selected_of("{notSelector: has(a)}"), ["own: -, has(a)", "-, has(a)"]);
    assert_eq!(selected_of("{serviceAccounts: {}}"), ["-, -", "-, -"]);
    assert_eq!(
        selected_of("{serviceAccounts: {names: [b, a]}}")[0],
        "own: (all() && projectcalico.org/serviceaccount in {\"a\", \"b\"}), -"
    );
    let [namespaced, global] = selected_of("{namespaceSelector: all(), selector: has(a)}");
    assert_eq!((namespaced.as_str(), &global), ("(has(projectcalico.org/namespace) && has(a)), -", &namespaced));
    assert_eq!(selected_of("{namespaceSelector: global()}")[0], "!has(projectcalico.org/namespace), -");
    assert_eq!(selected_of("{namespaceSelector: ' '}")[1], "has(projectcalico.org/namespace), -");
    assert_eq!(selected_of("{selector: ' '}"), ["expected a condition", "all(), -"]);
    assert_eq!(
        selected_of("{selector: has(c), serviceAccounts: {names: [a], selector: all()}}")[1],
        "((all() && projectcalico.org/serviceaccount in {\"a\"}) && has(c)), -"
    );
}
