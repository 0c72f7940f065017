//! Reports of one small run, in every format, and of a hostile one.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::finding::{Label, Subject};
use crate::source::FileId;
use crate::yaml::Span;

const DENY_ALL: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: deny-all
  namespace: shop
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
";
const ALLOW: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  podSelector:
    matchLabels:
      app: api
  ingress:
  - from:
    - podSelector:
        matchLabels:
          app: web
";

fn label(sources: &Sources, file: FileId, field: &str, covered: &str, message: &str) -> Label {
    let start = sources.text(file).find(covered).unwrap();
    let span = Span::new(start, start + covered.len());
    Label { file, field: field.to_owned(), span, message: message.to_owned() }
}

fn sample() -> (Sources, Report) {
    let mut sources = Sources::default();
    let allow = sources.add("k8s/allow.yaml", ALLOW);
    let deny = sources.add("k8s/deny.yaml", DENY_ALL);
    let subject = |name: &str| Subject {
        kind: "NetworkPolicy".to_owned(),
        namespace: Some("shop".to_owned()),
        name: name.to_owned(),
    };
    let peer = "podSelector:\n        matchLabels:\n          app: web";
    let findings = vec![
        Finding {
            rule: "one-sided-allow",
            severity: Severity::Error,
            message: "`web` is let in here, but its egress is denied".to_owned(),
            help: Some("allow egress from `app: web` to `app: api`".to_owned()),
            subject: subject("allow-web"),
            primary: label(&sources, allow, "spec.ingress[0].from[0]", peer, ""),
            related: vec![
                label(&sources, allow, "spec.podSelector", "app: api", "this pod"),
                label(&sources, deny, "spec.policyTypes[1]", "Egress", "denies all egress of `web`"),
            ],
        },
        Finding {
            rule: "implicit-policy-types",
            severity: Severity::Note,
            message: "`policyTypes` is left to the default, `Ingress`".to_owned(),
            help: None,
            subject: subject("allow-web"),
            primary: label(&sources, allow, "spec", "spec", ""),
            related: Vec::new(),
        },
    ];
    let mut summary =
        Summary { files: 2, documents: 2, workloads: 3, policies: 2, suppressed: 1, ..Summary::default() };
    summary.count(&findings);
    let notes = vec!["labels of the namespace `shop` are unknown".to_owned()];
    (sources, Report { findings, summary, notes })
}

fn rendered(format: Format, (sources, report): &(Sources, Report), options: &Options) -> String {
    let mut out = Vec::new();
    render(format, report, sources, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const ALL: [Format; 9] = [
    Format::Human,
    Format::Plain,
    Format::Concise,
    Format::Json,
    Format::Sarif,
    Format::Github,
    Format::Gitlab,
    Format::Junit,
    Format::Markdown,
];

const RULES: &[RuleInfo] = &[RuleInfo {
    name: "one-sided-allow",
    summary: "one side allows what the other blocks",
    category: "reachability",
    severity: Severity::Error,
    fix: "none",
    since: "0.1.0",
    page: "## What it finds\n\nA [link](https://kubernetes.io) & more.\n",
}];

/// The report in a format, at 80 columns and without colours.
fn plainly(format: Format, sample: &(Sources, Report)) -> String {
    rendered(format, sample, &Options { rules: RULES, ..Options::default() })
}

/// The snapshot is named after the format.
fn snapshot(format: Format, text: &str) {
    insta::assert_snapshot!(format!("{format:?}").to_lowercase(), text);
}

#[test]
fn every_format_shows_the_sample() {
    for format in ALL {
        let text = plainly(format, &sample());
        match format {
            // One line each: indented for review, in the order written.
            Format::Json | Format::Sarif | Format::Gitlab => snapshot(format, &indented(&text)),
            _ => snapshot(format, &text),
        }
    }
}

/// JSON with a line per field, otherwise untouched.
fn indented(json: &str) -> String {
    let (mut out, mut depth, mut in_text, mut escaped) = (String::new(), 0, false, false);
    let break_line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    };
    for character in json.trim_end().chars() {
        match character {
            '{' | '[' if !in_text => {
                depth += 1;
                out.push(character);
                break_line(&mut out, depth);
            }
            '}' | ']' if !in_text => {
                depth -= 1;
                break_line(&mut out, depth);
                out.push(character);
            }
            ',' if !in_text => {
                out.push(character);
                break_line(&mut out, depth);
            }
            _ => out.push(character),
        }
        in_text ^= character == '"' && !escaped;
        escaped = in_text && character == '\\' && !escaped;
    }
    out
}

#[test]
fn a_clean_run_says_what_was_checked() {
    let summary = Summary { files: 5, documents: 8, workloads: 3, policies: 1, ..Summary::default() };
    let clean = (Sources::default(), Report { summary, ..Report::default() });
    for format in [Format::Human, Format::Plain, Format::Concise, Format::Github, Format::Junit, Format::Markdown] {
        let text = plainly(format, &clean);
        assert!(text.contains("no findings in 5 files (3 workloads, 1 policy)"), "{format:?}: {text}");
    }
    let json: serde_json::Value = serde_json::from_str(&plainly(Format::Sarif, &clean)).unwrap();
    assert_eq!(json.pointer("/runs/0/results"), Some(&serde_json::json!([])));
    assert_eq!(plainly(Format::Gitlab, &clean), "[]\n");
}

#[test]
fn a_terminal_without_unicode_gets_ascii_lines() {
    let options = Options { unicode: false, width: 60, ..Options::default() };
    let text = rendered(Format::Human, &sample(), &options);
    insta::assert_snapshot!(text);
    assert!(text.is_ascii());
}

#[test]
fn quiet_reports_are_findings_alone() {
    let options = Options { quiet: true, ..Options::default() };
    for format in [Format::Human, Format::Plain, Format::Concise, Format::Github] {
        let text = rendered(format, &sample(), &options);
        assert!(!text.contains("1 error") && !text.contains("labels of the namespace"), "{format:?}: {text}");
    }
}

#[test]
fn colours_are_written_only_where_asked_for() {
    for format in ALL {
        let options = Options { color: true, ..Options::default() };
        let colored = rendered(format, &sample(), &options).contains('\u{1b}');
        assert_eq!(colored, format == Format::Human, "{format:?}");
        assert!(!plainly(format, &sample()).contains('\u{1b}'), "{format:?}");
    }
}

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
        rule: "one-sided-allow",
        severity: Severity::Warning,
        message: format!("`{HOSTILE}` is odd"),
        help: Some(format!("write `{HOSTILE}`")),
        subject: Subject { kind: HOSTILE.to_owned(), namespace: Some(HOSTILE.to_owned()), name: HOSTILE.to_owned() },
        primary: label(),
        related: vec![label()],
    };
    let findings = vec![finding.clone(), Finding { severity: Severity::Note, ..finding }];
    let mut summary = Summary { files: 1, ..Summary::default() };
    summary.count(&findings);
    (sources, Report { findings, summary, notes: vec![format!("note on {HOSTILE}")] })
}

#[test]
fn no_format_lets_control_characters_or_bidirectional_marks_through() {
    for format in ALL {
        let text = plainly(format, &hostile());
        let bad: Vec<_> = text.chars().filter(|character| text::is_unsafe(*character)).collect();
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
    assert_eq!(commands.lines().filter(|line| line.starts_with("::")).count(), 2);
    assert!(!commands.lines().any(|line| !line.starts_with("::") && line.contains("##[")));
}

#[test]
fn markdown_shows_hostile_text_as_text() {
    let text = plainly(Format::Markdown, &hostile());
    assert!(!text.contains("<a ") && !text.contains("](http://x)") && !text.contains("~~~"), "{text}");
    let rows: Vec<_> = text.lines().filter(|line| line.starts_with("| <code>")).collect();
    assert_eq!(rows.len(), 2);
    for row in rows {
        assert_eq!(row.matches('|').count(), 4, "{row}");
    }
}

#[test]
fn a_long_span_is_cut_to_its_first_lines() {
    let mut sources = Sources::default();
    let text: String = (1..=400).map(|line| format!("line{line}: x\n")).collect();
    let file = sources.add("long.yaml", text.as_str());
    let (_, mut report) = sample();
    report.findings.truncate(1);
    for finding in &mut report.findings {
        finding.related.clear();
        finding.primary =
            Label { file, field: String::new(), span: Span::new(9, text.len()), message: "all".to_owned() };
    }
    for format in [Format::Human, Format::Plain] {
        let shown = plainly(format, &(sources.clone(), report.clone()));
        assert!(shown.contains("line2: x") && shown.contains("all"), "{shown}");
        assert!(!shown.contains("line20:") && shown.lines().count() < 25, "{shown}");
    }
}

#[test]
fn a_huge_line_is_cut_around_the_label() {
    let mut sources = Sources::default();
    let mut text = "{\"a\": \"".to_owned() + &"é".repeat(500_000);
    let start = text.len();
    text.push_str("NEEDLE");
    text.push_str(&"é".repeat(500_000));
    let file = sources.add("long.json", text);
    let (_, mut report) = sample();
    for finding in &mut report.findings {
        finding.related.clear();
        finding.primary =
            Label { file, field: String::new(), span: Span::new(start, start + 6), message: String::new() };
    }
    for format in ALL {
        let shown = plainly(format, &(sources.clone(), report.clone()));
        assert!(shown.len() < 10_000, "{format:?}: {} bytes", shown.len());
    }
    let shown = plainly(Format::Human, &(sources, report));
    let line = shown.lines().find(|line| line.contains("NEEDLE")).unwrap();
    let underline = shown.lines().skip_while(|line| !line.contains("NEEDLE")).nth(1).unwrap();
    let column = |line: &str, what: char| line.chars().position(|character| character == what).unwrap();
    assert_eq!(column(line, 'N'), column(underline, '─'));
    assert!(shown.contains("[long.json:1:500008]"), "{shown}");
}

#[test]
fn odd_spans_are_drawn() {
    let text = "a: 1\r\n\r\nb: é\r\n";
    let mut sources = Sources::default();
    let (file, empty) = (sources.add("odd.yaml", text), sources.add("empty.yaml", ""));
    let (_, mut report) = sample();
    report.findings.truncate(1);
    for (file, start, end) in [
        (file, 5, 5),
        (file, 6, 8),
        (file, text.len(), text.len()),
        (file, 12, 13),
        (file, 3, 99),
        (file, 90, 99),
        (empty, 0, 0),
        (empty, 3, 9),
    ] {
        for finding in &mut report.findings {
            finding.related.clear();
            finding.primary =
                Label { file, field: String::new(), span: Span::new(start, end), message: "here".to_owned() };
        }
        for format in ALL {
            let shown = plainly(format, &(sources.clone(), report.clone()));
            assert!(!shown.contains("Failed to read"), "{format:?} {start}..{end}: {shown}");
        }
        let shown = plainly(Format::Human, &(sources.clone(), report.clone()));
        assert!(shown.contains("here"), "{start}..{end}: {shown}");
    }
}

#[test]
fn many_related_places_are_counted() {
    let (sources, mut report) = sample();
    report.findings.truncate(1);
    for finding in &mut report.findings {
        finding.related = vec![finding.primary.clone(); 40];
    }
    let shown = plainly(Format::Human, &(sources, report));
    assert!(shown.contains("(30 related"), "{shown}");
}

#[test]
fn gitlab_fingerprints_are_unique() {
    let (sources, mut report) = sample();
    report.findings = report.findings.iter().cycle().take(6).cloned().collect();
    let value: serde_json::Value = serde_json::from_str(&plainly(Format::Gitlab, &(sources, report))).unwrap();
    let prints: std::collections::BTreeSet<_> =
        value.as_array().unwrap().iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), 6);
}
