//! An answer in the formats of `netlint query`.

pub(super) mod json;
#[cfg(test)]
mod tests;
pub(super) mod text;

use std::io::{self, Write};

use crate::query::Answer;
use crate::report::findings::Options;
use crate::text::job_log;

/// The formats of `netlint query`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Format {
    /// For people: the verdict, and the lines that cause it
    Text,
    /// One JSON object, frozen by its `schemaVersion`
    Json,
}

/// Writes the answer in a format.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write(format: Format, answer: &Answer<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => job_log::write(out, |out| text::write(answer, options, out)),
        Format::Json => json::write(answer, out),
    }
}
