//! Services that nobody can reach, or not those they are for.

use crate::support::lint::{Manifests, assert_found, of, only};
use crate::support::manifests::{estate, pod_of_image as pod, policy_in_flow as policy};

const SERVICE: &str = "unreachable-service";

pub(super) fn service(app: &str, more: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: {app}, namespace: shop}}\n\
         spec: {{selector: {{app: {app}}}, ports: [{{port: 80, targetPort: 8080}}]{more}}}\n---\n"
    )
}

pub(super) fn ingress(service: &str) -> String {
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
    assert_eq!(found[0].message, "Service `frontend` is unreachable: no rule admits anyone on TCP 80");
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn a_wrong_port_in_an_estate_closes_the_services_of_its_tier() {
    let file = "shop-0001/policies.yaml";
    let found = estate(10).replace(file, "name: allow-ingress-controller", "port: 8080", "port: 8081").lint();
    assert_found(&found, SERVICE, "error", "ingress", &[]);
    let own = found.iter().find(|it| it.rule == SERVICE).unwrap();
    assert_eq!(own.message, "Services `web-0` and `web-1` are unreachable: no rule admits anyone on TCP 8080");
}

#[test]
fn a_controller_that_is_no_longer_admitted() {
    let peer =
        "- namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: ingress-nginx";
    let found = estate(10)
        .replace("shop-0001/policies.yaml", "name: allow-ingress-controller", peer, "- podSelector: {}")
        .lint();
    assert_found(&found, SERVICE, "warning", "ingress", &[]);
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
        assert_eq!(found.severity, "warning", "which pods are a controller is told by their names and images");
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
