//! Ingress controllers that are in the input.

use crate::support::{run, tree};

/// A controller, an application behind an Ingress, and a policy that admits the controller's namespace.
const INPUT: &str = "\
{apiVersion: v1, kind: Namespace, metadata: {name: ingress-nginx}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: controller, namespace: ingress-nginx}
spec:
  selector: {matchLabels: {app: controller}}
  template:
    metadata: {labels: {app: controller}}
    spec:
      containers: [{name: controller, image: \"registry.k8s.io/ingress-nginx/controller:v1.12\", ports: [{containerPort: 443}]}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: \"example/web:1.4\", ports: [{containerPort: 8080}]}]
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  ingress:
    - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}}]
      ports: [{protocol: TCP, port: 8080}]
";

/// Closes the controller.
const CLOSED: &str = "---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: ingress-nginx}
spec: {podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{}]}
";

fn found(text: &str) -> String {
    let rules = "unreachable-service,missing-dns-egress";
    run(tree(&[("all.yaml", text)]).path(), &["--select", rules, "--format", "concise"])
}

#[test]
fn a_controller_that_may_connect_is_silent_and_stands_for_the_end() {
    assert!(found(INPUT).contains("no findings"), "{}", found(INPUT));
    let root = tree(&[("all.yaml", INPUT)]);
    for from in ["ingress-controller", "shop/Ingress/web"] {
        let answer = run(root.path(), &["query", from, "shop/web:8080"]);
        assert!(answer.contains("allowed: ingress-nginx/controller -> shop/web on TCP 8080"), "{answer}");
    }
    let listed = run(root.path(), &["connections"]);
    assert!(listed.contains("ingress-nginx/controller -> shop/web"), "{listed}");
    assert!(!listed.contains("ingress-controller"), "{listed}");
}

#[test]
fn what_the_controller_may_not_is_reported() {
    let closed = found(&[INPUT, CLOSED].concat());
    assert!(closed.contains("error[missing-dns-egress] `controller` cannot reach cluster DNS"), "{closed}");
    let egress = "warning[unreachable-service] ingress controller `controller` cannot reach Service `web`: its egress does not permit TCP 8080 (likely)";
    assert!(closed.contains(egress), "{closed}");
}

#[test]
fn on_the_network_of_its_node_no_selector_finds_it() {
    let on_the_node = INPUT.replace(
        "      containers: [{name: controller",
        "      hostNetwork: true\n      containers: [{name: controller",
    );
    let told = "Ingress `web` cannot reach Service `web`: no rule admits its controller on TCP 8080";
    assert!(found(&on_the_node).contains(told), "{}", found(&on_the_node));
    let by_address = on_the_node.replace(
        "from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}}]",
        "from: [{ipBlock: {cidr: 192.0.2.0/24}}]",
    );
    assert!(found(&by_address).contains("no findings"), "{}", found(&by_address));
}

#[test]
fn where_a_controller_is_shown_no_other_name_is_one() {
    let gateway = INPUT
        .replace(
            "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}",
            "podSelector: {matchLabels: {app: web}}",
        )
        .replace(
            "name: web, namespace: shop}\nspec:\n  selector",
            "name: payment-gateway, namespace: shop}\nspec:\n  selector",
        );
    assert!(found(&gateway).contains("no rule admits its controller"), "{}", found(&gateway));
    // A namespace that the input does not show may hold another controller.
    let elsewhere = INPUT.replace("kubernetes.io/metadata.name: ingress-nginx", "kubernetes.io/metadata.name: traefik");
    assert!(found(&elsewhere).contains("no findings"), "{}", found(&elsewhere));
}
