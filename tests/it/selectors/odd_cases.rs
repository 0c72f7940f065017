//! Selectors and blocks: what is meant, and what must stay silent.

use crate::support::lint::{lint, of, only};
use crate::support::manifests::{ingress, namespace, pod};

const SELECTOR: &str = "selector-matches-nothing";
const PEER: &str = "peer-matches-nothing";

fn app(name: &str) -> String {
    format!("{{matchLabels: {{app: {name}}}}}")
}

fn custom(kind: &str, name: &str) -> String {
    format!("apiVersion: databases.example.com/v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: shop}}\n---\n")
}

#[test]
fn a_key_with_the_right_value_is_found_under_its_own_name() {
    let found =
        only(SELECTOR, &(pod("web", "app.kubernetes.io/name: web") + &ingress("{matchLabels: {app: web}}", "[]")));
    assert_eq!((found.at.as_str(), found.remark.as_str()), ("app", "did you mean `app.kubernetes.io/name: web`?"));
}

#[test]
fn an_expression_is_pointed_at_as_a_whole() {
    let selector = "{matchExpressions: [{key: app, operator: In, values: [fronted]}]}";
    let found = only(SELECTOR, &(pod("frontend", "app: frontend") + &ingress(selector, "[]")));
    assert_eq!(found.at, "{key: app, operator: In, values: [fronted]}");
    assert_eq!(found.remark, "did you mean `app: frontend`?");
}

#[test]
fn all_but_one_label_says_which() {
    let selector = "{matchLabels: {app: web, role: page}}";
    let found = only(SELECTOR, &(pod("web", "app: web, role: assets") + &ingress(selector, "[]")));
    assert_eq!((found.at.as_str(), found.remark.as_str()), ("role: page", "the pods of `web` have all but this"));
}

#[test]
fn no_hint_is_given_where_nothing_is_near() {
    let found = only(SELECTOR, &(pod("web", "app: web") + &ingress(&app("ledger"), "[]")));
    assert_eq!((found.at.as_str(), found.remark.as_str()), ("podSelector: {matchLabels: {app: ledger}}", ""));
}

#[test]
fn policies_with_the_same_selector_are_one_finding() {
    let one = ingress(&app("ledger"), "[{podSelector: {}}]");
    let text = pod("web", "app: web") + &one + &one.replace("name: policy", "name: other");
    let found = only(SELECTOR, &text);
    assert!(found.message.contains("`other`"), "the first by name: {}", found.message);
}

#[test]
fn nothing_is_said_of_a_namespace_without_workloads() {
    assert_eq!(lint(&[("a", &ingress(&app("web"), &format!("[{{podSelector: {}}}]", app("api"))))]), []);
}

#[test]
fn a_rejected_policy_is_left_to_the_rule_that_says_why() {
    let broken = ingress(&app("ledger"), "[{podSelector: {matchLabels: 1}}]");
    assert_eq!(of(SELECTOR, &(pod("web", "app: web") + &broken)), []);
}

#[test]
fn pods_on_the_network_of_their_node_have_the_labels() {
    let agent = pod("agent", "app: agent").replace("spec: {", "spec: {hostNetwork: true, ");
    let text =
        agent + &pod("web", "app: web") + &ingress(&app("agent"), &format!("[{{podSelector: {}}}]", app("agent")));
    assert_eq!(of(SELECTOR, &text), []);
    assert_eq!(of(PEER, &text), []);
}

#[test]
fn pods_that_something_else_makes_are_presumed() {
    let web = pod("web", "app: web");
    let by_name = web.clone() + &custom("Cluster", "orders") + &ingress(&app("orders-primary"), "[]");
    assert_eq!(of(SELECTOR, &by_name), [], "named for a custom resource");
    let by_kind = web.clone() + &custom("Redis", "main") + &ingress(&app("redis"), "[]");
    assert_eq!(of(SELECTOR, &by_kind), [], "named for the kind of one");
    let companion = pod("orders", "app: order-api") + &custom("Certificate", "orders") + &ingress(&app("orders"), "[]");
    assert_eq!(of(SELECTOR, &companion).len(), 1, "a custom resource beside the workload of its name makes no pods");
    for labels in ["job-name: migrate", "acme.cert-manager.io/http01-solver: 'true'"] {
        let text = web.clone() + &ingress(&format!("{{matchLabels: {{{labels}}}}}"), "[]");
        assert_eq!(of(SELECTOR, &text), [], "{labels}");
    }
    let kustomization =
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nlabels: [{pairs: {team: a}}]\n";
    let text = web + &ingress("{matchLabels: {team: a}}", "[]") + kustomization;
    assert_eq!(of(SELECTOR, &text), [], "added by a kustomization");
}

#[test]
fn a_misspelled_prefix_is_no_controller() {
    let selector = "{matchLabels: {app.kuberentes.io/name: web}}";
    let found = only(SELECTOR, &(pod("web", "app.kubernetes.io/name: web") + &ingress(selector, "[]")));
    assert_eq!((found.severity.as_str(), found.at.as_str()), ("warning", "app.kuberentes.io/name"));
}

#[test]
fn what_a_custom_resource_may_make_is_a_note_even_where_a_slip_is_likely() {
    let text = pod("orders-api", "app: order") + &custom("Cluster", "orders") + &ingress(&app("orders"), "[]");
    let found = only(SELECTOR, &text);
    assert_eq!((found.severity.as_str(), found.remark.as_str()), ("note", "did you mean `app: order`?"));
}

#[test]
fn a_peer_in_a_known_namespace_is_checked_there() {
    let backup = pod("backup", "app: backup").replace("namespace: shop", "namespace: tools");
    let peers = "[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: tools}}, podSelector: {matchLabels: {app: bakcup}}}]";
    let text = pod("web", "app: web") + &backup + &ingress("{}", peers);
    let found = only(PEER, &text);
    assert_eq!((found.at.as_str(), found.remark.as_str()), ("bakcup", "did you mean `app: backup`?"));
    assert_eq!(found.message, "a peer of `policy` matches no pod of namespace `tools`");
    let known = text.replace("bakcup", "backup");
    assert_eq!(of(PEER, &known), []);
}

#[test]
fn labels_of_namespaces_are_compared_too() {
    let tools = namespace("tools", "team: platform");
    let peers = "[{namespaceSelector: {matchLabels: {team: platfrom}}}]";
    let text = tools + &pod("web", "app: web") + &ingress("{}", peers);
    assert_eq!(only(PEER, &text).severity, "note", "the labels of `shop` are not shown");
    let found = only(PEER, &(text + &namespace("shop", "")));
    assert_eq!((found.at.as_str(), found.remark.as_str()), ("platfrom", "did you mean `team: platform`?"));
    assert_eq!(found.severity, "warning");
}

#[test]
fn of_two_manifests_of_a_namespace_the_last_says_its_labels() {
    let text = namespace("shop", "team: a") + &namespace("shop", "team: b") + &pod("web", "app: web");
    let asks_for = |team: &str| {
        text.clone() + &ingress("{}", &format!("[{{namespaceSelector: {{matchLabels: {{team: {team}}}}}}}]"))
    };
    assert_eq!(of(PEER, &asks_for("b")), []);
    assert_eq!(only(PEER, &asks_for("a")).severity, "note");
}

#[test]
fn namespaces_outside_the_input_are_one_note() {
    let peers = "[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: partners}}}, \
                 {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: lab}}}]";
    let found = only(PEER, &(namespace("shop", "") + &pod("web", "app: web") + &ingress("{}", peers)));
    assert_eq!(found.severity, "note");
    assert_eq!(found.message, "peers of namespace `partners` and namespace `lab` are not checked: not in the input");
}

#[test]
fn a_scheme_of_names_is_no_slip() {
    let shop = pod("web", "app: web").replace("namespace: shop", "namespace: shop-a");
    let policy = ingress("{}", "[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop-b}}}]");
    let found = only(PEER, &(shop + &policy.replace("namespace: shop}", "namespace: shop-a}")));
    assert_eq!(found.severity, "note");
}

#[test]
fn every_namespace_may_hold_pods_that_are_not_shown() {
    let peers = "[{namespaceSelector: {}, podSelector: {matchLabels: {app: prometheus}}}]";
    let text = pod("web", "app: web") + &ingress("{}", peers);
    assert_eq!(of(PEER, &text), []);
    let slip = text.replace("app: web", "app: prometeus");
    let found = only(PEER, &slip);
    assert_eq!((found.at.as_str(), found.severity.as_str()), ("prometheus", "note"));
}

#[test]
fn namespaces_whose_labels_are_not_shown_may_match() {
    let peers = "[{namespaceSelector: {matchLabels: {team: platform}}}]";
    assert_eq!(of(PEER, &(pod("web", "app: web") + &ingress("{}", peers))), []);
}

#[test]
fn a_policy_in_a_namespace_of_its_own_is_reported_once() {
    let web = pod("web", "app: web");
    let other = ingress("{}", "[{podSelector: {}}]").replace("namespace: shop", "namespace: payments");
    let text = web + &ingress("{}", "[{podSelector: {}}]") + &other + &other.replace("name: policy", "name: second");
    let found = only("unknown-namespace", &text);
    assert_eq!((found.at.as_str(), found.help.as_str()), ("payments", "write `namespace: shop`"));
    assert_eq!(of("unknown-namespace", &text.replace("payments", "kube-system")), []);
}

#[test]
fn policies_that_are_kept_apart_from_workloads_stay_alone() {
    let web = pod("web", "app: web");
    let other = ingress("{}", "[{podSelector: {}}]").replace("namespace: shop", "namespace: payments");
    assert_eq!(of("unknown-namespace", &(web + &other)), []);
    assert_eq!(of("unknown-namespace", &other), []);
}

#[test]
fn a_kustomization_may_set_the_namespace() {
    let policy = ingress("{}", "[{podSelector: {}}]");
    let unset = policy.replace("{name: policy, namespace: shop}", "{name: unset}");
    let text = pod("web", "app: web") + &policy + &unset;
    assert_eq!(of("unknown-namespace", &text).len(), 1);
    let kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: shop\n";
    assert_eq!(of("unknown-namespace", &(text + kustomization)), []);
}

#[test]
fn a_pod_selector_beside_its_own_namespace_adds_nothing() {
    let peers = "[{podSelector: {matchLabels: {app: web}}}, {namespaceSelector: {}}]";
    let found = only("split-peer", &(pod("web", "app: web") + &ingress("{}", peers)));
    assert_eq!((found.severity.as_str(), found.at.as_str()), ("warning", "{namespaceSelector: {}}"));
}

#[test]
fn a_slip_beside_a_namespace_is_a_slip() {
    let peers = "[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: lab}}}, {podSelector: {matchLabels: {app: wbes}}}]";
    let text = namespace("lab", "") + &pod("web", "app: webs") + &ingress("{}", peers);
    assert_eq!(of("split-peer", &text), []);
    assert_eq!(only(PEER, &text).at, "wbes");
}

#[test]
fn blocks_of_pods_are_one_finding_for_each_rule() {
    let peers =
        "[{ipBlock: {cidr: 10.244.1.7/32}}, {ipBlock: {cidr: 10.244.2.9/32}}, {ipBlock: {cidr: 203.0.113.7/32}}]";
    let found = only("pod-ip-block", &(pod("web", "app: web") + &ingress("{}", peers)));
    assert_eq!(found.message, "`policy` names `10.244.1.7/32` and `10.244.2.9/32`: addresses of the cluster itself");
}

#[test]
fn broad_and_private_blocks_are_not_pods() {
    for cidr in ["10.0.0.0/8", "0.0.0.0/0", "192.168.1.0/24", "10.96.0.0/11"] {
        let text = pod("web", "app: web") + &ingress("{}", &format!("[{{ipBlock: {{cidr: {cidr}}}}}]"));
        assert_eq!(of("pod-ip-block", &text), [], "{cidr}");
    }
}
