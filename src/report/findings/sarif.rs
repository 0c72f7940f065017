//! SARIF 2.1.0, the static analysis format of OASIS that code scanning services read.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use crate::catalogue::RuleInfo;
use crate::diagnostic::{Finding, Label, Severity};
use crate::edit::Locator;
use crate::findings::Report;
use crate::findings::suppress::{Suppressed, Suppressor};
use crate::report::findings::{Options, headline};
use crate::source::{FileId, Sources};
use crate::text::{escape, json as plain_json};
use crate::yaml::Span;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writes the report as one run, with `results` present and empty where nothing was found.
///
/// # Errors
/// Where `out` cannot be written.
pub fn render(report: &Report, sources: &Sources, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let rules = rules_of(report, options);
    let (of_configuration, findings): (Vec<_>, Vec<_>) = report
        .findings
        .iter()
        .partition(|finding| finding.primary.file == FileId::CONFIGURATION && finding.rule == "configuration");
    let mut locator = Locator::new(sources);
    let reported = findings.into_iter().map(|finding| SarifResult {
        fixes: fix(finding, &mut locator, sources).map(|fix| [fix]),
        ..SarifResult::new(finding, sources, &rules)
    });
    let suppressed = report.suppressed.iter().map(|suppressed| SarifResult {
        suppressions: Some([suppression(suppressed)]),
        ..SarifResult::new(&suppressed.finding, sources, &rules)
    });
    let results: Vec<_> = reported.chain(suppressed).collect();
    let notification = |level: &str, text: &String| json!({"level": level, "message": message(text)});
    let unread = report.unread.iter().map(|error| notification("error", error));
    let notifications: Vec<_> = unread.chain(report.notes.iter().map(|note| notification("note", note))).collect();
    let configuration: Vec<_> = of_configuration
        .into_iter()
        .map(|finding| {
            let place = location(&finding.primary, sources);
            json!({"level": "error", "message": message(&headline(finding)), "locations": [place]})
        })
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "netlint",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": report.unread.is_empty(),
                "toolExecutionNotifications": notifications,
                "toolConfigurationNotifications": configuration,
            }],
            "results": results,
        }],
    });
    plain_json::write(&log, out)
}

/// The rules that have results, in the order of the catalogue.
fn rules_of(report: &Report, options: &Options) -> Vec<&'static RuleInfo> {
    let findings = report.findings.iter().chain(report.suppressed.iter().map(|suppressed| &suppressed.finding));
    let names: BTreeSet<&str> = findings.map(|finding| finding.rule).collect();
    options.rules.iter().filter(|rule| names.contains(rule.name)).collect()
}

/// What a service shows of a rule. Its page is a link: with every result it would be most of the report.
fn descriptor(rule: &RuleInfo) -> Value {
    let fix = first_paragraph(section(rule.page, "How to fix"));
    let problem = if rule.severity == Severity::Note { "recommendation" } else { rule.severity.name() };
    json!({
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": first_paragraph(section(rule.page, "What it finds"))},
        "help": {
            "text": format!("{fix}\n\n{}", rule.url()),
            "markdown": format!("{fix}\n\n[About `{}`]({})", rule.name, rule.url()),
        },
        "helpUri": rule.url(),
        "defaultConfiguration": {"level": rule.severity.name()},
        "properties": {"tags": ["kubernetes", "security", rule.category], "problem.severity": problem},
    })
}

/// The text below a heading of a rule's page; the page itself where it has no such heading.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let mut sections = page.split("## ").filter_map(|section| section.split_once('\n'));
    sections.find(|(name, _)| *name == heading).map_or(page, |(_, text)| text).trim()
}

fn first_paragraph(text: &str) -> String {
    text.split("\n\n").next().unwrap_or_default().replace('\n', " ")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Value,
    locations: [Value; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Value>,
    partial_fingerprints: Value,
    properties: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<[Value; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<[Value; 1]>,
}

impl SarifResult {
    fn new(finding: &Finding, sources: &Sources, rules: &[&RuleInfo]) -> Self {
        let text = match &finding.help {
            Some(help) => format!("{}\nHelp: {help}", headline(finding)),
            None => headline(finding),
        };
        let related = finding.related.iter().enumerate().map(|(index, label)| {
            let mut related = location(label, sources);
            if let Value::Object(fields) = &mut related {
                fields.insert("id".to_owned(), json!(index + 1));
                fields.insert("message".to_owned(), message(&label.message));
            }
            related
        });
        Self {
            rule_id: finding.rule,
            rule_index: rules.iter().position(|rule| rule.name == finding.rule),
            level: finding.severity.name(),
            message: message(&text),
            locations: [location(&finding.primary, sources)],
            related_locations: related.collect(),
            partial_fingerprints: json!({"netlint/v1": finding.fingerprint(sources)}),
            properties: json!({"confidence": finding.confidence.name()}),
            fixes: None,
            suppressions: None,
        }
    }
}

/// How to repair what a result is about (section 3.55): what to write where, file by file.
fn fix(finding: &Finding, locator: &mut Locator<'_>, sources: &Sources) -> Option<Value> {
    let fix = finding.fix.as_deref()?;
    let patches = locator.patches(fix).ok()?;
    let changes = patches.chunk_by(|left, right| left.file == right.file).filter_map(|of_file| {
        let file = of_file.first()?.file;
        let replacements: Vec<Value> = of_file
            .iter()
            .map(|patch| json!({"deletedRegion": region(file, patch.span, sources), "insertedContent": {"text": patch.text}}))
            .collect();
        Some(json!({"artifactLocation": {"uri": uri(sources.name(file))}, "replacements": replacements}))
    });
    let changes: Vec<Value> = changes.collect();
    let title = format!("{} ({})", fix.title, fix.safety.name());
    Some(json!({"description": message(&title), "artifactChanges": changes}))
}

/// Who suppresses a result, and why (section 3.35).
fn suppression(suppressed: &Suppressed) -> Value {
    let kind = match suppressed.by {
        Suppressor::Manifest => "inSource",
        Suppressor::Configuration | Suppressor::Baseline => "external",
    };
    match &suppressed.reason {
        Some(reason) => json!({"kind": kind, "status": "accepted", "justification": reason}),
        None => json!({"kind": kind, "status": "accepted"}),
    }
}

fn region(file: FileId, span: Span, sources: &Sources) -> Value {
    let (start, end) = (sources.position(file, span.start), sources.position(file, span.end));
    json!({
        "startLine": start.line, "startColumn": start.column,
        "endLine": end.line, "endColumn": end.column,
    })
}

fn location(label: &Label, sources: &Sources) -> Value {
    let mut location = json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(sources.name(label.file))},
        "region": region(label.file, label.span, sources),
    }});
    if let (Value::Object(fields), false) = (&mut location, label.field.is_empty()) {
        let logical = json!([{"fullyQualifiedName": label.field, "kind": "member"}]);
        fields.insert("logicalLocations".to_owned(), logical);
    }
    location
}

/// A plain text message. Brackets are escaped where they could be read as a link (section 3.11.6).
fn message(text: &str) -> Value {
    if text.contains("](") {
        return json!({"text": text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")});
    }
    json!({"text": text})
}

/// The path as a URI reference (RFC 3986): relative as it is, absolute with the scheme `file`.
fn uri(path: &str) -> String {
    let scheme = if path.starts_with('/') { "file://" } else { "" };
    format!("{scheme}{}", escape::percent_encoded(path))
}
