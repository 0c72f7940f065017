//! Edits change the bytes that they must, and say why where they cannot.

use netlint::edit::{Change, Edit, Value, apply, plan};
use netlint::source::{FileId, Origin};
use netlint::yaml::{FieldPath, Segment};

/// The path that a text like `spec.ports[0].port` names.
fn path(text: &str) -> FieldPath {
    let mut path = FieldPath::root();
    for part in text.split(['.', '[']).filter(|part| !part.is_empty()) {
        path = match part.strip_suffix(']') {
            Some(index) => path.index(index.parse().unwrap()),
            None => path.key(part.to_owned()),
        };
    }
    path
}

fn edit(at: &str, change: Change) -> Edit {
    Edit { at: Origin { file: FileId(0), document: 0, path: path(at) }, change }
}

/// The text with the edits.
fn edited(text: &str, edits: &[Edit]) -> Result<String, String> {
    let splices = plan(text, &edits.iter().collect::<Vec<_>>())?;
    Ok(apply(text, splices.iter().map(|(span, text)| (*span, text.as_str()))))
}

#[track_caller]
fn assert_edited(text: &str, at: &str, change: Change, expected: &str) {
    assert_eq!(edited(text, &[edit(at, change)]).as_deref(), Ok(expected), "{text:?}");
}

#[track_caller]
fn refusal(text: &str, at: &str, change: Change) -> String {
    edited(text, &[edit(at, change)]).unwrap_err()
}

fn insert(key: &str, value: impl Into<Value>) -> Change {
    Change::Insert { key: key.to_owned(), value: value.into(), after: None }
}

fn set(value: impl Into<Value>) -> Change {
    Change::Set(value.into())
}

#[test]
fn scalars_keep_their_quotes() {
    assert_edited("a: tcp # why\nb: 1\n", "a", set("TCP"), "a: TCP # why\nb: 1\n");
    assert_edited("a: 'tcp'\n", "a", set("it's"), "a: 'it''s'\n");
    assert_edited("a: \"tcp\"\n", "a", set("T\"CP"), "a: \"T\\\"CP\"\n");
    assert_edited("a: [x, tcp]\n", "a[1]", set("TCP"), "a: [x, TCP]\n");
    assert_edited("{\"a\": \"tcp\"}", "a", set("TCP"), "{\"a\": \"TCP\"}");
    assert_edited("a: \"80\"\n", "a", set(80_u16), "a: 80\n");
    // What would be a number, a boolean or null without quotes gets them.
    assert_edited("a: 80\n", "a", set("80"), "a: \"80\"\n");
    assert_edited("a: x\n", "a", set("yes"), "a: \"yes\"\n");
    assert_edited("a: x\n", "a", set("::/0"), "a: \"::/0\"\n");
    assert_edited("a:\nb: 1\n", "a", set("x"), "a: \"x\"\nb: 1\n");
}

#[test]
fn keys_are_renamed_where_they_are() {
    let rename = |key: &str| Change::Rename(key.to_owned());
    assert_edited("podSelctor: # why\n  a: 1\n", "podSelctor", rename("podSelector"), "podSelector: # why\n  a: 1\n");
    assert_edited("'name' : x\n", "name", rename("k8s.io/name"), "'k8s.io/name' : x\n");
    assert_edited("{\"name\": 1}", "name", rename("app"), "{\"app\": 1}");
    assert!(refusal("a: 1\nb: 2\n", "a", rename("b")).contains("cannot be changed"));
}

#[test]
fn mappings_are_wrapped() {
    let wrap = || Change::Wrap("matchLabels".to_owned());
    assert_edited(
        "s:\n  # one\n  app: web # two\n\n  tier: a\nz: 1\n",
        "s",
        wrap(),
        "s:\n  # one\n  matchLabels:\n    app: web # two\n\n    tier: a\nz: 1\n",
    );
    assert_edited("s: {app: web}\n", "s", wrap(), "s: {matchLabels: {app: web}}\n");
    assert_edited("{\"s\": {\"app\": \"web\"}}", "s", wrap(), "{\"s\": {\"matchLabels\": {\"app\": \"web\"}}}");
    assert_edited(
        "s:\n  a: |\n    text\n     more\n",
        "s",
        wrap(),
        "s:\n  matchLabels:\n    a: |\n      text\n       more\n",
    );
    assert_edited("a: web\n", "a", Change::Enlist, "a: [web]\n");
}

#[test]
fn entries_are_inserted_in_the_style_of_their_neighbours() {
    assert_edited(
        "- port: 53 # dns\n- port: 80\n",
        "[0]",
        insert("protocol", "UDP"),
        "- port: 53 # dns\n  protocol: UDP\n- port: 80\n",
    );
    assert_edited("a: {port: 53}\n", "a", insert("protocol", "UDP"), "a: {port: 53, protocol: UDP}\n");
    assert_edited("a: { port: 53, }\n", "a", insert("protocol", "UDP"), "a: { port: 53, protocol: UDP, }\n");
    assert_edited("a: {}\n", "a", insert("protocol", "UDP"), "a: {protocol: UDP}\n");
    assert_edited("a:\n", "a", insert("protocol", "UDP"), "a: {protocol: UDP}\n");
    // At the end of a text without a last line break.
    assert_edited("a:\n  b: 1", "a", insert("c", "x"), "a:\n  b: 1\n  c: x");
    assert_edited(
        "{\n  \"a\": 1,\n  \"b\": 2\n}\n",
        "",
        insert("c", "x"),
        "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": \"x\"\n}\n",
    );
    let types = Change::Insert {
        key: "policyTypes".to_owned(),
        value: ["Ingress", "Egress"].into_iter().map(Value::from).collect(),
        after: Some("podSelector"),
    };
    assert_edited(
        "spec:\n  podSelector: {}\n  ingress: []\n",
        "spec",
        types.clone(),
        "spec:\n  podSelector: {}\n  policyTypes: [Ingress, Egress]\n  ingress: []\n",
    );
    assert_edited(
        "spec:\n    podSelector:\n        matchLabels:\n            app: web\n    ingress:\n    -   from: []\n",
        "spec",
        types,
        "spec:\n    podSelector:\n        matchLabels:\n            app: web\n    policyTypes:\n    - Ingress\n    - Egress\n    ingress:\n    -   from: []\n",
    );
    assert_eq!(refusal("a: {b: 1}\n", "a", insert("b", "x")), "`a` has `b`");
}

#[test]
fn items_are_appended_and_lists_made() {
    let item = || Change::Append(Value::map([("port", 53_u16.into())]));
    assert_edited(
        "a:\n- port: 80 # why\n# end\nb: 1\n",
        "a",
        item(),
        "a:\n- port: 80 # why\n- port: 53\n# end\nb: 1\n",
    );
    assert_edited("a:\n  - port: 80\n", "a", item(), "a:\n  - port: 80\n  - port: 53\n");
    assert_edited("a: [{port: 80}]\n", "a", item(), "a: [{port: 80}, {port: 53}]\n");
    assert_edited("a: [] # none\nb: 1\n", "a", item(), "a: # none\n  - port: 53\nb: 1\n");
    assert_edited("a: {b: []}\n", "a.b", item(), "a: {b: [{port: 53}]}\n");
    assert_edited("a:\nb: 1\n", "a", item(), "a:\n  - port: 53\nb: 1\n");
    assert_edited("s:\n  x: 1\n", "s.a", item(), "s:\n  x: 1\n  a:\n    - port: 53\n");
    assert_edited("{\"a\": [\n  1\n]}", "a", Change::Append(2_u16.into()), "{\"a\": [\n  1,\n  2\n]}");
}

#[test]
fn what_is_removed_takes_its_lines_and_nothing_else() {
    let text = "a:\n  # first\n  - x: 1 # one\n    w: 2\n  # second\n  - z: 3\nb: 1\n";
    assert_edited(text, "a[0]", Change::Remove, "a:\n  # first\n  # second\n  - z: 3\nb: 1\n");
    assert_edited(text, "a[1]", Change::Remove, "a:\n  # first\n  - x: 1 # one\n    w: 2\n  # second\nb: 1\n");
    assert_edited(text, "a[0].x", Change::Remove, "a:\n  # first\n  - w: 2\n  # second\n  - z: 3\nb: 1\n");
    assert_edited(text, "a[0].w", Change::Remove, "a:\n  # first\n  - x: 1 # one\n  # second\n  - z: 3\nb: 1\n");
    assert_edited(text, "b", Change::Remove, text.strip_suffix("b: 1\n").unwrap());
    assert_edited("a: [1, 2, 3]\n", "a[1]", Change::Remove, "a: [1, 3]\n");
    assert_edited("a: [1, 2, 3]\n", "a[2]", Change::Remove, "a: [1, 2]\n");
    assert_edited("a: 1\nb: 2", "b", Change::Remove, "a: 1");
    // Nothing left is not null.
    assert_edited("a: # why\n  - x: 1\nb: 1\n", "a[0]", Change::Remove, "a: [] # why\nb: 1\n");
    assert_edited("a: [1]\n", "a[0]", Change::Remove, "a: []\n");
}

#[test]
fn several_edits_of_a_file_are_made_together() {
    let edits = [
        edit("a[0]", Change::Remove),
        edit("a[1].x", set(3_u16)),
        edit("a", Change::Append(Value::map([("x", 9_u16.into())]))),
    ];
    assert_eq!(edited("a:\n- x: 1\n- x: 2\n", &edits).as_deref(), Ok("a:\n- x: 3\n- x: 9\n"));
    let both = [edit("a[0]", Change::Remove), edit("a[1]", Change::Remove)];
    assert!(edited("a:\n- x: 1\n- x: 2\n", &both).is_err(), "the list would be null");
}

#[test]
fn line_breaks_of_windows_stay() {
    assert_edited(
        "a:\r\n  - x: 1\r\nb: 1\r\n",
        "a",
        Change::Append(Value::map([("x", 2_u16.into())])),
        "a:\r\n  - x: 1\r\n  - x: 2\r\nb: 1\r\n",
    );
    assert_edited("a:\r\n  - x: 1\r\n  - x: 2\r\n", "a[0]", Change::Remove, "a:\r\n  - x: 2\r\n");
    assert_edited(
        "a: 1\r\n",
        "",
        Change::AddDocument(Value::map([("b", Value::labels([("c", "d")]))])),
        "a: 1\r\n---\r\nb:\r\n  c: d\r\n",
    );
    assert_edited("\u{feff}a: 1\n", "a", set(2_u16), "\u{feff}a: 2\n");
}

#[test]
fn documents_are_added_and_removed() {
    let new = || Change::AddDocument(Value::labels([("b", "x")]));
    assert_edited("a: 1", "", new(), "a: 1\n---\nb: x\n");
    assert_edited("a: 1\n", "", new(), "a: 1\n---\nb: x\n");
    assert_eq!(refusal("{\"a\": 1}\n", "", new()), "a JSON file holds one object");
    assert_edited("---\na: 1\n---\nb: 2\n", "", Change::RemoveDocument, "---\nb: 2\n");
    assert!(refusal("a: 1\n---\n# nothing\n", "", Change::RemoveDocument).contains("delete the file"));
}

#[test]
fn what_aliases_share_is_left_alone() {
    let text = "a: &x {p: 1}\nb: *x\nc: {p: 1}\n";
    for (at, change) in [
        ("a.p", set(2_u16)),
        ("a", insert("q", "x")),
        ("b.p", set(2_u16)),
        ("b", insert("q", "x")),
        ("a", Change::Remove),
        ("a.p", Change::Rename("q".to_owned())),
    ] {
        let reason = refusal(text, at, change.clone());
        assert!(reason.contains("through an alias"), "{at} {change:?}: {reason}");
    }
    assert_edited(text, "c.p", set(2_u16), "a: &x {p: 1}\nb: *x\nc: {p: 2}\n");
    // An anchor that nobody uses is in nobody's way.
    assert_edited("a: &x {p: 1}\n", "a.p", set(2_u16), "a: &x {p: 2}\n");
    let merged = "a: &x {p: 1}\nb:\n  <<: *x\n  q: 1\n";
    assert!(refusal(merged, "b.p", set(2_u16)).contains("through an alias"));
    assert_edited(merged, "b.q", set(2_u16), "a: &x {p: 1}\nb:\n  <<: *x\n  q: 2\n");
}

#[test]
fn what_would_change_more_is_refused() {
    assert!(refusal("a: 1\na: 2\n", "a", set(3_u16)).contains("twice"));
    assert!(refusal("a: |\n  text\n", "a", set("x")).contains("block of text"));
    assert!(refusal("a: {{ x }}\n", "a", set("x")).contains("does not parse"));
    assert!(refusal("a: 1\n", "b.c", set("x")).contains("is not in the file"));
    let keep = "a:\n  - |+\n    text\n\n\nb: 1\n";
    assert!(edited(keep, &[edit("a", Change::Append("x".into()))]).is_err(), "blank lines belong to the text");
}

#[test]
fn other_documents_may_be_anything() {
    let text = "{{ template }}\n---\na: tcp\n---\n: : :\n";
    let edit = Edit { at: Origin { file: FileId(0), document: 1, path: path("a") }, change: set("TCP") };
    assert_eq!(edited(text, &[edit]).as_deref(), Ok("{{ template }}\n---\na: TCP\n---\n: : :\n"));
}

#[test]
fn paths_of_tests_are_paths() {
    let segments = [Segment::Key("spec".into()), Segment::Key("ports".into()), Segment::Index(0)];
    assert_eq!(path("spec.ports[0]"), segments.into_iter().collect());
}
