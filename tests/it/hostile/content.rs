//! What is in a file.

use std::fmt::Write as _;
use std::fs;

use super::{check, check_files, check_text, size};
use crate::support::{DENY_ALL, POD, tree};

/// A document with the head of a NetworkPolicy.
fn policy(spec: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p, namespace: shop}}\nspec:\n{spec}"
    )
}

#[test]
fn alias_bombs_are_findings() {
    let mut bomb = policy("  a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let _ = writeln!(bomb, "  a{level}: &a{level} [{}]", vec![format!("*a{}", level - 1); 9].join(", "));
    }
    check_text(&bomb).says(1, "aliases expand to more than 400000 values");
    let mut merges = policy("  a0: &a0 {k: v}\n");
    for level in 1..30 {
        let _ = writeln!(merges, "  a{level}: &a{level} {{<<: [*a{0}, *a{0}], x: *a{0}, y: *a{0}}}", level - 1);
    }
    check_text(&merges).says(1, "aliases expand to more than 400000 values");
    check_text(&policy("  podSelector: &a {matchLabels: *a}\n")).says(1, "is inside the value that it names");
}

#[test]
fn deep_nesting_is_a_finding() {
    let lists = policy(&format!("  podSelector: {}{}\n", "[".repeat(10_000), "]".repeat(10_000)));
    let maps = policy(&format!("  podSelector: {}{}\n", "{a: ".repeat(10_000), "}".repeat(10_000)));
    let dashes = policy(&format!("  ingress:\n  {}x\n", "- ".repeat(10_000)));
    let json = format!("{{\"kind\": \"NetworkPolicy\", \"apiVersion\": {}", "{\"a\":".repeat(10_000));
    for text in [&lists, &maps, &dashes, &json] {
        let run = check_text(text);
        assert_eq!(run.status, 1, "{}", run.stderr);
        assert!(run.stdout.contains("deeper than 256 levels"), "{}", run.stdout);
    }
    let mut block = policy("");
    for depth in 1..size(10_000) {
        let _ = writeln!(block, "{}a:", " ".repeat(depth));
    }
    check_text(&block).says(1, "deeper than 256 levels");
}

#[test]
fn huge_scalars_are_read() {
    let length = size(100_000_000);
    let config_map =
        |data: &str| format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata:\n  a: {data}\n");
    let line = "x".repeat(99);
    for huge in [
        format!("\"{}\"", "x".repeat(length)),
        "x".repeat(length),
        format!("|\n    {}", vec![line.as_str(); length / 100].join("\n    ")),
    ] {
        let text = format!("{}---\n{POD}---\n{DENY_ALL}", config_map(&huge));
        check_text(&text).says(0, "no findings");
    }
    let label = POD.replace("name: web\n  namespace", &format!("name: {}\n  namespace", "x".repeat(length)));
    let run = check_text(&label);
    assert_eq!(run.status, 1);
    assert!(run.stdout.len() < 100_000, "a message repeats {} bytes", run.stdout.len());
}

#[test]
fn a_hundred_thousand_documents_are_read() {
    let pods: String = (0..size(100_000)).map(|index| POD.replace("web", &format!("web-{index}")) + "---\n").collect();
    check_text(&(pods + DENY_ALL)).says(0, &format!("{} workloads", size(100_000)));
    let empty = "---\n".repeat(size(1_000_000));
    check_text(&format!("{empty}{POD}---\n{DENY_ALL}")).says(0, "1 workload");
    check_text(&format!("{}---\n{POD}", "a: [\n---\n".repeat(size(100_000)))).says(1, "missing-default-deny");
    let broken = "kind: [\n---\n".repeat(size(20_000));
    check_text(&broken).says(1, "invalid-yaml");
}

#[test]
fn duplicate_keys_are_findings() {
    let run = check_text(&DENY_ALL.replace("  podSelector: {}", "  podSelector: {}\n  podSelector: {}"));
    run.says(1, "the key `podSelector` is written twice");
    let many: String = (0..size(100_000)).map(|index| format!("    k{}: v\n", index / 2)).collect();
    let run = check_text(&POD.replace("  namespace: shop\n", &format!("  namespace: shop\n  labels:\n{many}")));
    run.says(1, "is written twice");
}

#[test]
fn every_feature_of_yaml_may_stand_anywhere() {
    const ODD: &[&str] = &[
        "&a x",
        "*a",
        "!!str x",
        "!!binary aGVsbG8=",
        "!!set {a, b}",
        "!<tag:a,b> x",
        "? a",
        "{? a : b}",
        "[a, {b: c}]",
        "|",
        "|2-\n      x",
        ">+\n\n      x\n",
        "'it''s'",
        "\"\\u0000\\x07\\ud83d\"",
        "~",
        "0o17",
        "1_000",
        "1e999",
        "-.inf",
        ".nan",
        "2001-01-01",
        "yes",
        "<<",
        "{<<: {a: b}}",
        "<<: *a",
        "- - -",
        "---",
        "...",
        "%YAML 1.2",
        "@",
        "`",
        "\t",
        "{{ x }}",
        "\u{1b}[31mred",
        "\u{202e}",
        "\u{feff}",
        "18446744073709551616",
        "0x7fffffffffffffff",
        "[",
        "}",
        "# x",
        ": :",
    ];
    let mut text = String::new();
    for (place, odd) in DENY_ALL.match_indices(": ").flat_map(|(at, _)| ODD.iter().map(move |odd| (at, odd))) {
        let (before, after) = DENY_ALL.split_at(place + 2);
        let rest = after.find('\n').map_or("", |end| &after[end..]);
        let _ = write!(text, "{before}{odd}{rest}\n---\n");
    }
    for format in ["human", "plain", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown"] {
        let root = tree(&[("a.yaml", &text)]);
        let run = check(root.path(), &["--format", format, "."]);
        assert_eq!(run.status, 1);
        assert!(!run.stdout.contains('\u{1b}') && !run.stdout.contains('\u{202e}'), "{format} is not escaped");
    }
}

#[test]
fn what_is_no_text_is_a_finding() {
    for (bytes, message) in [
        (&b"kind: Pod\nname: \xff\xfe\n"[..], "the file is not valid UTF-8 at line 2, column 7"),
        (b"kind: Pod\n\0", "the file contains a NUL byte at line 2, column 1"),
        (b"\xff\xfea\0\x00\xd8", "the file is not valid UTF-16"),
        (b"\xff\xfea", "the file is not valid UTF-16"),
        (b"\xfe\xff\0\0", "the file contains a NUL byte"),
    ] {
        let root = tree(&[("pod.yaml", POD), ("deny.yaml", DENY_ALL)]);
        fs::write(root.path().join("a.yaml"), bytes).unwrap();
        check(root.path(), &["--format", "concise", "."]).says(1, message);
    }
}

#[test]
fn utf_16_with_a_byte_order_mark_is_read() {
    for unit in [u16::to_le_bytes, u16::to_be_bytes] {
        let root = tree(&[]);
        let utf16 = format!("\u{feff}{POD}").encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        fs::write(root.path().join("pod.yaml"), utf16).unwrap();
        check(root.path(), &["--format", "concise", "."]).says(1, "pod.yaml:4:9: warning[missing-default-deny]");
    }
}

#[test]
fn long_lines_and_many_errors_keep_reports_small() {
    let ports = "{port: 70000}, ".repeat(size(100_000));
    let run = check_text(&policy(&format!("  podSelector: {{}}\n  ingress: [{{ports: [{ports}]}}]\n")));
    run.says(1, "invalid-field");
    let root = tree(&[(
        "a.yaml",
        &policy(&format!("  podSelector: {{}}\n  ingress: [{{ports: [{}]}}]\n", "{port: 70000}, ".repeat(300))),
    )]);
    let run = check(root.path(), &["."]);
    assert!(run.stdout.len() < 1_000_000, "{} bytes for 300 findings on one line", run.stdout.len());
}

#[test]
fn files_that_only_look_like_something_are_read() {
    check_files(&[("a.json", "{\"a\":"), ("b.yaml", ""), ("c.yml", "\u{feff}"), ("d.yaml", "\r"), ("e.yaml", POD)])
        .says(1, "missing-default-deny");
}

#[test]
fn what_aliases_repeat_is_one_finding_with_its_number() {
    let (ports, rules) = (vec!["*p"; 299].join(","), "  - *r\n".repeat(299));
    let text =
        policy(&format!("  podSelector: {{}}\n  ingress:\n  - &r {{ports: [&p {{port: 70000}},{ports}]}}\n{rules}"));
    let root = tree(&[("a.yaml", &text)]);
    let run = super::limited(root.path(), 512 << 10, std::time::Duration::from_secs(60), &["--format", "sarif", "."]);
    assert!(run.stdout.len() < 100_000, "{} bytes", run.stdout.len());
    let run = check_text(&text);
    assert_eq!(run.stdout.matches("error[invalid-field]").count(), 1, "{}", run.stdout);
    let json = check(root.path(), &["--format", "json", "."]).stdout;
    assert!(json.contains("aliases repeat it at 89999 other places"), "{json}");
}

#[test]
fn very_many_unknown_fields_are_told_in_time() {
    let fields: String = (0..size(20_000)).fold(String::new(), |mut fields, index| {
        let _ = writeln!(fields, "  unknown{index}: x");
        fields
    });
    let run = check_text(&(POD.to_owned() + &fields));
    assert_eq!(run.stdout.matches("[unknown-field]").count(), size(20_000));
}

/// Kubernetes ends the comment at these characters and applies what stands behind them.
#[test]
fn a_template_hides_nothing_behind_an_invisible_line_end() {
    for hidden in ['\u{85}', '\u{2028}', '\u{2029}'] {
        let open = format!(
            "# {{{{ see the docs }}}}{hidden}apiVersion: networking.k8s.io/v1{hidden}kind: NetworkPolicy{hidden}\
             metadata: {{name: open}}{hidden}spec: {{podSelector: {{}}, ingress: [{{}}]}}\n"
        );
        let template = format!("a: {{{{ .b }}}}\n# c{hidden}kind: Pod\n");
        let definition =
            format!("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n# {{{{{hidden}b: 1\n");
        for text in [&open, &template, &definition] {
            check_text(text).says(1, "error[invalid-yaml] the invisible character U+");
        }
    }
    check_text("a: {{ .b }}\n").says(2, "is an unrendered template");
}
