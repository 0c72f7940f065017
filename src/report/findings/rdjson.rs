//! reviewdog's diagnostics: one JSON object, as `reviewdog -f=rdjson` reads it.
//!
//! Source: "Reviewdog Diagnostic Format" (`proto/rdf/reviewdog.proto`). Columns count the bytes of a line from 1.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::diagnostic::{Finding, Label, Severity};
use crate::findings::Report;
use crate::report::findings::{Options, headline};
use crate::source::Sources;
use crate::text::json as plain_json;

/// Writes the findings as diagnostics. What could not be read, and notes, have no place in the format.
///
/// # Errors
/// Where `out` cannot be written.
pub fn render(report: &Report, sources: &Sources, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let diagnostics: Vec<Value> = report.findings.iter().map(|finding| diagnostic(finding, sources, options)).collect();
    let source = json!({"name": "netlint", "url": env!("CARGO_PKG_REPOSITORY")});
    plain_json::write(&json!({"source": source, "diagnostics": diagnostics}), out)
}

fn diagnostic(finding: &Finding, sources: &Sources, options: &Options) -> Value {
    let help = finding.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    let severity = match finding.severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Note => "INFO",
    };
    let related =
        finding.related.iter().map(|label| json!({"message": label.message, "location": location(label, sources)}));
    json!({
        "message": format!("{}{help}", headline(finding)),
        "location": location(&finding.primary, sources),
        "severity": severity,
        "code": {"value": finding.rule, "url": options.url(finding.rule).unwrap_or_default()},
        "relatedLocations": related.collect::<Vec<_>>(),
    })
}

fn location(label: &Label, sources: &Sources) -> Value {
    let position = |offset: usize| {
        let line = sources.position(label.file, offset).line;
        let start = sources.line(label.file, line).start;
        json!({"line": line, "column": offset.saturating_sub(start) + 1})
    };
    let range = json!({"start": position(label.span.start), "end": position(label.span.end)});
    json!({"path": sources.name(label.file), "range": range})
}
