//! Texts made to break a parser.

use super::{document, error, value};
use netlint::yaml::{FieldPath, Kind, Part, decode, from_node, parse, split};
use proptest::prelude::*;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::fmt::Write;

const TOO_DEEP: &str = "collections are nested deeper than 256 levels";

#[test]
fn deep_flow_collections_are_refused() {
    for open in ["[", "{a: ", "{\"a\": ", "[[[{\"a\":"] {
        for tail in ["", "]"] {
            let text = format!("{}{}", open.repeat(20_000), tail.repeat(20_000));
            assert_eq!(error(&text).message, TOO_DEEP, "{open}");
        }
    }
}

#[test]
fn deep_block_collections_are_refused() {
    let maps: String = (0..3000).fold(String::new(), |mut text, depth| {
        let _ = writeln!(text, "{}a:", " ".repeat(depth));
        text
    });
    assert_eq!(error(&maps).message, TOO_DEEP);
    assert_eq!(error(&format!("a:\n{}x\n", "- ".repeat(3000))).message, TOO_DEEP);
}

#[test]
fn what_is_just_deep_enough_is_read() {
    let lists = format!("{}{}", "[".repeat(256), "]".repeat(256));
    assert_eq!(document(&lists).root().unwrap().kind(), Kind::Seq);
    let _: serde_json::Value = from_node(document(&lists).root().unwrap()).unwrap();
    let objects = format!("{}1{}", "{\"a\":".repeat(256), "}".repeat(256));
    let path: FieldPath = std::iter::repeat_n(netlint::yaml::Segment::Key("a".into()), 256).collect();
    assert_eq!(document(&objects).resolve(&path, Part::Value).span.slice(&objects), "1");
}

#[test]
fn aliases_do_not_hide_depth() {
    let text = format!("a: &a {}{}\nb: {}*a{}\n", "[".repeat(200), "]".repeat(200), "[".repeat(100), "]".repeat(100));
    assert_eq!(error(&text).message, TOO_DEEP);
}

fn laughs(levels: usize, item: fn(usize) -> String) -> String {
    let mut text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..levels {
        let _ = writeln!(text, "a{level}: &a{level} {}", item(level - 1));
    }
    text
}

#[test]
fn a_billion_laughs_are_refused() {
    let text = laughs(9, |below| format!("[{}]", vec![format!("*a{below}"); 9].join(", ")));
    assert_eq!(error(&text).message, "aliases expand to more than 400000 values");
    let few = laughs(4, |below| format!("[{}]", vec![format!("*a{below}"); 9].join(", ")));
    assert_eq!(value(&few)["a3"][0][0][0][0], "lol");
}

#[test]
fn merges_that_multiply_are_refused() {
    let text = laughs(40, |below| format!("{{<<: [{{x{below}: *a{below}}}], y{below}: *a{below}}}"));
    assert_eq!(error(&text).message, "aliases expand to more than 400000 values");
    let mut chain = "m0: &m0 {k0: 0}\n".to_owned();
    for level in 1..250 {
        let _ = writeln!(chain, "m{level}: &m{level} {{<<: *m{}, k{level}: {level}}}", level - 1);
    }
    let read = value(&chain);
    assert_eq!(read["m249"].as_object().unwrap().len(), 250);
}

#[test]
fn self_references_are_refused() {
    for text in ["a: &a\n  b: *a\n", "&a [1, [2, *a]]\n", "a: &a {<<: *a}\n", "&a a: &b [*b]\n"] {
        assert!(error(text).message.ends_with("is inside the value that it names"), "{text}");
    }
}

#[test]
fn what_is_ignored_is_not_expanded() {
    #[derive(Deserialize)]
    struct Kept {
        kept: i32,
    }
    let text = "kept: 1\nignored: &x [1, 2]\nalso: [*x, *x, *x]\n";
    assert_eq!(from_node::<Kept>(document(text).root().unwrap()).unwrap().kept, 1);
    from_node::<IgnoredAny>(document(text).root().unwrap()).unwrap();
}

#[test]
fn large_scalars_are_one_node() {
    let text = format!("a: \"{}\"\nb: |\n  {}\n", "x".repeat(2_000_000), "y".repeat(2_000_000));
    let document = document(&text);
    assert_eq!(document.root().unwrap().get("a").unwrap().as_str().unwrap().len(), 2_000_000);
    assert_eq!(document.root().unwrap().get("b").unwrap().as_str().unwrap().len(), 2_000_001);
}

/// Reads everything there is to read of a text, and checks that spans lie in it.
fn exhaust(text: &str) {
    for chunk in split(text) {
        match parse(text, chunk) {
            Err(error) => {
                assert!(text.get(error.span.start..error.span.end).is_some(), "{error:?} of {text:?}");
                assert!(!error.message.is_empty());
            }
            Ok(document) => {
                for comment in document.comments() {
                    assert!(comment.span.slice(text).starts_with('#'), "{text:?}");
                }
                let mut pending: Vec<_> = document.root().into_iter().collect();
                while let Some(node) = pending.pop() {
                    assert!(text.get(node.span().start..node.span().end).is_some(), "{node:?} of {text:?}");
                    assert!(chunk.span.start <= node.span().start && node.span().end <= chunk.span.end, "{text:?}");
                    for (name, _, value) in node.entries() {
                        assert!(node.get(name).is_some(), "{name:?} of {text:?}");
                        pending.push(value);
                    }
                    pending.extend(node.items());
                }
                if let Some(root) = document.root() {
                    let _: Result<serde_json::Value, _> = from_node(root);
                    for path in [FieldPath::root().key("a").index(0), FieldPath::root().index(0).key("a")] {
                        for part in [Part::Value, Part::Key, Part::Entry] {
                            let span = document.resolve(&path, part).span;
                            assert!(text.get(span.start..span.end).is_some(), "{path} of {text:?}");
                        }
                    }
                }
            }
        }
    }
}

/// Pieces that mean something to YAML.
pub(super) const PIECES: &[&str] = &[
    "a",
    "b: ",
    ": ",
    ":",
    "- ",
    "-",
    "\n",
    "\n  ",
    "\n    ",
    "\r\n",
    "\t",
    " ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "\"",
    "'",
    "|\n",
    ">-\n",
    "&x ",
    "*x",
    "<<: ",
    "!!int ",
    "!",
    "? ",
    "# c",
    "---",
    "...",
    "\n---\n",
    "%YAML 1.2",
    "é",
    "\u{FEFF}",
    "\u{2028}",
    "\\",
    "~",
    "0x1",
    "yes",
    "{{ x }}",
    "@",
    "`",
    "1.5",
    "\u{7}",
    "{\"a\": [1]}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(text) = decode(bytes) {
            exhaust(&text);
        }
    }

    #[test]
    fn arbitrary_texts_do_no_harm(text in "\\PC{0,80}") {
        exhaust(&text);
    }

    #[test]
    fn pieces_of_yaml_do_no_harm(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..40)) {
        exhaust(&pieces.concat());
    }
}
