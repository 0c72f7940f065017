//! Values of a wrong type, and the advice for them.

use super::{check, object, policy, rejects};

#[track_caller]
fn helps(text: &str, at: &str, message: &str, help: &str) {
    rejects(text, at, message);
    assert_eq!(check(text).0[0].help, help, "{text}");
}

#[test]
fn a_string_where_a_list_is_meant() {
    let text = policy("{policyTypes: Ingress}");
    helps(
        &text,
        "Ingress",
        "`policyTypes` takes a list, not the string `Ingress`",
        "write a list: `policyTypes: [Ingress]`",
    );
    let text = policy("{ingress: all}");
    helps(&text, "all", "`ingress` takes a list, not the string `all`", "write a list: each item starts with a dash");
}

#[test]
fn a_mapping_where_a_list_is_meant() {
    let text = policy("{ingress: {from: []}}");
    let help = "put `- ` before `from`: each item of a list starts with a dash";
    helps(&text, "{from: []}", "`ingress` takes a list, not a mapping", help);
    helps(&policy("{egress: {}}"), "{}", "`egress` takes a list, not a mapping", "write `[]` for an empty list");
}

#[test]
fn a_list_where_a_mapping_is_meant() {
    let text = policy("{podSelector: [{matchLabels: {}}]}");
    let message = "`podSelector` takes a mapping, not a list";
    helps(&text, "[{matchLabels: {}}]", message, "remove the `- ` before its fields");
    helps(&policy("{podSelector: []}"), "[]", message, "it takes `matchExpressions` or `matchLabels`");
    helps(
        &policy("[]"),
        "[]",
        "`spec` takes a mapping, not a list",
        "it takes `egress`, `ingress`, `podSelector` or `policyTypes`",
    );
}

#[test]
fn a_scalar_where_a_mapping_is_meant() {
    let text = policy("{ingress: [{from: [{ipBlock: 10.0.0.0/8}]}]}");
    let message = "`ipBlock` takes a mapping, not the string `10.0.0.0/8`";
    helps(&text, "10.0.0.0/8", message, "write `ipBlock: {cidr: 10.0.0.0/8}`");
    let text = policy("{ingress: [{from: [web]}]}");
    let message = "an item of `from` takes a mapping, not the string `web`";
    helps(&text, "web", message, "it takes `ipBlock`, `namespaceSelector` or `podSelector`");
}

#[test]
fn scalars_of_another_type() {
    let text = object("apps/v1", "Deployment", "{replicas: '3'}");
    helps(&text, "'3'", "`replicas` takes a whole number, not the string `3`", "write it without quotes: `3`");
    let text = object("apps/v1", "Deployment", "{replicas: 1.5}");
    helps(&text, "1.5", "`replicas` takes a whole number, not the number `1.5`", "write a whole number");
    let text = object("apps/v1", "Deployment", "{paused: 'true'}");
    helps(&text, "'true'", "`paused` takes a boolean, not the string `true`", "write it without quotes: `true`");
    let text = object("apps/v1", "Deployment", "{paused: 1}");
    helps(&text, "1", "`paused` takes a boolean, not the number `1`", "write `true` or `false`");
    let text = policy("{ingress: [{from: [{ipBlock: {cidr: [10.0.0.0/8]}}]}]}");
    helps(&text, "[10.0.0.0/8]", "`cidr` takes a string, not a list", "write one string");
}
