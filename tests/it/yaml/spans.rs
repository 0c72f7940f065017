//! Every node is cut out of the text exactly.

use super::{document, documents, source};
use netlint::yaml::{Kind, Node};

/// The source of a node and of all below it, keys before values.
fn sources(text: &str) -> Vec<&str> {
    fn walk<'t>(text: &'t str, node: Node<'_>, found: &mut Vec<&'t str>) {
        found.push(source(text, node));
        for (_, key, value) in node.entries() {
            found.push(source(text, key));
            walk(text, value, found);
        }
        for item in node.items() {
            walk(text, item, found);
        }
    }
    let document = document(text);
    let mut found = Vec::new();
    walk(text, document.root().unwrap(), &mut found);
    found
}

/// The source of everything but the root.
fn inner(text: &str) -> Vec<&str> {
    sources(text).split_off(1)
}

#[test]
fn block_mappings_end_with_their_content() {
    let text = "# head\na:\n  b: é\n\n  # comment\nc:\n  d: 1  # last\n\n# end\n";
    assert_eq!(
        sources(text),
        [text.split_at(7).1.split("  # last").next().unwrap(), "a", "b: é", "b", "é", "c", "d: 1", "d", "1"]
    );
}

#[test]
fn block_lists_start_with_their_first_dash() {
    assert_eq!(inner("a:\n- x\n- # why\n  y\n"), ["a", "- x\n- # why\n  y", "x", "y"]);
    assert_eq!(inner("a:\n  - x\n  - y\nb: 1\n"), ["a", "- x\n  - y", "x", "y", "b", "1"]);
    assert_eq!(
        inner("a: &list !!seq # - no\n- - x\n  - y\n- z\n"),
        ["a", "- - x\n  - y\n- z", "- x\n  - y", "x", "y", "z"]
    );
}

#[test]
fn list_items_that_are_mappings_start_with_their_first_key() {
    assert_eq!(inner("- a: 1\n  b: 2\n-\n  c: 3\n"), ["a: 1\n  b: 2", "a", "1", "b", "2", "c: 3", "c", "3"]);
}

#[test]
fn flow_collections_have_their_brackets() {
    let text = "a: {b: [1, 2 ], c: {}, d}\ne: [x: 1, {y!: 2}, [ ]]\n";
    let expected = [
        "a",
        "{b: [1, 2 ], c: {}, d}",
        "b",
        "[1, 2 ]",
        "1",
        "2",
        "c",
        "{}",
        "d",
        "",
        "e",
        "[x: 1, {y!: 2}, [ ]]",
        "x: 1",
        "x",
        "1",
        "{y!: 2}",
        "y!",
        "2",
        "[ ]",
    ];
    assert_eq!(inner(text), expected);
    assert_eq!(inner("a: [1, # one\n  2,\n]\n"), ["a", "[1, # one\n  2,\n]", "1", "2"]);
}

#[test]
fn quoted_scalars_have_their_quotes() {
    assert_eq!(inner("'a b': \"c\\\n  d\"\n\"e\" : 'f''s'\n"), ["'a b'", "\"c\\\n  d\"", "\"e\"", "'f''s'"]);
}

#[test]
fn plain_scalars_span_their_lines() {
    assert_eq!(inner("a: one\n  two # not this\nb: three\tfour \n"), ["a", "one\n  two", "b", "three\tfour"]);
}

#[test]
fn block_scalars_span_from_their_header_to_their_last_text() {
    let text = "a: |  # header\n  one\n   two  \n\n# comment\nb: >2-\n   three\n\nc: |\nd:\n- |+\n  # text\n\n- &x !!str >\n  four\n";
    let expected = [
        "a",
        "|  # header\n  one\n   two  ",
        "b",
        ">2-\n   three",
        "c",
        "|",
        "d",
        "- |+\n  # text\n\n- &x !!str >\n  four",
        "|+\n  # text",
        ">\n  four",
    ];
    assert_eq!(inner(text), expected);
    assert_eq!(sources("--- |\n  a\n  b"), ["|\n  a\n  b"]);
    assert_eq!(sources("---\n>\n  a\n"), [">\n  a"]);
}

#[test]
fn values_that_are_not_written_stand_after_their_indicator() {
    let text = "a:\nb: # c\nc: &x\nd: {e, f: , g : }\nh:\n-\n- # c\n-\n? i\n? j\n:\n";
    let document = document(text);
    let mut found = Vec::new();
    for (_, _, value) in document.root().unwrap().entries() {
        for node in [value].into_iter().chain(value.items()).chain(value.entries().map(|(.., value)| value)) {
            if node.kind() == Kind::Null {
                assert_eq!(source(text, node), "");
                found.push(text[..node.span().start].lines().next_back().unwrap());
            }
        }
    }
    assert_eq!(found, ["a:", "b:", "c: &x", "d: {e", "d: {e, f:", "d: {e, f: , g :", "-", "-", "-", "? i", ":"]);
}

#[test]
fn anchors_and_tags_are_not_part_of_a_node() {
    let text = "&k a: &v !!str 1\nb: !m {c: &n d}\ne: &l\n  - !x f\ng: *l\n";
    assert_eq!(inner(text), ["a", "1", "b", "{c: &n d}", "c", "d", "e", "- !x f", "f", "g", "*l", "f"]);
}

#[test]
fn carriage_returns_are_not_part_of_a_node() {
    let text = "a: 1\r\nb:\r\n- c: x\r\n\r\nd: |\r\n  y\r\n\r\ne: one\r\n  two\r\n";
    assert_eq!(inner(text), ["a", "1", "b", "- c: x", "c: x", "c", "x", "d", "|\r\n  y", "e", "one\r\n  two"]);
}

#[test]
fn spans_count_from_the_start_of_the_file() {
    let text = "\u{FEFF}é: 1\n---\nb: |\n  ü\n--- # c\n- [x]\n";
    let documents = documents(text);
    let roots: Vec<_> = documents.iter().map(|document| source(text, document.root().unwrap())).collect();
    assert_eq!(roots, ["é: 1", "b: |\n  ü", "- [x]"]);
    assert_eq!(documents[0].root().unwrap().span().start, 3);
}
