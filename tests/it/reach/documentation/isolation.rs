//! Who is isolated, in which direction.

use super::shop;
use crate::reach::engine::Engine;

#[test]
fn traffic_is_allowed_if_there_are_no_policies_selecting_the_pod() {
    let engine = shop(&[]);
    for from in
        ["shop/web", "ops/probe", "shop/*", "ops/*", "elsewhere", "ingress-controller", "203.0.113.1", "2001:db8::1"]
    {
        assert!(engine.tcp(from, "shop/db", 5432), "{from}");
    }
    assert!(engine.tcp("shop/db", "203.0.113.1", 443));
}

#[test]
fn a_policy_selects_pods_of_its_own_namespace_only() {
    let engine = shop(&["{podSelector: {matchLabels: {app: web}}}"]);
    assert!(!engine.tcp("ops/probe", "shop/web", 8080));
    assert!(engine.tcp("ops/probe", "ops/web", 8080));
}

#[test]
fn an_empty_selector_matches_all_pods_in_the_namespace() {
    let engine = shop(&["{podSelector: {}}"]);
    assert!(!engine.tcp("ops/probe", "shop/web", 8080));
    assert!(!engine.tcp("ops/probe", "shop/db", 5432));
    assert!(!engine.tcp("ops/probe", "shop/*", 80), "also pods that are not in the input");
    assert!(engine.tcp("ops/probe", "ops/*", 80));
}

#[test]
fn a_pod_selector_that_is_not_specified_defaults_to_an_empty_selector() {
    for spec in ["{policyTypes: [Ingress]}", "{podSelector: null, policyTypes: [Ingress]}", "{podSelector: }"] {
        let engine = shop(&[spec]);
        assert!(!engine.tcp("ops/probe", "shop/web", 8080), "{spec}");
        assert!(!engine.tcp("ops/probe", "shop/db", 5432), "{spec}");
    }
}

#[test]
fn a_policy_without_spec_denies_all_ingress() {
    for spec in ["", "{}", "null"] {
        let engine = shop(&[spec]);
        assert!(!engine.tcp("ops/probe", "shop/web", 8080), "{spec}");
        assert!(engine.tcp("shop/web", "ops/probe", 80), "{spec}");
    }
}

#[test]
fn policies_without_policy_types_affect_ingress_even_with_egress_rules_only() {
    let engine = shop(&["{podSelector: {}, egress: [{}]}"]);
    assert!(!engine.tcp("ops/probe", "shop/web", 8080));
    assert!(engine.tcp("shop/web", "203.0.113.1", 443));
}

#[test]
fn policies_without_policy_types_affect_egress_if_they_have_egress_rules() {
    let engine = shop(&["{podSelector: {}, ingress: [{}], egress: [{ports: [{port: 53, protocol: UDP}]}]}"]);
    assert!(engine.udp("shop/web", "ops/probe", 53));
    assert!(!engine.tcp("shop/web", "ops/probe", 443));
}

#[test]
fn an_empty_egress_list_without_policy_types_denies_no_egress() {
    for spec in ["{podSelector: {}, egress: []}", "{podSelector: {}, egress: null}", "{policyTypes: [], egress: []}"] {
        let engine = shop(&[spec]);
        assert!(engine.tcp("shop/web", "203.0.113.1", 443), "{spec}");
        assert!(!engine.tcp("ops/probe", "shop/web", 8080), "{spec}");
    }
}

#[test]
fn an_egress_policy_type_without_rules_denies_all_egress() {
    for spec in
        ["{policyTypes: [Egress]}", "{policyTypes: [Egress], egress: []}", "{policyTypes: [Egress], egress: null}"]
    {
        let engine = shop(&[spec]);
        assert!(!engine.tcp("shop/web", "203.0.113.1", 443), "{spec}");
        assert!(!engine.tcp("shop/web", "ops/probe", 80), "{spec}");
        assert!(engine.tcp("ops/probe", "shop/web", 8080), "{spec}");
    }
}

#[test]
fn rules_of_a_direction_that_policy_types_omits_admit_nothing_and_isolate_nothing() {
    let engine = shop(&[
        "{podSelector: {matchLabels: {app: db}}, policyTypes: [Egress], ingress: [{}], egress: [{}]}",
        "{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]}",
        "{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress], ingress: [{}], egress: [{ports: [{port: 53}]}]}",
    ]);
    assert!(!engine.tcp("ops/probe", "shop/db", 5432));
    assert!(engine.tcp("shop/web", "ops/probe", 443));
}

#[test]
fn policies_are_additive_so_that_a_second_one_opens_what_the_first_denies() {
    let engine = shop(&["{podSelector: {}}", "{podSelector: {matchLabels: {app: db}}, ingress: [{}]}"]);
    assert!(engine.tcp("ops/probe", "shop/db", 5432));
    assert!(!engine.tcp("ops/probe", "shop/web", 8080));
}

#[test]
fn both_the_egress_and_the_ingress_side_need_to_allow() {
    let ingress =
        "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}";
    let egress = "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: db}}}]}]}";
    let deny_all = "{podSelector: {}, policyTypes: [Ingress, Egress]}";
    assert!(!shop(&[deny_all, ingress]).tcp("shop/web", "shop/db", 5432));
    assert!(!shop(&[deny_all, egress]).tcp("shop/web", "shop/db", 5432));
    assert!(shop(&[deny_all, ingress, egress]).tcp("shop/web", "shop/db", 5432));
}

#[test]
fn both_sides_must_allow_the_same_port() {
    let engine = shop(&[
        "{podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 1, endPort: 100}]}]}",
        "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{ports: [{port: 100, endPort: 200}]}]}",
    ]);
    assert!(engine.tcp("shop/web", "shop/db", 100));
    assert!(!engine.tcp("shop/web", "shop/db", 99));
    assert!(!engine.tcp("shop/web", "shop/db", 101));
}

#[test]
fn a_pod_cannot_block_access_to_itself() {
    let engine = shop(&["{podSelector: {}, policyTypes: [Ingress, Egress]}"]);
    assert!(engine.tcp("shop/web", "shop/web", 8080));
    assert!(!engine.tcp("shop/web", "shop/*", 8080), "another pod is not itself");
    assert!(!engine.tcp("shop/*", "shop/*", 8080), "any other pods are two pods");
}

#[test]
fn policies_ignore_host_network_pods() {
    let engine = shop(&["{podSelector: {}, policyTypes: [Ingress, Egress]}"]);
    assert!(engine.tcp("ops/probe", "shop/agent", 8080), "nothing isolates its ingress");
    assert!(engine.tcp("shop/agent", "ops/probe", 80), "nothing isolates its egress");
    assert!(!engine.tcp("shop/agent", "shop/web", 8080), "the other side is isolated all the same");
    assert!(!engine.tcp("shop/web", "shop/agent", 8080));
}

#[test]
fn the_ingress_controller_is_a_pod_of_an_unknown_namespace_with_free_egress() {
    let allow = |peers: &str| shop(&[&format!("{{podSelector: {{}}, ingress: [{{from: {peers}}}]}}")]);
    assert!(allow("[{namespaceSelector: {}}]").tcp("ingress-controller", "shop/web", 8080));
    assert!(!allow("[{podSelector: {}}]").tcp("ingress-controller", "shop/web", 8080));
    assert!(!allow("[{ipBlock: {cidr: 0.0.0.0/0}}]").tcp("ingress-controller", "shop/web", 8080));
}

#[test]
fn manifests_without_a_namespace_share_one() {
    let engine = Engine::read(
        "
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: example}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, labels: {app: db}}
spec: {containers: [{name: db, image: example}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]
",
    );
    assert!(engine.tcp("default/web", "default/db", 5432));
    assert!(!engine.tcp("default/*", "default/db", 5432));
    assert!(!engine.tcp("elsewhere", "default/db", 5432));
}

#[test]
fn the_labels_of_a_controller_are_not_those_of_its_pods() {
    let engine = Engine::read(
        "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app: decoy}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: example}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: decoy, namespace: shop}
spec: {podSelector: {matchLabels: {app: decoy}}, policyTypes: [Ingress, Egress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}
",
    );
    assert!(!engine.tcp("elsewhere", "shop/web", 80));
    assert!(engine.tcp("shop/web", "elsewhere", 80));
}
