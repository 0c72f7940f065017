//! For screen readers: the human report told in sentences, without drawings.

use std::io::{self, Write};

use miette::NarratableReportHandler;

use super::snippet::Diagnosis;
use super::{Options, Report, human};
use crate::source::Sources;

/// Writes the findings as narrated snippets, the notes and a summary line.
///
/// # Errors
/// Where `out` cannot be written.
pub fn render(report: &Report, sources: &Sources, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let handler = NarratableReportHandler::new();
    for finding in &report.findings {
        let mut told = String::new();
        handler.render_report(&mut told, &Diagnosis::new(finding, sources, options)).map_err(io::Error::other)?;
        writeln!(out, "{told}")?;
    }
    human::write_closing(report, options, out)
}
