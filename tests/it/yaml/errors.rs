//! What is said of texts that are not YAML.

use super::error;

/// Text, what the error points at, message.
const CASES: &[(&str, &str, &str)] = &[
    ("a:\n\tb: 1\n", "\t", "a tab indents this line"),
    ("a:\n  b: 1\n\tc: 2\n", "\t", "a tab indents this line"),
    ("a: 1\r\n\tb: 2\r\n", "\t", "a tab indents this line"),
    ("a:\n    b: 1\n  c: 2\n", "c: 2", "the indentation of this line fits no line above"),
    ("a: 1\n  b: 2\n", "b: 2", "this line is indented deeper than the keys beside it"),
    ("a:\n  - x\n - y\n", "- y", "found a list item among the keys of a mapping"),
    ("a: 1\n- b\n", "- b", "found a list item among the keys of a mapping"),
    ("- a\nb: 1\n", "b: 1", "this line is neither an item of the list above nor a key beside it"),
    ("a: \"x\nb: 1\n", "\"", "this quote is never closed"),
    ("a: 'x\nb: 1\n", "'", "this quote is never closed"),
    ("a: \"x\" y\n", "y", "text follows a closing quote"),
    ("a: [x, y\nb: 1\n", "[", "this `[` is never closed"),
    ("é: {x: y\nb: 1\n", "{", "this `{` is never closed"),
    ("a: [x, y", "[", "this `[` is never closed"),
    ("a: {x: [y}\n", "[", "`[` is closed by `}`"),
    ("a: ]\n", "]", "`]` closes nothing"),
    ("a: [x,, y]\n", ",", "an entry is missing here"),
    ("a: {{ .Values.x }}\n", "{{", "template braces `{{` are not plain YAML"),
    ("a: {{ x }}-b\n", "{{", "template braces `{{` are not plain YAML"),
    ("{{- if .x }}\na: 1\n{{- end }}\n", "{{", "template braces `{{` are not plain YAML"),
    ("a: 1\n{{- if .x }}\nb: 1\n", "{{", "template braces `{{` are not plain YAML"),
    ("a: {% if x %}\n", "{%", "template braces `{%` are not plain YAML"),
    ("a: *b\n", "*b", "no anchor `&b` is defined before this alias in its document"),
    (
        "host: *.example.com\n",
        "*.example.com",
        "no anchor `&.example.com` is defined before this alias in its document",
    ),
    ("a: &x 1\n---\nb: *x\n", "*x", "no anchor `&x` is defined before this alias in its document"),
    ("a: &a {b: *a}\n", "*a", "`*a` is inside the value that it names"),
    ("&a [*a]\n", "*a", "`*a` is inside the value that it names"),
    ("a: b: c\n", ":", "a second `:` follows on one line"),
    ("a: 1\nb\nc: 2\n", "b", "this line is no `key: value`"),
    ("a: 1\nb:2\nc: 3\n", "b:2", "this line is no `key: value`"),
    ("-a\n-b: 1\n", "-b: 1", "a key follows text that is no `key: value`"),
    ("a: @foo\n", "@", "no plain value starts with `@`"),
    ("a: `foo`\n", "`", "no plain value starts with a backtick"),
    ("a: \"\\d+\"\n", "\\d", "this text has an escape that YAML does not know"),
    ("a: |x\n  y\n", "|", "text follows the `|` or `>` on its line"),
    ("a: - b\n", "-", "a list starts on the line of its key"),
    ("a: \u{7}\n", "\u{7}", "the control character U+0007 is not allowed"),
    ("a: 1\n\u{FEFF}b: 2\n", "\u{FEFF}", "the document has a byte-order mark inside"),
    ("a: 1\n<<<<<<< HEAD\nb: 2\n", "<<<<<<< HEAD", "a merge conflict is left in the file"),
    ("[a]\nb: 1\n", "b: 1", "this follows a value that is complete"),
    ("a: {b:}\n", ":", "no space follows this colon, so Kubernetes takes it for text"),
    ("a: {b:, c: 1}\n", ":", "no space follows this colon, so Kubernetes takes it for text"),
    ("# c\u{2028}kind: X\n", "\u{2028}", "the invisible character U+2028 ends this line for Kubernetes"),
    ("a: |\n  b\u{85}c\n", "\u{85}", "the invisible character U+0085 ends this line for Kubernetes"),
];

#[test]
fn common_mistakes_are_named_where_they_stand() {
    for (text, at, message) in CASES {
        // Offsets count from the start of the file, whatever precedes the document.
        for prefix in ["", "é: 1\n---\n"] {
            let text = format!("{prefix}{text}");
            let error = error(&text);
            assert_eq!((error.span.slice(&text), error.message.as_str()), (*at, *message), "{text:?}");
            assert!(error.span.start >= prefix.len());
        }
    }
}

#[test]
fn advice_fits_the_mistake() {
    assert_eq!(error("a: 1\nb:2\n").help.as_deref(), Some("put a space after the colon"));
    assert_eq!(error("a:\n\tb: 1\n").help.as_deref(), Some("indent with spaces"));
    assert!(error("a: {{ x }}\n").help.unwrap().contains("helm template"));
}

#[test]
fn braces_elsewhere_are_not_blamed() {
    let text = "a: \"{{ x }}\"\nb: 1\nc: 2\nd: [\n";
    assert_eq!(error(text).message, "this `[` is never closed");
}

#[test]
fn long_keys_are_refused_as_the_api_refuses_them() {
    let key = "k".repeat(1025);
    assert_eq!(error(&format!("{key}: 1\n")).message, "this key is longer than 1024 characters");
}

#[test]
fn quotes_keep_odd_line_breaks_harmless() {
    let text = "a: \"x\u{2028}y\"\nb: 'x\u{85}y'\n";
    assert_eq!(super::document(text).root().unwrap().entries().count(), 2);
}

#[test]
fn other_errors_are_clauses() {
    let error = error("a: ? b\n");
    assert!(error.message.starts_with(char::is_lowercase) && !error.message.ends_with('.'), "{}", error.message);
}
