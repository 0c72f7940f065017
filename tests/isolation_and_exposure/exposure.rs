//! What pods may reach that they should not, and who may reach them.

use super::lint::{Manifests, assert_found, of, only};
use super::{estate, pod, policy};

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
    let wide = estate()
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

const SERVICE: &str = "unreachable-service";

fn service(app: &str, more: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: {app}, namespace: shop}}\n\
         spec: {{selector: {{app: {app}}}, ports: [{{port: 80, targetPort: 8080}}]{more}}}\n---\n"
    )
}

fn ingress(service: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: entry, namespace: shop}}\n\
         spec: {{defaultBackend: {{service: {{name: {service}, port: {{number: 80}}}}}}}}\n---\n"
    )
}

/// A policy for `web` that admits this on port 8080.
fn admit(peers: &str) -> String {
    let spec = format!(
        "podSelector: {{matchLabels: {{app: web}}}}, policyTypes: [Ingress], \
         ingress: [{{from: [{peers}], ports: [{{port: 8080}}]}}]"
    );
    policy("admit", &spec)
}

fn web() -> String {
    pod("web", "example/web:1") + &service("web", "")
}

#[test]
fn a_service_for_pods_that_admit_nobody() {
    let front = "apiVersion: v1\nkind: Service\nmetadata:\n  name: frontend\n  namespace: secure-app\nspec:\n  \
                 selector:\n    app: frontend\n  ports:\n    - port: 80\n---\napiVersion: v1\nkind: Namespace";
    let found = Manifests::repaired_demo().replace("pods", "", "apiVersion: v1\nkind: Namespace", front).lint();
    assert_found(&found, SERVICE, "error", "Ingress", &[]);
    assert_eq!(found[0].message, "Service `frontend` is unreachable: no rule admits anybody on TCP 80");
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn a_wrong_port_in_an_estate_closes_the_services_of_its_tier() {
    let file = "shop-0001/policies.yaml";
    let found = estate().replace(file, "name: allow-ingress-controller", "port: 8080", "port: 8081").lint();
    assert_found(&found, SERVICE, "error", "ingress", &[]);
    let own = found.iter().find(|it| it.rule == SERVICE).unwrap();
    assert_eq!(own.message, "Services `web-0` and `web-1` are unreachable: no rule admits anybody on TCP 8080");
}

#[test]
fn a_controller_that_is_no_longer_admitted() {
    let peer =
        "- namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: ingress-nginx";
    let found =
        estate().replace("shop-0001/policies.yaml", "name: allow-ingress-controller", peer, "- podSelector: {}").lint();
    assert_found(&found, SERVICE, "error", "ingress", &[]);
    let own = found.iter().find(|it| it.rule == SERVICE).unwrap();
    assert_eq!(own.message, "Ingress `shop` cannot reach Service `web-0`: no rule admits its controller on TCP 8080");
}

#[test]
fn who_may_be_the_controller() {
    let entry = web() + &ingress("web");
    let other = |name: &str, image: &str, namespace: &str| {
        pod(name, image).replace("namespace: shop", &format!("namespace: {namespace}"))
    };
    let edge = "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: edge}}}";
    for (with, peers) in [
        (String::new(), edge),
        (String::new(), "{namespaceSelector: {}}"),
        (String::new(), "{namespaceSelector: {matchLabels: {team: platform}}}"),
        (String::new(), "{ipBlock: {cidr: 10.0.0.0/8}}"),
        (other("edge", "nginx:1", "edge"), edge),
        (other("anything", "example/a:1", "edge"), edge),
        (pod("traefik", "traefik:3"), "{podSelector: {matchLabels: {app: traefik}}}"),
        (pod("a", "example/a:1"), "{namespaceSelector: {matchExpressions: [{key: x, operator: Exists}]}}"),
    ] {
        assert_eq!(of(SERVICE, &(entry.clone() + &with + &admit(peers))), [], "{peers}");
    }
    for (with, peers) in [
        (pod("nginx", "nginx:1"), "{podSelector: {matchLabels: {app: nginx}}}"),
        (pod("a", "example/a:1"), "{podSelector: {}}"),
        (other("prometheus", "prom/prometheus:v3", "edge"), edge),
    ] {
        let found = only(SERVICE, &(entry.clone() + &with + &admit(peers)));
        assert!(found.message.starts_with("Ingress `entry` cannot reach Service `web`"), "{}", found.message);
        assert_eq!(found.severity, "error");
        let every_port = admit(peers).replace(", ports: [{port: 8080}]", "");
        assert_eq!(of(SERVICE, &(entry.clone() + &with + &every_port)).len(), 1, "{peers}");
    }
}

#[test]
fn a_load_balancer_is_for_addresses() {
    let exposed = |kind: &str, peers: &str| {
        pod("web", "example/web:1")
            + &service("web", &format!(", type: {kind}"))
            + &pod("client", "example/client:1")
            + &admit(peers)
    };
    let client = "{podSelector: {matchLabels: {app: client}}}";
    for kind in ["LoadBalancer", "NodePort"] {
        let found = only(SERVICE, &exposed(kind, client));
        assert_eq!(found.message, format!("{kind} Service `web` is closed to the outside on TCP 8080"));
        assert_eq!(found.severity, "warning");
        assert_eq!(of(SERVICE, &exposed(kind, "{ipBlock: {cidr: 203.0.113.0/24}}")), []);
    }
    assert_eq!(of(SERVICE, &exposed("ClusterIP", client)), []);
    let both = only(SERVICE, &(exposed("NodePort", client) + &ingress("web")));
    assert!(both.message.starts_with("Ingress"), "the node port is there for the controller: {}", both.message);
}

#[test]
fn services_that_are_told_of_elsewhere_or_not_known() {
    let closed = policy("deny", DENY_INGRESS);
    assert_eq!(of(SERVICE, &(web() + &closed)).len(), 1);
    assert_eq!(of(SERVICE, &web()), [], "nothing isolates the pods");
    let on_node = web().replace("spec: {containers", "spec: {hostNetwork: true, containers");
    assert_eq!(of(SERVICE, &(on_node + &closed)), []);
    let named = web().replace("targetPort: 8080", "targetPort: http");
    assert_eq!(of(SERVICE, &(named + &closed)), [], "the pods do not declare the name");
    assert_eq!(of(SERVICE, &(service("web", "") + &closed)), [], "no pods in the input");
    let of_service = admit("{podSelector: {}}").replace("port: 8080", "port: 80");
    assert_eq!(of(SERVICE, &(web() + &of_service)), [], "service-port-in-policy");
    let undefined = admit("{podSelector: {}}").replace("port: 8080", "port: http");
    assert_eq!(of(SERVICE, &(web() + &undefined)), [], "undefined-named-port");
    let other = admit("{podSelector: {}}").replace("port: 8080", "port: 8081");
    assert_eq!(of(SERVICE, &(web() + &other)).len(), 1);
    let egress = "podSelector: {matchLabels: {app: client}}, policyTypes: [Egress], \
                  egress: [{to: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 8080}]}]";
    let client = pod("client", "example/client:1") + &policy("client", egress);
    let text = web() + &closed + &client;
    assert_eq!(of(SERVICE, &text), []);
    assert_eq!(of("one-sided-allow", &text).len(), 1, "said once");
    let settings = "image: example/client:1, env: [{name: WEB_HOST, value: web}]";
    let named = web() + &closed + &pod("client", "example/client:1").replace("image: example/client:1", settings);
    assert_eq!((of(SERVICE, &named).len(), of("blocked-client", &named).len()), (1, 0), "said once");
}

#[test]
fn a_headless_service_may_only_name_the_pods_of_its_set() {
    let set = web()
        .replace("kind: Pod", "kind: StatefulSet")
        .replace("apiVersion: v1\nkind: StatefulSet", "apiVersion: apps/v1\nkind: StatefulSet")
        .replace("spec: {containers", "spec: {template: {metadata: {labels: {app: web}}, spec: {containers")
        .replace("8080}]}]}\n", "8080}]}]}}}\n");
    let headless = set.replace("{selector", "{clusterIP: None, selector");
    let closed = policy("deny", DENY_INGRESS);
    assert_eq!(only(SERVICE, &(set + &closed)).severity, "error");
    assert_eq!(only(SERVICE, &(headless + &closed)).severity, "note");
}

const DENY_INGRESS: &str = "podSelector: {}, policyTypes: [Ingress]";

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
    let found = estate().replace(file, "name: ingress-web-to-api", peer, "namespaceSelector: {}").lint();
    assert_found(&found, ANY, "warning", "namespaceSelector: {}", &[]);
    assert!(found.iter().all(|it| it.rule == ANY || it.severity == "note"), "{found:#?}");
    let found = estate()
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
        let everybody = format!("{{ports: [{{port: {number}}}]}}");
        assert_eq!(severity(INTERNET, &opened(image, port, &everybody)), internet, "{image} {number}");
        assert_eq!(severity(ANY, &opened(image, port, &everybody)), "");
    }
    let all = opened("example/it:1", metrics, "{from: [{namespaceSelector: {}}]}");
    assert_eq!(severity(ANY, &all), "warning", "not for metrics alone");
    let called = opened("example/it:1", &format!("{webhook}, {metrics}"), "{}");
    assert_eq!(severity(INTERNET, &called), "", "there is nothing else to admit anybody for");
    let more = opened("example/it:1", &format!("{webhook}, {plain}"), "{}");
    assert_eq!(severity(INTERNET, &more), "warning");
}

#[test]
fn exposed_pods_and_pods_that_are_not_shown() {
    let open = opened("example/it:1", "{containerPort: 8080}", "{}");
    assert_eq!(only(INTERNET, &open).message, "`open` admits everybody to `it`");
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
