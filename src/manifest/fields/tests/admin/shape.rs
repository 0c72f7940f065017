//! Required fields, unions, words, limits and the definitions' own expressions.

use super::*;
use crate::manifest::fields::tests::{accepts, rejects};

const PLAIN: &str = "ingress: [{action: Deny, from: [{namespaces: {}}]}]";

#[test]
fn the_three_kinds_are_taken_in_their_versions() {
    let policy = cluster_with(PLAIN);
    accepts(&policy);
    accepts(&policy.replace("v1beta1", "v1alpha2"));
    accepts(&admin_with(PLAIN));
    accepts(&baseline_with(PLAIN));
    accepts(
        &policy.replace("policy.networking.k8s.io/v1beta1", "crd.antrea.io/v1beta1").replace("tier: Admin", "tier: x"),
    );
    accepts(&policy.replace("policy.networking.k8s.io/v1beta1", "networking.k8s.aws/v1alpha1").replace("from", "form"));
}

#[test]
fn what_a_policy_must_have() {
    let tier = "write `tier: Admin`, or `tier: Baseline` for rules that NetworkPolicies come before";
    let subject = "write the pods that it is for; for those of every namespace, `subject: {namespaces: {}}`";
    for (text, missing, help) in [
        (cluster("{priority: 1, subject: {namespaces: {}}}"), "tier", tier),
        (
            cluster("{tier: Admin, subject: {namespaces: {}}}"),
            "priority",
            "write `priority`, from 0 (asked first) to 1000",
        ),
        (cluster("{tier: Admin, priority: 1}"), "subject", subject),
        (admin("{subject: {namespaces: {}}}"), "priority", "write `priority`, from 0 (asked first) to 1000"),
        (admin("{priority: 1}"), "subject", subject),
        (baseline("{}"), "subject", subject),
    ] {
        let found = only(&text);
        assert_eq!((found.rule, found.message), ("invalid-field", format!("this policy has no `{missing}`")), "{text}");
        assert_eq!((found.help.as_str(), found.field), (help, format!("spec.{missing}")), "{text}");
    }
    let bare = "apiVersion: policy.networking.k8s.io/v1beta1\nkind: ClusterNetworkPolicy\nmetadata: {name: web}\n";
    assert_eq!(only(bare).message, "this ClusterNetworkPolicy has no `spec`");
    let null = cluster_with(PLAIN).replace("priority: 10", "priority: null");
    rejects(&null, "priority", "this policy has no `priority`");
}

#[test]
fn words_are_those_of_the_kind() {
    let with = |policy: String, word: &str| policy.replace("action: Deny", &format!("action: {word}"));
    for (policy, word, help) in [
        (cluster_with(PLAIN), "Allow", "write `Accept`: `Allow` is the action of AdminNetworkPolicy"),
        (cluster_with(PLAIN), "accept", "write `Accept`"),
        (cluster_with(PLAIN), "drop", "write `Accept`, `Deny` or `Pass`"),
        (admin_with(PLAIN), "Accept", "write `Allow`: `Accept` is the action of ClusterNetworkPolicy"),
        (baseline_with(PLAIN), "Pass", "write `Allow`: no tier comes after the baseline"),
        (baseline_with(PLAIN), "Accept", "write `Allow`: `Accept` is the action of ClusterNetworkPolicy"),
    ] {
        rejects_with(&with(policy, word), word, &format!("`{word}` is not a value of `action`"), help);
    }
    for word in ["Accept", "Deny", "Pass"] {
        accepts(&with(cluster_with(PLAIN), word));
        accepts(&with(cluster_with(PLAIN), word).replace("tier: Admin", "tier: Baseline"));
    }
    let tier = cluster_with(PLAIN).replace("tier: Admin", "tier: admin");
    rejects_with(&tier, "admin", "`admin` is not a value of `tier`", "write `Admin`");
    accepts(&with(cluster_with(PLAIN), "'${ACTION}'"));
}

#[test]
fn priorities_are_from_0_to_1000() {
    let with = |priority: &str| cluster_with(PLAIN).replace("priority: 10", &format!("priority: {priority}"));
    for priority in ["0", "1000", "500.0"] {
        accepts(&with(priority));
    }
    for priority in ["-1", "1001"] {
        rejects(&with(priority), priority, &format!("`{priority}` is not a priority"));
    }
    rejects(&with("'10'"), "'10'", "`priority` takes a whole number, not the string `10`");
    rejects(&with("1.5"), "1.5", "`priority` takes a whole number, not the number `1.5`");
}

#[test]
fn a_subject_and_a_peer_are_one_thing_each() {
    let subject = |subject: &str| cluster(&format!("{{tier: Admin, priority: 1, subject: {subject}}}"));
    accepts(&subject("{pods: {podSelector: {}}}"));
    accepts(&subject("{pods: {podSelector: {}}, namespaces: null}"));
    rejects(&subject("{}"), "subject", "this subject is empty");
    rejects(&subject("{namespaces: }"), "namespaces", "this subject is empty");
    let both = subject("{namespaces: {}, pods: {podSelector: {}}}");
    rejects_with(&both, "pods", "`namespaces` and `pods` are in one subject", "keep one of the two");
    rejects(&subject("{pods: {namespaceSelector: {}}}"), "pods", "this `pods` has no `podSelector`");

    let both = cluster_to("{networks: [10.0.0.0/8], nodes: {}}");
    rejects_with(
        &both,
        "nodes",
        "`networks` and `nodes` are in one peer",
        "make them two: start `nodes` with a dash of its own",
    );
    rejects(&cluster_to("{}"), "{}", "this peer is empty");
    rejects(&cluster_to("null"), "null", "this peer is empty");
    accepts(&admin_to("{pods: {podSelector: {}, namespaceSelector: {}}}"));
    let help = "write `namespaceSelector`; `namespaceSelector: {}` matches all namespaces";
    rejects_with(&admin_to("{pods: {podSelector: {}}}"), "pods", "this `pods` has no `namespaceSelector`", help);
}

#[test]
fn a_rule_has_an_action_and_peers() {
    let rule = |rule: &str| cluster_with(&format!("ingress: [{rule}]"));
    rejects(&rule("{from: [{namespaces: {}}]}"), "{from: [{namespaces: {}}]}", "this rule has no `action`");
    let all = "write the sources; for all pods of the cluster, `from: [{namespaces: {}}]`";
    rejects_with(&rule("{action: Deny}"), "{action: Deny}", "this rule has no `from`", all);
    rejects_with(&rule("{action: Deny, from: []}"), "[]", "`from` is empty", all);
    let empty = rule("{action: Deny, from: [{namespaces: {}}], protocols: []}");
    rejects_with(&empty, "[]", "`protocols` is empty", "remove `protocols` to match every port");
    accepts(&rule("{action: Deny, from: [{namespaces: {}}], protocols: null}"));
    let named =
        |length: usize| rule(&format!("{{action: Deny, from: [{{namespaces: {{}}}}], name: {}}}", "é".repeat(length)));
    accepts(&named(100));
    assert_eq!(only(&named(101)).message, "the name of this rule has 101 characters");
}

#[test]
fn lists_have_their_limits() {
    let times = |item: &str, count: usize| vec![item; count].join(", ");
    let rule = "{action: Deny, from: [{namespaces: {}}]}";
    let rules = |count| format!("ingress: [{}]", times(rule, count));
    let peers = |count| format!("ingress: [{{action: Deny, from: [{}]}}]", times("{namespaces: {}}", count));
    accepts(&cluster_with(&rules(25)));
    accepts(&cluster_with(&peers(25)));
    accepts(&admin_with(&rules(100)));
    accepts(&admin_with(&peers(100)));
    accepts(&cluster_with("ingress: []"));
    for (text, message) in [
        (cluster_with(&rules(26)), "`ingress` has 26 entries; the API takes at most 25"),
        (cluster_with(&peers(26)), "`from` has 26 entries; the API takes at most 25"),
        (admin_with(&rules(101)), "`ingress` has 101 entries; the API takes at most 100"),
        (baseline_with(&peers(101)), "`from` has 101 entries; the API takes at most 100"),
        (
            cluster_port(&times("{tcp: {destinationPort: {number: 80}}}", 26)),
            "`protocols` has 26 entries; the API takes at most 25",
        ),
        (admin_port(&times("{portNumber: {port: 80}}", 101)), "`ports` has 101 entries; the API takes at most 100"),
    ] {
        assert_eq!(only(&text).message, message);
    }
}

#[test]
fn networks_are_distinct_blocks() {
    for block in ["0.0.0.0/0", "10.0.0.1/32", "'::/0'", "'2001:db8::/32'"] {
        accepts(&cluster_to(&format!("{{networks: [{block}]}}")));
    }
    for block in ["10.0.0.1", "10.0.0.0/33", "010.0.0.0/8", "'::ffff:10.0.0.0/104'", "''"] {
        let message = format!("`{}` is not a valid CIDR block", block.trim_matches('\''));
        rejects(&cluster_to(&format!("{{networks: [{block}]}}")), block, &message);
        rejects(&admin_to(&format!("{{networks: [{block}]}}")), block, &message);
    }
    let bits = cluster_to("{networks: [10.0.54.0/19]}");
    let help = "write `10.0.32.0/19`, or `10.0.54.0/32` for the one address";
    rejects_with(&bits, "10.0.54.0/19", "`10.0.54.0/19` has address bits after its prefix", help);
    let twice = cluster_to("{networks: [10.0.0.0/8, 10.0.0.0/8]}");
    rejects(&twice, "10.0.0.0/8", "`10.0.0.0/8` is in `networks` twice");
    rejects(&cluster_to("{networks: []}"), "[]", "`networks` is empty");
}

#[test]
fn domain_names_have_two_labels_and_a_star_only_in_front() {
    let to = |name: &str| cluster_to(&format!("{{domainNames: ['{name}']}}"));
    for name in ["example.com", "*.example.com", "example.com.", "EXAMPLE.com", "a_b.c", "1.2"] {
        accepts(&to(name));
        accepts(&admin_to(&format!("{{domainNames: ['{name}']}}")));
    }
    for name in ["com", "*", "*.com", "a.*.com", "*a.com", ".com", "a..b", "-a.b", "a-.b", "a.b..", "_a.b", "", "a b.c"]
    {
        rejects(&to(name), &format!("'{name}'"), &format!("`{name}` is not a valid domain name"));
    }
    accepts(&admin_to("{domainNames: [_a.b]}"));
    assert_eq!(only(&to("https://example.com")).help, "write the host alone, without scheme and path");
    assert_eq!(only(&to("a.*.com")).help, "write `*` only as the first label: `*.example.com`");
}

#[test]
fn ports_of_a_cluster_network_policy() {
    for port in [
        "{tcp: {destinationPort: {number: 80}}}",
        "{udp: {destinationPort: {range: {start: 1, end: 65535}}}}",
        "{destinationNamedPort: web}",
        "{destinationNamedPort: ''}",
    ] {
        accepts(&cluster_port(port));
    }
    let every =
        "write `destinationPort: {number: 80}`; for every port, `destinationPort: {range: {start: 1, end: 65535}}`";
    rejects_with(&cluster_port("{tcp: {}}"), "tcp", "this protocol has no `destinationPort`", every);
    rejects(&cluster_port("{}"), "{}", "this protocol is empty");
    rejects(&cluster_port("{tcp: {destinationPort: {}}}"), "destinationPort", "this port is empty");
    rejects(&cluster_port("{tcp: {destinationPort: {number: 0}}}"), "0", "`0` is not a port number");
    let range = |start: u32, end: u32| {
        cluster_port(&format!("{{tcp: {{destinationPort: {{range: {{start: {start}, end: {end}}}}}}}}}"))
    };
    accepts(&range(80, 90));
    rejects_with(&range(80, 80), "80", "`end` 80 is not above `start` 80", "write `number: 80` instead of the range");
    rejects_with(&range(90, 80), "80", "`end` 80 is not above `start` 90", "write `start: 80` and `end: 90`");
    let both = cluster_port("{tcp: {destinationPort: {number: 1}}, udp: {destinationPort: {number: 1}}}");
    rejects(&both, "udp", "`tcp` and `udp` are in one protocol");
}

#[test]
fn ports_of_an_admin_network_policy() {
    for port in [
        "{portNumber: {port: 80}}",
        "{portNumber: {port: 80, protocol: UDP}}",
        "{portRange: {start: 80, end: 80, protocol: SCTP}}",
        "{namedPort: web}",
    ] {
        accepts(&admin_port(port));
    }
    rejects(&admin_port("{portNumber: {protocol: TCP}}"), "portNumber", "this port has no `port`");
    rejects(&admin_port("{portRange: {start: 1}}"), "portRange", "this range has no `end`");
    rejects(&admin_port("{portNumber: {port: 65536}}"), "65536", "`65536` is not a port number");
    rejects(
        &admin_port("{portNumber: {port: 1}, namedPort: web}"),
        "portNumber",
        "`namedPort` and `portNumber` are in one port",
    );
}

#[test]
fn named_ports_are_those_of_pods() {
    for (peer, key) in [
        ("{networks: [10.0.0.0/8]}", "networks"),
        ("{nodes: {}}", "nodes"),
        ("{domainNames: [example.com]}", "domainNames"),
    ] {
        let rule =
            |protocols: &str| format!("egress: [{{action: Accept, to: [{{namespaces: {{}}}}, {peer}], {protocols}}}]");
        let text = cluster_with(&rule("protocols: [{destinationNamedPort: web}]"));
        let help = "write the number of the port, or make them two rules";
        rejects_with(&text, "web", &format!("`destinationNamedPort` and `{key}` are in one rule"), help);
        let text = admin_with(&rule("ports: [{namedPort: web}]")).replace("Accept", "Allow");
        rejects_with(&text, "web", &format!("`namedPort` and `{key}` are in one rule"), help);
        accepts(&cluster_with(&rule("protocols: [{tcp: {destinationPort: {number: 80}}}]")));
    }
    accepts(&cluster_with(
        "egress: [{action: Pass, to: [{namespaces: {}}], protocols: [{destinationNamedPort: web}]}]",
    ));
}

#[test]
fn a_baseline_admin_network_policy_is_called_default() {
    let text = baseline_with(PLAIN);
    let help = "write `name: default`: a cluster has one such policy at most; ClusterNetworkPolicy has no such limit";
    let message = "a BaselineAdminNetworkPolicy cannot be called `main`";
    rejects_with(&text.replace("name: default", "name: main"), "main", message, help);
    assert_eq!(only(&text.replace("name: default", "generateName: default")).rule, "invalid-field");
    rejects(&text.replace("{name: default}", "{}"), "metadata", "this BaselineAdminNetworkPolicy has no name");
}
