//! Logging commands of Azure Pipelines, which become annotations.
//!
//! Source: "Logging commands" of Azure DevOps' documentation (`task.logissue`, and what is escaped in it).

use std::io::{self, Write};

use crate::diagnostic::{Finding, Severity};
use crate::findings::Report;
use crate::report::findings::{Options, closing, headline};
use crate::source::Sources;
use crate::text::{escape, job_log};

/// Writes a command for each error, each warning and each input that could not be read; notes, for which Azure has no
/// command, as lines of the log, then what ends a report.
///
/// # Errors
/// Where `out` cannot be written.
pub fn render(report: &Report, sources: &Sources, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        write_finding(finding, sources, out)?;
    }
    for error in &report.unread {
        writeln!(out, "##vso[task.logissue type=error;]{}", data(error))?;
    }
    job_log::write(out, |out| closing::write(report, options, out))
}

fn write_finding(finding: &Finding, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    let start = sources.position(finding.primary.file, finding.primary.span.start);
    let (name, rule) = (sources.name(finding.primary.file), finding.rule);
    let kind = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => {
            let line = format!("{name}:{}:{}: note[{rule}] {}", start.line, start.column, headline(finding));
            return writeln!(out, "{}", job_log::line(&escape::line(&line)));
        }
    };
    let help = finding.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    let message = data(&format!("[{rule}] {}{help}", headline(finding)));
    let place = format!("sourcepath={};linenumber={};columnnumber={}", property(name), start.line, start.column);
    writeln!(out, "##vso[task.logissue type={kind};{place};code={rule};]{message}")
}

/// Escapes the message of a command.
fn data(message: &str) -> String {
    let message = escape::block(message);
    job_log::without_signs(&message, r"##\").replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a command.
fn property(value: &str) -> String {
    data(&escape::line(value)).replace(']', "%5D").replace(';', "%3B")
}
