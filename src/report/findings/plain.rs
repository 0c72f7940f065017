//! For screen readers: the human report told in sentences, without drawings.

use std::io::{self, Write};

use crate::diagnostic::{Confidence, Finding, Label, Severity};
use crate::findings::Report;
use crate::report::findings::snippet::quote;
use crate::report::findings::{Options, closing, seen_in};
use crate::source::Sources;
use crate::text::escape;

/// Writes the findings in sentences, each with the lines that it points at, then the notes and a summary line.
///
/// # Errors
/// Where `out` cannot be written.
pub fn render(report: &Report, sources: &Sources, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        write_finding(finding, sources, options, out)?;
        writeln!(out)?;
    }
    closing::write_wrapped(report, options, out)
}

fn write_finding(finding: &Finding, sources: &Sources, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let severity = match finding.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Note => "Note",
    };
    writeln!(out, "{severity}, rule {}: {}.", finding.rule, escape::line(&finding.message))?;
    write_label("Found in", &finding.primary, sources, options, out)?;
    for label in &finding.related {
        write_label("See also", label, sources, options, out)?;
    }
    if finding.confidence != Confidence::Certain {
        writeln!(out, "Confidence: {}.", finding.confidence)?;
    }
    if let Some(clusters) = seen_in(finding) {
        writeln!(out, "{}.", escape::line(&clusters).replacen('s', "S", 1))?;
    }
    if let Some(help) = &finding.help {
        let end = if help.contains('\n') { "" } else { "." };
        writeln!(out, "Help: {}{end}", escape::indented(help))?;
    }
    Ok(())
}

/// `Found in FILE, line 3, column 5: what is said of it.`, and the lines below.
fn write_label(
    intro: &str,
    label: &Label,
    sources: &Sources,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let start = sources.position(label.file, label.span.start);
    let name = escape::line(sources.name(label.file));
    write!(out, "{intro} {name}, line {}, column {}", start.line, start.column)?;
    if !label.message.is_empty() {
        write!(out, ": {}", escape::line(&label.message))?;
    }
    writeln!(out, ".")?;
    for line in quote(label, sources, options.width) {
        writeln!(out, "    {line}")?;
    }
    Ok(())
}
