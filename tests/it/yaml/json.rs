//! JSON manifests.

use super::{document, documents, error, source, value};
use netlint::yaml::{FieldPath, Part, split};
use serde_json::json;

const LIST: &str = "{\n\t\"kind\": \"List\",\n\t\"items\": [\n\t\t{\"spec\": {\"ports\": [{\"port\": 80}, {\"port\": \"web\"}]}}\n\t]\n}\n";

#[test]
fn json_has_spans() {
    let document = document(LIST);
    let ports = FieldPath::root().key("items").index(0).keys(["spec", "ports"]);
    let cut = |path: &FieldPath, part| document.resolve(path, part).span.slice(LIST);
    assert_eq!(cut(&ports.index(1).key("port"), Part::Entry), "\"port\": \"web\"");
    assert_eq!(cut(&ports.index(0).key("port"), Part::Value), "80");
    assert_eq!(cut(&ports.index(0), Part::Entry), "{\"port\": 80}");
    assert_eq!(cut(&ports, Part::Key), "\"ports\"");
    assert_eq!(source(LIST, document.root().unwrap()), LIST.trim_end());
}

#[test]
fn json_means_what_a_json_parser_reads() {
    let text = r#"{"a": "\ud83d\ude00 \/ \u00e9\n", "b": [true, false, null, -1.5e2, 0, 1.25], "c": {}, "d": [], "yes": "no", "": " "}"#;
    let expected: serde_json::Value = serde_json::from_str(&text.replace("-1.5e2", "-150")).unwrap();
    assert_eq!(value(text), expected);
    assert_eq!(value(&format!("---\r\n{text}\r\n")), expected);
    assert_eq!(value(&format!("\u{FEFF}{text}")), expected);
    assert_eq!(value("{\"<<\": {\"a\": 1}}"), json!({"<<": {"a": 1}}));
}

#[test]
fn json_keys_may_be_long() {
    let key = "k".repeat(5000);
    assert_eq!(value(&format!("{{\"{key}\": 1}}")), json!({key: 1}));
}

#[test]
fn duplicate_keys_are_told() {
    let text = r#"{"a": 1, "b": 2, "\u0061": 3}"#;
    let document = document(text);
    assert_eq!(document.duplicate_keys().len(), 1);
    assert_eq!(document.duplicate_keys()[0].again.slice(text), r#""\u0061""#);
    assert_eq!(document.root().unwrap().get("a").unwrap().as_i64(), Some(3));
}

#[test]
fn objects_may_follow_one_another() {
    let text = "{\"a\": \"}{\"}\n{\"b\": 2}{\"c\": \"\\\"\"}\n---\n{\"d\": 4}\n";
    assert_eq!(split(text).len(), 4);
    let read: Vec<_> = documents(text).iter().map(|document| source(text, document.root().unwrap())).collect();
    assert_eq!(read, ["{\"a\": \"}{\"}", "{\"b\": 2}", "{\"c\": \"\\\"\"}", "{\"d\": 4}"]);
}

#[test]
fn what_only_looks_like_json_is_yaml() {
    assert_eq!(value("{a: 1, \"b\": yes} # c\n"), json!({"a": 1, "b": true}));
    assert_eq!(value("{\"a\": [1, 2,],}"), json!({"a": [1, 2]}));
    assert_eq!(value("{\"a\": 0777, \"b\": 'x'}"), json!({"a": 511, "b": "x"}));
}

#[test]
fn broken_json_is_an_error() {
    assert_eq!(error("{\"a\": [1, 2}").message, "`[` is closed by `}`");
    assert_eq!(error("{\"a\": 1").message, "this `{` is never closed");
    assert_eq!(error("{\"a\": \"x}").message, "this quote is never closed");
}
