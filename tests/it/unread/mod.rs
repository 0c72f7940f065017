//! Policies that are not evaluated: no finding above a note rests on them, and the run says which they are.

mod outputs;
mod text;

use netlint::policy::dialect::unread::kinds::{KINDS, Rules, Scope, UnreadKind};

use crate::support::lint::lint;

/// A database that nothing isolates, in namespace `shop`.
const REDIS: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: redis, namespace: shop}
spec:
  selector: {matchLabels: {app: redis}}
  template:
    metadata: {labels: {app: redis}}
    spec:
      containers: [{name: redis, image: \"redis:7\", ports: [{containerPort: 6379}]}]
";

/// The findings above a note in a text beside the database.
fn severe(text: &str) -> Vec<&'static str> {
    let mut found: Vec<_> =
        lint(&[("redis.yaml", REDIS), ("policy.yaml", text)]).into_iter().filter(|it| it.severity != "note").collect();
    found.retain(|it| !["unknown-field", "invalid-field", "invalid-yaml", "deprecated-api"].contains(&it.rule));
    let mut rules: Vec<_> = found.into_iter().map(|it| it.rule).collect();
    rules.sort_unstable();
    rules
}

/// A policy of a kind that selects everything, in each direction.
fn minimal(kind: &UnreadKind, group: &str) -> String {
    let namespace = if kind.scope == Scope::Cluster { "" } else { ", namespace: shop" };
    let spec = match kind.rules {
        Rules::Always => "{}",
        Rules::Listed => "{ingress: [{}], egress: [{}]}",
    };
    format!("apiVersion: {group}/v1\nkind: {}\nmetadata: {{name: some{namespace}}}\nspec: {spec}\n", kind.kind)
}

/// A policy of Antrea for the pods of one item of `appliedTo`.
fn antrea(kind: &str, namespace: &str, applied_to: &str, rules: &str) -> String {
    format!(
        "apiVersion: crd.antrea.io/v1beta1\nkind: {kind}\nmetadata: {{name: p{namespace}}}\n\
         spec: {{appliedTo: [{applied_to}], {rules}}}\n"
    )
}

const BOTH: &str = "ingress: [{action: Drop}], egress: [{action: Drop}]";

#[test]
fn without_policies_the_database_is_open() {
    assert_eq!(severe(""), ["database-reachable", "missing-default-deny"]);
}

#[test]
fn nothing_is_said_of_pods_that_a_policy_of_any_such_kind_may_isolate() {
    for kind in KINDS {
        for group in kind.groups {
            let found = severe(&minimal(kind, group));
            let closes_all = kind.ingress.closes && kind.egress.closes;
            assert_eq!(found.contains(&"missing-default-deny"), !closes_all, "{group} {}", kind.kind);
            assert_eq!(found.contains(&"database-reachable"), !kind.ingress.closes, "{group} {}", kind.kind);
        }
    }
}

#[test]
fn a_selector_leaves_other_pods_their_findings() {
    let open = ["database-reachable", "missing-default-deny"];
    let of = |kind: &str, namespace: &str, applied_to: &str| severe(&antrea(kind, namespace, applied_to, BOTH));
    let (policy, global) = ("NetworkPolicy", "ClusterNetworkPolicy");
    assert_eq!(of(policy, ", namespace: shop", "{podSelector: {matchLabels: {app: web}}}"), open);
    assert_eq!(of(policy, ", namespace: other", "{podSelector: {}}"), open);
    let by_name =
        |name: &str| format!("{{namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: {name}}}}}}}");
    assert_eq!(of(global, "", &by_name("other")), open);
    assert_eq!(of(policy, ", namespace: shop", "{podSelector: {}}"), [""; 0]);
    assert_eq!(of(policy, ", namespace: shop", "{podSelector: {matchLabels: {app: redis}}}"), [""; 0]);
    assert_eq!(of(global, "", &by_name("shop")), [""; 0]);
}

#[test]
fn several_subjects_add_up() {
    let applied_to = |item: &str| {
        severe(&format!(
            "apiVersion: crd.antrea.io/v1beta1\nkind: NetworkPolicy\nmetadata: {{name: p, namespace: shop}}\n\
             spec: {{appliedTo: [{{podSelector: {{matchLabels: {{app: web}}}}}}, {item}], ingress: [{{action: Drop}}]}}\n"
        ))
    };
    assert!(applied_to("{podSelector: {matchLabels: {app: api}}}").contains(&"database-reachable"));
    assert!(!applied_to("{podSelector: {matchLabels: {app: redis}}}").contains(&"database-reachable"));
    assert!(!applied_to("{group: databases}").contains(&"database-reachable"));
}

#[test]
fn a_direction_without_rules_keeps_its_findings() {
    let of = |rules: &str| severe(&antrea("NetworkPolicy", ", namespace: shop", "{podSelector: {}}", rules));
    let ingress = of("ingress: [{action: Drop}]");
    assert!(ingress.contains(&"missing-default-deny") && !ingress.contains(&"database-reachable"), "{ingress:?}");
    let egress = of("egress: [{action: Drop}]");
    assert!(egress.contains(&"database-reachable") && !egress.contains(&"unrestricted-egress"), "{egress:?}");
    let calico = |spec: &str| {
        severe(&format!(
            "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {{name: p}}\nspec: {spec}\n"
        ))
    };
    assert!(calico("{types: [Egress]}").contains(&"database-reachable"));
    assert!(!calico("{selector: all()}").contains(&"database-reachable"));
}

#[test]
fn what_makes_policies_counts_as_one() {
    let kyverno = |rule: &str| {
        severe(&format!(
            "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {{name: p}}\nspec: {{rules: [{{name: r, {rule}}}]}}\n"
        ))
    };
    let generate = |namespace: &str, kind: &str| {
        kyverno(&format!("generate: {{kind: {kind}, name: deny, namespace: \"{namespace}\", data: {{spec: {{}}}}}}"))
    };
    assert_eq!(generate("{{request.object.metadata.name}}", "NetworkPolicy"), [""; 0]);
    assert_eq!(generate("{{request.object.metadata.name}}", "CiliumNetworkPolicy"), [""; 0]);
    assert_eq!(generate("shop", "NetworkPolicy"), [""; 0]);
    assert!(generate("other", "NetworkPolicy").contains(&"database-reachable"));
    assert!(generate("shop", "ConfigMap").contains(&"database-reachable"));
    assert!(kyverno("match: {resources: {kinds: [NetworkPolicy]}}, validate: {}").contains(&"database-reachable"));
    assert_eq!(kyverno("generate: {cloneList: {kinds: [networking.k8s.io/v1/NetworkPolicy]}}"), [""; 0]);
}

#[test]
fn a_definition_of_such_a_kind_is_no_policy() {
    let definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n\
                      metadata: {name: ciliumnetworkpolicies.cilium.io}\n\
                      spec: {group: cilium.io, names: {kind: CiliumNetworkPolicy}}\n";
    assert!(severe(definition).contains(&"database-reachable"));
    // Staged policies are never enforced, and nobody else's kind is a policy because of its name.
    for (group, kind) in [("projectcalico.org", "StagedGlobalNetworkPolicy"), ("example.com", "CiliumNetworkPolicy")] {
        let text =
            format!("apiVersion: {group}/v1\nkind: {kind}\nmetadata: {{name: p, namespace: shop}}\nspec: {{}}\n");
        assert!(severe(&text).contains(&"database-reachable"), "{group}");
    }
}

/// A policy that admits no source, and a client that needs the database.
const BLOCKED: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: v1
kind: Service
metadata: {name: redis, namespace: shop}
spec: {selector: {app: redis}, ports: [{port: 6379}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers: [{name: api, image: api, env: [{name: REDIS_URL, value: \"redis://redis:6379\"}]}]
---
";

#[test]
fn what_such_a_policy_may_open_is_not_called_blocked() {
    let with = |effect: &str| severe(&format!("{BLOCKED}{effect}"));
    assert!(with("").contains(&"blocked-client"));
    assert_eq!(with(&antrea("NetworkPolicy", ", namespace: shop", "{podSelector: {}}", BOTH)), [""; 0]);
    // What only closes opens nothing.
    let firewall =
        "apiVersion: k8s.ovn.org/v1\nkind: EgressFirewall\nmetadata: {name: default, namespace: shop}\nspec: {}\n";
    assert!(with(firewall).contains(&"blocked-client"));
}

#[test]
fn what_a_policy_opens_is_a_note_where_such_a_policy_may_close_it() {
    let open = "apiVersion: v1\nkind: Pod\nmetadata: {name: api, namespace: shop, labels: {app: api}}\n\
                spec: {containers: [{name: api, image: api}]}\n---\n\
                apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: open, namespace: shop}\n\
                spec: {podSelector: {matchLabels: {app: api}}, policyTypes: [Ingress], ingress: [{}]}\n---\n";
    assert!(severe(open).contains(&"internet-ingress"));
    let of = |app: &str, rules: &str| {
        let applied_to = format!("{{podSelector: {{matchLabels: {{app: {app}}}}}}}");
        let rules = format!("{rules}: [{{action: Drop}}]");
        severe(&format!("{open}{}", antrea("NetworkPolicy", ", namespace: shop", &applied_to, &rules)))
    };
    assert!(!of("api", "ingress").contains(&"internet-ingress"));
    assert!(of("api", "egress").contains(&"internet-ingress"));
    assert!(of("web", "ingress").contains(&"internet-ingress"));
}
