//! Workflow commands of GitHub Actions, which become annotations on the changed lines.
//!
//! Source: "Workflow commands for GitHub Actions" of GitHub's documentation; what is escaped, and that columns only
//! go with one line, is how the runner reads commands (`ActionCommand`, `IssueCommandExtension`).

use std::io::{self, Write};

use crate::diagnostic::{Finding, Label, Severity};
use crate::findings::Report;
use crate::report::findings::{Options, closing, headline};
use crate::source::Sources;
use crate::text::{escape, job_log};

/// Writes a command per finding and per input that could not be read, then notes and a summary line for the log.
///
/// # Errors
/// Where `out` cannot be written.
pub fn render(report: &Report, sources: &Sources, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let place = place(&finding.primary, sources);
        let (title, message) = (property(finding.rule), data(&message(finding, sources)));
        writeln!(out, "::{command} {place},title={title}::{message}")?;
    }
    for error in &report.unread {
        writeln!(out, "::error title=netlint::{}", data(error))?;
    }
    job_log::write(out, |out| closing::write(report, options, out))
}

/// `file=…,line=…`, with columns where the label stays on its line.
fn place(label: &Label, sources: &Sources) -> String {
    let start = sources.position(label.file, label.span.start);
    let end = sources.position(label.file, label.span.end);
    let file = property(sources.name(label.file));
    let lines = format!("file={file},line={},endLine={}", start.line, end.line);
    if start.line == end.line { format!("{lines},col={},endColumn={}", start.column, end.column) } else { lines }
}

/// The message, then what to write instead and the related places, each on its own line.
fn message(finding: &Finding, sources: &Sources) -> String {
    let mut message = headline(finding);
    if let Some(help) = &finding.help {
        message.push_str(&format!("\nhelp: {help}"));
    }
    for label in &finding.related {
        let line = sources.position(label.file, label.span.start).line;
        message.push_str(&format!("\n{}:{line}: {}", sources.name(label.file), label.message));
    }
    message
}

/// Escapes the message of a command.
fn data(message: &str) -> String {
    escape::block(message).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a command.
fn property(value: &str) -> String {
    data(&escape::line(value)).replace(':', "%3A").replace(',', "%2C")
}
