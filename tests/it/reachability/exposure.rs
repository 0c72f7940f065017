//! What pods may reach that they should not, and who may reach them.

use super::services::{ingress, service};
use crate::support::lint::{Manifests, assert_found, of, only};
use crate::support::manifests::{estate, pod_of_image as pod, policy_in_flow as policy};

const METADATA: &str = "metadata-service-reachable";

fn egress(to: &str) -> String {
    let spec = format!("podSelector: {{}}, policyTypes: [Egress], egress: [{{to: [{to}]}}]");
    pod("crawler", "example/crawler:1") + &policy("out", &spec)
}

#[test]
fn a_block_widened_to_the_internet_forgets_the_metadata_service() {
    let block = "0.0.0.0/0\n            except: [10.0.0.0/8]";
    let found = Manifests::repaired_demo()
        .replace("egress", "ipBlock", "203.0.113.0/24", block)
        .replace("egress", "ports:", "port: 443", "port: 80")
        .lint();
    assert_found(&found, METADATA, "warning", "except: [10.0.0.0/8]", &[]);
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn a_partner_block_widened_in_an_estate_is_found_there() {
    let file = "shop-0002/policies.yaml";
    let text = "              except: [198.51.";
    let wide = estate(10)
        .replace(file, "name: allow-partners", "            cidr: 198.51", "            cidr: 128.0.0.0/1 # 198.51")
        .replace(file, "name: allow-partners", text.trim_start(), "# ")
        .replace(file, "name: allow-partners", "port: 443", "port: 80");
    let found = wide.lint();
    assert_found(&found, METADATA, "warning", "128.0.0.0/1", &[]);
    assert!(found.iter().all(|it| it.rule == METADATA || it.severity == "note"), "{found:#?}");
}

#[test]
fn each_service_is_asked_by_its_address() {
    let found = |cidr: &str| only(METADATA, &egress(&format!("{{ipBlock: {{cidr: '{cidr}'}}}}")));
    let wide = found("128.0.0.0/1");
    assert_eq!(wide.message, "`out` permits egress to the cloud's metadata service, `169.254.169.254`");
    assert_eq!(wide.remark, "`128.0.0.0/1` holds it, and `169.254.170.2`, `169.254.170.23` and `168.63.129.16`");
    assert!(wide.help.ends_with("[169.254.169.254/32, 169.254.170.2/32, 169.254.170.23/32, 168.63.129.16/32]"));
    assert!(found("fd00::/8").message.ends_with("the cloud's metadata service, `fd00:ec2::254`"));
    assert!(found("169.254.170.0/24").message.ends_with("the cloud's credentials service, `169.254.170.2`"));
    for cidr in ["100.64.0.0/10", "168.63.0.0/16", "169.254.20.0/24", "fe80::/10", "169.254.169.254/32"] {
        assert_eq!(of(METADATA, &egress(&format!("{{ipBlock: {{cidr: '{cidr}'}}}}"))), [], "{cidr}");
    }
}

#[test]
fn what_is_left_out_is_left_out() {
    let block = |except: &str| egress(&format!("{{ipBlock: {{cidr: 0.0.0.0/0, except: [{except}]}}}}"));
    assert_eq!(of(METADATA, &block("169.254.0.0/16")), []);
    assert_eq!(of(METADATA, &block("168.0.0.0/6, 100.64.0.0/10")), []);
    assert_eq!(only(METADATA, &block("169.254.169.254/32")).severity, "note");
    assert_eq!(only(METADATA, &block("169.254.170.0/24")).severity, "warning");
    assert_eq!(of("unrestricted-egress", &block("169.254.0.0/16")).len(), 1, "a note");
    assert_eq!(of("unrestricted-egress", &block("10.0.0.0/8")), [], "said once");
}

#[test]
fn ingress_from_everywhere_is_another_matter() {
    let spec = "podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{ipBlock: {cidr: 128.0.0.0/1}}]}]";
    assert_eq!(of(METADATA, &(pod("crawler", "example/crawler:1") + &policy("in", spec))), []);
}

#[test]
fn a_range_that_another_block_lets_in_again_is_said_once() {
    let blocks = "{ipBlock: {cidr: 128.0.0.0/1, except: [169.254.169.254/32]}}, {ipBlock: {cidr: 169.254.0.0/16}}";
    let found = of("reopened-except", &egress(blocks));
    assert_eq!(found.len(), 1);
    let found = of(METADATA, &egress(blocks));
    assert!(found.iter().all(|it| it.severity == "note"), "{found:#?}");
    let undone = "{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}, {ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}";
    assert_eq!(of("reopened-except", &egress(undone)).len(), 1);
    assert_eq!(of(METADATA, &egress(undone)).iter().filter(|it| it.severity == "warning").count(), 1);
}

const ANY: &str = "any-namespace-ingress";
const INTERNET: &str = "internet-ingress";

#[test]
fn a_peer_of_one_tier_widened_to_every_namespace() {
    let peer = "podSelector:\n            matchLabels:\n              app: frontend";
    let demo = Manifests::repaired_demo().replace("backend", "from:", peer, "namespaceSelector: {}");
    let found = demo.lint();
    assert_found(&found, ANY, "warning", "namespaceSelector: {}", &[]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].message, "`allow-frontend-to-backend` admits every pod of the cluster to `backend`");
    let database = Manifests::repaired_demo().replace(
        "database",
        "from:",
        "podSelector:\n            matchLabels:\n              app: backend",
        "namespaceSelector: {}",
    );
    let found = database.lint();
    assert_found(&found, "database-reachable", "error", "- namespaceSelector: {}", &[]);
    assert_eq!(found.len(), 1, "said once: {found:#?}");
}

#[test]
fn a_dash_too_many_is_told_once() {
    let peer = "podSelector:\n            matchLabels:\n              app: frontend";
    let split = format!("namespaceSelector: {{}}\n        - {peer}");
    let found = Manifests::repaired_demo().replace("backend", "from:", peer, &split).lint();
    assert_eq!(found.iter().map(|it| (it.rule, it.severity.as_str())).collect::<Vec<_>>(), [("split-peer", "warning")]);
}

#[test]
fn a_rule_that_forgets_its_peers() {
    let peers = "from:\n        - podSelector:\n            matchLabels:\n              app: frontend\n      ";
    let found = Manifests::repaired_demo().replace("backend", "ingress:", peers, "").lint();
    let at = "- ports:\n        - protocol: TCP\n          port: 80";
    assert_found(&found, INTERNET, "warning", at, &[]);
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn the_same_mistakes_in_an_estate() {
    let peer = "podSelector:\n            matchLabels:\n              tier: web";
    let file = "shop-0002/policies.yaml";
    let found = estate(10).replace(file, "name: ingress-web-to-api", peer, "namespaceSelector: {}").lint();
    assert_found(&found, ANY, "warning", "namespaceSelector: {}", &[]);
    assert!(found.iter().all(|it| it.rule == ANY || it.severity == "note"), "{found:#?}");
    let found = estate(10)
        .replace(file, "name: ingress-web-to-api", peer, &format!("{peer}\n        - ipBlock: {{cidr: 0.0.0.0/0}}"))
        .lint();
    assert_found(&found, INTERNET, "warning", "0.0.0.0/0", &[]);
    assert!(found.iter().all(|it| it.rule == INTERNET || it.severity == "note"), "{found:#?}");
}

/// A pod that declares this port, and a policy for it with this rule.
fn opened(image: &str, port: &str, rule: &str) -> String {
    let spec = format!("podSelector: {{matchLabels: {{app: it}}}}, policyTypes: [Ingress], ingress: [{rule}]");
    pod("it", image).replace("{containerPort: 8080}", port) + &policy("open", &spec)
}

#[test]
fn what_is_opened_makes_the_difference() {
    let plain = "{containerPort: 8080}";
    let metrics = "{containerPort: 9464, name: http-metrics}";
    let webhook = "{containerPort: 9443, name: webhook-server}";
    let severity = |rule, text: &str| of(rule, text).into_iter().map(|it| it.severity).collect::<Vec<_>>().concat();
    for (image, port, number, any, internet) in [
        ("example/it:1", plain, "8080", "warning", "warning"),
        ("example/it:1", metrics, "9464", "", "note"),
        ("example/it:1", metrics, "http-metrics", "", "note"),
        ("example/it:1", webhook, "9443", "note", ""),
        ("example/it:1", plain, "53", "", ""),
        ("nginx:1", plain, "8080", "", ""),
        ("quay.io/keycloak/keycloak:26", plain, "8080", "note", "note"),
        ("postgres:17", "{containerPort: 5432}", "5432", "", ""),
    ] {
        let peers = format!("{{from: [{{namespaceSelector: {{}}}}], ports: [{{port: {number}}}]}}");
        assert_eq!(severity(ANY, &opened(image, port, &peers)), any, "{image} {number}");
        assert_eq!(severity(INTERNET, &opened(image, port, &peers)), "");
        let everyone = format!("{{ports: [{{port: {number}}}]}}");
        assert_eq!(severity(INTERNET, &opened(image, port, &everyone)), internet, "{image} {number}");
        assert_eq!(severity(ANY, &opened(image, port, &everyone)), "");
    }
    let all = opened("example/it:1", metrics, "{from: [{namespaceSelector: {}}]}");
    assert_eq!(severity(ANY, &all), "warning", "not for metrics alone");
    let called = opened("example/it:1", &format!("{webhook}, {metrics}"), "{}");
    assert_eq!(severity(INTERNET, &called), "", "there is nothing else to admit anyone for");
    let more = opened("example/it:1", &format!("{webhook}, {plain}"), "{}");
    assert_eq!(severity(INTERNET, &more), "warning");
}

#[test]
fn exposed_pods_and_pods_that_are_not_shown() {
    let open = opened("example/it:1", "{containerPort: 8080}", "{}");
    assert_eq!(only(INTERNET, &open).message, "`open` admits everyone to `it`");
    for kind in ["LoadBalancer", "NodePort"] {
        assert_eq!(of(INTERNET, &(open.clone() + &service("it", &format!(", type: {kind}")))), []);
    }
    assert_eq!(of(INTERNET, &(open.clone() + &service("it", "") + &ingress("it"))), []);
    assert_eq!(of(INTERNET, &(open.clone() + &service("it", ""))).len(), 1);
    let alone = policy("open", "podSelector: {matchLabels: {app: it}}, policyTypes: [Ingress], ingress: [{}]");
    assert_eq!(only(INTERNET, &alone).severity, "note");
    let other = pod("other", "example/other:1") + &alone;
    assert_eq!(of(INTERNET, &other), [], "it selects nothing, which is another mistake");
}

#[test]
fn the_world_in_parts() {
    for cidr in ["0.0.0.0/0", "128.0.0.0/1", "::/0", "2000::/3"] {
        let text =
            opened("example/it:1", "{containerPort: 8080}", &format!("{{from: [{{ipBlock: {{cidr: '{cidr}'}}}}]}}"));
        assert_eq!(only(INTERNET, &text).at, format!("'{cidr}'"));
    }
    for cidr in ["10.0.0.0/8", "203.0.113.0/24", "fc00::/7", "2001:db8::/32"] {
        let text =
            opened("example/it:1", "{containerPort: 8080}", &format!("{{from: [{{ipBlock: {{cidr: '{cidr}'}}}}]}}"));
        assert_eq!(of(INTERNET, &text), [], "{cidr}");
    }
    let both = "{from: [{ipBlock: {cidr: 0.0.0.0/0}}, {ipBlock: {cidr: '::/0'}}]}";
    assert_eq!(of(INTERNET, &opened("example/it:1", "{containerPort: 8080}", both)).len(), 1, "one rule, one cause");
}
