//! Traps of the format: the odd cases, and what must stay silent.

use crate::support::lint::{of, only};
use crate::support::manifests::{ingress, namespace, pod};

fn web() -> String {
    pod("web", "app: web")
}

#[test]
fn an_empty_list_that_is_never_enforced_is_left_alone() {
    let text = web() + &ingress("{}", "[]").replace("policyTypes: [Ingress]", "policyTypes: [Egress]");
    assert_eq!(of("empty-peer-list", &text), []);
}

#[test]
fn an_absent_list_says_that_everybody_is_meant() {
    for rule in ["- {}", "- ports: [{port: 80}]"] {
        let text = web() + &ingress("{}", "[]").replace("- from: []", rule);
        assert_eq!(of("empty-peer-list", &text), [], "{rule}");
    }
    assert_eq!(only("empty-peer-list", &(web() + &ingress("{}", "[]"))).severity, "error");
}

#[test]
fn a_label_that_no_manifest_carries_and_the_name_of_a_namespace() {
    let peers = "[{namespaceSelector: {matchLabels: {project: tools}}}]";
    let text = namespace("tools", "") + &web() + &ingress("{}", peers);
    let found = only("namespace-name-label", &text);
    assert_eq!((found.severity.as_str(), found.at.as_str()), ("error", "project: tools"));
    assert_eq!(found.help, "write `kubernetes.io/metadata.name: tools`, which is always there");
    assert_eq!(of("peer-matches-nothing", &text), [], "said once");
}

#[test]
fn a_label_in_use_is_no_mistake_of_this_kind() {
    let peers = "[{namespaceSelector: {matchLabels: {project: tools}}}]";
    let text = namespace("tools", "") + &namespace("lab", "project: lab") + &web() + &ingress("{}", peers);
    assert_eq!(of("namespace-name-label", &text), []);
    let found = only("peer-matches-nothing", &text);
    assert_eq!(found.remark, "did you mean `kubernetes.io/metadata.name: tools`?");
}

#[test]
fn a_misspelled_name_label_is_found() {
    let peers = "[{namespaceSelector: {matchLabels: {kubernetes.io/metadata-name: tools}}}]";
    let found = only("namespace-name-label", &(namespace("tools", "") + &web() + &ingress("{}", peers)));
    assert_eq!((found.severity.as_str(), found.at.as_str()), ("error", "kubernetes.io/metadata-name: tools"));
}

#[test]
fn labels_of_charts_for_namespaces_are_not_names() {
    let peers = "[{namespaceSelector: {matchLabels: {app.kubernetes.io/name: ingress-nginx}}}]";
    assert_eq!(of("namespace-name-label", &(web() + &ingress("{}", peers))), []);
}

#[test]
fn several_volatile_labels_of_a_policy_are_one_finding() {
    let labels = "{matchLabels: {app: web, helm.sh/chart: web-1.0.0, app.kubernetes.io/version: 1.0.0}}";
    let text = pod("web", "app: web, helm.sh/chart: web-1.0.0, app.kubernetes.io/version: 1.0.0")
        + &ingress(labels, &format!("[{{podSelector: {labels}}}]"));
    let found = only("volatile-label", &text);
    assert!(found.message.contains("`app.kubernetes.io/version` and `helm.sh/chart`"), "{}", found.message);
    assert_eq!(found.remark, "", "it matches still");
}

#[test]
fn a_label_that_selects_nothing_even_without_its_volatile_part_is_both() {
    let text = web() + &ingress("{matchLabels: {app: ledger, helm.sh/chart: web-1.0.0}}", "[]");
    assert_eq!(of("volatile-label", &text).len(), 1);
    assert_eq!(of("selector-matches-nothing", &text).len(), 1);
}

fn blocks(first: &str, second: &str) -> String {
    web() + &ingress("{}", &format!("[{{ipBlock: {first}}}, {{ipBlock: {second}}}]"))
}

#[test]
fn a_rule_for_everybody_reopens_what_is_left_out() {
    let left_out = ingress("{}", "[{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.8/29]}}]");
    let open = ingress("{}", "[]").replace("- from: []", "- {}").replace("name: policy", "name: open");
    let found = only("reopened-except", &(web() + &left_out + &open));
    assert_eq!(found.at, "203.0.113.8/29");
    let ports = open.replace("- {}", "- ports: [{port: 80}]");
    let on_443 = left_out.replace("\n---\n", "\n      ports: [{port: 443}]\n---\n");
    assert_eq!(of("reopened-except", &(web() + &on_443 + &ports)), [], "no port in common");
}

#[test]
fn policies_for_other_pods_or_the_other_direction_reopen_nothing() {
    let left_out =
        ingress("{matchLabels: {app: web}}", "[{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.8/29]}}]");
    let other = ingress("{matchLabels: {app: api}}", "[{ipBlock: {cidr: 203.0.113.0/24}}]").replace("policy", "other");
    let text = web() + &pod("api", "app: api") + &left_out;
    assert_eq!(of("reopened-except", &(text.clone() + &other)), []);
    let egress = other.replace("app: api", "app: web").replace("Ingress]", "Egress]");
    let egress = egress.replace("  ingress:", "  egress:").replace("- from:", "- to:");
    assert_eq!(of("reopened-except", &(text + &egress)), []);
}

#[test]
fn a_part_of_the_range_is_an_exception_on_purpose() {
    let first = "{cidr: 203.0.113.0/24, except: [203.0.113.8/29]}";
    assert_eq!(of("reopened-except", &blocks(first, "{cidr: 203.0.113.9/32}")), []);
    assert_eq!(of("reopened-except", &blocks(first, "{cidr: 203.0.113.8/29}")).len(), 1);
    assert_eq!(of("reopened-except", &blocks(first, "{cidr: 203.0.112.0/22, except: [203.0.113.8/29]}")), []);
}

#[test]
fn two_blocks_that_undo_one_another_are_one_finding() {
    let text = blocks("{cidr: 0.0.0.0/0, except: [10.0.0.0/8]}", "{cidr: 0.0.0.0/0, except: [169.254.169.254/32]}");
    assert_eq!(only("reopened-except", &text).at, "10.0.0.0/8");
}

#[test]
fn ipv6_that_another_policy_opens_is_open() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n\
                   spec: {ipFamilies: [IPv4, IPv6], selector: {app: web}, ports: [{port: 80}]}\n---\n";
    let v4 = ingress("{}", "[{ipBlock: {cidr: 0.0.0.0/0}}]");
    let v6 = ingress("{}", "[{ipBlock: {cidr: '::/0'}}]").replace("name: policy", "name: other");
    assert_eq!(of("ipv6-hole", &(web() + &v4)), [], "nothing uses IPv6");
    assert_eq!(of("ipv6-hole", &(web() + service + &v4)).len(), 1);
    assert_eq!(of("ipv6-hole", &(web() + service + &v4 + &v6)), []);
}
