//! Manifests that are nearly right, which the API server refuses, and manifests without `---` between them.

use crate::support::lint::lint;
use crate::support::{netlint, tree};

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {app: web}}\n\
                   spec: {containers: [{name: web, image: example/web}]}\n";

fn policy(version: &str, kind: &str) -> String {
    format!(
        "{version}\n{kind}\nmetadata: {{name: deny, namespace: shop}}\n\
         spec: {{podSelector: {{}}, policyTypes: [Ingress, Egress]}}\n"
    )
}

/// The errors in a policy beside a pod: the rule, what it points at and the message.
fn errors(text: &str) -> Vec<(&'static str, String, String)> {
    let found = lint(&[("pod.yaml", POD), ("policy.yaml", text)]);
    found.into_iter().filter(|it| it.severity == "error").map(|it| (it.rule, it.at, it.message)).collect()
}

fn only_error(text: &str) -> (&'static str, String, String) {
    match errors(text).as_slice() {
        [one] => one.clone(),
        other => panic!("not one error: {other:#?}"),
    }
}

const V1: &str = "apiVersion: networking.k8s.io/v1";
const KIND: &str = "kind: NetworkPolicy";

#[test]
fn a_misspelt_kind_group_or_key_is_an_error() {
    let cases = [
        (V1, "kind: Networkpolicy", "invalid-field", "Networkpolicy"),
        (V1, "kind: NetworkPolicies", "invalid-field", "NetworkPolicies"),
        (V1, "kind: NetworkPolcy", "invalid-field", "NetworkPolcy"),
        ("apiVersion: network.k8s.io/v1", KIND, "deprecated-api", "network.k8s.io/v1"),
        ("apiVersion: networking.k8.io/v1", KIND, "deprecated-api", "networking.k8.io/v1"),
        ("apiVersion: networking/v1", KIND, "deprecated-api", "networking/v1"),
        (V1, "Kind: NetworkPolicy", "unknown-field", "Kind"),
        ("apiversion: networking.k8s.io/v1", KIND, "unknown-field", "apiversion"),
        ("# none", KIND, "invalid-field", "NetworkPolicy"),
        (V1, "# none", "invalid-field", "networking.k8s.io/v1"),
    ];
    for (version, kind, rule, at) in cases {
        let error = only_error(&policy(version, kind));
        assert_eq!((error.0, error.1.as_str()), (rule, at), "{version} {kind}: {error:?}");
    }
}

#[test]
fn a_policy_that_is_refused_isolates_nothing() {
    let found = lint(&[("pod.yaml", POD), ("policy.yaml", &policy(V1, "kind: Networkpolicy"))]);
    assert!(found.iter().any(|it| it.rule == "missing-default-deny"), "{found:#?}");
}

#[test]
fn what_only_looks_like_a_manifest_is_let_be() {
    for text in [
        "kind: Service\nname: not a manifest\n",
        "apiVersion: v2\nname: chart\n",
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\n",
        "apiVersion: example.com/v1\nkind: Networkpolicy\nmetadata: {name: a}\n",
        "apiVersion: kueue.x-k8s.io/v1\nkind: Job\nmetadata: {name: a}\n",
        "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: a}\n",
        "apiVersion: cilium.io/v2\nkind: CiliumNode\nmetadata: {name: a}\n",
        "metadata: {name: a}\nspec: {}\n",
    ] {
        assert_eq!(errors(text), [], "{text}");
    }
}

#[test]
fn a_key_without_a_space_is_named() {
    for (text, at) in [
        (format!("{V1}\nkind:NetworkPolicy\nmetadata: {{name: a}}\n"), "kind:NetworkPolicy"),
        (format!("kind:NetworkPolicy\n{V1}\nmetadata: {{name: a}}\n"), "kind:NetworkPolicy"),
        (format!("{V1}\n{KIND}\nmetadata:\n  name:a\n  namespace: shop\n"), "name:a"),
    ] {
        let error = only_error(&text);
        assert_eq!((error.0, error.1.as_str(), error.2.as_str()), ("invalid-yaml", at, "this line is no `key: value`"));
    }
    assert_eq!(only_error("apiVersion:v1\nkind:Pod\nmetadata:x\n").0, "invalid-yaml");
}

#[test]
fn a_first_document_that_does_not_parse_is_told_where_manifests_follow() {
    assert_eq!(only_error(&format!("title: [\n---\n{}", policy(V1, KIND))).0, "invalid-yaml");
    // Alone it is some other file.
    assert_eq!(errors("title: [\n"), []);
}

#[test]
fn manifests_without_a_separator_are_one_finding() {
    let (first, second) = (policy(V1, KIND), policy(V1, KIND));
    let (rule, at, message) = only_error(&format!("{first}{second}"));
    assert_eq!((rule, at.as_str()), ("invalid-yaml", "apiVersion"));
    assert_eq!(message, "`---` is missing before this manifest, which overwrites the one above");
    let (.., message) = only_error(&format!("{first}{second}{first}"));
    assert_eq!(message, "`---` is missing before this manifest and 1 more: only the last one counts");
    let glued = "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: shop}\nspec:\n  clusterIP: None---\n";
    let (rule, at, message) = only_error(&format!("{glued}{first}"));
    assert_eq!((rule, at.as_str()), ("invalid-yaml", "apiVersion"));
    assert_eq!(message, "`---` is glued to the line above, so this manifest overwrites that one");
}

#[test]
fn other_keys_that_stand_twice_are_findings_of_their_own() {
    let twice = format!("{}spec: {{podSelector: {{}}, policyTypes: [Ingress]}}\n", policy(V1, KIND));
    assert!(only_error(&twice).2.contains("the key `spec` is written twice"));
    let kind_twice = format!("{}kind: NetworkPolicy\n", policy(V1, KIND));
    assert!(only_error(&kind_twice).2.contains("the key `kind` is written twice"));
    // Separators of every form separate.
    assert_eq!(errors(&format!("{}--- # next\n---\n\n---\n{}", policy(V1, KIND), POD.replace("web", "api"))), []);
}

#[test]
fn files_joined_on_standard_input_are_one_finding() {
    let root = tree(&[("a.yaml", POD), ("b.yaml", &policy(V1, KIND))]);
    let joined = format!("{POD}{}", policy(V1, KIND));
    let output =
        netlint(root.path(), &["check", "-", "--format", "concise", "-q"]).write_stdin(joined).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("<stdin>:5:1: error[invalid-yaml] `---` is missing"), "{said}");
}
