//! Objects that the API server refuses are absent, and what they would have done is told where they are missed.

use crate::support::lint::{lint, of};
use crate::support::manifests::{pod, pod_with_ports, policy};
use crate::support::{run, tree};

#[test]
fn findings_about_workloads_name_the_refused_policy_that_would_have_selected_them() {
    let refused = policy("closed", "{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingres]}");
    let text = pod("db", "app: db") + &refused;
    let root = tree(&[("all.yaml", &text)]);
    let shown = run(root.path(), &["--select", "missing-default-deny", "--format", "json"]);
    assert!(shown.contains("the API server refuses this policy, which would select `db`"), "{shown}");
    let other = text.replace("{matchLabels: {app: db}}", "{matchLabels: {app: other}}");
    let root = tree(&[("all.yaml", &other)]);
    let shown = run(root.path(), &["--select", "missing-default-deny", "--format", "json"]);
    assert!(!shown.contains("refuses this policy"), "{shown}");
}

#[test]
fn a_refused_default_deny_is_none() {
    let text = pod("web", "app: web") + &policy("deny", "{podSelector: {}, policyTypes: [Ingress, Egres]}");
    let found = of("missing-default-deny", &text);
    assert_eq!(found.len(), 1, "{found:#?}");
}

/// A Cilium, a Calico and an admin policy that are refused; each would select `web`.
const OF_EVERY_PLUGIN: &str = "---
{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: cut, namespace: shop},
 spec: {endpointSelector: {}, ingress: [{fromEndpoints: [{}], fromCIDR: [10.0.0.0/8]}]}}
---
{apiVersion: policy.networking.k8s.io/v1beta1, kind: ClusterNetworkPolicy, metadata: {name: deny}, spec: {tier: Admin,
 priority: 5, subject: {namespaces: {}}, ingress: [{action: deny, from: [{namespaces: {}}]}]}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: elsewhere, namespace: shop},
 spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingres]}}
";

#[test]
fn a_query_names_the_refused_policies_that_would_have_had_a_say() {
    let pods = pod("web", "app: web") + &pod("api", "app: api") + &pod("db", "app: db");
    let root = tree(&[("pods.yaml", &pods), ("policies.yaml", OF_EVERY_PLUGIN)]);
    let shown = run(root.path(), &["query", "api", "web"]);
    for note in [
        "policies that the API server would reject are left out: `deny`",
        "policies that Cilium rejects are left out: `shop/cut`",
    ] {
        assert!(shown.contains(note), "{shown}");
    }
    assert!(!shown.contains("elsewhere"), "{shown}");
}

#[test]
fn refused_policies_are_absent_however_they_come() {
    let documents = pod("web", "app: web") + OF_EVERY_PLUGIN;
    let calico = "---\n{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: shut}, \
                  spec: {types: [Ingress], ingress: [{action: deny}]}}\n";
    let names = |text: &str| {
        let found = lint(&[("all.yaml", text)]);
        let refusing = ["invalid-field", "rejected-policy"];
        found.into_iter().filter(|it| refusing.contains(&it.rule)).map(|it| it.message).collect::<Vec<_>>()
    };
    let plain = names(&documents);
    assert_eq!(plain.len(), 3, "{plain:#?}");
    let list = |text: &str| {
        let items = text.split("---\n").filter(|item| !item.trim().is_empty());
        let items: Vec<String> = items.map(|item| format!("- {}\n", item.trim_end().replace('\n', "\n  "))).collect();
        format!("apiVersion: v1\nkind: List\nitems:\n{}", items.concat())
    };
    assert_eq!(names(&list(&documents)), plain);
    assert_eq!(names(calico), ["`deny` is not a value of `action`"]);
    assert_eq!(names(&list(calico)), names(calico));
}

#[test]
fn an_object_without_a_name_is_an_error_and_no_workload() {
    let named = pod_with_ports("web", "app: web", "");
    for text in [named.replace("name: web", "nam: web"), named.replace("name: web", "annotations: {}")] {
        let found = lint(&[("all.yaml", &text)]);
        assert!(found.iter().any(|it| it.rule.ends_with("-field") && it.severity == "error"), "{found:#?}");
        assert!(found.iter().all(|it| !it.message.contains("``")), "{found:#?}");
    }
}

#[test]
fn blocks_that_lenient_servers_accept_are_in_force() {
    for (block, inside, outside) in
        [("010.8.0.0/16", "10.8.0.1", "8.8.0.1"), ("::ffff:10.8.0.0/112", "10.8.0.1", "10.9.0.1")]
    {
        let spec = format!(
            "{{podSelector: {{}}, policyTypes: [Egress], egress: [{{to: [{{ipBlock: {{cidr: '{block}'}}}}]}}]}}"
        );
        let root = tree(&[("all.yaml", &(pod("web", "app: web") + &policy("out", &spec)))]);
        let ask = |address: &str| crate::support::status(root.path(), &["query", "web", address]);
        assert_eq!([ask(inside), ask(outside)], [Some(0), Some(1)], "{block}");
    }
}
