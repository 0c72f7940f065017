//! For programs: one JSON object whose shape is frozen by its `schemaVersion`.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostic::{Finding, Label};
use crate::edit::{Fix, Locator};
use crate::findings::Report;
use crate::report::findings::Options;
use crate::source::{FileId, Sources};
use crate::text::json;

/// Writes the report as one line of JSON.
///
/// # Errors
/// Where `out` cannot be written.
pub fn render(report: &Report, sources: &Sources, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut locator = Locator::new(sources);
    let findings = report.findings.iter().map(|finding| {
        let fix = finding.fix.as_deref().and_then(|fix| JsonFix::new(fix, &mut locator, sources));
        JsonFinding { fix, ..JsonFinding::new(finding, sources, options) }
    });
    let findings = findings.collect();
    let summary = &report.summary;
    let report = JsonReport {
        schema_version: 1,
        netlint: env!("CARGO_PKG_VERSION"),
        summary: JsonSummary {
            files: summary.files,
            documents: summary.documents,
            workloads: summary.workloads,
            policies: summary.policies,
            errors: summary.errors,
            warnings: summary.warnings,
            notes: summary.notes,
            suppressed: summary.suppressed,
        },
        findings,
        unread: &report.unread,
        notes: &report.notes,
    };
    json::write(&report, out)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonReport<'a> {
    schema_version: u32,
    netlint: &'static str,
    summary: JsonSummary,
    findings: Vec<JsonFinding<'a>>,
    /// Inputs that could not be read, and why.
    unread: &'a [String],
    notes: &'a [String],
}

#[derive(Serialize)]
struct JsonSummary {
    files: usize,
    documents: usize,
    workloads: usize,
    policies: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    suppressed: usize,
}

/// A whole finding, as every format of netlint lists it.
#[derive(Serialize)]
pub(crate) struct JsonFinding<'a> {
    rule: &'a str,
    severity: &'static str,
    confidence: &'static str,
    message: &'a str,
    help: Option<&'a str>,
    fingerprint: String,
    url: Option<String>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    clusters: &'a [String],
    subject: JsonSubject<'a>,
    primary: JsonLabel<'a>,
    related: Vec<JsonLabel<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<JsonFix<'a>>,
}

/// How to repair it: the bytes to replace, sorted by file and place and apart from one another.
#[derive(Serialize)]
struct JsonFix<'a> {
    safety: &'static str,
    title: &'a str,
    edits: Vec<JsonEdit<'a>>,
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    path: &'a str,
    start: JsonPosition,
    end: JsonPosition,
    content: String,
}

/// An object, as every format of netlint names it.
#[derive(Serialize)]
pub(crate) struct JsonSubject<'a> {
    pub(crate) kind: &'a str,
    pub(crate) namespace: Option<&'a str>,
    pub(crate) name: &'a str,
}

/// A place, as every format of netlint points at it.
#[derive(Serialize)]
pub(crate) struct JsonLabel<'a> {
    path: &'a str,
    field: &'a str,
    message: &'a str,
    start: JsonPosition,
    end: JsonPosition,
}

#[derive(Serialize)]
struct JsonPosition {
    line: usize,
    column: usize,
    offset: usize,
}

impl<'a> JsonFinding<'a> {
    pub(crate) fn new(finding: &'a Finding, sources: &'a Sources, options: &Options) -> Self {
        Self {
            rule: finding.rule,
            severity: finding.severity.name(),
            confidence: finding.confidence.name(),
            message: &finding.message,
            help: finding.help.as_deref(),
            fingerprint: finding.fingerprint(sources),
            url: options.url(finding.rule),
            clusters: &finding.clusters,
            subject: JsonSubject {
                kind: &finding.subject.kind,
                namespace: finding.subject.namespace.as_deref(),
                name: &finding.subject.name,
            },
            primary: JsonLabel::new(&finding.primary, sources),
            related: finding.related.iter().map(|label| JsonLabel::new(label, sources)).collect(),
            fix: None,
        }
    }
}

impl<'a> JsonFix<'a> {
    /// `None` where the fix cannot be made as bytes.
    fn new(fix: &'a Fix, locator: &mut Locator<'_>, sources: &'a Sources) -> Option<Self> {
        let edits = locator.patches(fix).ok()?.into_iter().map(|patch| JsonEdit {
            path: sources.name(patch.file),
            start: JsonPosition::new(patch.file, patch.span.start, sources),
            end: JsonPosition::new(patch.file, patch.span.end, sources),
            content: patch.text,
        });
        Some(Self { safety: fix.safety.name(), title: &fix.title, edits: edits.collect() })
    }
}

impl<'a> JsonLabel<'a> {
    pub(crate) fn new(label: &'a Label, sources: &'a Sources) -> Self {
        Self {
            path: sources.name(label.file),
            field: &label.field,
            message: &label.message,
            start: JsonPosition::new(label.file, label.span.start, sources),
            end: JsonPosition::new(label.file, label.span.end, sources),
        }
    }
}

impl JsonPosition {
    fn new(file: FileId, offset: usize, sources: &Sources) -> Self {
        let position = sources.position(file, offset);
        Self { line: position.line, column: position.column, offset }
    }
}
