//! Fields that are dropped, and what the policy does without them.

use super::*;
use crate::manifest::fields::tests::accepts;
use crate::source::{FileId, Origin};
use crate::yaml::{self, FieldPath};

/// Asserts that a text is taken without the field on these bytes. The remark says what that does, and the action of
/// the rule says it too.
#[track_caller]
fn widens(text: &str, at: &str, remark: &str, at_action: Option<&str>, help: &str) {
    let found = only(text);
    assert_eq!((found.rule, found.at.as_str(), found.help.as_str()), ("unknown-field", at, help), "{text}");
    let document = yaml::parse(text, yaml::split(text)[0]).unwrap();
    let root = document.root().unwrap();
    let string = |key| root.get(key).unwrap().as_str().unwrap();
    let origin = Origin { file: FileId(0), document: 0, path: FieldPath::root() };
    let checked = crate::manifest::fields::check(root, string("kind"), string("apiVersion"), &origin);
    assert!(!checked.rejected, "{text}");
    let draft = &checked.problems[0];
    assert_eq!(draft.remark, remark, "{text}");
    let related: Vec<&str> = draft.related.iter().map(|(_, message)| message.as_str()).collect();
    assert_eq!(related, Vec::from_iter(at_action), "{text}");
}

/// Asserts that the API server refuses a text, because of the field on these bytes alone.
#[track_caller]
fn refuses(text: &str, at: &str, help: &str) {
    let found = only(text);
    assert_eq!((found.rule, found.at.as_str(), found.help.as_str()), ("invalid-field", at, help), "{text}");
    assert!(found.message.contains("is not a field of"), "{text}");
    assert!(check(text).1, "{text}");
}

#[test]
fn ports_of_another_kind_leave_the_rule_for_every_port() {
    let rule =
        |action: &str, ports: &str| format!("ingress: [{{action: {action}, from: [{{namespaces: {{}}}}], {ports}}}]");
    let every = "dropped, so that the rule is for every port";
    let text = cluster_with(&rule("Deny", "ports: [{portNumber: {protocol: UDP, port: 53}}]"));
    let help = "write `protocols: [{udp: {destinationPort: {number: 53}}}]`; \
                of the implementations, only Kube-OVN still reads `ports` here";
    widens(&text, "ports", every, Some("this rule then denies every port"), help);
    let text = cluster_with(&rule("Accept", "protocol: TCP"));
    let help = "write `protocols: [{tcp: {destinationPort: {number: 80}}}]`";
    widens(&text, "protocol", every, Some("this rule then admits every port"), help);
    let text = admin_with(&rule("Pass", "protocols: [{sctp: {destinationPort: {number: 9003}}}]"));
    let help = "write `ports: [{portNumber: {protocol: SCTP, port: 9003}}]`";
    widens(&text, "protocols", every, Some("this rule then passes every port"), help);
    let text = baseline_with(&rule("Allow", "protocols: [{tcp: {}}, {udp: {}}]"));
    let help = "write `ports: [{portNumber: {protocol: TCP, port: 80}}]`";
    widens(&text, "protocols", every, Some("this rule then admits every port"), help);
}

#[test]
fn a_selector_without_labels_matches_everything() {
    let every = "dropped, which leaves the selector empty: it matches every namespace";
    let denies = Some("this rule then denies every namespace");
    let text = admin_to("{namespaces: {namespaceSelector: {matchLabels: {a: b}}}}");
    widens(&text, "namespaceSelector", every, denies, "write its fields directly under `namespaces`");
    let text = cluster_to("{namespaces: {sameLabels: [tenant]}}");
    let help = "name the labels with `matchLabels`: the API no longer has `sameLabels`";
    widens(&text, "sameLabels", every, denies, help);
    widens(&cluster_to("{namespaces: {matchlabels: {a: b}}}"), "matchlabels", every, denies, "write `matchLabels`");
    widens(&cluster_to("{namespaces: {labels: {a: b}}}"), "labels", every, denies, "write `matchLabels`");
    widens(&cluster_to("{namespaces: {a: b}}"), "a", every, denies, "write `matchLabels: {a: b}`");
    let text = cluster_to("{nodes: {role: infra}}");
    let every = "dropped, which leaves the selector empty: it matches every node";
    widens(&text, "role", every, Some("this rule then denies every node"), "write `matchLabels: {role: infra}`");
    let text = cluster("{tier: Admin, priority: 1, subject: {pods: {podSelector: {app: web}}}}");
    let every = "dropped, which leaves the selector empty: it matches every pod";
    widens(&text, "app", every, None, "write `matchLabels: {app: web}`");
}

#[test]
fn pods_without_namespaces_are_those_of_all_namespaces() {
    let nested = "{pods: {namespaces: {namespaceSelector: {matchLabels: {a: b}}}, podSelector: {}}}";
    let help = "write its `namespaceSelector` one level up";
    let remark = "dropped, so that the pods of every namespace match";
    widens(&cluster_to(nested), "namespaces", remark, Some("this rule then denies pods of every namespace"), help);
    refuses(&admin_to(nested), "namespaces", help);
}

#[test]
fn a_peer_of_another_kind_of_policy_leaves_nothing() {
    for (peer, at, help) in [
        ("{podSelector: {}}", "podSelector", "write `pods: {namespaceSelector: {}, podSelector: …}`"),
        ("{namespaceSelector: {}}", "namespaceSelector", "write `namespaces`"),
        ("{ipBlock: {cidr: 10.0.0.0/8}}", "ipBlock", "write `networks: [10.0.0.0/8]`"),
        ("{namespace: shop}", "namespace", "write `namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}`"),
        ("{domainName: a.b}", "domainName", "write `domainNames`"),
    ] {
        refuses(&cluster_to(peer), at, help);
        refuses(&admin_to(peer), at, help);
    }
    let text = cluster_with("ingress: [{action: Deny, from: [{networks: [10.0.0.0/8]}]}]");
    let help = "remove the peer: an ingress rule is for pods only, whatever else connects is left to NetworkPolicies";
    refuses(&text, "networks", help);
    let text = baseline_with("egress: [{action: Allow, to: [{domainNames: [a.b]}]}]");
    let help = "remove it: a BaselineAdminNetworkPolicy has no domain names; an AdminNetworkPolicy has";
    refuses(&text, "domainNames", help);
}

#[test]
fn a_port_of_another_kind_of_policy_leaves_nothing() {
    for (port, at, help) in [
        ("{namedPort: web}", "namedPort", "write `destinationNamedPort`"),
        ("{portNumber: {port: 53, protocol: UDP}}", "portNumber", "write `udp: {destinationPort: {number: 53}}`"),
        ("{port: 53}", "port", "write `tcp: {destinationPort: {number: 53}}`"),
        ("{tcp: {number: 8080}}", "number", "write `destinationPort: {number: 8080}`"),
        ("{tcp: {destinationPort: {start: 1}}}", "start", "write `range: {start: …, end: …}`"),
    ] {
        refuses(&cluster_port(port), at, help);
    }
    for (port, at, help) in [
        ("{port: 53, }", "port", "write `portNumber: {protocol: TCP, port: 53}`"),
        ("{udp: {destinationPort: {number: 53}}}", "udp", "write `portNumber: {protocol: UDP, port: 53}`"),
        ("{destinationNamedPort: web}", "destinationNamedPort", "write `namedPort`"),
    ] {
        refuses(&admin_port(port), at, help);
    }
}

#[test]
fn a_misspelled_field_is_one_mistake() {
    refuses(&cluster_with("ingress: [{Action: Deny, from: [{namespaces: {}}]}]"), "Action", "write `action`");
    refuses(&cluster_with("ingress: [{action: Deny, to: [{namespaces: {}}]}]"), "to", "write `from`");
    refuses(&cluster_with("egress: []").replace("tier:", "teir:"), "teir", "write `tier`");
    // A second mistake is a second finding.
    let (found, rejected) = check(&cluster_with("ingress: [{from: [{namespaces: {}}], ports: []}]"));
    let rules: Vec<&str> = found.iter().map(|found| found.rule).collect();
    assert_eq!((rules, rejected), (vec!["invalid-field", "unknown-field"], true), "{found:#?}");
}

#[test]
fn what_nothing_depends_on_is_only_dropped() {
    let text = cluster_with("policyTypes: [Ingress]");
    let help = "remove it: the policy acts in each direction that it has rules for";
    widens(&text, "policyTypes", "dropped by the API server", None, help);
    let text = admin_with("tier: Admin");
    let help = "remove it: the kind AdminNetworkPolicy is the tier";
    widens(&text, "tier", "dropped by the API server", None, help);
    accepts(&cluster_with("egress: []").replace("spec:", "status: {conditions: [], x: y}\nspec:"));
}
