//! Small clusters with the verdicts that Calico's documentation and code give.

use super::engine::Engine;
use super::oracle::{Packet, Party, allowed};
use super::world::World;

/// Namespace `a` has the pods `web`, `db` and `http` (whose port `http` is 8080/TCP and 5353/UDP), `b` has the pod `x`.
pub(super) const CLUSTER: &str = "
{kind: Namespace, apiVersion: v1, metadata: {name: a, labels: {env: prod}}}
---
{kind: Namespace, apiVersion: v1, metadata: {name: b, labels: {env: test}}}
---
{kind: ServiceAccount, apiVersion: v1, metadata: {name: s, namespace: a, labels: {role: client}}}
---
{kind: ServiceAccount, apiVersion: v1, metadata: {name: s, namespace: b, labels: {role: client}}}
---
{kind: ServiceAccount, apiVersion: v1, metadata: {name: default, namespace: a}}
---
{kind: Pod, apiVersion: v1, metadata: {name: web, namespace: a, labels: {app: web}}, spec: {serviceAccountName: s, containers: [{name: c, image: c}]},
 status: {podIP: 10.2.0.1}}
---
{kind: Pod, apiVersion: v1, metadata: {name: db, namespace: a, labels: {app: db}},
 spec: {containers: [{name: c, image: c}]}, status: {podIP: 10.2.0.2}}
---
{kind: Pod, apiVersion: v1, metadata: {name: http, namespace: a, labels: {app: http}}, spec: {containers: [
 {name: c, image: c, ports: [{name: http, containerPort: 8080}, {name: http, containerPort: 5353, protocol: UDP}]}]},
 status: {podIP: 10.1.0.3}}
---
{kind: Pod, apiVersion: v1, metadata: {name: x, namespace: b, labels: {app: x}}, spec: {serviceAccountName: s, containers: [{name: c, image: c}]},
 status: {podIP: 10.2.0.4}}
";

/// Asserts for each connection, `from > to TRAFFIC`, whether it is allowed. Traffic is `TCP 80`, `ICMP 8` or the number
/// of a protocol; without it, TCP 80.
#[track_caller]
fn judge(manifests: &[&str], verdicts: &[(&str, bool)]) {
    let text = [&[CLUSTER], manifests].concat().join("\n---\n");
    let world = World::read(&text);
    let engine = Engine::read(&text, "cni: {name: calico, version: '3.32'}", &world);
    for (connection, expected) in verdicts {
        let (packet, manifests) = (packet(&world, connection), manifests.join("\n"));
        assert_eq!(allowed(&world, packet), *expected, "{connection}\n{manifests}");
        let said = engine.judge(packet.from, packet.to)(packet);
        // Which addresses pods have is not in the input.
        assert!(said.holds(*expected, !manifests.contains("ets: [10.")), "{connection}: {said:?}\n{manifests}");
    }
}

pub(super) fn packet(world: &World, connection: &str) -> Packet {
    let words: Vec<&str> = connection.split(' ').collect();
    let party = |name: &str| match name.split_once('/') {
        Some((namespace, name)) => {
            let is_it = |pod: &super::world::Pod| pod.metadata.namespace == namespace && pod.metadata.name == name;
            Party::Pod(world.pods.iter().position(is_it).unwrap())
        }
        None => Party::Outside(name.parse().unwrap()),
    };
    let number = |place: usize, default: u16| words.get(place).map_or(default, |word| word.parse().unwrap());
    let (protocol, port, icmp) = match words.get(3).copied().unwrap_or("TCP") {
        "TCP" => (6, number(4, 80), 0),
        "UDP" => (17, number(4, 80), 0),
        "SCTP" => (132, number(4, 80), 0),
        "ICMP" => (1, 0, number(4, 8)),
        "ICMPv6" => (58, 0, number(4, 128)),
        other => (other.parse().unwrap(), 0, 0),
    };
    let icmp = (u8::try_from(icmp).unwrap(), 0);
    Packet { from: party(words[0]), to: party(words[2]), protocol, port, icmp }
}

/// A NetworkPolicy of the namespace `a`.
pub(super) fn local(name: &str, spec: &str) -> String {
    let metadata = format!("{{name: {name}, namespace: a}}");
    format!("{{kind: NetworkPolicy, apiVersion: projectcalico.org/v3, metadata: {metadata}, spec: {spec}}}")
}

pub(super) fn global(name: &str, spec: &str) -> String {
    let metadata = format!("{{name: {name}}}");
    format!("{{kind: GlobalNetworkPolicy, apiVersion: projectcalico.org/v3, metadata: {metadata}, spec: {spec}}}")
}

pub(super) fn tier(name: &str, spec: &str) -> String {
    format!("{{kind: Tier, apiVersion: projectcalico.org/v3, metadata: {{name: {name}}}, spec: {spec}}}")
}

/// A NetworkPolicy of Kubernetes in the namespace `a`.
pub(super) fn kubernetes(name: &str, spec: &str) -> String {
    let metadata = format!("{{name: {name}, namespace: a}}");
    format!("{{kind: NetworkPolicy, apiVersion: networking.k8s.io/v1, metadata: {metadata}, spec: {spec}}}")
}

/// Only `web` may connect to `db`, and only on 5432.
pub(super) fn only_web_to_db() -> String {
    let rule = "{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}";
    kubernetes("db", &format!("{{podSelector: {{matchLabels: {{app: db}}}}, ingress: [{rule}]}}"))
}

/// `ingress` of a policy that selects `db`.
pub(super) fn to_db(rules: &str) -> String {
    format!("{{selector: app == 'db', types: [Ingress], ingress: {rules}}}")
}

#[test]
fn a_policy_without_rules_isolates_in_its_directions() {
    let policy = local("deny", "{selector: all(), types: [Ingress]}");
    judge(
        &[&policy],
        &[("a/web > a/db", false), ("1.1.1.1 > a/db", false), ("a/web > 1.1.1.1", true), ("a/web > b/x", true)],
    );
}

#[test]
fn directions_default_to_those_with_rules() {
    let (ingress, egress) = ("ingress: [{action: Allow, protocol: 47}]", "egress: [{action: Allow, protocol: 47}]");
    for (spec, is_ingress, is_egress) in [
        ("{}".to_owned(), true, false),
        (format!("{{{ingress}}}"), true, false),
        (format!("{{{egress}}}"), false, true),
        (format!("{{{ingress}, {egress}}}"), true, true),
    ] {
        let verdicts = [("b/x > a/db", !is_ingress), ("a/db > b/x", !is_egress)];
        judge(&[&local("p", &spec)], &verdicts);
    }
}

#[test]
fn a_deny_alone_drops_all_else_at_the_end_of_its_tier() {
    let deny = "{action: Deny, destination: {nets: [169.254.169.254/32]}}";
    let policy = |more: &str, fields: &str| {
        global("metadata", &format!("{{order: 10, types: [Egress], egress: [{deny}{more}]{fields}}}"))
    };
    let isolated = kubernetes("web", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]}");
    let (metadata, other, web) = ("a/db > 169.254.169.254", "a/db > 1.1.1.1", "a/web > 1.1.1.1");
    judge(&[&policy("", "")], &[(metadata, false), (other, false), ("a/db > b/x", false)]);
    let passed = policy(", {action: Pass}", "");
    judge(&[&passed, &isolated], &[(metadata, false), (other, true), (web, true)]);
    let own_tier = [policy("", ", tier: first"), tier("first", "{order: 1, defaultAction: Pass}"), isolated.clone()];
    judge(&own_tier.each_ref().map(String::as_str), &[(metadata, false), (other, true), (web, false)]);
    let reopened = global("late", "{order: 2000, types: [Egress], egress: [{action: Allow}]}");
    judge(&[&policy("", ""), &reopened, &isolated], &[(metadata, false), (other, true), (web, true)]);
}

#[test]
fn kubernetes_policies_are_at_order_1000() {
    let kubernetes = only_web_to_db();
    judge(&[&kubernetes], &[("a/web > a/db TCP 5432", true), ("a/web > a/db", false), ("b/x > a/db TCP 5432", false)]);
    let allow = global("allow", &to_db("[{action: Allow}]"));
    judge(&[&kubernetes, &allow], &[("a/web > a/db", true), ("b/x > a/db", true), ("1.1.1.1 > a/db UDP 53", true)]);
    let from_web = to_db("[{action: Deny, source: {selector: app == 'web'}}]");
    let deny = global("deny", &from_web.replacen('{', "{order: 10, ", 1));
    judge(&[&kubernetes, &deny], &[("a/web > a/db TCP 5432", false)]);
    let late = global("deny", &from_web.replacen('{', "{order: 1001, ", 1));
    judge(&[&kubernetes, &late], &[("a/web > a/db TCP 5432", true), ("a/web > a/db", false)]);
}

#[test]
fn a_pass_in_the_default_tier_skips_kubernetes_policies() {
    let pass = local("pass", &to_db("[{action: Pass}]").replacen('{', "{order: 1, ", 1));
    judge(&[&only_web_to_db(), &pass], &[("b/x > a/db", true), ("1.1.1.1 > a/db", true)]);
}

#[test]
fn a_tier_ends_with_its_default_action() {
    let allow = local(
        "https",
        "{tier: sec, selector: app == 'db', ingress: [{action: Allow, protocol: TCP, destination: {ports: [443]}}]}",
    );
    let other = local("deny-x", &to_db("[{action: Deny, source: {nets: [10.2.0.4/32]}}, {action: Allow}]"));
    for (action, goes_on) in [("Deny", false), ("Pass", true)] {
        let tier = tier("sec", &format!("{{order: 10, defaultAction: {action}}}"));
        judge(
            &[&allow, &tier, &other],
            &[("b/x > a/db TCP 443", true), ("a/web > a/db", goes_on), ("b/x > a/db", false), ("a/db > b/x", true)],
        );
    }
    judge(&[&allow, &other], &[("b/x > a/db TCP 443", false), ("a/web > a/db", true)]);
    let staged = allow.replace("kind: NetworkPolicy", "kind: StagedNetworkPolicy");
    judge(&[&staged, &tier("sec", "{order: 10}")], &[("a/web > a/db", true), ("b/x > a/db TCP 443", true)]);
}

#[test]
fn names_decide_between_equal_orders() {
    let policy = |name: &str, action: &str| {
        local(name, &to_db(&format!("[{{action: {action}}}]")).replacen('{', "{order: 1000, ", 1))
    };
    judge(&[&policy("a", "Allow"), &policy("b", "Deny")], &[("b/x > a/db", true)]);
    judge(&[&policy("b", "Allow"), &policy("a", "Deny")], &[("b/x > a/db", false)]);
    judge(&[&policy("a", "Allow"), &policy("a-1", "Deny")], &[("b/x > a/db", false)]);
    let kubernetes = only_web_to_db().replace("name: db", "name: m");
    judge(&[&kubernetes, &policy("b", "Deny")], &[("a/web > a/db TCP 5432", false)]);
    judge(&[&kubernetes, &policy("o", "Deny")], &[("a/web > a/db TCP 5432", true)]);
    judge(&[&kubernetes, &policy("m", "Deny")], &[("a/web > a/db TCP 5432", true)]);
    judge(&[&policy("p", "Log")], &[("a/web > a/db", false)]);
}

#[test]
fn selected_sources_are_known_to_the_cluster() {
    let source = |source: &str| to_db(&format!("[{{action: Allow, source: {source}}}]"));
    let set = "{kind: GlobalNetworkSet, apiVersion: projectcalico.org/v3, metadata: {name: office, labels: {set: office}}, spec: {nets: [2.2.2.0/24]}}";
    let own_set = "{kind: NetworkSet, apiVersion: projectcalico.org/v3, metadata: {name: lab, namespace: a, labels: {set: lab}}, spec: {nets: [3.3.3.3/32]}}";
    let parties = ["a/web > a/db", "b/x > a/db", "1.1.1.1 > a/db", "2.2.2.2 > a/db", "3.3.3.3 > a/db"];
    for (text, of_local, of_global) in [
        ("{}", [true, true, true, true, true], [true, true, true, true, true]),
        ("{selector: all()}", [true, false, false, false, true], [true, true, false, true, true]),
        ("{notSelector: app == 'web'}", [false, false, false, false, true], [false, true, true, true, true]),
        ("{notSelector: global()}", [false; 5], [false, false, true, false, false]),
        ("{namespaceSelector: global()}", [false, false, false, true, false], [false, false, false, true, false]),
        ("{namespaceSelector: all()}", [true, true, false, false, true], [true, true, false, false, true]),
        (
            "{namespaceSelector: global(), selector: set == 'office'}",
            [false, false, false, true, false],
            [false, false, false, true, false],
        ),
        ("{selector: set == 'office'}", [false; 5], [false, false, false, true, false]),
        ("{namespaceSelector: env != 'prod'}", [false, true, false, true, false], [false, true, false, true, false]),
        (
            "{namespaceSelector: projectcalico.org/name == 'b'}",
            [false, true, false, false, false],
            [false, true, false, false, false],
        ),
        ("{serviceAccounts: {}}", [true; 5], [true; 5]),
        ("{serviceAccounts: {names: [s]}}", [true, false, false, false, false], [true, true, false, false, false]),
        (
            "{serviceAccounts: {selector: role == 'client'}, namespaceSelector: env == 'test'}",
            [false, true, false, false, false],
            [false, true, false, false, false],
        ),
        (
            "{nets: [10.0.0.0/8], notNets: [10.1.0.0/16]}",
            [true, true, false, false, false],
            [true, true, false, false, false],
        ),
    ] {
        for (policy, expected) in [(local("p", &source(text)), of_local), (global("p", &source(text)), of_global)] {
            let verdicts: Vec<(&str, bool)> = parties.into_iter().zip(expected).collect();
            judge(&[set, own_set, &policy], &verdicts);
        }
    }
}

#[test]
fn negations_hold_without_the_label() {
    for (selector, of_web) in [
        ("x != 'v'", true),
        ("x not in {'v'}", true),
        ("!has(x)", true),
        ("x in {}", false),
        ("x not in {}", true),
        ("!x == 'v' && has(app)", true),
        ("!(x == 'v') && has(y)", false),
        ("app starts with 'we' && app ends with 'eb' && app contains 'e'", true),
    ] {
        let policy = local("p", &format!("{{selector: \"{selector}\"}}"));
        judge(&[&policy], &[("b/x > a/web", !of_web)]);
    }
}

#[test]
fn global_policies_select_namespaces_by_their_labels() {
    let policy = global("p", "{namespaceSelector: env != 'prod', types: [Ingress]}");
    judge(&[&policy], &[("a/web > b/x", false), ("b/x > a/web", true)]);
    let accounts = global("p", "{serviceAccountSelector: role == 'client', types: [Ingress]}");
    judge(&[&accounts], &[("a/db > a/web", false), ("a/db > b/x", false), ("a/web > a/db", true)]);
}

#[test]
fn ports_are_numbers_ranges_and_names() {
    let to = |rule: &str| local("p", &format!("{{ingress: [{{action: Allow, {rule}}}]}}"));
    let range = to("protocol: TCP, destination: {ports: ['8000:9000']}");
    judge(
        &[&range],
        &[
            ("b/x > a/db TCP 8000", true),
            ("b/x > a/db TCP 9000", true),
            ("b/x > a/db TCP 9001", false),
            ("b/x > a/db UDP 8500", false),
        ],
    );
    let named = to("destination: {ports: [http]}");
    judge(
        &[&named],
        &[
            ("b/x > a/http TCP 8080", true),
            ("b/x > a/http UDP 5353", true),
            ("b/x > a/http TCP 5353", false),
            ("b/x > a/db TCP 8080", false),
        ],
    );
    let other = to("protocol: TCP, destination: {notPorts: [22]}");
    judge(&[&other], &[("b/x > a/db TCP 22", false), ("b/x > a/db TCP 23", true), ("b/x > a/db UDP 22", false)]);
}

#[test]
fn protocols_are_numbers() {
    let to = |rule: &str| local("p", &format!("{{ingress: [{{action: Allow, {rule}}}]}}"));
    let not_tcp = to("notProtocol: TCP");
    judge(
        &[&not_tcp],
        &[
            ("b/x > a/db", false),
            ("b/x > a/db UDP 53", true),
            ("b/x > a/db ICMP 8", true),
            ("b/x > a/db SCTP 9", true),
            ("b/x > a/db 89", true),
        ],
    );
    judge(&[&to("protocol: 89")], &[("b/x > a/db 89", true), ("b/x > a/db", false)]);
    judge(
        &[&to("protocol: ICMP, icmp: {type: 8}")],
        &[("b/x > a/db ICMP 8", true), ("b/x > a/db ICMP 0", false), ("b/x > a/db ICMPv6 8", false)],
    );
    judge(&[&to("protocol: ICMP, icmp: {type: 0}")], &[("b/x > a/db ICMP 0", true), ("b/x > a/db ICMP 8", false)]);
    judge(&[&to("protocol: ICMP, icmp: {}")], &[("b/x > a/db ICMP 3", true)]);
    judge(&[&to("protocol: ICMP, notICMP: {type: 8}")], &[("b/x > a/db ICMP 8", false), ("b/x > a/db ICMP 0", true)]);
    judge(&[&to("ipVersion: 6")], &[("b/x > a/db", false)]);
}

#[test]
fn the_destination_of_an_ingress_rule_is_the_subject() {
    let policy = local("p", "{ingress: [{action: Allow, destination: {selector: app == 'db'}}]}");
    judge(&[&policy], &[("b/x > a/db", true), ("b/x > a/web", false)]);
}
