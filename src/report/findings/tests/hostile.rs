//! Text that tries to be more than text.

use crate::diagnostic::{Finding, Severity};
use crate::findings::suppress::{Suppressed, Suppressor};
use crate::findings::{Report, Summary};
use crate::report::findings::Format;
use crate::report::findings::tests::*;
use crate::source::Sources;

/// Everything that terminals, logs, XML, Markdown or workflow commands could trip over.
const HOSTILE: &str = "\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{0}\r\n::error::forged\n]]><a href=\"x\">|`~~~*_@all ##[error]y, %0A\u{2028}\u{fffe}\u{e0041}](http://x)";

/// Everything that a manifest can choose, chosen badly.
fn hostile() -> (Sources, Report) {
    let mut sources = Sources::default();
    let text = format!("a: \"{HOSTILE}\"\r\n\u{202e}b: {HOSTILE}\n");
    let file = sources.add(format!("k8s/{HOSTILE}.yaml"), text.as_str());
    let label = || Label {
        file,
        field: format!("metadata.labels[{HOSTILE:?}]"),
        span: Span::new(4, text.len()),
        message: format!("value `{HOSTILE}`"),
    };
    let finding = Finding {
        fix: None,
        confidence: crate::diagnostic::Confidence::Likely,
        key: Vec::new(),
        clusters: vec![HOSTILE.to_owned()],
        rule: "one-sided-allow",
        severity: Severity::Warning,
        message: format!("`{HOSTILE}` is odd"),
        help: Some(format!("write `{HOSTILE}`")),
        subject: Subject { kind: HOSTILE.to_owned(), namespace: Some(HOSTILE.to_owned()), name: HOSTILE.to_owned() },
        primary: label(),
        related: vec![label()],
        occurrence: 0,
    };
    let findings = vec![finding.clone(), Finding { severity: Severity::Note, ..finding.clone() }];
    let reason = Some(HOSTILE.to_owned());
    let suppressed = vec![Suppressed { finding, by: Suppressor::Manifest, reason }];
    let mut summary = Summary { files: 1, suppressed: 1, ..Summary::default() };
    summary.count(&findings);
    let (unread, notes) = (vec![format!("cannot read `{HOSTILE}`")], vec![format!("note on {HOSTILE}")]);
    (sources, Report { findings, suppressed, unread, summary, notes, clusters: vec![format!("dev{HOSTILE}")], ..Report::default() })
}

#[test]
fn no_format_lets_control_characters_or_bidirectional_marks_through() {
    for format in ALL {
        let text = plainly(format, &hostile());
        let bad: Vec<_> = text.chars().filter(|character| crate::text::escape::is_unsafe(*character)).collect();
        assert!(bad.is_empty(), "{format:?}: {bad:?}");
    }
}

#[test]
fn json_keeps_hostile_text_whole() {
    let value: serde_json::Value = serde_json::from_str(&plainly(Format::Json, &hostile())).unwrap();
    assert_eq!(value.pointer("/findings/0/subject/name"), Some(&serde_json::json!(HOSTILE)));
    assert_eq!(value.pointer("/findings/0/primary/path"), Some(&serde_json::json!(format!("k8s/{HOSTILE}.yaml"))));
}

#[test]
fn no_line_of_a_log_is_forged() {
    for format in ALL {
        let text = plainly(format, &hostile());
        let forged = text.lines().filter(|line| line.starts_with("::error::")).count();
        assert_eq!(forged, 0, "{format:?}: {text}");
    }
    let commands = plainly(Format::Github, &hostile());
    assert_eq!(commands.lines().filter(|line| line.starts_with("::")).count(), 3);
    assert!(!commands.lines().any(|line| !line.starts_with("::") && line.contains("##[")));
}

#[test]
fn markdown_shows_hostile_text_as_text() {
    let text = plainly(Format::Markdown, &hostile());
    assert!(
        !text.contains("<a ") && !text.contains("](http://x)") && !text.contains("~~~") && !text.contains("@all"),
        "{text}"
    );
    let rows: Vec<_> = text.lines().filter(|line| line.starts_with("| <code>")).collect();
    assert_eq!(rows.len(), 2);
    for row in rows {
        assert_eq!(row.matches('|').count(), 4, "{row}");
    }
}
