//! `netlint check --statistics`: how many findings each rule has.

use super::Exit;
use super::output::{Output, OutputError, name_of};
use super::terminal::Terminal;
use crate::findings::Report;
use crate::report::findings::{Format, statistics};

/// Refuses formats that statistics cannot be written in, and tells so.
pub(super) fn check(outputs: &[Output], terminal: &Terminal) -> Result<(), Exit> {
    let takes = |output: &&Output| matches!(output.format, Format::Human | Format::Json);
    let Some(output) = outputs.iter().find(|output| !takes(output)) else { return Ok(()) };
    let message = format!("`--statistics` has no format `{}`", name_of(&output.format));
    terminal.error(&message, Some("write `--format human` or `--format json`"));
    Err(Exit::Usage)
}

/// Writes the statistics in a format that takes them.
pub(super) fn write(output: &Output, report: &Report) -> Result<(), OutputError> {
    output.write(|out| match output.format {
        Format::Json => statistics::write_json(report, out),
        _ => statistics::write_text(report, out),
    })
}
