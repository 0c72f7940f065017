//! One line per finding, as compilers and editors know it: `path:line:column: severity[rule] message`.

use std::io::{self, Write};

use crate::findings::Report;
use crate::report::findings::{Options, closing, headline};
use crate::source::Sources;
use crate::text::escape;

/// Writes a line per finding, the notes and a summary line.
///
/// # Errors
/// Where `out` cannot be written.
pub fn render(report: &Report, sources: &Sources, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        let path = escape::line(sources.name(finding.primary.file));
        let position = sources.position(finding.primary.file, finding.primary.span.start);
        let headline = headline(finding);
        let (line, column) = (position.line, position.column);
        let message = escape::line(&headline);
        writeln!(out, "{path}:{line}:{column}: {}[{}] {message}", finding.severity, finding.rule)?;
    }
    closing::write(report, options, out)
}
