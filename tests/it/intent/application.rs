//! The rules about what is meant against an application in which all of it is allowed: silence, then exactly one
//! finding where exactly one mistake is put.

use crate::support::lint::{Found, Manifests, assert_found, of};

/// An application in which every connection that is meant is allowed.
fn application() -> Manifests {
    [("application".to_owned(), include_str!("application.yaml").to_owned())].into_iter().collect()
}

/// The findings after replacing the first `from` after the first `mark` by `to`.
fn mutate(mark: &str, from: &str, to: &str) -> Vec<Found> {
    application().replace("application", mark, from, to).lint()
}

/// Where the policy `name` starts.
fn policy(name: &str) -> String {
    format!("name: {name}, namespace: shop}}\nspec:\n  podSelector")
}

/// What the rule says, once.
fn message_of<'f>(rule: &str, found: &'f [Found]) -> &'f str {
    &found.iter().find(|it| it.rule == rule).unwrap().message
}

#[test]
fn the_application_is_clean() {
    assert_eq!(application().lint(), []);
}

#[test]
fn blocked_webhook() {
    let rule = "- ports: [{port: 9443}]";
    let found = mutate(&policy("hook"), rule, "- ports: [{port: 8081}]");
    assert_found(&found, "blocked-webhook", "error", "ingress", &[]);
    assert_eq!(message_of("blocked-webhook", &found), "`hook` keeps the API server from Service `hook` on TCP 9443");
    let within = "- from: [{podSelector: {}}]\n      ports: [{port: 9443}]";
    let found = mutate(&policy("hook"), rule, within);
    assert_found(&found, "blocked-webhook", "error", "ingress", &[]);
}

#[test]
fn a_webhook_behind_a_wrong_port_is_one_finding() {
    let (rule, wrong) = ("- ports: [{port: 9443}]", "- ports: [{port: 443}]");
    let found = mutate(&policy("hook"), rule, wrong);
    assert_found(&found, "service-port-in-policy", "error", "443", &[]);
    assert!(!found.iter().any(|it| it.rule == "blocked-webhook"), "{found:#?}");
    // For all pods of the namespace, of which some may listen on 443, the port is not known to be wrong.
    let all = "podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n    - ports: [{port: 443}]";
    let own =
        "podSelector: {matchLabels: {app: hook}}\n  policyTypes: [Ingress]\n  ingress:\n    - ports: [{port: 9443}]";
    let found = application().replace("application", "", own, all).lint();
    assert_found(&found, "blocked-webhook", "error", "Ingress", &[]);
}

#[test]
fn blocked_metrics() {
    let found = mutate(&policy("api"), "{port: 9464}", "{port: 8080}");
    assert_found(&found, "blocked-metrics", "note", "ingress", &[]);
    assert_eq!(message_of("blocked-metrics", &found), "`api` keeps scrapers from the metrics of `api` on TCP 9464");
}

#[test]
fn blocked_api_server() {
    let found = mutate(&policy("api"), "{port: 6443}", "{port: 5671}");
    assert_found(&found, "blocked-api-server", "note", "egress", &[]);
    assert_eq!(
        message_of("blocked-api-server", &found),
        "`api` may use the Kubernetes API, but no egress rule leads to it"
    );
}

#[test]
fn quorum_ports_blocked() {
    let rule = "- podSelector: {matchLabels: {app: ledger}}\n      ports: [{port: raft}]\n";
    for (direction, after) in [("ingress", "  egress:"), ("egress", "---")] {
        let closed = rule.replace("raft", "7071");
        let found = mutate(&policy("ledger-quorum"), &format!("{rule}{after}"), &format!("{closed}{after}"));
        assert_found(&found, "quorum-ports-blocked", "warning", direction, &[]);
        let message = message_of("quorum-ports-blocked", &found);
        assert_eq!(message, "replicas of `ledger` cannot reach one another on TCP 7070");
    }
}

#[test]
fn blocked_client_of_a_job_without_the_label() {
    let found = mutate("name: migrate", "labels: {app: migrate, ledger: client}", "labels: {app: migrate}");
    assert_found(&found, "blocked-client", "warning", "labels", &[]);
    let message = "Job `migrate` names Service `ledger`, but its pods lack `ledger: client` to be admitted";
    assert_eq!((found[0].message.as_str(), found.len()), (message, 1));
}

#[test]
fn a_label_by_which_a_service_selects_is_none_for_a_job() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: clients, namespace: shop}\n\
                   spec: {selector: {ledger: client}, ports: [{port: 8080}]}\n---\napiVersion: batch/v1";
    let manifests = application().replace("application", "", "apiVersion: batch/v1", service);
    let label = "labels: {app: migrate, ledger: client}";
    let found = manifests.replace("application", "name: migrate", label, "labels: {app: migrate}").lint();
    let found = found.iter().find(|it| it.rule == "blocked-client").unwrap();
    assert!(
        found.help.ends_with("with `ledger: client`, Service `clients` would send them requests"),
        "{}",
        found.help
    );
}

#[test]
fn blocked_client_by_a_config_map() {
    let found = mutate("name: api, namespace: shop", "labels: {app: api, ledger: client}", "labels: {app: api}");
    assert_found(&found, "blocked-client", "warning", "egress", &[]);
    let message = "`api` names Service `ledger`, which its egress does not permit on TCP 5432";
    assert_eq!((found[0].message.as_str(), found.len()), (message, 1));
}

/// What the rule says of a pod of namespace `shop` that has this in its container, beside a Service `db` on 5432 that is open
/// to one address outside.
fn named(container: &str, volumes: &str) -> Vec<Found> {
    let text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: api, namespace: shop, labels: {{app: api}}}}\n\
         spec: {{containers: [{{name: api, image: example/api, {container}}}], volumes: [{volumes}]}}\n---\n\
         apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: all, namespace: shop}}\ndata:\n  DB_HOST: db\n  other: \"1\"\n  \
         app.ini: |\n    [db]\n    ; host = db\n    name = db\n---\n\
         apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: file, namespace: shop}}\ndata:\n  \
         app.yaml: |\n    mode: db\n    db:\n      host: db\n      port: 5432\n---\n\
         apiVersion: v1\nkind: Service\nmetadata: {{name: db, namespace: shop}}\n\
         spec: {{selector: {{app: db}}, ports: [{{port: 5432}}]}}\n---\n\
         apiVersion: v1\nkind: Pod\nmetadata: {{name: db, namespace: shop, labels: {{app: db}}}}\n\
         spec: {{containers: [{{name: db, image: example/db}}]}}\n---\n\
         apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: deny, namespace: shop}}\n\
         spec: {{podSelector: {{matchLabels: {{app: db}}}}, ingress: [{{from: [{{ipBlock: {{cidr: 203.0.113.7/32}}}}]}}]}}\n"
    );
    of("blocked-client", &text)
}

#[test]
fn services_are_named_in_many_ways() {
    for container in [
        "env: [{name: DB_HOST, value: db}]",
        "env: [{name: PGHOST, value: db}]",
        "env: [{name: dbHost, value: db}]",
        "env: [{name: X, value: \"postgres://u:p@db/x\"}]",
        "env: [{name: X, value: \"db:5432\"}]",
        "env: [{name: DB_BASE_URL, value: \"http://db\"}]",
        "env: [{name: FRONTEND_ADDR, value: db}]",
        "args: [--url, \"http://db\"]",
        "env: [{name: X, value: db.shop.svc.cluster.local}]",
        "env: [{name: DB_ENDPOINTS, value: \"other, db\"}]",
        "env: [{name: X, valueFrom: {configMapKeyRef: {name: all, key: DB_HOST}}}]",
        "env: [{name: DB_HOST, valueFrom: {configMapKeyRef: {name: all, key: DB_HOST}}}]",
        "envFrom: [{configMapRef: {name: all}}]",
        "args: [--db-host, db]",
        "args: [\"--database.url=jdbc:postgresql://db:5432/x\"]",
        "command: [sh, -c, \"pg_isready -h db\"]",
        "command: [sh, -c, \"nc -z db 5432\"]",
    ] {
        let is_named = !container.contains("name: X, valueFrom");
        assert_eq!(named(container, "").len(), usize::from(is_named), "{container}");
    }
    for volume in [
        "{name: c, configMap: {name: file}}",
        "{name: c, configMap: {name: all}}",
        "{name: c, configMap: {name: all, items: [{key: DB_HOST, path: h}]}}",
        "{name: c, projected: {sources: [{configMap: {name: file}}]}}",
    ] {
        assert_eq!(named("args: []", volume).len(), 1, "{volume}");
    }
}

#[test]
fn what_only_looks_like_a_name_is_none() {
    for container in [
        "env: [{name: DB_KIND, value: db}]",
        "env: [{name: X, value: \"db:16\"}]",
        "env: [{name: DB_HOST, value: \"the db\"}]",
        "env: [{name: DB_HOST, value: db.other}]",
        "env: [{name: ALLOWED_HOSTS, value: db}]",
        "env: [{name: FRONTEND_URL, value: \"http://db:5432\"}]",
        "env: [{name: APP_BASE_URL, value: \"http://db:5432\"}]",
        "env: [{name: X, value: \"http://mydb:80\"}]",
        "env: [{name: X, value: \"postgres://db:15432/x\"}]",
        "env: [{name: OTHER, valueFrom: {configMapKeyRef: {name: all, key: other}}}]",
        "args: [migrate, db]",
        "args: [--tls-san, db.shop.svc]",
        "args: [--frontend-url, \"http://db\"]",
        "command: [sh, -c, \"# psql -h db\"]",
        "command: [openssl, req, -subj, /CN=db.shop.svc]",
    ] {
        assert_eq!(named(container, ""), [], "{container}");
    }
    for volume in [
        "{name: c, configMap: {name: all, items: [{key: app.ini, path: h}]}}",
        "{name: c, configMap: {name: gone}}",
        "{name: c, secret: {secretName: all}}",
    ] {
        assert_eq!(named("args: []", volume), [], "{volume}");
    }
}
