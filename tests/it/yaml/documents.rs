//! Bytes into texts, files into documents.

use super::{document, documents, value};
use netlint::yaml::{decode, parse, split};
use serde_json::json;

fn chunks(text: &str) -> Vec<&str> {
    let chunks = split(text);
    for (position, chunk) in chunks.iter().enumerate() {
        assert_eq!(chunk.index as usize, position);
    }
    let whole: String = chunks.iter().map(|chunk| chunk.span.slice(text)).collect();
    assert_eq!(whole, text, "nothing is lost");
    chunks.into_iter().map(|chunk| chunk.span.slice(text)).collect()
}

#[test]
fn dashes_at_the_start_of_a_line_split() {
    assert_eq!(chunks(""), [""; 0]);
    assert_eq!(chunks("a: 1\n---\nb: 2\n"), ["a: 1\n", "---\nb: 2\n"]);
    assert_eq!(chunks("a: 1\r\n---\r\nb: 2"), ["a: 1\r\n", "---\r\nb: 2"]);
    assert_eq!(chunks("---\na: 1\n--- \t\n# c\n---"), ["---\na: 1\n", "--- \t\n# c\n", "---"]);
    assert_eq!(chunks("--- {a: 1}\n--- # c\nb: 2\n"), ["--- {a: 1}\n", "--- # c\nb: 2\n"]);
    assert_eq!(chunks("a: |\n  ---\n  x\n---b: 1\n ---\n"), ["a: |\n  ---\n  x\n---b: 1\n ---\n"]);
    assert_eq!(chunks("\u{FEFF}---\na: 1\n"), ["\u{FEFF}---\na: 1\n"]);
}

#[test]
fn a_comment_before_the_first_dashes_is_a_document() {
    assert_eq!(chunks("# licence\n---\na: 1\n"), ["# licence\n", "---\na: 1\n"]);
}

#[test]
fn directives_stay_with_their_document() {
    assert_eq!(chunks("%YAML 1.3\n# c\n---\na: 1\n---\nb: 2\n"), ["%YAML 1.3\n# c\n---\na: 1\n", "---\nb: 2\n"]);
    assert_eq!(documents("%YAML 1.3\n---\na: 1\n").len(), 1);
}

#[test]
fn documents_without_content_have_no_root() {
    for text in ["# c\n", "---\n", "---\n# c\n", "\n\n", "\u{FEFF}", "---\n...\n", " "] {
        assert!(document(text).root().is_none(), "{text:?}");
    }
    assert!(document("null\n").root().unwrap().is_null());
    assert!(document("~").root().unwrap().is_null());
}

#[test]
fn text_after_the_end_mark_is_ignored_as_kubernetes_does() {
    let text = "a: 1\n...\n# c\nb: 2\n---\nc: 3\n";
    let documents = documents(text);
    assert_eq!(documents.len(), 2);
    assert_eq!(documents[0].ignored().unwrap().slice(text), "# c\nb: 2");
    assert_eq!(documents[0].root().unwrap().entries().count(), 1);
    assert_eq!(documents[1].ignored(), None);
    for harmless in ["a: 1\n...\n", "a: 1\n...\n\n# c\n", "a: |\n  x\n  ...\n", "a: 1\n...\n%YAML 1.2\n---\nb: 1\n"] {
        assert_eq!(super::documents(harmless)[0].ignored(), None, "{harmless:?}");
    }
    assert_eq!(document("a: 1\n...\n[").ignored().unwrap().start, 9, "broken text is ignored, too");
}

#[test]
fn a_broken_document_leaves_the_others_alone() {
    let text = "a: 1\n---\nb: [\n---\nc: 3\n";
    let read: Vec<_> = split(text).into_iter().map(|chunk| parse(text, chunk).is_ok()).collect();
    assert_eq!(read, [true, false, true]);
}

#[test]
fn comments_are_kept_in_order() {
    let text = "# a\nb: 1 # c\n  # d\n\u{e9}: |\n  # no comment\n#e\nf: '# no comment'\n- ";
    let text = text.trim_end_matches("- ");
    let document = document(text);
    let comments: Vec<_> =
        document.comments().iter().map(|comment| (comment.span.slice(text), comment.own_line)).collect();
    assert_eq!(comments, [("# a", true), ("# c", false), ("# d", true), ("#e", true)]);
}

#[test]
fn hundreds_of_comments_in_a_row_are_read() {
    let comments = "# c\n".repeat(1000);
    let text = format!("a:\n{comments}  - 1\n{comments}  - 2\n{comments}b: 1\n");
    assert_eq!(value(&text), json!({"a": [1, 2], "b": 1}));
    assert_eq!(document(&text).comments().len(), 3000);
}

#[test]
fn utf16_is_decoded_by_its_mark() {
    let text = "a: é😀\n";
    let little: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let big: Vec<u8> = [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    assert_eq!(decode(little.clone()).unwrap(), text);
    assert_eq!(decode(big).unwrap(), text);
    assert_eq!(decode(little[..little.len() - 1].to_vec()).unwrap_err().offset, little.len() - 2);
}

#[test]
fn the_mark_of_utf8_is_kept_and_passed_over() {
    let text = decode(b"\xEF\xBB\xBFa: 1\n".to_vec()).unwrap();
    assert_eq!(value(&text), json!({"a": 1}));
    let document = document(&text);
    let (_, key, _) = document.root().unwrap().entries().next().unwrap();
    assert_eq!((key.span().start, key.span().slice(&text)), (3, "a"));
}

#[test]
fn bytes_that_are_no_text_are_located() {
    let error = decode(b"a: 1\nb: \xC3\xA9\xFF".to_vec()).unwrap_err();
    assert_eq!((error.offset, error.line, error.column), (10, 2, 5));
    assert_eq!(error.to_string(), "the file is not valid UTF-8 at line 2, column 5");
    let error = decode(b"a\0b".to_vec()).unwrap_err();
    assert_eq!((error.offset, error.line, error.column), (1, 1, 2));
    assert_eq!(error.message, "the file contains a NUL byte");
    assert_eq!(decode(vec![0xFF, 0xFE, b'a', 0, 0, 0]).unwrap_err().offset, 4);
    assert_eq!(decode(vec![0xFF, 0xFE, 0, 0xDC]).unwrap_err().message, "the file is not valid UTF-16");
}
