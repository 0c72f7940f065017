//! JUnit XML, which nearly every continuous integration system shows: a suite per file, a test case per finding.
//!
//! There is no standard; this is the common core that Jenkins, GitLab and Azure read.

use std::io::{self, Write};

use crate::diagnostic::{Finding, Severity};
use crate::findings::Report;
use crate::report::findings::{Options, headline, summary_line};
use crate::source::Sources;
use crate::text::{escape, job_log};

/// Writes the findings as test cases. Errors and warnings fail, notes pass and tell, inputs that could not be read are
/// errors; without findings a passed case says what was checked.
///
/// # Errors
/// Where `out` cannot be written.
pub fn render(report: &Report, sources: &Sources, _options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let (findings, errors) = (&report.findings, report.unread.len());
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    let own = errors + usize::from(findings.is_empty() || !report.notes.is_empty());
    let (tests, failed) = (findings.len() + own, failures(findings));
    writeln!(out, r#"<testsuites name="netlint" tests="{tests}" failures="{failed}" errors="{errors}">"#)?;
    if own > 0 {
        writeln!(out, r#"  <testsuite name="netlint" tests="{own}" failures="0" errors="{errors}" skipped="0">"#)?;
        write_own_cases(report, out)?;
        if !report.notes.is_empty() {
            let notes: Vec<String> = report.notes.iter().map(|note| escape(&escape::line(note))).collect();
            writeln!(out, "    <system-out>{}</system-out>", notes.join("\n"))?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    for suite in findings.chunk_by(|left, right| left.primary.file == right.primary.file) {
        let file = suite.first().map_or("", |finding| sources.name(finding.primary.file));
        let (tests, failures) = (suite.len(), failures(suite));
        let name = attribute(file);
        writeln!(out, r#"  <testsuite name="{name}" tests="{tests}" failures="{failures}" errors="0" skipped="0">"#)?;
        for finding in suite {
            write_case(finding, sources, out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn write_own_cases(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.findings.is_empty() || !report.notes.is_empty() {
        let checked = attribute(&summary_line(&report.summary));
        writeln!(out, r#"    <testcase classname="netlint" name="{checked}"/>"#)?;
    }
    for error in &report.unread {
        let message = attribute(error);
        writeln!(out, r#"    <testcase classname="netlint" name="{message}">"#)?;
        writeln!(out, r#"      <error type="unread" message="{message}"/>"#)?;
        writeln!(out, "    </testcase>")?;
    }
    Ok(())
}

fn is_failure(finding: &Finding) -> bool {
    finding.severity >= Severity::Warning
}

fn failures(findings: &[Finding]) -> usize {
    findings.iter().filter(|finding| is_failure(finding)).count()
}

fn write_case(finding: &Finding, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    let place = |label: &crate::diagnostic::Label| {
        let position = sources.position(label.file, label.span.start);
        format!("{}:{}:{}", sources.name(label.file), position.line, position.column)
    };
    let primary = place(&finding.primary);
    let mut lines = vec![format!("{primary}: {}[{}] {}", finding.severity, finding.rule, headline(finding))];
    lines.extend(finding.related.iter().map(|label| format!("{}: {}", place(label), label.message)));
    lines.extend(finding.help.iter().map(|help| format!("help: {help}")));
    let body = lines.iter().map(|line| escape(&escape::indented(line))).collect::<Vec<_>>().join("\n");
    let file = attribute(sources.name(finding.primary.file));
    let name = attribute(&format!("{} at {primary}", finding.rule));
    writeln!(out, r#"    <testcase classname="{file}" name="{name}" file="{file}">"#)?;
    if is_failure(finding) {
        let message = attribute(&headline(finding));
        writeln!(out, r#"      <failure type="{}" message="{message}">{}</failure>"#, finding.severity, body)?;
    } else {
        writeln!(out, "      <system-out>{body}</system-out>")?;
    }
    writeln!(out, "    </testcase>")
}

/// Escapes an attribute's value, on one line.
pub(crate) fn attribute(value: &str) -> String {
    escape(&escape::line(value))
}

/// The five characters that XML names, and what the log of a job would take for a command; what XML forbids is replaced
/// before.
pub(crate) fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            other => escaped.push(other),
        }
    }
    let escaped = job_log::without_signs(&escaped, "#&#35;").into_owned();
    let is_command = |line: &str| line.trim_start().starts_with(job_log::COMMAND);
    if !escaped.lines().any(is_command) {
        return escaped;
    }
    let lines = escaped
        .split('\n')
        .map(|line| if is_command(line) { line.replacen(job_log::COMMAND, "&#58;:", 1) } else { line.to_owned() });
    lines.collect::<Vec<_>>().join("\n")
}
