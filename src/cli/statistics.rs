//! `netlint check --statistics`: how many findings each rule has.

use super::output::{Output, OutputError};
use crate::findings::Report;
use crate::report::findings::{Format, statistics};

/// Whether statistics can be written in this format.
pub(super) fn takes(format: Format) -> bool {
    matches!(format, Format::Human | Format::Json)
}

/// Writes the statistics in a format that [takes] them.
pub(super) fn write(output: &Output, report: &Report) -> Result<(), OutputError> {
    output.write(|out| match output.format {
        Format::Json => statistics::write_json(report, out),
        _ => statistics::write_text(report, out),
    })
}
