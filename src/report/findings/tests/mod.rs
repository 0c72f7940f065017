//! Reports of one small run, in every format, and of a hostile one.
#![expect(clippy::unwrap_used, reason = "tests")]

mod hostile;
mod spans;

use crate::catalogue::{Profile, RuleInfo};
use crate::diagnostic::{Finding, Label, Severity, Subject};
use crate::findings::{Report, Summary};
use crate::report::findings::{Format, Options, render};
use crate::source::{FileId, Sources};
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
            confidence: crate::diagnostic::Confidence::Certain,
            key: Vec::new(),
            fix: None,
            clusters: Vec::new(),
            rule: "one-sided-allow",
            severity: Severity::Error,
            message: "`web` is let in here, but its egress is denied".to_owned(),
            help: Some("allow egress from `app: web` to `app: api`".to_owned()),
            subject: subject("allow-web"),
            primary: label(&sources, allow, "spec.ingress[0].from[0]", peer, ""),
            occurrence: 0,
            related: vec![
                label(&sources, allow, "spec.podSelector", "app: api", "this pod"),
                label(&sources, deny, "spec.policyTypes[1]", "Egress", "denies all egress of `web`"),
            ],
        },
        Finding {
            confidence: crate::diagnostic::Confidence::Certain,
            key: Vec::new(),
            fix: None,
            clusters: Vec::new(),
            rule: "implicit-policy-types",
            severity: Severity::Note,
            message: "`policyTypes` is left to the default, `Ingress`".to_owned(),
            help: None,
            subject: subject("allow-web"),
            primary: label(&sources, allow, "spec", "spec", ""),
            related: Vec::new(),
            occurrence: 0,
        },
    ];
    let mut summary =
        Summary { files: 2, documents: 2, workloads: 3, policies: 2, suppressed: 1, ..Summary::default() };
    summary.count(&findings);
    let notes = vec!["labels of the namespace `shop` are unknown".to_owned()];
    (sources, Report { findings, summary, notes, ..Report::default() })
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
    profile: Profile::Default,
    name: "one-sided-allow",
    summary: "one side allows what the other blocks",
    category: "reachability",
    severity: Severity::Error,
    fix: "none",
    since: "0.1.0",
    yields_to: "",
    incomplete_input: crate::catalogue::IncompleteInput::Keep,
    is_incomplete_by_namespace: false,
    is_about_all_clusters: false,
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

#[test]
fn gitlab_fingerprints_are_unique() {
    let (sources, mut report) = sample();
    report.findings = report.findings.iter().cycle().take(6).cloned().collect();
    crate::diagnostic::tell_apart(&mut report.findings, &sources);
    let value: serde_json::Value = serde_json::from_str(&plainly(Format::Gitlab, &(sources, report))).unwrap();
    let prints: std::collections::BTreeSet<_> =
        value.as_array().unwrap().iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), 6);
}
