//! What the input must show before a selector or block is called wrong.

use crate::support::lint::{of, only};

const PODS: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec: {containers: [{name: api, image: example/api}]}
---
apiVersion: v1
kind: Pod
metadata: {name: backend, namespace: shop, labels: {app: backend}}
spec: {containers: [{name: backend, image: example/backend}]}
---
";

/// A policy of `api` with this as the peers of its ingress rule.
fn peers(peers: &str) -> String {
    format!(
        "{PODS}apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: api, namespace: shop}}\n\
         spec:\n  podSelector: {{matchLabels: {{app: api}}}}\n  policyTypes: [Ingress]\n  ingress:\n\
         \x20 - from: [{peers}]\n    ports: [{{port: 8080}}]\n---\n"
    )
}

fn block(cidr: &str, more: &str) -> String {
    peers(&format!("{{ipBlock: {{cidr: \"{cidr}\"{more}}}}}"))
}

#[test]
fn blocks_that_hold_no_address_are_told() {
    for cidr in [
        "0.0.0.0/24",
        "0.0.0.0/32",
        "127.0.0.1/32",
        "127.0.0.0/8",
        "240.0.0.0/4",
        "224.0.0.1/32",
        "::1/128",
        "ff02::/16",
    ] {
        let found = only("peer-matches-nothing", &block(cidr, ""));
        assert_eq!((found.severity.as_str(), found.at.trim_matches('"')), ("warning", cidr));
    }
    assert_eq!(only("peer-matches-nothing", &block("0.0.0.0/24", "")).remark, "did you mean `0.0.0.0/0`?");
    let halves = ", except: [10.0.0.0/9, 10.128.0.0/9]";
    assert!(
        only("peer-matches-nothing", &block("10.0.0.0/8", halves)).message.contains("`except` leaves out all of it")
    );
}

#[test]
fn blocks_that_hold_some_are_not() {
    for cidr in ["0.0.0.0/0", "::/0", "192.0.2.0/24", "10.0.0.0/8", "169.254.169.254/32", "128.0.0.0/1"] {
        assert_eq!(of("peer-matches-nothing", &block(cidr, "")), [], "{cidr}");
    }
    assert_eq!(of("peer-matches-nothing", &block("10.0.0.0/8", ", except: [10.0.0.0/9]")), []);
}

#[test]
fn a_misspelt_value_among_several_is_told() {
    let values = |values: &str| {
        peers(&format!("{{podSelector: {{matchExpressions: [{{key: app, operator: In, values: [{values}]}}]}}}}"))
    };
    let found = only("peer-matches-nothing", &values("api, bakend"));
    assert_eq!((found.severity.as_str(), found.at.as_str()), ("warning", "values: [api, bakend]"));
    assert_eq!(found.remark, "did you mean `backend`?");
    // One that no pod is near to may be yet to come, and one beside the right spelling is a precaution.
    assert_eq!(of("peer-matches-nothing", &values("api, scraper")), []);
    assert_eq!(of("peer-matches-nothing", &values("api, backend, bakend")), []);
    let subject = values("api, backend").replace(
        "podSelector: {matchLabels: {app: api}}",
        "podSelector: {matchExpressions: [{key: app, operator: In, values: [api, bakend]}]}",
    );
    assert_eq!(only("selector-matches-nothing", &subject).remark, "did you mean `backend`?");
}

#[test]
fn clients_that_opt_in_by_a_label_may_be_anywhere() {
    let severe = |label: &str| {
        let found = of("peer-matches-nothing", &peers(&format!("{{podSelector: {{matchLabels: {{{label}}}}}}}")));
        found.iter().any(|it| it.severity != "note")
    };
    assert!(!severe("rabbit-client: \"true\""));
    assert!(!severe("example.com/allow-api: \"true\""));
    assert!(severe("app: clients"));
    assert!(severe("canary: \"true\""));
}

/// An account with a role over resources, bound in `shop` or in the whole cluster.
fn account(kind: &str, resources: &str, verbs: &str) -> String {
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: maker, namespace: shop}}\n\
         rules: [{{apiGroups: [\"*\"], resources: [{resources}], verbs: [{verbs}]}}]\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}Binding\nmetadata: {{name: maker, namespace: shop}}\n\
         roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: maker}}\n\
         subjects: [{{kind: ServiceAccount, name: maker, namespace: shop}}]\n"
    )
}

#[test]
fn who_may_create_pods_may_create_these() {
    let text = peers("{podSelector: {matchLabels: {component: singleuser}}}");
    let with = |account: String| {
        of("peer-matches-nothing", &format!("{text}{account}")).iter().any(|it| it.severity != "note")
    };
    assert!(with(String::new()));
    assert!(!with(account("Role", "pods", "get, create")));
    assert!(!with(account("ClusterRole", "daemonsets", "\"*\"")));
    assert!(!with(account("ClusterRole", "\"*\"", "create")));
    assert!(with(account("Role", "pods", "get, list")));
    assert!(with(account("Role", "configmaps", "create")));
}

#[test]
fn a_range_of_a_distribution_proves_nothing() {
    assert_eq!(only("pod-ip-block", &block("10.96.0.10/32", "")).severity, "note");
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: api, namespace: shop}\n\
                   spec: {clusterIP: 10.96.0.10, selector: {app: api}, ports: [{port: 80, targetPort: 8080}]}\n";
    assert_eq!(only("pod-ip-block", &format!("{}{service}", block("10.96.0.10/32", ""))).severity, "warning");
}

#[test]
fn peers_in_standard_namespaces_are_checked_where_the_input_shows_them() {
    let prometheus = "apiVersion: v1\nkind: Pod\nmetadata: {name: prometheus, namespace: monitoring, labels: {app: prometheus}}\n\
                      spec: {containers: [{name: prometheus, image: prom/prometheus}]}\n";
    let namespace = "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}, podSelector: {matchLabels: {app: grafana}}}";
    let declared = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: monitoring}\n";
    let found = of("peer-matches-nothing", &format!("{}{prometheus}{declared}", peers(namespace)));
    assert_eq!(found.iter().map(|it| it.severity.as_str()).collect::<Vec<_>>(), ["warning"]);
    assert!(of("peer-matches-nothing", &peers(namespace)).iter().all(|it| it.severity == "note"));
    let system = namespace.replace("monitoring", "kube-system");
    let pod = prometheus.replace("monitoring", "kube-system");
    assert!(of("peer-matches-nothing", &format!("{}{pod}", peers(&system))).iter().all(|it| it.severity == "note"));
}

#[test]
fn a_key_of_the_company_is_checked_where_pods_carry_it() {
    let web = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: edge, labels: {example.com/team: web}}\n\
               spec: {containers: [{name: web, image: example/web}]}\n";
    let peer = peers("{podSelector: {matchLabels: {example.com/team: platform}}}");
    assert!(of("peer-matches-nothing", &peer).iter().all(|it| it.severity == "note"));
    assert_eq!(only("peer-matches-nothing", &format!("{peer}{web}")).severity, "warning");
}

#[test]
fn a_policy_that_selects_no_pod_opens_nothing() {
    let open = |app: &str| {
        format!(
            "{PODS}apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: open, namespace: shop}}\n\
             spec: {{podSelector: {{matchLabels: {{app: {app}}}}}, policyTypes: [Egress], egress: [{{}}]}}\n"
        )
    };
    let says = |text: &str| of("unrestricted-egress", text).iter().any(|it| it.message.contains("`open` permits"));
    assert!(says(&open("api")));
    assert!(!says(&open("ghost")));
    let on_host =
        open("api").replace("spec: {containers: [{name: api", "spec: {hostNetwork: true, containers: [{name: api");
    assert!(!says(&on_host));
}

#[test]
fn namespaces_of_the_distribution_are_nobodys_to_isolate() {
    let of_namespace = |name: &str| PODS.replace("shop", name);
    assert_eq!(of("missing-default-deny", &of_namespace("shop")).len(), 1);
    for rule in ["missing-default-deny", "unrestricted-egress"] {
        for name in ["kube-system", "kube-public", "kube-node-lease", "openshift-dns"] {
            assert_eq!(of(rule, &of_namespace(name)), [], "{rule} {name}");
        }
    }
}
