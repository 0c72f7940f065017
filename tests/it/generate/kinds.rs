//! Every kind of evidence becomes a rule, and what is not known is left for review.

use std::sync::Arc;

use netlint::analysis::{Analysis, Options};
use netlint::config::{Base, Config};
use netlint::generate::{Generated, Mode, generate};

/// A pod with a container, and what else is written of that.
fn pod(name: &str, container: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop, labels: {{app: {name}}}}}\nspec:\n  \
         containers:\n    - name: {name}\n      image: example/{name}:1\n{container}---\n"
    )
}

fn service(name: &str, port: u16) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop}}\nspec: {{selector: {{app: {name}}}, \
         ports: [{{port: {port}}}]}}\n---\n"
    )
}

fn write(manifests: &str, configuration: &str) -> Generated {
    let config = Config::parse("netlint.yaml", configuration, Base::default()).unwrap();
    let options = Options { config: Arc::new(config), ..Options::default() };
    generate(&Analysis::from_texts(&[("app.yaml", manifests)], &options), Mode::OnlyMissing).unwrap()
}

fn text(generated: &Generated) -> String {
    generated.files.iter().map(|file| file.text.as_str()).collect()
}

/// The rules of a policy, from its first comment on.
#[track_caller]
fn rules(generated: &Generated, policy: &str) -> String {
    let text = text(generated);
    let mut documents = text.split("---\n");
    let found = documents.find(|document| document.contains(&format!("\n  name: {policy}\n")));
    let found = found.unwrap_or_else(|| panic!("no policy {policy}:\n{text}"));
    let (_, rules) = found.split_once("gress:\n").unwrap();
    rules.to_owned()
}

#[track_caller]
fn assert_rule(generated: &Generated, policy: &str, parts: &[&str]) {
    let rules = rules(generated, policy);
    for part in parts {
        assert!(rules.contains(part), "{policy} has no `{part}`:\n{rules}");
    }
}

#[track_caller]
fn assert_reviewed(generated: &Generated, part: &str) {
    assert!(generated.review.iter().any(|line| line.contains(part)), "{:?}", generated.review);
    assert!(text(generated).contains(part), "the file does not say it:\n{}", text(generated));
}

const API: &str = "      ports: [{containerPort: 8080}]\n";

#[test]
fn settings_name_services() {
    let api = pod("api", API) + &service("api", 8080);
    for (client, words) in [
        ("      env: [{name: API_URL, value: \"http://api:8080\"}]\n", "# web reads API_URL (app.yaml:"),
        ("      args: [\"--api-addr=api:8080\"]\n", "# web names it on the command line of container web (app.yaml:"),
    ] {
        let generated = write(&(api.clone() + &pod("web", client)), "");
        assert_rule(&generated, "api-ingress", &[words, "app: web", "port: 8080"]);
        assert_rule(&generated, "web-egress", &[words, "app: api", "port: 8080"]);
        assert_eq!((generated.marked, generated.policies), (0, 4), "{}", text(&generated));
    }
    let map =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {API_HOST: api}\n---\n";
    let takes = "      envFrom: [{configMapRef: {name: settings}}]\n";
    let one = write(&(api.clone() + map + &pod("web", takes)), "");
    assert_rule(&one, "web-egress", &["# web reads API_HOST of ConfigMap settings (app.yaml:", "port: 8080"]);
    assert_eq!(one.marked, 0);
    let two = write(&(api + map + &pod("web", takes) + &pod("job", takes)), "");
    assert_rule(&two, "job-egress", &["REVIEW: other workloads take this ConfigMap as well"]);
}

#[test]
fn what_is_outside_is_a_block_or_left_for_review() {
    let settings = "      env:\n        - {name: PARTNER_URL, value: \"https://203.0.113.7/v1\"}\n        - {name: LEGACY_HOST, \
                    value: 198.51.100.4}\n        - {name: MAIL_URL, value: \"https://mail.example.com\"}\n        \
                    - name: DATABASE_URL\n          valueFrom: {secretKeyRef: {name: db, key: url}}\n        - {name: \
                    LISTEN_ADDR, value: \"0.0.0.0:8080\"}\n      envFrom: [{configMapRef: {name: absent}}]\n";
    let generated = write(&pod("api", settings), "");
    assert_rule(
        &generated,
        "api-egress",
        &["cidr: 203.0.113.7/32\n      ports:\n        - protocol: TCP\n          port: 443"],
    );
    assert_rule(&generated, "api-egress", &["REVIEW: nothing says on which port", "cidr: 198.51.100.4/32"]);
    assert!(!text(&generated).contains("0.0.0.0"), "nobody connects to an address to listen on");
    assert_reviewed(&generated, "api reads MAIL_URL, which names mail.example.com on TCP 443");
    assert_reviewed(&generated, "api takes Secret db for DATABASE_URL, which is not in the input");
    assert_reviewed(&generated, "api takes ConfigMap absent, which is not in the input");
}

const INGRESS: &str = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: shop, namespace: shop}\nspec: \
                       {defaultBackend: {service: {name: api, port: {number: 8080}}}}\n---\n";

#[test]
fn routes_admit_the_controller_of_the_input_or_its_usual_namespace() {
    let api = pod("api", API) + &service("api", 8080) + INGRESS;
    let generated = write(&api, "");
    let parts =
        ["# Ingress shop leads to it", "REVIEW: the ingress controller is not in the input", "name: ingress-nginx"];
    assert_rule(&generated, "api-ingress", &parts);
    let controller = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: proxy, namespace: edge}\nspec:\n  selector: \
                      {matchLabels: {app: proxy}}\n  template:\n    metadata: {labels: {app: proxy, track: stable}}\n    \
                      spec: {containers: [{name: proxy, image: \"traefik:3.5\"}]}\n";
    let generated = write(&(api + controller), "");
    let peer = "kubernetes.io/metadata.name: edge\n          podSelector:\n            matchLabels:\n              app: proxy\n";
    assert_rule(&generated, "api-ingress", &[peer]);
    assert_rule(&generated, "proxy-egress", &["kubernetes.io/metadata.name: shop", "app: api", "port: 8080"]);
    assert_eq!(generated.marked, 0, "{}", text(&generated));
}

#[test]
fn load_balancers_are_open_to_the_outside_and_databases_are_not() {
    let balancer = |name: &str| service(name, 8080).replace("spec: {", "spec: {type: LoadBalancer, ");
    let generated = write(&(pod("api", API) + &balancer("api")), "");
    assert_rule(
        &generated,
        "api-ingress",
        &["# Service api is of type LoadBalancer", "cidr: 0.0.0.0/0", "cidr: \"::/0\""],
    );
    let database = pod("api", "      ports: [{containerPort: 5432}]\n").replace("example/api:1", "postgres:17");
    let generated = write(&(database + &balancer("api").replace("8080", "5432")), "");
    assert!(!text(&generated).contains("0.0.0.0/0"), "{}", text(&generated));
    assert_reviewed(&generated, "the outside was not let into api: api is a database");
}

#[test]
fn metrics_admit_the_scraper_of_the_input_or_its_usual_namespace() {
    let scraped = pod("api", "      ports: [{name: metrics, containerPort: 9464}]\n").replace(
        "labels: {app: api}",
        "labels: {app: api}, annotations: {prometheus.io/scrape: \"true\", prometheus.io/port: \"9464\"}",
    );
    let generated = write(&scraped, "");
    let parts =
        ["# an annotation has api scraped", "REVIEW: what scrapes is not in the input", "name: monitoring", "9464"];
    assert_rule(&generated, "api-ingress", &parts);
    let prometheus = pod("prometheus", "").replace("example/prometheus:1", "quay.io/prometheus/prometheus:v3.5.0");
    let generated = write(&(scraped + &prometheus), "");
    assert_rule(&generated, "api-ingress", &["app: prometheus", "port: 9464"]);
    assert_rule(&generated, "prometheus-egress", &["app: api", "port: 9464"]);
    assert_eq!(generated.marked, 0);
}

#[test]
fn the_api_server_calls_from_anywhere_and_is_called_at_its_addresses() {
    let hook = "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: check}\n\
                webhooks:\n  - name: check.example.com\n    clientConfig: {service: {name: api, namespace: shop, port: 8080}}\n\
                ---\n";
    let account = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: watch}\nroleRef: \
                   {kind: ClusterRole, name: view}\nsubjects: [{kind: ServiceAccount, name: watcher, namespace: shop}]\n---\n";
    let client = pod("api", API).replace("spec:\n", "spec:\n  serviceAccountName: watcher\n");
    let all = client + &service("api", 8080) + hook + account;
    let generated = write(&all, "");
    assert_rule(
        &generated,
        "api-ingress",
        &["the API server calls it for ValidatingWebhookConfiguration check", "    - ports:"],
    );
    let parts =
        ["ClusterRoleBinding watch gives api rights", "REVIEW: every address is open", "port: 443", "port: 6443"];
    assert_rule(&generated, "api-egress", &parts);
    let generated = write(&all, "cluster: {apiServer: [192.0.2.1/32]}");
    assert_rule(&generated, "api-egress", &["cidr: 192.0.2.1/32", "port: 6443"]);
    assert_eq!(generated.marked, 0, "{}", text(&generated));
}

#[test]
fn members_of_a_stateful_set_talk_to_one_another() {
    let set = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: zk, namespace: shop}\nspec:\n  replicas: 3\n  \
               serviceName: zk\n  selector: {matchLabels: {app: zk}}\n  template:\n    metadata: {labels: {app: zk}}\n    \
               spec:\n      containers:\n        - name: zk\n          image: zookeeper:3.9\n          ports: [{name: \
               leader-election, containerPort: 3888}, {name: client, containerPort: 2181}]\n";
    let generated = write(set, "");
    for policy in ["zk-ingress", "zk-egress"] {
        assert_rule(&generated, policy, &["# replicas of zk talk to one another", "app: zk", "port: 3888"]);
        assert!(!rules(&generated, policy).contains("2181"));
    }
}

#[test]
fn the_configuration_says_what_is_meant_and_what_is_not() {
    let all = pod("web", "") + &pod("api", API) + &pod("report", "");
    let generated = write(&all, "expect: [{from: shop/web, to: \"shop/api:8080\", allow: true}]");
    assert_rule(
        &generated,
        "api-ingress",
        &["# expected: shop/web may reach shop/api:8080 (netlint.yaml:1)", "port: 8080"],
    );
    let tiers = "tiers:\n  page: {match: [{labels: {app: web}}]}\n  backend: {match: [{labels: {app: api}}], reachableFrom: \
                 [page]}\n";
    let generated = write(&all, tiers);
    assert_rule(&generated, "web-egress", &["# tier backend may be reached from the tier of web (netlint.yaml:3)"]);
    let named = pod("report", "      env: [{name: API_URL, value: \"http://api:8080\"}]\n")
        + &pod("api", API)
        + &service("api", 8080);
    let forbidden = write(&named, "expect: [{from: shop/report, to: shop/api, allow: false}]");
    assert!(!text(&forbidden).contains("report-egress"), "{}", text(&forbidden));
    assert_reviewed(&forbidden, "netlint.yaml expects that shop/report may not reach shop/api");
}

#[test]
fn a_frontend_that_names_a_database_is_not_let_in() {
    let map =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {DB_HOST: db}\n---\n";
    let frontend =
        pod("web", "      envFrom: [{configMapRef: {name: settings}}]\n").replace("example/web:1", "nginx:1.27");
    let frontend = frontend.replace("labels: {app: web}", "labels: {app: web, tier: frontend}");
    let database = pod("db", "      ports: [{containerPort: 5432}]\n").replace("example/db:1", "postgres:17");
    let generated = write(&(frontend + map + &database + &service("db", 5432)), "");
    assert!(
        !text(&generated).contains("db-ingress\n") && !text(&generated).contains("web-egress"),
        "{}",
        text(&generated)
    );
    assert_reviewed(&generated, "web was not let into db: web is a frontend and db a database");
}

#[test]
fn pods_that_no_policy_can_name_are_left_for_review() {
    let api = pod("api", API) + &service("api", 8080);
    let client = pod("web", "      env: [{name: API_URL, value: \"http://api:8080\"}]\n");
    let unlabelled = write(&(api.clone() + &client.replace(", labels: {app: web}", "")), "");
    assert_reviewed(&unlabelled, "web has no labels, so that no policy can name it");
    let on_node = write(&(api.clone() + &client.replace("spec:\n", "spec:\n  hostNetwork: true\n")), "");
    assert!(!text(&on_node).contains("web-egress"));
    let twins = api + &client + &client.replace("name: web, namespace", "name: web-canary, namespace");
    let twins = write(&twins, "");
    assert!(text(&twins).contains("# REVIEW: these labels are those of web, and web-canary has them as well"));
}

#[test]
fn names_are_resolved_by_the_servers_of_the_cluster() {
    let generated = write(&pod("api", ""), "");
    assert_rule(
        &generated,
        "allow-dns",
        &["k8s-app: kube-dns", "protocol: TCP\n          port: 53", "protocol: UDP\n          port: 53"],
    );
    let route = "apiVersion: route.openshift.io/v1\nkind: Route\nmetadata: {name: api, namespace: shop}\nspec: {to: {kind: \
                 Service, name: api}}\n---\n";
    let openshift = write(&(pod("api", API) + &service("api", 8080) + route), "");
    assert_rule(&openshift, "allow-dns", &["dns.operator.openshift.io/daemonset-dns: default", "port: 5353"]);
    assert_rule(&openshift, "api-ingress", &["# Route api leads to it", "name: openshift-ingress"]);
    let own = write(&pod("api", ""), "cluster: {dns: [{namespace: dns, podSelector: {app: unbound}, ports: [1053]}]}");
    assert_rule(&own, "allow-dns", &["kubernetes.io/metadata.name: dns", "app: unbound", "port: 1053"]);
}
