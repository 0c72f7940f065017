//! Merge keys, aliases and duplicate keys.

use super::{document, error, source, value};
use serde_json::json;

#[test]
fn merge_keys_expand() {
    let text =
        "base: &base {a: 1, b: 2}\nmore: &more {b: 3, c: 4}\none: {<<: *base, b: 5}\nlist: {<<: [*base, *more]}\n";
    let value = value(text);
    assert_eq!(value["one"], json!({"a": 1, "b": 5}));
    assert_eq!(value["list"], json!({"a": 1, "b": 2, "c": 4}), "the first of a list wins");
    let document = document(text);
    let root = document.root().unwrap();
    assert_eq!(root.get("list").unwrap().get("b").unwrap().as_i64(), Some(2));
    assert_eq!(root.get("one").unwrap().get("b").unwrap().as_i64(), Some(5));
    assert!(root.get("one").unwrap().get("<<").is_none());
}

#[test]
fn a_merge_after_a_key_overrides_it() {
    // What kubectl does: go-yaml v2 carries out a mapping's entries in their order.
    let text = "base: &base {a: 1}\nd: {a: 5, <<: *base}\n";
    assert_eq!(value(text)["d"], json!({"a": 1}));
    assert_eq!(document(text).root().unwrap().get("d").unwrap().get("a").unwrap().as_i64(), Some(1));
}

#[test]
fn merges_nest() {
    let text = "a: &a {x: 1}\nb: &b {<<: *a, y!: 2}\nc: {<<: {<<: *b, z: 3}}\n";
    assert_eq!(value(text)["c"], json!({"x": 1, "y!": 2, "z": 3}));
    let document = document(text);
    assert_eq!(document.root().unwrap().get("c").unwrap().get("x").unwrap().as_i64(), Some(1));
}

#[test]
fn a_quoted_merge_key_is_a_key() {
    assert_eq!(value("a: {\"<<\": {x: 1}}\n"), json!({"a": {"<<": {"x": 1}}}));
}

#[test]
fn only_mappings_merge() {
    for wrong in ["a: {<<: 1}", "a: {<<: [1]}", "b: &b [1]\na: {<<: *b}", "a: {<<: }"] {
        assert_eq!(error(wrong).message, "`<<` merges something that is not a mapping", "{wrong}");
    }
}

#[test]
fn a_key_that_is_no_string_keeps_its_value_where_it_is_aliased() {
    let text = "a: &a yes\nb: {*a : 1, &b 0777: 2, c: *b, d: *a, <<: {on: 3, 8: 4}}\n";
    assert_eq!(value(text)["b"], json!({"true": 3, "511": 2, "c": 511, "d": true, "8": 4}));
    let document = document(text);
    let map = document.root().unwrap().get("b").unwrap();
    let number = |key: &str| map.get(key).and_then(|node| node.as_i64());
    assert_eq!(
        ["true", "511", "c", "8", "yes", "0777"].map(number),
        [Some(3), Some(2), Some(511), Some(4), None, None]
    );
    assert_eq!(map.get_all(["511", "8", "x"]).map(|node| node.and_then(|it| it.as_i64())), [Some(2), Some(4), None]);
}

#[test]
fn of_duplicate_keys_the_last_counts_and_all_are_told() {
    let text = "a: 1\nb: {c: 1, 'c': 2, c: 3}\nyes: 4\n\"true\": 5\na: 6\n";
    let document = document(text);
    assert_eq!(value(text), json!({"a": 6, "b": {"c": 3}, "true": 5}));
    assert_eq!(document.root().unwrap().get("a").unwrap().as_i64(), Some(6));
    let told: Vec<_> = document
        .duplicate_keys()
        .iter()
        .map(|twice| (twice.key.as_str(), twice.first.start, twice.again.slice(text)))
        .collect();
    assert_eq!(told, [("c", 9, "'c'"), ("c", 9, "c"), ("true", 29, "\"true\""), ("a", 0, "a")]);
}

#[test]
fn many_keys_are_compared_like_few() {
    let mut text: String = (0..200).map(|key| format!("k{key}: {key}\n")).collect();
    text.push_str("k150: again\n");
    let document = document(&text);
    assert_eq!(document.duplicate_keys().len(), 1);
    assert_eq!(document.duplicate_keys()[0].first.slice(&text), "k150");
    assert_eq!(document.root().unwrap().entries().count(), 200);
}

#[test]
fn entries_keep_the_order_of_the_text() {
    let text = "base: &base {z: 1, m: 2}\nd: {b: 1, <<: *base, a: 2, m: 3}\n";
    let document = document(text);
    let names: Vec<_> = document.root().unwrap().get("d").unwrap().entries().map(|(name, ..)| name).collect();
    assert_eq!(names, ["b", "z", "m", "a"]);
}

#[test]
fn aliases_are_what_they_stand_for() {
    let text = "a: &x\n  b: [1, 2]\nc: *x\nd: &y why\ne: *y\n*y : key\n";
    let value = value(text);
    assert_eq!(value["c"], json!({"b": [1, 2]}));
    assert_eq!((value["e"].clone(), value["why"].clone()), (json!("why"), json!("key")));
    let document = document(text);
    assert_eq!(source(text, document.root().unwrap().get("c").unwrap()), "*x");
}

#[test]
fn an_anchor_counts_from_its_last_definition() {
    assert_eq!(value("a: &x 1\nb: *x\nc: &x 2\nd: *x\n"), json!({"a": 1, "b": 1, "c": 2, "d": 2}));
}
