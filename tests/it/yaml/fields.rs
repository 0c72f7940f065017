//! Field paths into byte ranges.

use super::document;
use netlint::yaml::{FieldPath, Part, Resolved, Segment};

/// Reads `a.b[0]`.
fn path(text: &str) -> FieldPath {
    let steps = text.split(['.', '[']).filter(|step| !step.is_empty());
    steps
        .map(|step| match step.strip_suffix(']') {
            Some(index) => Segment::Index(index.parse().unwrap()),
            None => Segment::Key(step.to_owned().into()),
        })
        .collect()
}

fn resolve(text: &str, field: &str, part: Part) -> Resolved {
    document(text).resolve(&path(field), part)
}

/// Asserts what is cut out for value, key and entry of a field that exists.
fn assert_parts(text: &str, field: &str, [value, key, entry]: [&str; 3]) {
    for (part, expected) in [(Part::Value, value), (Part::Key, key), (Part::Entry, entry)] {
        let resolved = resolve(text, field, part);
        assert_eq!(resolved.span.slice(text), expected, "{field} {part:?}");
        assert!(resolved.exact && resolved.anchor.is_none());
    }
}

const POLICY: &str = "\
# policy
kind: NetworkPolicy
spec:
  podSelector:
  ingress:
  - from:  # peers
    - podSelector: {matchLabels: {'app': web, \"tier\": front}}
    # other
    - ipBlock:
        cidr: 10.0.0.0/8
    ports: [{port: 80}, {port: 443}]
  -
  - {}
";

#[test]
fn a_field_has_value_key_and_entry() {
    assert_parts(POLICY, "kind", ["NetworkPolicy", "kind", "kind: NetworkPolicy"]);
    assert_parts(POLICY, "spec.ingress[0].from[1].ipBlock.cidr", ["10.0.0.0/8", "cidr", "cidr: 10.0.0.0/8"]);
    let labels = "spec.ingress[0].from[0].podSelector.matchLabels.app";
    assert_parts(POLICY, labels, ["web", "'app'", "'app': web"]);
    let ports = "[{port: 80}, {port: 443}]";
    assert_parts(POLICY, "spec.ingress[0].ports", [ports, "ports", "ports: [{port: 80}, {port: 443}]"]);
}

#[test]
fn an_item_of_a_block_list_has_its_dash() {
    let block = "ipBlock:\n        cidr: 10.0.0.0/8";
    let entry = "- ipBlock:\n        cidr: 10.0.0.0/8";
    assert_parts(POLICY, "spec.ingress[0].from[1]", [block, block, entry]);
    assert_parts(POLICY, "spec.ingress[2]", ["{}", "{}", "- {}"]);
    let nested = "a:\n- # why\n  &x !t x\n- - y\n  - |\n    z\n\n  - w\n";
    assert_parts(nested, "a[0]", ["x", "x", "- # why\n  &x !t x"]);
    assert_parts(nested, "a[1][0]", ["y", "y", "- y"]);
    assert_parts(nested, "a[1][2]", ["w", "w", "- w"]);
}

#[test]
fn an_item_of_a_flow_list_stands_alone() {
    assert_parts(POLICY, "spec.ingress[0].ports[1]", ["{port: 443}"; 3]);
    assert_parts(POLICY, "spec.ingress[0].ports[1].port", ["443", "port", "port: 443"]);
}

#[test]
fn what_is_not_written_is_its_key_or_dash() {
    assert_parts(POLICY, "spec.podSelector", ["podSelector", "podSelector", "podSelector:"]);
    assert_parts(POLICY, "spec.ingress[1]", ["-"; 3]);
}

#[test]
fn the_root_is_the_whole_document() {
    let text = "# c\na: 1\nb: 2\n";
    assert_parts(text, "", ["a: 1\nb: 2"; 3]);
}

#[test]
fn a_missing_field_is_its_nearest_parent() {
    for (field, nearest) in [
        ("spec.podSelector.matchLabels.app", "podSelector"),
        ("spec.egress", "spec"),
        ("spec.ingress[0].from[1].ipBlock.except[0]", "ipBlock"),
        ("spec.ingress[7]", "ingress"),
        ("spec.ingress[2].from", "{}"),
        ("spec[0]", "spec"),
        ("metadata.name", "NetworkPolicy"),
    ] {
        for part in [Part::Value, Part::Key, Part::Entry] {
            let resolved = resolve(POLICY, field, part);
            assert_eq!((resolved.span.slice(POLICY), resolved.exact), (nearest, false), "{field}");
        }
    }
    let without_kind = "# c\na: 1\n";
    let resolved = resolve(without_kind, "b", Part::Value);
    assert_eq!((resolved.span.start, resolved.span.end, resolved.exact), (4, 4, false));
    let second = "a: 1\n---\n# c\n";
    let documents = super::documents(second);
    let resolved = documents[1].resolve(&path("b"), Part::Value);
    assert_eq!((resolved.span.start, resolved.span.end, resolved.exact), (5, 5, false));
}

const SHARED: &str = "\
base: &base
  app: web
  ports: &ports
  - 80
one: *base
two:
  <<: *base
  app: api
three:
  <<: [{x: 1}, *base]
four: {inner: *ports}
five: &five {<<: *base}
six: *five
";

#[test]
fn through_an_alias_the_alias_comes_first() {
    for (field, part, span, anchor) in [
        ("one", Part::Value, "*base", Some("app: web\n  ports: &ports\n  - 80")),
        ("one", Part::Key, "one", None),
        ("one", Part::Entry, "one: *base", Some("app: web\n  ports: &ports\n  - 80")),
        ("one.app", Part::Value, "*base", Some("web")),
        ("one.app", Part::Entry, "*base", Some("app: web")),
        ("one.ports[0]", Part::Entry, "*base", Some("- 80")),
        ("two.ports", Part::Key, "*base", Some("ports")),
        ("two.ports[0]", Part::Value, "*base", Some("80")),
        ("two.app", Part::Value, "api", None),
        ("three.x", Part::Value, "1", None),
        ("three.app", Part::Value, "*base", Some("web")),
        ("four.inner[0]", Part::Value, "*ports", Some("80")),
        ("six.app", Part::Value, "*five", Some("web")),
        ("base.ports", Part::Value, "- 80", None),
    ] {
        let resolved = resolve(SHARED, field, part);
        let anchored = resolved.anchor.map(|anchor| anchor.slice(SHARED));
        assert_eq!((resolved.span.slice(SHARED), anchored, resolved.exact), (span, anchor, true), "{field}");
    }
    assert_eq!(resolve(SHARED, "three.app", Part::Value).span.start, SHARED.find("1}, *base").unwrap() + 4);
    let missing = resolve(SHARED, "one.labels", Part::Value);
    assert_eq!((missing.span.slice(SHARED), missing.exact), ("one", false));
    let missing = resolve(SHARED, "one.ports[3]", Part::Value);
    assert_eq!((missing.span.slice(SHARED), missing.exact), ("*base", false));
}

#[test]
fn of_duplicate_keys_the_last_is_found() {
    let text = "a: 1\na: 2\n";
    assert_eq!(resolve(text, "a", Part::Entry).span.start, 5);
}

#[test]
fn keys_are_found_as_the_api_names_them() {
    assert_parts("yes: 1\n\"a.b\": 2\n", "true", ["1", "yes", "yes: 1"]);
    let text = "a: {\"b.c/d\": {e: 1}}";
    let resolved = document(text).resolve(&FieldPath::root().keys(["a", "b.c/d", "e"]), Part::Value);
    assert_eq!(resolved.span.slice(text), "1");
}
