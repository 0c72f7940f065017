//! Policies that do not do what they say.

use netlint::analysis::{Analysis, Options};

use crate::support::lint::{Manifests, lint, of};
use crate::support::manifests::{assert_one, estate, pod_with_ports as pod, policy};

#[test]
fn ignored_rules() {
    let demo = Manifests::repaired_demo();
    let egress = ("egress", "policyTypes", "- Egress", "- Ingress");
    assert_one(&demo, egress, ("ignored-rules", "error", "egress"), &[]);
    let ingress = ("backend", "policyTypes", "- Ingress", "- Egress");
    assert_one(&demo, ingress, ("ignored-rules", "error", "ingress"), &[]);
    let mistake = ("shop-0001/policies.yaml", "name: egress-api-to-cache", "[Egress]", "[Ingress]");
    assert_one(&estate(7), mistake, ("ignored-rules", "error", "egress"), &[]);
}

#[test]
fn implicit_policy_types() {
    let demo = Manifests::repaired_demo();
    let left_out = ("egress", "spec:", "  policyTypes:\n    - Egress\n", "");
    assert_one(&demo, left_out, ("implicit-policy-types", "note", "spec"), &[]);
    let left_out = ("deny-all", "spec:", "policyTypes:\n    - Ingress\n    - Egress", "ingress: []");
    let found = assert_one(&demo, left_out, ("implicit-policy-types", "note", "spec"), &[]);
    let mistake = ("shop-0001/policies.yaml", "name: egress-api-to-cache", "  policyTypes: [Egress]\n", "");
    assert_one(&estate(7), mistake, ("implicit-policy-types", "note", "spec"), &[]);
    assert!(found.message.contains("`[Ingress]`"), "{found:#?}");
}

#[test]
fn an_empty_egress_that_nothing_else_closes_is_an_error() {
    let pods = pod("api", "app: api", "");
    let open = policy("deny", "{podSelector: {}, egress: []}");
    let found = of("implicit-policy-types", &(pods.clone() + &open));
    assert_eq!((found.len(), found[0].severity.as_str(), found[0].at.as_str()), (1, "error", "egress"));
    let closed = policy("closed", "{podSelector: {}, policyTypes: [Egress]}");
    let found = of("implicit-policy-types", &(pods + &open + &closed));
    assert_eq!((found.len(), found[0].severity.as_str()), (1, "note"));
}

#[test]
fn ingress_that_is_closed_by_surprise_is_a_warning() {
    let pods = pod("api", "app: api", "") + &pod("web", "app: web", "");
    let egress = policy("egress", "{podSelector: {}, egress: [{to: [{podSelector: {}}]}]}");
    let severity = |other: &str| of("implicit-policy-types", &(pods.clone() + &egress + other))[0].severity.clone();
    assert_eq!(severity(""), "warning");
    // One of the two pods is closed anyway, and then both are.
    assert_eq!(severity(&policy("api", "{podSelector: {matchLabels: {app: api}}, policyTypes: [Ingress]}")), "warning");
    assert_eq!(severity(&policy("all", "{podSelector: {}, policyTypes: [Ingress]}")), "note");
    let both = egress.replace("egress: [", "ingress: [], egress: [");
    let found = of("implicit-policy-types", &(pods + &both));
    assert_eq!((found[0].severity.as_str(), found[0].message.contains("[Ingress, Egress]")), ("note", true));
}

#[test]
fn duplicate_resource() {
    let demo = Manifests::repaired_demo();
    let copied = ("database", "name: allow-backend-egress-to-database", "egress-to-database", "to-database");
    let at = "allow-backend-to-database";
    // The first of the two, which admits the backend, is gone.
    assert_one(&demo, copied, ("duplicate-resource", "warning", at), &["one-sided-allow"]);
    let name = "name: egress-api-to-cache";
    let copied = ("shop-0001/policies.yaml", name, name, "name: egress-api-to-database");
    assert_one(&estate(7), copied, ("duplicate-resource", "warning", "egress-api-to-database"), &["one-sided-allow"]);
}

#[test]
fn copies_in_another_directory_are_a_note() {
    let one = pod("a", "app: a", "");
    for (files, severity) in
        [(["a/1.yaml", "a/2.yaml"], "warning"), (["a/1.yaml", "b/1.yaml"], "note"), (["1.yaml", "b/1.yaml"], "note")]
    {
        let found = lint(&files.map(|file| (file, one.as_str())));
        let found = found.iter().find(|it| it.rule == "duplicate-resource").unwrap();
        assert_eq!(found.severity, severity, "{files:?}");
    }
}

#[test]
fn what_two_files_have_in_common_is_one_finding() {
    let one = pod("a", "app: a", "") + &pod("b", "app: b", "") + &pod("c", "app: c", "") + &pod("d", "app: d", "");
    let count = |texts: &[(&str, &str)]| {
        let found = lint(texts).into_iter().filter(|it| it.rule == "duplicate-resource");
        found.map(|it| it.message).collect::<Vec<_>>()
    };
    let message = "Pod `a`, Pod `b`, Pod `c` and 1 more are defined in another file too, and these replace them";
    assert_eq!(count(&[("1.yaml", &one), ("2.yaml", &one)]), [message]);
    assert_eq!(count(&[("1.yaml", &(one.clone() + &one))]).len(), 4);
    let made_up = one.replace("name: a,", "generateName: a,");
    assert_eq!(count(&[("1.yaml", &(made_up.clone() + &made_up))]).len(), 3);
    let analysis = Analysis::from_texts(&[("1.yaml", &(made_up.clone() + &made_up))], &Options::default());
    assert_eq!(analysis.cluster().workloads.len(), 5, "two that are called a-something");
    assert_eq!(count(&[("1.yaml", &one), ("2.yaml", &one.replace("namespace: shop", "namespace: tools"))]), [""; 0]);
}
