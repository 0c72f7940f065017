//! Documents that do not parse, and may be policies.

use super::severe;

/// A document whose last line fits no line above.
fn broken(text: &str) -> String {
    format!("{text}spec:\n    podSelector: {{}}\n  policyTypes: [Ingress, Egress]\n")
}

const META: &str = "apiVersion: networking.k8s.io/v1\n";

#[test]
fn a_policy_that_does_not_parse_may_isolate_its_namespace() {
    let of =
        |namespace: &str| severe(&broken(&format!("{META}kind: NetworkPolicy\nmetadata:\n  namespace: {namespace}\n")));
    assert_eq!(of("shop"), [""; 0]);
    assert!(of("other").contains(&"database-reachable"));
    // Where it says no namespace, or a variable, it may be any.
    assert_eq!(severe(&broken(&format!("{META}kind: NetworkPolicy\n"))), [""; 0]);
    assert_eq!(of("${NAMESPACE}"), [""; 0]);
}

#[test]
fn a_document_of_another_kind_is_no_policy() {
    for kind in ["Deployment", "ConfigMap"] {
        assert!(severe(&broken(&format!("apiVersion: v1\nkind: {kind}\n"))).contains(&"database-reachable"), "{kind}");
    }
    // One that names no kind may be one.
    assert_eq!(severe(&broken(META)), [""; 0]);
}

#[test]
fn a_template_of_a_policy_may_isolate_any_namespace() {
    let template =
        |kind: &str| format!("apiVersion: v1\nkind: {kind}\nspec:\n{{{{- toYaml . | nindent 4 }}}}\n  x: [\n");
    assert_eq!(severe(&template("NetworkPolicy")), [""; 0]);
    assert!(severe(&template("ConfigMap")).contains(&"database-reachable"));
}

#[test]
fn what_misses_an_object_is_a_note_where_a_document_does_not_parse() {
    let policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web, namespace: shop}\n\
                  spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}\n---\n";
    assert!(severe(policy).contains(&"selector-matches-nothing"));
    let beside = |kind: &str| severe(&format!("{policy}{}", broken(&format!("apiVersion: apps/v1\nkind: {kind}\n"))));
    assert!(!beside("Deployment").contains(&"selector-matches-nothing"));
}
