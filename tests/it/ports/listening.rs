//! Ports on which nobody listens, and ports that only look so.

use std::sync::Arc;

use netlint::analysis::{Analysis, Options};
use netlint::catalogue::Profile;
use netlint::config::{Choice, Config};

use crate::support::lint::{Found, Manifests, lint, of, only};
use crate::support::manifests::{assert_one, estate, pod_with_ports as pod, policy};

#[test]
fn undefined_named_port() {
    let named = estate(7).replace("shop-0001/policies.yaml", "name: ingress-web-to-api", "port: 9090", "port: api");
    let slip = ("shop-0001/policies.yaml", "name: ingress-web-to-api", "port: api", "port: aip");
    let found = assert_one(&named, slip, ("undefined-named-port", "error", "aip"), &[]);
    assert_eq!(found.help, "did you mean `api`?");
    let demo = Manifests::repaired_demo();
    let https = ("egress", "ports:", "port: 443", "port: https");
    assert_one(&demo, https, ("undefined-named-port", "error", "https"), &[]);
}

#[test]
fn service_port_in_policy() {
    let other_port = estate(7).replace(
        "shop-0001/workloads.yaml",
        "name: cache-0\n  namespace: shop-0001\nspec:\n  selector",
        "port: 6379",
        "port: 80",
    );
    let mistake = ("shop-0001/policies.yaml", "name: egress-api-to-cache", "port: 6379", "port: 80");
    let found = assert_one(&other_port, mistake, ("service-port-in-policy", "error", "80"), &[]);
    assert_eq!(found.message, "port `80` is that of Service `cache-0`; `cache-0` listens on `6379`");
}

#[test]
fn port_of_wrong_side() {
    let demo = Manifests::repaired_demo();
    let own = ("database", "name: allow-backend-egress-to-database", "port: 5432", "port: 80");
    assert_one(&demo, own, ("port-of-wrong-side", "warning", "80"), &[]);
    let theirs = ("shop-0000/policies.yaml", "name: ingress-web-to-api", "port: 9090", "port: 8080");
    assert_one(&estate(7), theirs, ("port-of-wrong-side", "warning", "8080"), &[]);
}

#[test]
fn port_not_exposed() {
    let demo = Manifests::repaired_demo();
    let slip = ("database", "name: allow-backend-to-database", "port: 5432", "port: 5433");
    assert_one(&demo, slip, ("port-not-exposed", "note", "5433"), &["one-sided-allow"]);
    let slip = ("shop-0002/policies.yaml", "name: egress-worker-to-database", "port: 5432", "port: 5423");
    assert_one(&estate(7), slip, ("port-not-exposed", "note", "5423"), &["one-sided-allow"]);
}

#[test]
fn missing_protocol() {
    let udp = Manifests::repaired_demo()
        .replace("pods", "image: postgres", "containerPort: 5432", "containerPort: 5432\n          protocol: UDP")
        .replace("database", "name: allow-backend-to-database", "protocol: TCP", "protocol: UDP")
        .replace("database", "name: allow-backend-egress-to-database", "protocol: TCP", "protocol: UDP");
    let forgotten =
        ("database", "name: allow-backend-to-database", "protocol: UDP\n          port: 5432", "port: 5432");
    assert_one(&udp, forgotten, ("missing-protocol", "error", "port: 5432"), &[]);
    let mut udp = estate(7);
    let cache = "containerPort: 6379";
    udp = udp.replace(
        "shop-0000/workloads.yaml",
        "name: cache-0",
        cache,
        &format!("{cache}\n              protocol: UDP"),
    );
    udp = udp.replace(
        "shop-0000/workloads.yaml",
        "name: cache-0\n  namespace: shop-0000\nspec:\n  selector",
        "port: 6379",
        "port: 6379\n      protocol: UDP",
    );
    for name in ["ingress-api-to-cache", "egress-api-to-cache", "ingress-worker-to-cache", "egress-worker-to-cache"] {
        udp = udp.replace("shop-0000/policies.yaml", &format!("name: {name}"), "TCP", "UDP");
    }
    let forgotten = ("shop-0000/policies.yaml", "name: egress-worker-to-cache", "protocol: UDP, port", "port");
    assert_one(&udp, forgotten, ("missing-protocol", "error", "port: 6379"), &[]);
}

/// A Service of namespace `shop` for `app: api`.
fn service(name: &str, ports: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop}}\n\
         spec: {{selector: {{app: api}}, ports: [{ports}]}}\n---\n"
    )
}

/// A policy for `app: api` with these ports for everyone.
fn opens(ports: &str) -> String {
    policy(
        "opens",
        &format!(
            "{{podSelector: {{matchLabels: {{app: api}}}}, policyTypes: [Ingress], ingress: [{{ports: {ports}}}]}}"
        ),
    )
}

fn found(rule: &str, parts: &[String]) -> Vec<Found> {
    of(rule, &parts.concat())
}

#[test]
fn services_lead_by_number_and_by_name() {
    let api = pod("api", "app: api", "{name: http, containerPort: 8080}");
    for target in ["8080", "http"] {
        let service = service("api", &format!("{{port: 80, targetPort: {target}}}"));
        let text = [api.clone(), service, opens("[{port: 80}]")].concat();
        assert_eq!(
            only("service-port-in-policy", &text).help,
            "write `port: 8080`: policies see the port of the pod, not that of the Service"
        );
    }
    let nowhere = service("api", "{port: 80, targetPort: htpp}");
    assert_eq!(found("service-port-in-policy", &[api.clone(), nowhere, opens("[{port: 80}]")]), []);
    let udp = service("api", "{port: 80, protocol: UDP, targetPort: 8080}");
    assert_eq!(found("service-port-in-policy", &[api, udp, opens("[{port: 80}]")]), [], "another protocol");
}

#[test]
fn a_port_that_some_pod_listens_on_is_right() {
    let listens = pod("api", "app: api, tier: back", "{containerPort: 8080}");
    let other = pod("other", "app: api, tier: back", "{containerPort: 80}");
    let silent = pod("other", "tier: back", "");
    let eighty = service("api", "{port: 80, targetPort: 8080}");
    let direct = service("direct", "{port: 81, targetPort: 80}");
    let opens = |ports: &str| opens(ports).replace("app: api", "tier: back");
    assert_eq!(found("service-port-in-policy", &[listens.clone(), eighty.clone(), opens("[{port: 80}]")]).len(), 1);
    for more in [other, silent, direct] {
        let all = [listens.clone(), eighty.clone(), opens("[{port: 80}]"), more];
        assert_eq!(found("service-port-in-policy", &all), [], "{}", all[3]);
        assert_eq!(found("port-not-exposed", &all), [], "{}", all[3]);
    }
}

#[test]
fn the_target_opened_by_another_policy_for_the_same_peers_is_enough() {
    let base =
        [pod("api", "app: api", "{name: http, containerPort: 8080}"), service("api", "{port: 80, targetPort: 8080}")]
            .concat();
    let with = |other: &str| of("service-port-in-policy", &(base.clone() + &opens("[{port: 80}]") + other)).len();
    let target = opens("[{port: 8080}]").replace("name: opens", "name: target");
    assert_eq!(with(&target), 0);
    let some = target.replace("[{ports", "[{from: [{podSelector: {}}], ports");
    assert_eq!(with(&some), 1, "for some peers only");
    assert_eq!(with(&target.replace("port: 8080", "port: http")), 0, "by its name");
    let both = of("service-port-in-policy", &(base.clone() + &opens("[{port: 80}, {port: http}]")));
    assert_eq!(both, [], "by its name, in the same rule");
}

#[test]
fn any_pod_of_a_namespace_may_listen() {
    let api = pod("api", "app: api", "{name: http, containerPort: 8080}");
    let all = |ports: &str| opens(ports).replace("{matchLabels: {app: api}}", "{}");
    assert_eq!(found("port-not-exposed", &[api.clone(), all("[{port: 9000}]")]), []);
    let name = found("undefined-named-port", &[api.clone(), all("[{port: metrics}]")]);
    assert_eq!(name[0].severity, "note");
    let eighty = service("api", "{port: 80, targetPort: 8080}");
    assert_eq!(found("service-port-in-policy", &[api, eighty, all("[{port: 80}]")])[0].severity, "note");
}

#[test]
fn names_are_told_from_those_of_services_and_of_other_protocols() {
    let api =
        pod("api", "app: api", "{name: http, containerPort: 8080}, {name: quic, containerPort: 443, protocol: UDP}");
    let help = |ports: &str| {
        let text = [api.clone(), service("api", "{name: web, port: 80, targetPort: http}"), opens(ports)].concat();
        only("undefined-named-port", &text).help
    };
    assert_eq!(help("[{port: quic}]"), "add `protocol: UDP`");
    assert_eq!(help("[{port: web}]"), "write `port: 8080`, or give the container's port that name");
    assert_eq!(help("[{port: https}]"), "did you mean `http`?");
    assert_eq!(help("[{port: admin}]"), "write one of `http`, or a number");
    assert_eq!(found("undefined-named-port", &[api, opens("[{port: http}, {protocol: UDP, port: quic}]")]), []);
}

#[test]
fn pods_that_the_input_does_not_show_are_not_judged() {
    let client = pod("web", "app: web", "{containerPort: 3000}");
    let to = |peer: &str, ports: &str| {
        policy(
            "egress",
            &format!("{{podSelector: {{}}, policyTypes: [Egress], egress: [{{to: [{peer}], ports: {ports}}}]}}"),
        )
    };
    for peer in [
        "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}",
        "{namespaceSelector: {matchLabels: {team: x}}, podSelector: {matchLabels: {app: web}}}",
        "{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}",
        "{ipBlock: {cidr: 198.51.100.0/24}}",
    ] {
        let text = [client.clone(), to(peer, "[{port: 9999}]")].concat();
        assert_eq!(of("port-not-exposed", &text), [], "{peer}");
    }
    assert_eq!(
        found("port-not-exposed", &[client, to("{podSelector: {matchLabels: {app: web}}}", "[{port: 9999}]")]).len(),
        1
    );
}

#[test]
fn sidecars_and_scraped_ports_are_not_declared() {
    let api = pod("api", "app: api", "{containerPort: 8080}");
    assert_eq!(found("port-not-exposed", &[api.clone(), opens("[{port: 15090}, {port: 4191}]")]), []);
    let scraped = api.replace("labels: {app: api}", "labels: {app: api}, annotations: {prometheus.io/port: '9464'}");
    assert_eq!(found("port-not-exposed", &[scraped, opens("[{port: 9464}]")]), []);
    let found = found("port-not-exposed", &[api, opens("[{port: 9464}, {port: 9500, endPort: 9600}]")]);
    let messages: Vec<&str> = found.iter().map(|it| it.message.as_str()).collect();
    let none = "no container of `api` declares";
    assert_eq!(messages, [format!("{none} TCP port `9464`"), format!("{none} a TCP port from `9500` to `9600`")]);
}

#[test]
fn all_ports_allowed() {
    let text = include_str!("../../../testdata/secure-app-fixed/3-allow-backend-to-database.yaml");
    let pods = include_str!("../../../testdata/secure-app-fixed/0-pods.yaml");
    let strict = |text: &str| {
        let mut config = Config::default();
        config.choose(Choice { profile: Some(Profile::Strict), ..Choice::default() });
        let options = Options { config: Arc::new(config), ..Options::default() };
        let analysis = Analysis::from_texts(&[("pods.yaml", pods), ("policies.yaml", text)], &options);
        let drafts = netlint::findings::drafts(&analysis).into_iter().filter(|draft| draft.rule == "all-ports-allowed");
        drafts.map(|draft| (draft.message, draft.help.unwrap())).collect::<Vec<_>>()
    };
    let open = text.replacen("      ports:\n        - protocol: TCP\n          port: 5432\n", "", 1);
    assert_eq!(strict(text), []);
    let (message, help) = (
        "`allow-backend-to-database` opens every port of `database`",
        "name the ports that are needed; the containers declare `{protocol: TCP, port: 5432}`",
    );
    assert_eq!(strict(&open), [(message.to_owned(), help.to_owned())]);
    assert_eq!(strict(&text.replacen("          port: 5432\n", "", 1)).len(), 1, "every port of TCP");
    assert_eq!(of("all-ports-allowed", &[pods, "---\n", &open].concat()), [], "not in this profile");
}

#[test]
fn a_rule_that_is_off_does_not_silence_others() {
    let text = include_str!("../../../testdata/secure-app-fixed/3-allow-backend-to-database.yaml");
    let pods = include_str!("../../../testdata/secure-app-fixed/0-pods.yaml");
    let wrong = text.replacen("port: 5432", "port: 80", 1);
    let found = |ignore: &[&str]| {
        let mut config = Config::default();
        config.choose(Choice { ignore: ignore.iter().map(|&rule| rule.to_owned()).collect(), ..Choice::default() });
        let options = Options { config: Arc::new(config), ..Options::default() };
        let analysis = Analysis::from_texts(&[("pods.yaml", pods), ("policies.yaml", &wrong)], &options);
        let rules = ["port-of-wrong-side", "one-sided-allow"];
        let drafts = netlint::findings::drafts(&analysis).into_iter().map(|draft| draft.rule);
        drafts.filter(|rule| rules.contains(rule)).collect::<Vec<_>>()
    };
    assert_eq!(found(&[]), ["port-of-wrong-side"]);
    assert_eq!(found(&["port-of-wrong-side"]), ["one-sided-allow"]);
}

#[test]
fn a_client_that_is_cut_off_by_a_wrong_port_is_not_told_again() {
    let client = pod("web", "app: web", "").replace("image:", "env: [{name: API, value: 'http://api:80'}], image:");
    let api = pod("api", "app: api", "{name: http, containerPort: 8080}");
    let base = [client, api, service("api", "{port: 80, targetPort: http}")].concat();
    let rules = |ports: &str| {
        let found = lint(&[("manifests.yaml", &(base.clone() + &opens(ports)))]).into_iter().map(|it| it.rule);
        let about_it = ["service-port-in-policy", "blocked-client", "unreachable-service"];
        found.filter(|rule| about_it.contains(rule)).collect::<Vec<_>>()
    };
    assert_eq!(rules("[{port: 80}]"), ["service-port-in-policy"]);
    assert_eq!(rules("[{port: 81}]"), ["unreachable-service"]);
    assert_eq!(rules("[{port: 8080}]"), [""; 0]);
}
