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
