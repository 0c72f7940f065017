//! GitLab Code Quality: one JSON array of issues.
//!
//! Source: "Code Quality report format" of GitLab's documentation.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostic::{Finding, Severity};
use crate::findings::Report;
use crate::report::findings::{Options, headline};
use crate::source::Sources;
use crate::text::json;

/// Writes the findings as Code Quality issues.
///
/// # Errors
/// Where `out` cannot be written.
pub fn render(report: &Report, sources: &Sources, _options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let issues: Vec<_> = report.findings.iter().map(|finding| Issue::new(finding, sources)).collect();
    json::write(&issues, out)
}

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

impl<'a> Issue<'a> {
    /// GitLab drops all issues but one that share a fingerprint.
    fn new(finding: &'a Finding, sources: &'a Sources) -> Self {
        let help = finding.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        let line = |offset| sources.position(finding.primary.file, offset).line;
        Self {
            description: format!("{}{help}", headline(finding)),
            check_name: finding.rule,
            fingerprint: finding.fingerprint(sources),
            severity: match finding.severity {
                Severity::Error => "critical",
                Severity::Warning => "minor",
                Severity::Note => "info",
            },
            location: Location {
                path: sources.name(finding.primary.file),
                lines: Lines { begin: line(finding.primary.span.start), end: line(finding.primary.span.end) },
            },
        }
    }
}
