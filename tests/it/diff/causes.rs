//! Each kind of change names what was changed, and not its symptom.

use netlint::analysis::{Analysis, Options};
use netlint::diff::{Both, Side, compare, located};

use crate::support::manifests::{namespace, pod, policy};

/// The causes of all changes between two states, each as `side: text of the first line: message`.
fn causes(base: &str, head: &str) -> Vec<String> {
    let [base, head] = [base, head].map(|text| Analysis::from_texts(&[("all.yaml", text)], &Options::default()));
    let difference = compare(&base, &head);
    let sources = Both { base: base.sources(), head: head.sources() };
    let causes = located(&difference, sources);
    let mut named: Vec<String> = Vec::new();
    for change in &difference.changes {
        for cause in change.causes.iter().map(|id| &causes[id.0]).filter(|cause| cause.is_changed) {
            let text = cause.label.span.slice(sources.of(cause.side).text(cause.label.file));
            let state = if cause.side == Side::Base { "base" } else { "head" };
            named.push(format!("{state}: {}: {}", text.lines().next().unwrap(), cause.label.message));
        }
    }
    named.sort();
    named.dedup();
    named
}

const DENY: &str = "{podSelector: {}, policyTypes: [Ingress]}";

fn shop() -> String {
    pod("web", "app: web") + &pod("db", "app: db") + &policy("deny", DENY)
}

fn allow(from: &str) -> String {
    policy("allow", &format!("{{podSelector: {{matchLabels: {{app: db}}}}, ingress: [{{from: [{from}]}}]}}"))
}

const WEB: &str = "{podSelector: {matchLabels: {app: web}}}";

#[test]
fn a_new_policy_is_named_by_its_rule() {
    let expected = [format!("head: {WEB}: admits this, in the new policy `allow`")];
    assert_eq!(causes(&shop(), &(shop() + &allow(WEB))), expected);
    let expected = [format!("base: {WEB}: admitted this, in the policy `allow`, which is removed")];
    assert_eq!(causes(&(shop() + &allow(WEB)), &shop()), expected);
}

#[test]
fn a_new_peer_is_named_itself() {
    let other = "{podSelector: {matchLabels: {app: job}}}";
    let (base, head) = (shop() + &allow(other), shop() + &allow(&format!("{other}, {WEB}")));
    assert_eq!(causes(&base, &head), [format!("head: {WEB}: now admits this")]);
}

#[test]
fn a_deleted_default_deny_is_named_where_it_was() {
    let without = pod("web", "app: web") + &pod("db", "app: db");
    let expected = ["base: Ingress: isolated pods for ingress, in the policy `deny`, which is removed"];
    assert_eq!(causes(&shop(), &without), expected);
    let expected = ["head: Ingress: the new policy `deny` isolates pods for ingress"];
    assert_eq!(causes(&without, &shop()), expected);
}

#[test]
fn a_changed_label_is_the_cause_and_not_the_policy() {
    let base = shop() + &allow(WEB);
    let expected = ["head: app: shop: label `app` is now `shop`, it was `web`"];
    assert_eq!(causes(&base, &base.replacen("app: web}", "app: shop}", 1)), expected);
    let expected = ["head: {}: label `app: web` is removed"];
    assert_eq!(causes(&base, &base.replacen("{app: web}", "{}", 1)), expected);
}

#[test]
fn a_changed_label_of_a_namespace_is_named_there() {
    let peer = "{namespaceSelector: {matchLabels: {team: a}}}";
    let base = namespace("shop", "team: b") + &shop() + &allow(peer);
    let head = base.replacen("team: b", "team: a", 1);
    assert_eq!(causes(&base, &head), ["head: team: a: label `team` of namespace `shop` is now `a`, it was `b`"]);
}

#[test]
fn a_renumbered_port_is_named_at_the_container() {
    let rule = "{podSelector: {}, ingress: [{ports: [{port: http}]}]}";
    let with_port = |port: u16| {
        let container = format!("[{{name: c, ports: [{{name: http, containerPort: {port}}}]}}]");
        shop()
            + &policy("allow", rule)
            + &pod("api", "app: api").replace("[{name: main, image: example/main:1}]", &container)
    };
    let expected = ["head: {name: http, containerPort: 81}: port `http` is now TCP 81, it was TCP 80"];
    assert_eq!(causes(&with_port(80), &with_port(81)), expected);
}

#[test]
fn changed_ports_are_named_without_the_peers() {
    let rule = |port: u16| {
        let spec = format!("{{podSelector: {{}}, ingress: [{{from: [{WEB}], ports: [{{port: {port}}}]}}]}}");
        shop() + &policy("allow", &spec)
    };
    let expected = ["base: ports: [{port: 80}]: admitted this", "head: ports: [{port: 81}]: now admits this"];
    let found = causes(&rule(80), &rule(81));
    assert_eq!(found.iter().filter(|it| !it.contains("only")).collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());
}

#[test]
fn a_selector_that_selects_others_is_named() {
    let head = shop().replacen("podSelector: {}", "podSelector: {matchLabels: {app: db}}", 1);
    let expected = ["head: podSelector: {matchLabels: {app: db}}: `deny` now selects other pods"];
    assert_eq!(causes(&shop(), &head), expected);
}

#[test]
fn a_workload_that_moves_says_from_where() {
    let deny_web = policy("deny", DENY) + &pod("web", "app: web");
    let base = deny_web.clone() + &pod("job", "app: job");
    let head = deny_web + &pod("job", "app: job").replace("namespace: shop", "namespace: batch");
    let found = causes(&base, &head);
    assert!(found.contains(&"base: job: Pod `job` moved to namespace `batch`".to_owned()), "{found:#?}");
    assert!(found.contains(&"head: job: Pod `job` moved here from namespace `shop`".to_owned()), "{found:#?}");
}

#[test]
fn pods_that_leave_the_network_of_policies_are_the_cause() {
    let head = shop().replacen("spec: {containers", "spec: {hostNetwork: true, containers", 1);
    let found = causes(&shop(), &head);
    let message = "the pods are now on the network of their node, where no policy applies";
    assert_eq!(found, [format!("head: hostNetwork: true: {message}")]);
}
