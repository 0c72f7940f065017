//! Text that tries to be more than text.

use crate::diagnostic::{Finding, Severity};
use crate::findings::suppress::{Suppressed, Suppressor};
use crate::findings::{Report, Summary};
use crate::report::findings::Format;
use crate::report::findings::tests::*;
use crate::source::Sources;

/// Everything that terminals, logs, XML, Markdown or workflow commands could trip over.
const HOSTILE: &str = "\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{0}\r\n::error::forged\n \u{a0}::error::indented\n]]><a href=\"x\">|`~~~*_@all ##[error]y, %0A\u{2028}\u{fffe}\u{e0041}](http://x)";

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
    (
        sources,
        Report {
            findings,
            suppressed,
            unread,
            summary,
            notes,
            clusters: vec![format!("dev{HOSTILE}")],
            ..Report::default()
        },
    )
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
        // As the runner reads lines: blanks do not matter, and a command of today's form is read as nothing else.
        let is_command = |line: &&str| line.trim_start().starts_with("::");
        let expected = if format == Format::Github { 3 } else { 0 };
        assert_eq!(text.lines().filter(is_command).count(), expected, "{format:?}: {text}");
        assert!(!text.lines().any(|line| !is_command(&line) && line.contains("##[")), "{format:?}: {text}");
    }
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
        assert_eq!(row.matches('|').count(), 3, "{row}");
    }
}

/// As GitHub reads it: no link but those of netlint, no mention, no picture, and no markup of the text's own.
#[test]
fn github_makes_no_link_of_hostile_text() {
    const LINKS: &str = "www.evil.example WWW.evil.example http://evil.example ftp://evil.example a@evil.example \
        mailto:a@evil.example xmpp:a@evil.example [x](http://evil.example) ![x](http://evil.example/p.png) \
        <http://evil.example> [x]: http://evil.example **bold** _so_ `www.evil.example` #1 @someone";
    let mut options = comrak::Options::default();
    options.extension.autolink = true;
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.render.r#unsafe = true;
    let html = |text: &str| comrak::markdown_to_html(text, &options);
    assert_eq!(html(LINKS).matches("evil.example\"").count(), 9, "the text has links: {}", html(LINKS));
    for text in [super::super::markdown::prose(LINKS), super::super::markdown::code(LINKS)] {
        let shown = html(&text);
        for markup in ["<a", "<img", "<strong>", "<em>"] {
            assert!(!shown.contains(markup), "{markup} in {shown}");
        }
        assert!(shown.contains("evil.example"), "the text is shown: {shown}");
    }
}
